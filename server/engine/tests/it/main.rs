//! Engine tests. Those against real servers need the rig: see `rig.rs`; `intake` and `tickets`
//! don't.
#![allow(clippy::unwrap_used)]

mod desk;
mod fetch;
mod imap;
mod inbox;
mod intake;
mod rig;
mod tickets;
