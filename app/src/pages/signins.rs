//! What came of a sign-in: the result, or the page that says why not and what to do.

pub mod links;
mod owner;
mod refused;
mod result;

pub use links::LinksPage;
pub use owner::{OwnerPage, OwnerResultPage};
pub use refused::RefusedPage;
pub use result::SignInResultPage;
