//! Switching a mailbox to another sign-in, address or provider, and back.

use super::ApiError;
use domain::id::MailboxId;
use leptos::prelude::*;

use super::mailboxes::path;
#[cfg(feature = "ssr")]
use super::mailboxes::{endpoint, import_from};
#[cfg(feature = "ssr")]
use super::{actor, console, submit};
#[cfg(feature = "ssr")]
use domain::Refusal;
#[cfg(feature = "ssr")]
use domain::console::mailboxes::PasswordForm;
#[cfg(feature = "ssr")]
use domain::console::switches::SwitchForm;
#[cfg(feature = "ssr")]
use domain::switch::Case;

/// The page where a switch begins.
pub fn switch_path(id: MailboxId) -> String {
    format!("{}/switch", path(id))
}

/// Prepares a switch; its sign-in or password carries it out.
///
/// # Errors
/// Not an admin, or fields that don't do.
#[server(endpoint = "switches/prepare")]
pub async fn prepare(
    id: MailboxId,
    case: String,
    #[server(default)] address: String,
    #[server(default)] provider_key: String,
    #[server(default)] import: String,
    #[server(default)] import_date: String,
) -> Result<(), ApiError> {
    submit(format!("{}?case={case}", switch_path(id)), async move {
        let case = Case::from_key(&case).ok_or(Refusal::NotFound)?;
        let import = import_from(&import, &import_date)?;
        let form = SwitchForm { case, provider_key, address, import };
        console()?.switches.prepare(&actor().await?, id, form).await?;
        Ok(format!("{}/sign-in", switch_path(id)))
    })
    .await
}

/// Forgets a prepared switch.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "switches/drop")]
pub async fn drop_plan(id: MailboxId) -> Result<(), ApiError> {
    submit(path(id), async move {
        console()?.switches.drop_plan(&actor().await?, id).await?;
        Ok(path(id))
    })
    .await
}

/// Carries a prepared switch out by user name and password.
///
/// # Errors
/// Not an admin, or fields that don't do. A refused password is a result, not an error.
#[server(endpoint = "switches/password")]
pub async fn switch_by_password(
    id: MailboxId,
    user: String,
    password: String,
    #[server(default)] in_host: String,
    #[server(default)] in_port: String,
    #[server(default)] in_tls: String,
    #[server(default)] out_host: String,
    #[server(default)] out_port: String,
    #[server(default)] out_tls: String,
) -> Result<(), ApiError> {
    submit(format!("{}/password", switch_path(id)), async move {
        let incoming = endpoint(in_host, &in_port, &in_tls)?;
        let outgoing = endpoint(out_host, &out_port, &out_tls)?;
        let form = PasswordForm { user, password, incoming, outgoing };
        console()?.switches.give_password(&actor().await?, id, form).await?;
        Ok(format!("{}/result", switch_path(id)))
    })
    .await
}

/// Proves the setup before the last switch, and puts it back.
///
/// # Errors
/// Not an admin, or it was wiped or put back already.
#[server(endpoint = "switches/put_back")]
pub async fn put_back(id: MailboxId) -> Result<(), ApiError> {
    submit(format!("{}/put-back", path(id)), async move {
        console()?.switches.put_back(&actor().await?, id).await?;
        Ok(format!("{}/result", switch_path(id)))
    })
    .await
}
