//! Mailkeep: the composition root.

mod assets;
#[cfg(feature = "failpoints")]
mod crash_points;
mod diagnose;
mod guard;
mod key_file;
mod live;
mod router;
mod serve;
mod session_store;
mod settings;
mod sign_in_routes;
mod streams;
mod visit;

use anyhow::{Result, bail};
use std::process::ExitCode;

const USAGE: &str = "\
mailkeep            runs the server
mailkeep settings   lists every setting
mailkeep --version  prints the version
";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|command| command == "diagnose") {
        return diagnose::run(arguments);
    }
    match command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The sentence alone: where it arose means nothing to an operator.
            eprintln!("mailkeep: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<()> {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] | ["serve"] => serve::serve(),
        ["settings"] => {
            for setting in settings::SETTINGS {
                println!("{:<32} {} (default: {})", setting.name, setting.meaning, setting.default);
            }
            Ok(())
        }
        ["--version" | "version"] => {
            println!("mailkeep {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        ["--help" | "help"] => {
            print!("{USAGE}{}", diagnose::USAGE);
            Ok(())
        }
        _ => bail!("unknown command\n{USAGE}{}", diagnose::USAGE),
    }
}
