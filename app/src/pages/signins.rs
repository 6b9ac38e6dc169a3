//! What came of a sign-in: the result, or the page that says why not and what to do.

mod refused;
mod result;

pub use refused::RefusedPage;
pub use result::SignInResultPage;
