//! Engine tests. Those against real servers need the rig: see `rig.rs`; `intake`, `forwards`,
//! `complaints`, `moving`, `tickets`, `told_once` and `writing` don't.
#![allow(clippy::unwrap_used)]

mod access;
mod after;
mod backlog;
mod browser;
mod clocks;
mod complaints;
mod crowded;
mod desk;
mod fetch;
mod fetch_complaints;
mod folders;
mod forwards;
mod grants;
mod groups;
mod imap;
mod imports;
mod inbox;
mod intake;
mod ledger;
mod links;
mod lookup;
mod loops;
mod marks;
mod moving;
mod notices;
mod office;
mod outbox;
mod own_providers;
mod quarantine;
mod refusals;
mod rig;
mod sending;
mod sent;
mod shown;
mod signins;
mod silence;
mod smtp;
mod switching;
mod tickets;
mod time_complaints;
mod told_once;
mod torture;
mod touched;
mod writing;
