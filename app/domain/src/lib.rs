//! Mailkeep's domain: rules and plain data, the same in the browser and on the server.
//!
//! Nothing here does I/O, reads a clock or draws a random number: `now` is a parameter and every
//! rule is tested as a table. Absent on purpose: anything that can hold a secret.

pub mod acknowledge;
pub mod address;
pub mod backoff;
pub mod banner;
pub mod console;
pub mod credential;
pub mod diagnosis;
pub mod direction;
pub mod expiry;
pub mod folder;
pub mod guide;
pub mod habit;
pub mod home;
pub mod id;
pub mod ledger;
pub mod mailbox;
pub mod notice;
pub mod outbox;
#[cfg(feature = "data")]
pub mod presets;
pub mod probe;
pub mod provider;
pub mod receipt;
pub mod refusal;
pub mod registration;
pub mod remedy;
pub mod signin;
pub mod silence;
pub mod switch;
pub mod thread;
pub mod ticket;
pub mod time;

pub use address::Address;
pub use console::Console;
pub use diagnosis::Diagnosis;
pub use direction::Direction;
pub use refusal::{Answer, Fault, Refusal};
pub use time::Time;
