//! The port between the console's pages and the engine: one trait per noun, plain data only.
//!
//! No type here can hold a token or a mailbox password on its way *out*; what comes in (a new
//! password, a client secret) goes straight into the engine's vault.

pub mod addresses;
pub mod approvals;
pub mod desk;
pub mod doctor;
pub mod ends;
pub mod folders;
pub mod forwarders;
pub mod imports;
pub mod installation;
pub mod ledger;
pub mod links;
pub mod mailboxes;
pub mod notices;
pub mod outbox;
pub mod own_providers;
pub mod people;
pub mod quarantine;
pub mod received;
pub mod registrations;
pub mod relays;
pub mod signins;
pub mod switches;
pub mod test_mails;
pub mod tickets;
pub mod visit;

use std::sync::Arc;

pub use addresses::Addresses;
pub use approvals::Approvals;
pub use desk::Desk;
pub use doctor::Doctor;
pub use ends::Ends;
pub use folders::Folders;
pub use forwarders::Forwarders;
pub use imports::Imports;
pub use installation::Installation;
pub use ledger::Ledger;
pub use links::Links;
pub use mailboxes::Mailboxes;
pub use notices::Notices;
pub use outbox::Outbox;
pub use own_providers::OwnProviders;
pub use people::{Actor, People, Role};
pub use quarantine::Quarantine;
pub use received::Receipts;
pub use registrations::Registrations;
pub use relays::Relays;
pub use signins::SignIns;
pub use switches::Switches;
pub use test_mails::TestMails;
pub use tickets::Tickets;
pub use visit::Visit;

/// Everything that the console's pages may ask for.
#[derive(Clone)]
pub struct Console {
    pub addresses: Arc<dyn Addresses>,
    pub approvals: Arc<dyn Approvals>,
    pub desk: Arc<dyn Desk>,
    pub forwarders: Arc<dyn Forwarders>,
    pub ends: Arc<dyn Ends>,
    pub doctor: Arc<dyn Doctor>,
    pub folders: Arc<dyn Folders>,
    pub ledger: Arc<dyn Ledger>,
    pub installation: Arc<dyn Installation>,
    pub imports: Arc<dyn Imports>,
    pub links: Arc<dyn Links>,
    pub mailboxes: Arc<dyn Mailboxes>,
    pub notices: Arc<dyn Notices>,
    pub outbox: Arc<dyn Outbox>,
    pub own_providers: Arc<dyn OwnProviders>,
    pub people: Arc<dyn People>,
    pub quarantine: Arc<dyn Quarantine>,
    pub receipts: Arc<dyn Receipts>,
    pub registrations: Arc<dyn Registrations>,
    pub relays: Arc<dyn Relays>,
    pub signins: Arc<dyn SignIns>,
    pub test_mails: Arc<dyn TestMails>,
    pub switches: Arc<dyn Switches>,
    pub tickets: Arc<dyn Tickets>,
}
