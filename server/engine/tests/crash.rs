//! Crashes at every named point, and nodes that come too late: nothing lost, nothing twice.
//!
//! A program of its own, because the points are the whole process's: one test at a time.
//! `cargo unit --test crash`
#![allow(clippy::unwrap_used, dead_code)]

#[path = "it/access.rs"]
mod access;
#[path = "it/browser.rs"]
mod browser;
#[path = "it/desk.rs"]
mod desk;
#[path = "crash/nodes.rs"]
mod nodes;
#[path = "crash/points.rs"]
mod points;
#[path = "it/rig.rs"]
mod rig;

/// Held by the test that has the points.
pub static POINTS: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
