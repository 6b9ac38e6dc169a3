//! Engine tests against real servers. They need the rig: see `rig.rs`.
#![allow(clippy::unwrap_used)]

mod access;
mod browser;
mod desk;
mod fetch;
mod grants;
mod imap;
mod rig;
mod signins;
