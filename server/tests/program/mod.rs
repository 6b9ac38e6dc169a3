//! The program in a folder of its own, without any mail server, and what it answers.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

static SERIAL: AtomicU32 = AtomicU32::new(0);

/// A folder of its own, removed at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("mailkeep-operating-{}-{serial}", std::process::id()));
        std::fs::create_dir_all(path.join("site/pkg")).expect("a folder");
        // Nobody outside is asked.
        std::fs::write(path.join("providers.json"), r#"{"providers": []}"#).expect("written");
        Self(path)
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The program with this folder's data, and nothing of ours in its environment.
    pub fn program(&self, data: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mailkeep"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MAILKEEP_") || name == "RUST_LOG") {
            command.env_remove(name);
        }
        command.env("MAILKEEP_DATA", self.at(data)).env("MAILKEEP_SITE", self.at("site")).env("RUST_LOG", "info");
        command.env("MAILKEEP_PROVIDERS", self.at("providers.json"));
        command
    }

    pub fn run(&self, data: &str, arguments: &[&str]) -> Output {
        self.program(data).env("MAILKEEP_LISTEN", "127.0.0.1:0").args(arguments).output().expect("it runs")
    }

    pub fn start(&self, data: &str, arguments: &[&str]) -> Server {
        Server::start(self.program(data), arguments)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running server; ends with the test.
pub struct Server {
    pub child: Child,
    pub port: u16,
    pub said: String,
}

impl Server {
    pub fn start(mut command: Command, arguments: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
        command.args(arguments).env("MAILKEEP_LISTEN", format!("127.0.0.1:{port}"));
        command.env("MAILKEEP_METRICS_TOKEN", TOKEN);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped"));
        let mut said = String::new();
        while !said.contains("listens on") {
            let read = lines.read_line(&mut said).expect("lines");
            assert!(read > 0, "it ended: {said}");
        }
        let server = Self { child, port, said };
        let end = Instant::now() + Duration::from_secs(30);
        while server.get("/readyz", &[]).0 != 200 {
            assert!(Instant::now() < end, "not ready");
            std::thread::yield_now();
        }
        server
    }

    /// Status and text of a plain request.
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return (0, String::new()) };
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
        let mut answer = String::new();
        if stream.write_all(request.as_bytes()).is_err() || stream.read_to_string(&mut answer).is_err() {
            return (0, String::new());
        }
        let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        (status, answer)
    }

    pub fn is_silent(&self) -> bool {
        let (status, text) = self.get("/metrics", &[("Authorization", &format!("Bearer {TOKEN}"))]);
        assert_eq!(status, 200, "{text}");
        match text.lines().find(|line| line.starts_with("mailkeep_silent ")) {
            Some("mailkeep_silent 1") => true,
            Some("mailkeep_silent 0") => false,
            other => panic!("{other:?}"),
        }
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Asks it to stop; gives its exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().expect("it ends").code()
    }

    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub const TOKEN: &str = "a-token-for-the-monitor";

pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

pub fn refused(output: &Output, words: &[&str]) {
    let said = text(output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for word in words {
        assert!(said.contains(word), "{word} is not in: {said}");
    }
}

pub fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp runs");
    assert!(done.success());
}
