//! Server functions: one file per noun. Each asks the console's port and says where to go next.
//!
//! They are called by plain forms. The answer is always a redirect, so that neither *Back* nor
//! *Reload* repeats an action; a refusal goes back to the form's page as a code in the query,
//! never with what was typed.

// A server function takes the fields of its form; the browser's half of one loses an attribute
// that stands on the function itself.
#![allow(clippy::too_many_arguments)]

pub mod addresses;
pub mod approvals;
pub mod context;
pub mod desk;
pub mod doctor;
pub mod ends;
pub mod error;
#[cfg(feature = "ssr")]
pub mod flash;
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
pub mod registrations;
pub mod relays;
#[cfg(feature = "ssr")]
pub mod response;
pub mod signins;
pub mod switches;
pub mod test_mails;
pub mod tickets;

pub use context::{actor, console, visit};
pub use error::ApiError;
#[cfg(feature = "ssr")]
pub use response::{refuse, submit};

use leptos::server_fn::ServerFn;

/// The address of a server function, for a form's `action`: `post_to::<Invite>()`.
pub fn post_to<F: ServerFn>() -> &'static str {
    F::PATH
}
