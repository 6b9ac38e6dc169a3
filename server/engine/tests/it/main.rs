//! Engine tests against real servers. They need the rig: see `rig.rs`.
#![allow(clippy::unwrap_used)]

mod desk;
mod fetch;
mod imap;
mod rig;
