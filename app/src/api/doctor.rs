//! The doctor's acts: the announced test mail, and the card sent to whoever can help.

use super::ApiError;
use domain::id::MailboxId;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, mailboxes::path, submit};
#[cfg(feature = "ssr")]
use crate::pages::mailbox::trouble_now;
#[cfg(feature = "ssr")]
use crate::wording::doctor;

/// Sends the announced test mail from the mailbox to itself.
///
/// # Errors
/// Not an admin, or the mailbox does not send.
#[server(endpoint = "doctor/test")]
pub async fn send_test(id: MailboxId) -> Result<(), ApiError> {
    let page = format!("{}/check", path(id));
    submit(page.clone(), async move {
        let (console, actor) = (console()?, actor().await?);
        let data = console.mailboxes.show(&actor, id).await?;
        let letter = doctor::test_letter(data.row.address.as_str(), data.row.signs_in_by.as_deref());
        console.doctor.send_test(&actor, id, letter).await?;
        Ok(format!("{page}#send-as"))
    })
    .await
}

/// Sends the card to one address, through a mailbox of the desk that works.
///
/// # Errors
/// Not an admin, no address, or nobody can send now.
#[server(endpoint = "doctor/card")]
pub async fn send_card(id: MailboxId, #[server(default)] to: String) -> Result<(), ApiError> {
    let page = format!("{}/check", path(id));
    submit(format!("{page}?form=card"), async move {
        let (console, actor) = (console()?, actor().await?);
        let trouble = trouble_now(&console, &actor, id).await?.ok_or(domain::Refusal::NotFound)?;
        console.doctor.send_card(&actor, id, to, doctor::card(&trouble)).await?;
        Ok(format!("{page}?done=sent"))
    })
    .await
}
