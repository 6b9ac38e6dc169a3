//! The command line's `diagnose`: one JSON object and 0 for any text, 2 for wrong arguments.

use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&OsStr], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mailkeep"))
        .arg("diagnose")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    child.stdin.take().expect("piped").write_all(input).expect("the whole input is taken");
    child.wait_with_output().expect("ended")
}

fn found(provider: &str, protocol: &str, text: &OsStr, input: &[u8]) -> serde_json::Value {
    let arguments = ["--provider", provider, "--protocol", protocol, "--"].map(OsStr::new);
    let output = run(&[&arguments[..], &[text]].concat(), input);
    assert_eq!(output.status.code(), Some(0), "{text:?}");
    assert!(output.stderr.is_empty(), "{text:?}");
    let stdout = String::from_utf8(output.stdout).expect("text");
    assert_eq!(stdout.lines().count(), 1, "{stdout}");
    let found: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    let mut keys: Vec<_> = found.as_object().expect("an object").keys().cloned().collect();
    keys.sort();
    assert_eq!(keys, ["diagnosis", "known", "remedy", "remedy_class", "who"]);
    found
}

#[test]
fn an_answer_is_told_as_json() {
    let text = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.";
    let wanted = serde_json::json!({
        "diagnosis": "smtp_auth_disabled_tenant", "remedy": "ask_administrator", "remedy_class": "policy",
        "who": "tenant_admin", "known": true,
    });
    assert_eq!(found("microsoft", "smtp", OsStr::new(text), b""), wanted);
    assert_eq!(found("microsoft", "smtp", OsStr::new("-"), text.as_bytes()), wanted);
    let body = br#"{"error":"invalid_client","error_description":"AADSTS7000222: x","error_codes":[7000222]}"#;
    let secret = found("Microsoft", "oauth", OsStr::new("-"), body);
    assert_eq!(
        (&secret["diagnosis"], &secret["remedy_class"], &secret["who"]),
        (&"client_secret_expired".into(), &"fix_app_registration".into(), &"app_owner".into())
    );
}

#[test]
fn any_text_has_an_answer() {
    let huge = vec![b'x'; 8 << 20];
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for protocol in ["imap", "smtp", "oauth"] {
        for text in [&b""[..], b" ", b"\n", b"{", b"\xff\xfe", b"-x", b"--boundary", "é".as_bytes()] {
            assert_eq!(found("other", protocol, OsStr::from_bytes(text), b"")["remedy_class"], "transient");
        }
        for input in [&b""[..], &huge, &binary] {
            assert_eq!(found("zoho", protocol, OsStr::new("-"), input)["known"], false);
        }
    }
}

#[test]
fn wrong_arguments_end_with_2() {
    for arguments in [
        &[][..],
        &["text"],
        &["--provider", "google", "text"],
        &["--provider", "google", "--protocol", "pop3", "text"],
        &["--provider", "google", "--protocol", "imap"],
        &["--provider", "google", "--protocol", "imap", "two", "texts"],
    ] {
        let output = run(&arguments.iter().map(OsStr::new).collect::<Vec<_>>(), b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
}
