//! One entity per table of `migrations`. Joins are written where they are used.
#![allow(missing_docs)]

pub mod account;
pub mod attachment;
pub mod delivery;
pub mod delivery_attempt;
pub mod delivery_recipient;
pub mod direction;
pub mod draft;
pub mod episode;
pub mod event;
pub mod folder;
pub mod grants;
pub mod known_id;
pub mod mailbox;
pub mod mailbox_check;
pub mod message;
pub mod node;
pub mod own_address;
pub mod person;
pub mod person_link;
pub mod receipt;
pub mod registration;
pub mod requester;
pub mod session;
pub mod setting;
pub mod sign_in;
pub mod source;
pub mod source_chunk;
pub mod ticket;
pub mod ticket_count;
pub mod ticket_seen;
pub mod upload;
pub mod upload_chunk;
