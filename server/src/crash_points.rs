//! Where a test wants this process to end or to stand still, in every build but a release.
//!
//! `MAILKEEP_TEST_AT=kill:POINT:N` or `stop:POINT:N`: the process gets SIGKILL or SIGSTOP when it
//! comes to the engine's point for the Nth time. The thread that met it goes no further before.

use crate::say::complain;
use anyhow::{Context, Result, bail};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};

/// Arms what the environment names.
///
/// # Errors
/// A sentence, when it can't be understood.
pub fn arm() -> Result<()> {
    let Ok(wanted) = std::env::var("MAILKEEP_TEST_AT") else { return Ok(()) };
    let [what, point, nth] = wanted.split(':').collect::<Vec<_>>()[..] else {
        bail!("MAILKEEP_TEST_AT is kill or stop, a point, and a number: {wanted}")
    };
    let signal = match what {
        "kill" => "-KILL",
        "stop" => "-STOP",
        _ => bail!("MAILKEEP_TEST_AT: {what} is neither kill nor stop"),
    };
    let nth: u32 = nth.parse().context("MAILKEEP_TEST_AT")?;
    let (met, name) = (AtomicU32::new(0), point.to_owned());
    fail::cfg_callback(point, move || {
        if met.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            complain!("{signal} at {name}");
            // The kernel's own signal, as from outside: nothing is unwound or written.
            let _ = Command::new("kill").args([signal, &process::id().to_string()]).status();
        }
    })
    .map_err(anyhow::Error::msg)
    .with_context(|| format!("MAILKEEP_TEST_AT: {point}"))
}
