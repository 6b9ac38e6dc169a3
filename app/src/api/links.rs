//! Sign-in links: made, revoked and declined by forms. They begin at the server's own route.

use super::ApiError;
use domain::id::{LinkId, MailboxId};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, flash, mailboxes::path, response::encode, submit};
#[cfg(feature = "ssr")]
use crate::wording::links;
#[cfg(feature = "ssr")]
use domain::console::links::{LinkForm, LinkLetter};
#[cfg(feature = "ssr")]
use domain::signin::LinkFor;
#[cfg(feature = "ssr")]
use domain::{Fault, Refusal};

/// Makes a link. One that was not mailed is shown once, on the next page.
///
/// # Errors
/// Not an admin, or fields that don't do.
#[server(endpoint = "sign_in_links/make")]
pub async fn make_link(
    mailbox: MailboxId,
    who: String,
    #[server(default)] named: String,
    #[server(default)] by: String,
    #[server(default)] email: String,
) -> Result<(), ApiError> {
    let page = format!("{}/link", path(mailbox));
    submit(page.clone(), async move {
        let (console, actor) = (console()?, actor().await?);
        let who = LinkFor::from_key(&who, &named).ok_or(Refusal::NotFound)?;
        let letter = if by == "email" {
            let offer = console.links.offer(&actor, mailbox).await?;
            if email.trim().is_empty() {
                return Err(Fault::AddressMalformed.into());
            }
            let desk = console.desk.frame(&actor).await?.desk_name;
            let (subject, text) = links::letter(&offer.address, &offer.provider_short, &desk, &actor.name);
            Some(LinkLetter { to: email.trim().to_owned(), subject, text })
        } else {
            None
        };
        let wanted = letter.is_some();
        let link = console.links.make(&actor, mailbox, LinkForm { who, letter }).await?;
        if link.sent {
            return Ok(format!("{page}?done=sent"));
        }
        flash::keep(&link.url);
        Ok(format!("{page}?done={}", if wanted { "not_sent" } else { "made" }))
    })
    .await
}

/// Takes a link back.
///
/// # Errors
/// Not an admin, or no such link.
#[server(endpoint = "sign_in_links/revoke")]
pub async fn revoke_link(link: LinkId, mailbox: MailboxId) -> Result<(), ApiError> {
    submit(format!("{}/link", path(mailbox)), async move {
        let mailbox = console()?.links.revoke(&actor().await?, link).await?;
        Ok(format!("{}/link?done=revoked", path(mailbox)))
    })
    .await
}

/// "It was not for me": whoever got the link ends it.
///
/// # Errors
/// No such link.
#[server(endpoint = "sign_in_links/decline")]
pub async fn decline_link(token: String) -> Result<(), ApiError> {
    // The token goes back into the address that it came from, and nowhere else.
    let page = format!("/s/{}", encode(&token).replace('/', ""));
    submit(page.clone(), async move {
        console()?.links.decline(token).await?;
        Ok(page)
    })
    .await
}
