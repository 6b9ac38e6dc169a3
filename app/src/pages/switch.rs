//! Switching a mailbox: what changes, the sign-in or password that carries it out, what came of
//! it, and the way back.

mod ask;
mod back;
mod prove;
mod report;

pub use ask::SwitchPage;
pub use back::{PutBackPage, details};
pub use prove::{SwitchPasswordPage, SwitchSignInPage};
pub use report::{SwitchResultPage, report};
