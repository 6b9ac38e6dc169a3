//! The engine's side of the console's port: one file per noun.

mod addresses;
mod approvals;
mod desk;
mod doctor;
mod ends;
mod folders;
mod forwarders;
mod imports;
mod installation;
mod ledger;
mod links;
mod mailboxes;
mod notices;
mod outbox;
mod own_providers;
mod people;
mod quarantine;
mod received;
mod registrations;
mod relays;
mod signins;
mod switches;
mod test_mails;
mod tickets;
mod told;

pub(crate) use mailboxes::examine;

use crate::Engine;
use domain::Console;
use std::sync::Arc;

/// All ports on one engine.
pub fn console(engine: &Arc<Engine>) -> Console {
    Console {
        addresses: Arc::new(addresses::Port(engine.clone())),
        approvals: Arc::new(approvals::Port(engine.clone())),
        desk: Arc::new(desk::Port(engine.clone())),
        forwarders: Arc::new(forwarders::Port(engine.clone())),
        ends: Arc::new(ends::Port(engine.clone())),
        doctor: Arc::new(doctor::Port(engine.clone())),
        folders: Arc::new(folders::Port(engine.clone())),
        ledger: Arc::new(ledger::Port(engine.clone())),
        installation: Arc::new(installation::Port(engine.clone())),
        imports: Arc::new(imports::Port(engine.clone())),
        links: Arc::new(links::Port(engine.clone())),
        mailboxes: Arc::new(mailboxes::Port(engine.clone())),
        notices: Arc::new(notices::Port(engine.clone())),
        outbox: Arc::new(outbox::Port(engine.clone())),
        own_providers: Arc::new(own_providers::Port(engine.clone())),
        people: Arc::new(people::Port::new(engine)),
        quarantine: Arc::new(quarantine::Port(engine.clone())),
        receipts: Arc::new(received::Port(engine.clone())),
        registrations: Arc::new(registrations::Port(engine.clone())),
        relays: Arc::new(relays::Port(engine.clone())),
        signins: Arc::new(signins::Port(engine.clone())),
        test_mails: Arc::new(test_mails::Port(engine.clone())),
        switches: Arc::new(switches::Port(engine.clone())),
        tickets: Arc::new(tickets::Port(engine.clone())),
    }
}
