//! Mailkeep: the composition root.

mod assets;
mod backup;
#[cfg(feature = "failpoints")]
mod crash_points;
mod diagnose;
mod doctor;
mod guard;
mod heap;
mod key_file;
mod live;
mod metrics;
mod rotate;
mod router;
mod say;
mod serve;
mod session_store;
mod settings;
mod sign_in_routes;
mod streams;
mod visit;

use crate::say::{complain, say};
use anyhow::{Result, bail};
use engine::home::Start;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
mailkeep [serve]    runs the server
                    --take-over: a copy of a desk becomes the desk; --silent: it stays silent
mailkeep doctor     looks at settings, database, key, providers and every mailbox, a line each;
                    ends with 1 when something is wrong
mailkeep backup FILE
                    writes the database into one file, also while the server runs
mailkeep restore FILE
                    puts such a file in the database's place; what it becomes starts silent
mailkeep key rotate seals everything with a new key, also while the server runs
mailkeep settings   lists every setting
mailkeep --version  prints the version
";

/// How the program is called.
fn usage() -> String {
    format!("{USAGE}{}", diagnose::USAGE).trim_end().to_owned()
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|command| command == "diagnose") {
        return diagnose::run(arguments);
    }
    let doctor: Vec<_> = std::env::args_os().skip(1).collect();
    if doctor == ["doctor"] {
        return doctor::run().unwrap_or_else(|error| {
            complain!("mailkeep: {error:#}");
            ExitCode::FAILURE
        });
    }
    match command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The sentence alone: where it arose means nothing to an operator.
            complain!("mailkeep: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<()> {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] | ["serve"] => serve::serve(Start::AsFound),
        ["--take-over"] | ["serve", "--take-over"] => serve::serve(Start::TakeOver),
        ["--silent"] | ["serve", "--silent"] => serve::serve(Start::Silent),
        ["backup", file] => backup::backup(Path::new(file)),
        ["restore", file] => backup::restore(Path::new(file)),
        ["key", "rotate"] => rotate::rotate(),
        ["settings"] => {
            for setting in settings::SETTINGS {
                say!("{:<32} {} (default: {})", setting.name, setting.meaning, setting.default);
            }
            Ok(())
        }
        ["--version" | "version"] => {
            say!("mailkeep {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        ["--help" | "help"] => {
            say!("{}", usage());
            Ok(())
        }
        _ => bail!("unknown command\n{}", usage()),
    }
}
