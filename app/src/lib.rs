//! Mailkeep's console: pages, components and server functions.
//!
//! Pages are rendered on the server only; what reaches the browser as wasm are the few islands in
//! [`components`]. Every link is a link and every action a form, so all of it works before or
//! without a script. Absent on purpose: SQL, mail, tokens - a page asks the [`domain::Console`].

// View types of whole pages nest deeply.
#![recursion_limit = "512"]

pub mod api;
pub mod components;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod shell;
pub mod wording;

pub use domain;
#[cfg(feature = "ssr")]
pub use routes::App;
#[cfg(feature = "ssr")]
pub use shell::shell;
