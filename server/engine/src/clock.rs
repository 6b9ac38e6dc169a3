//! The wall clock, read in one place. Time-outs use tokio's monotonic clock instead.

use domain::Time;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, by the machine's clock.
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
