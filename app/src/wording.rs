//! Every sentence that a person reads, by noun. Pages hold structure, these files hold words.

pub mod banners;
pub mod counts;
pub mod diagnoses;
pub mod doctor;
pub mod ends;
pub mod events;
pub mod folders;
pub mod installation;
pub mod ledger;
pub mod links;
pub mod notices;
pub mod outages;
pub mod outbox;
pub mod quarantine;
pub mod received;
pub mod refusals;
pub mod registrations;
pub mod sealed;
pub mod states;
pub mod switches;
pub mod test_mails;
pub mod tickets;
pub mod times;
