//! Pages: each loads what it shows through the port, then is one view.

pub mod approval;
pub mod connect;
pub mod ends;
pub mod error;
pub mod help;
pub mod here;
pub mod mailbox;
pub mod mailboxes;
pub mod new_ticket;
pub mod notices;
pub mod outbox;
pub mod people;
pub mod person;
pub mod quarantine;
pub mod registrations;
pub mod server;
pub mod sign_in;
pub mod signins;
pub mod switch;
pub mod ticket;
pub mod tickets;

pub use here::{Address, Here, open, page, page_at};
