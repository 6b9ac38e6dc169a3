//! Gives back to the system what was freed.
//!
//! glibc keeps freed memory unless it lies at the end of a heap: what a start with thousands of mailboxes needs for
//! their sign-ins would stay, half as much again as they need while they wait.

use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// A few milliseconds each time, beside the pages.
const EVERY: Duration = Duration::from_secs(15);

/// Runs until stopped; ends at once with another C library, which has no need of it.
pub async fn keep_small(stop: CancellationToken) {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return;
    }
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(EVERY) => {}
        }
        // It locks one heap after the other, for a millisecond or two each: off the threads that wait for everything else.
        let _ = tokio::task::spawn_blocking(trim).await;
    }
}

/// Whether there was anything to give back.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "a C function, and no crate wraps it")]
fn trim() -> bool {
    // SAFETY: it may be called at any time, from any thread (malloc_trim(3)), and touches only what is free.
    unsafe { libc::malloc_trim(0) == 1 }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn trim() -> bool {
    false
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_freed_between_what_is_kept_goes_back() {
        let mut all: Vec<Option<Box<[u8; 3_000]>>> = (0..20_000).map(|_| Some(Box::new([1; 3_000]))).collect();
        // The kept ones lie all over the heap, so that its end never becomes free.
        all.iter_mut().enumerate().filter(|(n, _)| n % 10 != 0).for_each(|(_, one)| *one = None);
        let before = resident();
        assert!(trim());
        assert!(resident() + 20_000_000 < before, "{before} and then {}", resident());
        assert_eq!(all.iter().flatten().count(), 2_000);
    }

    /// Bytes.
    fn resident() -> u64 {
        let told = std::fs::read_to_string("/proc/self/statm").expect("the system tells");
        told.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).expect("pages") * 4_096
    }
}
