//! Engine tests. Those against real servers need the rig: see `rig.rs`; `intake`, `forwards`,
//! `tickets` and `writing` don't.
#![allow(clippy::unwrap_used)]

mod access;
mod after;
mod browser;
mod complaints;
mod desk;
mod fetch;
mod folders;
mod forwards;
mod grants;
mod imap;
mod inbox;
mod intake;
mod ledger;
mod links;
mod lookup;
mod outbox;
mod quarantine;
mod rig;
mod signins;
mod silence;
mod smtp;
mod switching;
mod tickets;
mod torture;
mod writing;
