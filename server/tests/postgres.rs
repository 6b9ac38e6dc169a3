//! Operating it on PostgreSQL, on the program itself: backups and what becomes of them.
//!
//! `MAILKEEP_TEST_DATABASE` is the URL of a PostgreSQL server; without one there is nothing to see
//! here. PostgreSQL's own programs are looked for on the PATH.

mod program;

use program::{Folder, Server, refused, text};
use std::process::Command;
use std::time::{Duration, Instant};

/// The server's databases of one test, dropped at its end.
struct Databases {
    server: url::Url,
    made: Vec<String>,
}

impl Databases {
    fn of_environment() -> Option<Self> {
        let server = std::env::var("MAILKEEP_TEST_DATABASE").ok().filter(|at| at.starts_with("postgres"))?;
        Some(Self { server: url::Url::parse(&server).expect("a URL"), made: Vec::new() })
    }

    /// An empty one.
    fn make(&mut self, word: &str) -> String {
        let name = format!("mailkeep_operating_{}_{word}", std::process::id());
        ask(self.server.as_str(), &format!("CREATE DATABASE {name}"));
        let mut url = self.server.clone();
        url.set_path(&name);
        self.made.push(name);
        url.to_string()
    }
}

impl Drop for Databases {
    fn drop(&mut self) {
        for name in &self.made {
            let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = Command::new("psql").args(["-qd", self.server.as_str(), "-c", &sql]).status();
        }
    }
}

/// What a statement answers, in plain text.
fn ask(url: &str, sql: &str) -> String {
    let done = Command::new("psql").args(["-qAtd", url, "-v", "ON_ERROR_STOP=1", "-c", sql]).output();
    let done = done.expect("psql runs");
    assert!(done.status.success(), "{sql}: {}", text(&done));
    text(&done).trim().to_owned()
}

#[test]
fn a_backup_of_a_running_server_goes_into_an_empty_database_and_starts_silent() {
    let Some(mut databases) = Databases::of_environment() else { return };
    let folder = Folder::new();
    let program = |data: &str, url: &str, arguments: &[&str]| {
        let mut command = folder.program(data);
        command.env("MAILKEEP_DATABASE", url).args(arguments);
        command
    };
    let run = |data: &str, url: &str, arguments: &[&str]| program(data, url, arguments).output().expect("it runs");
    let start = |data: &str, url: &str, arguments: &[&str]| Server::start(program(data, url, &[]), arguments);

    let desk = databases.make("desk");
    let server = start("data", &desk, &[]);
    assert!(!server.is_silent());
    // Somebody writes all the while: pairs, of which a consistent copy never has half a one.
    ask(&desk, "CREATE TABLE pair (place BIGSERIAL PRIMARY KEY, half BIGINT NOT NULL)");
    let mut writing = Command::new("psql")
        .args(["-qd", &desk, "-c"])
        .arg(
            "DO $$ BEGIN FOR n IN 1..1000000 LOOP INSERT INTO pair (half) VALUES (n); PERFORM pg_sleep(0.001);
         INSERT INTO pair (half) VALUES (n); COMMIT; END LOOP; END $$",
        )
        .spawn()
        .expect("psql runs");
    while ask(&desk, "SELECT COUNT(*) FROM pair") == "0" {
        std::thread::yield_now();
    }
    let file = folder.at("desk.backup").display().to_string();
    let said = run("data", &desk, &["backup", &file]);
    let went_on = writing.try_wait().expect("psql runs").is_none();
    writing.kill().expect("stopped");
    writing.wait().expect("it ends");
    assert!(said.status.success() && text(&said).contains("key is not in it"), "{}", text(&said));
    assert!(went_on, "it was in use to the end");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).expect("there").permissions());
    assert_eq!(mode & 0o777, 0o600);
    let key = std::fs::read_to_string(folder.at("data/key")).expect("a key");
    let bytes = std::fs::read(&file).expect("a backup");
    assert!(!bytes.windows(20).any(|w| w == &key.as_bytes()[..20]), "the key is not inside");
    refused(&run("data", &desk, &["backup", &file]), &["is there already"]);
    assert!(!server.is_silent(), "a backup changes nothing for the desk");

    // Not over a desk, whether it runs or has stopped; and not from something else.
    refused(&run("data", &desk, &["restore", &file]), &["a Mailkeep runs on this database", "stop it first"]);
    assert_eq!(server.stop(), Some(0));
    refused(&run("data", &desk, &["restore", &file]), &["holds a desk already", "createdb"]);
    let other = folder.at("other");
    std::fs::write(&other, "not a dump").expect("written");
    let restored = databases.make("restored");
    refused(&run("data", &restored, &["restore", &other.display().to_string()]), &["pg_restore"]);

    let said = run("data", &restored, &["restore", &file]);
    assert!(said.status.success() && text(&said).contains("starts silent"), "{}", text(&said));
    let halves = ask(&restored, "SELECT COUNT(*) FROM (SELECT half FROM pair GROUP BY half HAVING COUNT(*) <> 2) x");
    assert_eq!(halves, "0", "one moment's state");
    assert_ne!(ask(&restored, "SELECT COUNT(*) FROM pair"), "0");
    let server = start("data", &restored, &[]);
    assert!(server.is_silent());
    server.stop();
    let server = start("data", &restored, &[]);
    assert!(server.is_silent(), "a restart answers nothing");
    server.stop();
    refused(&run("data", &restored, &["doctor"]), &["WRONG  copy", "--take-over"]);
    let server = start("data", &restored, &["serve", "--take-over"]);
    assert!(!server.is_silent());
    server.stop();
    assert!(!start("data", &restored, &[]).is_silent(), "it is the desk now");
    assert!(!start("data", &desk, &[]).is_silent(), "and the first one is as it was");

    // Without its key: said at once, and refused until the key is back.
    let elsewhere = databases.make("elsewhere");
    let said = run("new", &elsewhere, &["restore", &file]);
    assert!(said.status.success() && text(&said).contains("another key"), "{}", text(&said));
    refused(&run("new", &elsewhere, &[]), &["put the key back"]);

    // Put there by hand, with PostgreSQL's own program.
    let hand = databases.make("hand");
    let done = Command::new("pg_restore").args(["--no-owner", "--dbname", &hand, &file]).output().expect("it runs");
    assert!(done.status.success(), "{}", text(&done));
    assert!(start("data", &hand, &[]).is_silent());
}

#[test]
fn a_monitor_hears_that_the_database_is_away_and_that_it_is_back() {
    let Some(mut databases) = Databases::of_environment() else { return };
    let folder = Folder::new();
    let desk = databases.make("away");
    let mut command = folder.program("data");
    command.env("MAILKEEP_DATABASE", &desk);
    let mut server = Server::start(command, &[]);
    let name = databases.made[0].clone();
    let outside = databases.server.to_string();
    let says = |server: &Server, wanted: u16| {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let (status, answer) = server.get("/readyz", &[]);
            if status == wanted {
                return answer;
            }
            assert!(Instant::now() < end, "{status} and not {wanted}: {answer}");
            std::thread::sleep(Duration::from_millis(100));
        }
    };

    // Nobody may connect to it any more, and who was connected is not.
    ask(&outside, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
    ask(&outside, &format!("SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{name}'"));
    assert!(says(&server, 503).contains("the database does not answer"));
    assert!(server.child.try_wait().expect("it runs").is_none(), "it waits, and does not end");

    ask(&outside, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
    assert!(says(&server, 200).contains("ready"));
    assert_eq!(server.stop(), Some(0));
}
