//! The link by which whoever signs in repairs it without an account here.

use crate::Engine;
use crate::signins::links;
use domain::Address;
use domain::notice::{Content, Event};
use domain::signin::LinkFor;

/// A link for the owner of a notice's sign-in; `None` where none can be made, or none is needed.
pub async fn for_owner(engine: &Engine, content: &Content, to: &Address) -> Option<String> {
    if matches!(content.event, Event::Recovered { .. } | Event::Held { .. } | Event::Test) {
        return None;
    }
    let (mailbox, _) = content.mailboxes.first()?;
    match links::make(engine, *mailbox, LinkFor::Same, Some(to.as_str()), None).await {
        Ok((_, link)) => Some(link.url),
        Err(refusal) => {
            tracing::warn!(mailbox = mailbox.0, %refusal, "no sign-in link for a notice");
            None
        }
    }
}
