//! A fake console: every state at once, and hostile text, without an engine.
//!
//! Shared by the tests of the pages and by the preview.
#![allow(dead_code, clippy::unwrap_used)]

mod desk;
mod doctor;
mod ends;
mod facts;
mod folders;
mod imports;
mod ledger;
mod links;
mod mailboxes;
mod mails;
mod notices;
mod own_providers;
mod people;
mod relays;
mod router;
pub mod seen;
mod server;
mod signins;
mod switches;

pub use router::router;

use domain::console::{Actor, Console, Role};
use domain::id::PersonId;
use domain::time::Span;
use domain::{Address, Time};
use std::sync::Arc;

/// 24 Nov 2026, 14:05 UTC.
pub fn now() -> Time {
    Time::from_date(2026, 11, 24).unwrap() + Span::minutes(14 * 60 + 5)
}

pub fn ago(span: Span) -> Time {
    now() - span
}

pub fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// Text that must come out as text.
pub const HOSTILE: &str = "</title></textarea><script>alert(1)</script>\"'&";

pub fn ada() -> Actor {
    Actor { person: PersonId(1), name: "Ada Lindqvist".into(), role: Role::Admin }
}

pub fn jonas() -> Actor {
    Actor { person: PersonId(2), name: "Jonas Weber".into(), role: Role::Agent }
}

/// What the fake should look like.
#[derive(Clone, Copy, Default)]
pub struct Scene {
    pub first_start: bool,
    pub empty: bool,
    pub demo: bool,
    pub unregistered: bool,
    /// A silent copy, which asks whether it takes over.
    pub copied: bool,
}

pub fn console(scene: Scene) -> Console {
    Console {
        addresses: Arc::new(server::Fake(scene)),
        approvals: Arc::new(server::Fake(scene)),
        desk: Arc::new(desk::Fake(scene)),
        forwarders: Arc::new(ledger::Fake),
        ends: Arc::new(ends::Fake(scene)),
        doctor: Arc::new(doctor::Fake),
        folders: Arc::new(folders::Fake(scene)),
        ledger: Arc::new(ledger::Fake),
        installation: Arc::new(server::Fake(scene)),
        imports: Arc::new(imports::Fake),
        links: Arc::new(links::Fake),
        mailboxes: Arc::new(mailboxes::Fake(scene)),
        notices: Arc::new(notices::Fake(scene)),
        outbox: Arc::new(mails::Fake(scene)),
        own_providers: Arc::new(own_providers::Fake),
        people: Arc::new(people::Fake(scene)),
        quarantine: Arc::new(ledger::Fake),
        receipts: Arc::new(ledger::Fake),
        registrations: Arc::new(desk::Fake(scene)),
        relays: Arc::new(relays::Fake),
        signins: Arc::new(signins::Fake),
        test_mails: Arc::new(ledger::Fake),
        switches: Arc::new(switches::Fake),
        tickets: Arc::new(mails::Fake(scene)),
    }
}
