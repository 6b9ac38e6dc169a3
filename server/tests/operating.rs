//! Operating it, on the program itself and without any mail server: keys, backups, copies, stops.

mod program;

use program::{Folder, Server, TOKEN, copy, refused, text};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

#[test]
fn the_key_is_made_once_and_a_missing_or_wrong_one_refuses_to_start() {
    let folder = Folder::new();
    folder.start("data", &[]).stop();
    let key = folder.at("data/key");
    assert_eq!(std::fs::metadata(&key).expect("made").permissions().mode() & 0o777, 0o600);
    let ours = std::fs::read_to_string(&key).expect("a key");
    let database = std::fs::read(folder.at("data/mailkeep.db")).expect("a database");

    std::fs::remove_file(&key).expect("removed");
    refused(&folder.run("data", &[]), &["key file", "is missing", "put the key back"]);
    assert!(!key.exists(), "no second key is made");
    std::fs::write(&key, "").expect("emptied");
    refused(&folder.run("data", &[]), &["is empty"]);
    std::fs::write(&key, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n").expect("another");
    refused(&folder.run("data", &[]), &["MAILKEEP_KEY_FILE", "another key"]);
    refused(&folder.run("data", &["doctor"]), &["WRONG  key", "another key"]);
    std::fs::write(&key, "no key\n").expect("nonsense");
    refused(&folder.run("data", &[]), &["MAILKEEP_KEY_FILE", "32 bytes in base64"]);
    let now = std::fs::read(folder.at("data/mailkeep.db")).expect("a database");
    assert!(now == database, "a refused start changes nothing");
    std::fs::write(&key, ours).expect("put back");
    assert_eq!(folder.start("data", &[]).stop(), Some(0));
}

#[test]
fn settings_that_make_no_sense_are_named_and_nothing_is_made() {
    let folder = Folder::new();
    let run = |name: &str, value: &str| folder.program("none").env(name, value).output().expect("it runs");
    for (name, value) in [
        ("MAILKEEP_LISTEN", "80"),
        ("MAILKEEP_PUBLIC_ADDRESS", "desk"),
        ("MAILKEEP_PROXY", "all"),
        ("MAILKEEP_MEMORY", "little"),
        ("MAILKEEP_SITE", "/no/such"),
        ("MAILKEEP_PROVIDERS", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")),
        ("MAILKEEP_TYPO", "1"),
        ("RUST_LOG", "mailkeep=louder"),
    ] {
        refused(&run(name, value), &[name]);
    }
    let cert = folder.at("cert.pem");
    std::fs::write(&cert, "no certificate").expect("written");
    let cert = cert.display().to_string();
    let both = folder
        .program("tls")
        .env("MAILKEEP_TLS_CERT", &cert)
        .env("MAILKEEP_TLS_KEY", &cert)
        .env("MAILKEEP_LISTEN", "127.0.0.1:0")
        .output();
    refused(&both.expect("it runs"), &["MAILKEEP_TLS_CERT"]);
    assert!(!folder.at("none/key").exists(), "refused before a key was made");
}

#[test]
fn a_restart_is_no_copy_and_a_copy_is_silent_until_it_takes_over() {
    let folder = Folder::new();
    let server = folder.start("data", &[]);
    assert!(!server.is_silent());
    server.kill();
    let server = folder.start("data", &[]);
    assert!(!server.is_silent(), "killed and started again");
    assert_eq!(server.stop(), Some(0));

    // The whole folder, with key and mark.
    copy(&folder.at("data"), &folder.at("copy"));
    let server = folder.start("copy", &[]);
    assert!(server.is_silent());
    server.stop();
    let server = folder.start("copy", &[]);
    assert!(server.is_silent(), "a restart answers nothing");
    server.stop();
    let said = folder.run("copy", &["doctor"]);
    refused(&said, &["WRONG  copy", "--take-over"]);
    let server = folder.start("copy", &["serve", "--take-over"]);
    assert!(!server.is_silent());
    server.stop();
    assert!(!folder.start("copy", &[]).is_silent(), "it is the desk now");
    assert!(!folder.start("data", &[]).is_silent(), "and the first one is as it was");

    // Renamed on its own disk, it is the same.
    std::fs::rename(folder.at("data"), folder.at("moved")).expect("renamed");
    assert!(!folder.start("moved", &[]).is_silent());

    // The file alone, beside a key.
    std::fs::create_dir_all(folder.at("alone")).expect("a folder");
    for name in ["mailkeep.db", "key"] {
        copy(&folder.at("moved").join(name), &folder.at("alone").join(name));
    }
    assert!(folder.start("alone", &[]).is_silent());
    // Asked for.
    assert!(folder.start("moved", &["--silent"]).is_silent());
}

#[test]
fn an_older_state_over_the_same_file_is_silent() {
    let folder = Folder::new();
    folder.start("data", &[]).stop();
    let file = folder.at("data/mailkeep.db");
    let older = std::fs::read(&file).expect("a database");
    folder.start("data", &[]).stop();
    // Written over it: the same path and the same file.
    std::fs::write(&file, older).expect("put back");
    assert!(folder.start("data", &[]).is_silent());
}

#[test]
fn a_backup_of_a_running_server_is_one_file_without_the_key_and_starts_silent() {
    let folder = Folder::new();
    let server = folder.start("data", &[]);
    let file = folder.at("desk.backup").display().to_string();
    let said = folder.run("data", &["backup", &file]);
    assert!(said.status.success(), "{}", text(&said));
    assert!(text(&said).contains("key is not in it"), "{}", text(&said));
    assert_eq!(std::fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
    assert!(!folder.at("desk.backup-wal").exists() && !folder.at("desk.backup.part").exists());
    let key = std::fs::read_to_string(folder.at("data/key")).expect("a key");
    let bytes = std::fs::read(&file).expect("a backup");
    assert!(!bytes.windows(20).any(|w| w == &key.as_bytes()[..20]), "the key is not inside");
    refused(&folder.run("data", &["backup", &file]), &["is there already"]);

    // Not over a running one, and not from something else.
    refused(&folder.run("data", &["restore", &file]), &["stop it first"]);
    let other = folder.at("other");
    std::fs::write(&other, "not a database, but long enough to be one").expect("written");
    refused(&folder.run("new", &["restore", &other.display().to_string()]), &["can't be restored"]);
    assert!(!server.is_silent());
    server.stop();

    // Elsewhere, without its key: refused until the key is back.
    let said = folder.run("new", &["restore", &file]);
    assert!(said.status.success() && text(&said).contains("another key"), "{}", text(&said));
    refused(&folder.run("new", &[]), &["put the key back"]);
    copy(&folder.at("data/key"), &folder.at("new/key"));
    let server = folder.start("new", &[]);
    assert!(server.is_silent());
    server.stop();

    // In place: what was there is kept.
    let said = folder.run("data", &["restore", &file]);
    assert!(said.status.success() && text(&said).contains("starts silent"), "{}", text(&said));
    assert!(folder.at("data/mailkeep.db.before-restore").exists());
    assert!(folder.start("data", &[]).is_silent());

    // Put there by hand, it says so itself.
    std::fs::create_dir_all(folder.at("hand")).expect("a folder");
    copy(Path::new(&file), &folder.at("hand/mailkeep.db"));
    copy(&folder.at("data/key"), &folder.at("hand/key"));
    assert!(folder.start("hand", &[]).is_silent());
}

#[test]
fn a_key_is_replaced_and_a_rotation_cut_short_goes_on() {
    let folder = Folder::new();
    folder.start("data", &[]).stop();
    let key = folder.at("data/key");
    let first = std::fs::read_to_string(&key).expect("a key");
    let said = folder.run("data", &["key", "rotate"]);
    assert!(said.status.success(), "{}", text(&said));
    let second = std::fs::read_to_string(&key).expect("a key");
    assert_ne!(first, second);
    assert_eq!(second.split_whitespace().count(), 1, "the old one is gone");
    assert_eq!(std::fs::metadata(&key).expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!(folder.start("data", &[]).stop(), Some(0));
    std::fs::write(&key, &first).expect("the old one");
    refused(&folder.run("data", &[]), &["another key"]);

    // Cut short after the new key was written: the next call uses that one.
    std::fs::write(&key, format!("{second}{first}")).expect("two keys");
    // Both are known, and the database says which one seals.
    assert_eq!(folder.start("data", &[]).stop(), Some(0));
    let said = folder.run("data", &["key", "rotate"]);
    assert!(said.status.success(), "{}", text(&said));
    assert_eq!(std::fs::read_to_string(&key).expect("a key").trim(), first.trim());
    // Cut short before the old one went.
    std::fs::write(&key, format!("{second}{first}")).expect("two keys");
    let said = folder.run("data", &["key", "rotate"]);
    assert!(said.status.success() && text(&said).contains("goes on"), "{}", text(&said));
    assert_eq!(std::fs::read_to_string(&key).expect("a key").trim(), first.trim());

    // From the environment the operator changes it.
    let given = |keys: &str| {
        let mut command = folder.program("data");
        command.env("MAILKEEP_KEY", keys).args(["key", "rotate"]).output().expect("it runs")
    };
    refused(&given(first.trim()), &["MAILKEEP_KEY", "OLD,NEW"]);
    let said = given(&format!("{},{}", first.trim(), second.trim()));
    assert!(said.status.success() && text(&said).contains("take it out of MAILKEEP_KEY"), "{}", text(&said));
}

#[test]
fn metrics_are_off_or_for_who_shows_the_token() {
    let folder = Folder::new();
    let server = folder.start("data", &[]);
    assert_eq!(server.get("/metrics", &[]).0, 401);
    assert_eq!(server.get("/metrics", &[("Authorization", "Bearer a-token-for-the-monito")]).0, 401);
    let (status, body) = server.get("/metrics", &[("Authorization", &format!("Bearer {TOKEN}"))]);
    assert_eq!(status, 200);
    assert!(body.contains("text/plain; version=0.0.4"));
    for line in body.split("\r\n\r\n").nth(1).unwrap_or_default().lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        assert!(name.starts_with("mailkeep_") && value.parse::<f64>().is_ok(), "{line}");
    }
    assert!(body.contains("mailkeep_refreshes_total{outcome=\"lost\"} 0"), "{body}");
    assert_eq!(server.get("/healthz", &[]).0, 200);
    server.stop();

    // An address of its own, and nothing beside the console.
    let own = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let mut command = folder.program("data");
    command.env("MAILKEEP_METRICS", own.to_string());
    let server = Server::start(command, &[]);
    let beside = server.get("/metrics", &[("Authorization", &format!("Bearer {TOKEN}"))]);
    assert_eq!(beside.0, server.get("/nowhere", &[]).0);
    assert!(!beside.1.contains("mailkeep_refreshes_total"), "{}", beside.1);
    let there = Server { port: own.port(), said: String::new(), child: Command::new("true").spawn().expect("a child") };
    assert!(!there.is_silent());
}

#[test]
fn it_stops_within_its_deadline_and_at_once_at_a_second_signal() {
    let folder = Folder::new();
    let server = folder.start("data", &[]);
    let began = Instant::now();
    assert_eq!(server.stop(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());

    // A request that never ends holds it up until the deadline; a second signal does not wait.
    let mut command = folder.program("data");
    command.env("MAILKEEP_STOP_WITHIN", "60");
    let mut server = Server::start(command, &[]);
    let mut slow = TcpStream::connect(("127.0.0.1", server.port)).expect("connected");
    let head = "POST /api/desk/rename HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n";
    slow.write_all(head.as_bytes()).expect("sent");
    // It says so when it waits for the body.
    let mut heard = [0; 12];
    slow.read_exact(&mut heard).expect("an answer");
    assert_eq!(&heard, b"HTTP/1.1 100");
    server.signal("TERM");
    while server.get("/readyz", &[]).0 == 200 {
        std::thread::yield_now();
    }
    let began = Instant::now();
    server.signal("TERM");
    assert_eq!(server.child.wait().expect("it ends").code(), Some(130));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(folder.start("data", &[]).stop(), Some(0));
}

#[test]
fn the_doctor_tells_what_is_wrong_and_what_helps() {
    let folder = Folder::new();
    refused(&folder.run("data", &["doctor"]), &["ok     settings", "WRONG  database", "start the server once"]);
    let wrong = folder.program("data").env("MAILKEEP_MEMORY", "x").arg("doctor").output().expect("it runs");
    refused(&wrong, &["WRONG  settings", "MAILKEEP_MEMORY", "Remedy:"]);
    folder.start("data", &[]).stop();
    let well = folder.program("data").arg("doctor").output().expect("it runs");
    assert!(well.status.success() && text(&well).contains("all well"), "{}", text(&well));
    std::fs::set_permissions(folder.at("data/key"), PermissionsExt::from_mode(0o644)).expect("changed");
    let mut command = folder.program("data");
    command.env("MAILKEEP_PUBLIC_ADDRESS", "http://desk.example").arg("doctor");
    refused(
        &command.output().expect("it runs"),
        &["ok     database", "WRONG  key", "chmod 600", "WRONG  address", "http://desk.example", "https"],
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_no_fault() {
    let folder = Folder::new();
    let gone = || {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        writer
    };
    let commands: [(&[&str], &[i32]); 6] = [
        (&["settings"], &[0]),
        (&["--help"], &[0]),
        (&["--version"], &[0]),
        (&["diagnose", "microsoft", "imap", "NO AUTHENTICATE failed."], &[0, 2]),
        (&["doctor"], &[0, 1]),
        (&["no-such-command"], &[1]),
    ];
    for (arguments, codes) in commands {
        let ended = folder.program("none").args(arguments).stdout(gone()).output().expect("it runs");
        let said = text(&ended);
        assert!(
            ended.status.code().is_some_and(|code| codes.contains(&code)),
            "{arguments:?}: {:?} {said}",
            ended.status
        );
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
        // What it says of faults may go the same way.
        let ended = folder.program("none").args(arguments).stdout(gone()).stderr(gone()).status().expect("it runs");
        assert!(ended.code().is_some_and(|code| codes.contains(&code)), "{arguments:?}: {ended:?}");
    }
}
