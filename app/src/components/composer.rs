//! Where a reply or a note is written.
//!
//! Invariant: what was typed is not lost. The form works without a script; with one, the text is
//! kept on the server while somebody types, and no live update ever touches it.

#[cfg(feature = "ssr")]
mod form;
mod writing;

#[cfg(feature = "ssr")]
pub use form::{Composer, Trouble, attach, files};
pub use writing::Writing;
