//! Addresses that are forwarded to a mailbox.

use super::ApiError;
use domain::id::MailboxId;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, mailboxes::path, submit};
#[cfg(feature = "ssr")]
use domain::{Address, Answer, Fault, Refusal};

#[cfg(feature = "ssr")]
fn address(text: &str) -> Answer<Address> {
    Address::parse(text).map_err(|_| Fault::AddressMalformed.into())
}

/// Instead of a server of its own: the draft's address belongs to another mailbox from now on.
///
/// # Errors
/// Not an admin, no draft, or a mailbox that fetches nothing.
#[server(endpoint = "relays/relay")]
pub async fn relay(id: MailboxId, #[server(default)] to: String) -> Result<(), ApiError> {
    submit(format!("{}/set-up/provider?form=forward", path(id)), async move {
        let to: MailboxId = to.parse().map_err(|_| Refusal::from(Fault::NoDirection))?;
        console()?.relays.forward(&actor().await?, id, to).await?;
        Ok(format!("{}/edit?done=forward#own", path(to)))
    })
    .await
}

/// Sends a test mail to a forwarded address.
///
/// # Errors
/// Not an admin, no such address, or nothing that sends.
#[server(endpoint = "relays/check")]
pub async fn check_relay(id: MailboxId, address: String) -> Result<(), ApiError> {
    submit(format!("{}/edit?form=address", path(id)), async move {
        let address = self::address(&address)?;
        console()?.relays.check(&actor().await?, id, address).await?;
        Ok(format!("{}/edit?done=test#own", path(id)))
    })
    .await
}

/// The address gets a server of its own.
///
/// # Errors
/// Not an admin, or no such address.
#[server(endpoint = "relays/own_server")]
pub async fn own_server(id: MailboxId, address: String) -> Result<(), ApiError> {
    submit(format!("{}/edit?form=address", path(id)), async move {
        let address = self::address(&address)?;
        let draft = console()?.relays.own_server(&actor().await?, id, address).await?;
        Ok(format!("{}/set-up/provider", path(draft)))
    })
    .await
}
