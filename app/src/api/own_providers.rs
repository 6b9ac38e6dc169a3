//! Sign-in providers that an admin adds by their issuer.

use super::ApiError;
use domain::id::MailboxId;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::mailboxes::{endpoint, path};
#[cfg(feature = "ssr")]
use super::{actor, console, submit};
#[cfg(feature = "ssr")]
use domain::console::own_providers::OwnProviderForm;

/// The page where one is found and described; for a mailbox that waits for it.
pub fn page(key: Option<&str>, mailbox: Option<MailboxId>) -> String {
    let pairs = [key.map(|key| format!("provider={key}")), mailbox.map(|id| format!("mailbox={id}"))];
    let query = pairs.into_iter().flatten().collect::<Vec<_>>().join("&");
    let glue = if query.is_empty() { "" } else { "?" };
    format!("/admin/registrations/discover{glue}{query}")
}

/// Asks an issuer what it publishes.
///
/// # Errors
/// Not an admin, or nothing that could be understood.
#[server(endpoint = "own_providers/discover")]
pub async fn discover(
    #[server(default)] issuer: String,
    #[server(default)] mailbox: Option<MailboxId>,
) -> Result<(), ApiError> {
    submit(page(None, mailbox), async move {
        let key = console()?.own_providers.discover(&actor().await?, issuer).await?;
        Ok(page(Some(&key), mailbox))
    })
    .await
}

/// Saves name, servers, permissions and registration; the mailbox that waits goes on with it.
///
/// # Errors
/// Not an admin, or fields that don't do.
// The fields of one form.
#[allow(clippy::too_many_arguments)]
#[server(endpoint = "own_providers/save")]
pub async fn save(
    key: String,
    #[server(default)] name: String,
    #[server(default)] client_id: String,
    #[server(default)] secret: String,
    #[server(default)] mail_scopes: String,
    #[server(default)] in_host: String,
    #[server(default)] in_port: String,
    #[server(default)] in_tls: String,
    #[server(default)] out_host: String,
    #[server(default)] out_port: String,
    #[server(default)] out_tls: String,
    #[server(default)] mailbox: Option<MailboxId>,
) -> Result<(), ApiError> {
    submit(page(Some(&key), mailbox), async move {
        let (console, actor) = (console()?, actor().await?);
        // A port stands there from the start: without a name it is no server.
        let server = |host: String, port: &str, tls: &str| match host.trim().is_empty() {
            true => Ok(None),
            false => endpoint(host, port, tls),
        };
        let (incoming, outgoing) = (server(in_host, &in_port, &in_tls)?, server(out_host, &out_port, &out_tls)?);
        let form = OwnProviderForm { key: key.clone(), name, client_id, secret, mail_scopes, incoming, outgoing };
        console.own_providers.save(&actor, form).await?;
        let Some(id) = mailbox else { return Ok("/admin/registrations?done=saved".to_owned()) };
        if !console.mailboxes.show(&actor, id).await?.draft {
            return Ok(format!("{}/switch", path(id)));
        }
        console.mailboxes.choose_provider(&actor, id, key).await?;
        Ok(format!("{}/set-up/use", path(id)))
    })
    .await
}

/// Removes one that nothing uses.
///
/// # Errors
/// Not an admin, or it is in use.
#[server(endpoint = "own_providers/forget")]
pub async fn forget(key: String) -> Result<(), ApiError> {
    submit(page(Some(&key), None), async move {
        console()?.own_providers.forget(&actor().await?, key).await?;
        Ok("/admin/registrations?done=forgotten".to_owned())
    })
    .await
}
