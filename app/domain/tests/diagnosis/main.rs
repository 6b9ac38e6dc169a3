//! Replies of real providers, put to the rules. `facts`: every row of the data files;
//! the others: replies that stand in no file.

#![allow(clippy::unwrap_used)]

mod cases;
mod facts;
mod hostile;
mod imap;
mod oauth;
mod presets;
mod smtp;
mod wild;
