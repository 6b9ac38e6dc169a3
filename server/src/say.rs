//! What a command says to whoever called it.
//!
//! Invariant: a reader that has seen enough and is gone (`mailkeep settings | head`) is no fault: what it
//! would have read is dropped, and the command does its work to the end. `println!` panics there.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};

/// A line of the answer, as by `println!`.
macro_rules! say {
    ($($words:tt)*) => { $crate::say::answer(format_args!($($words)*)) };
}

/// A line about a fault, as by `eprintln!`.
macro_rules! complain {
    ($($words:tt)*) => { $crate::say::fault(format_args!($($words)*)) };
}

pub(crate) use {complain, say};

/// Writes a line to the standard output. Another fault than a reader that is gone, such as a full disk, is
/// said among the faults.
pub fn answer(words: Arguments<'_>) {
    if let Err(error) = write(std::io::stdout().lock(), words)
        && error.kind() != ErrorKind::BrokenPipe
    {
        complain!("mailkeep: the answer can't be written: {error}");
    }
}

/// Writes a line to the standard error, if it can be written.
pub fn fault(words: Arguments<'_>) {
    let _ = write(std::io::stderr().lock(), words);
}

fn write(mut to: impl Write, words: Arguments<'_>) -> std::io::Result<()> {
    to.write_fmt(words)?;
    to.write_all(b"\n")?;
    to.flush()
}
