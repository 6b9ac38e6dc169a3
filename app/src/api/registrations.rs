//! App registrations.

use super::ApiError;
use domain::id::{MailboxId, RegistrationId};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, submit};
#[cfg(feature = "ssr")]
use domain::console::registrations::RegistrationForm;

#[cfg(feature = "ssr")]
const PAGE: &str = "/admin/registrations";

/// Saves a registration; an empty secret leaves the old one.
///
/// # Errors
/// Not an admin, or fields that don't do.
// The fields of one form.
#[allow(clippy::too_many_arguments)]
#[server(endpoint = "registrations/save")]
pub async fn save(
    #[server(default)] id: Option<RegistrationId>,
    provider_key: String,
    name: String,
    client_id: String,
    #[server(default)] tenant: String,
    #[server(default)] secret: String,
    #[server(default)] secret_ends_on: String,
    #[server(default)] audience: String,
    #[server(default)] mailbox: Option<MailboxId>,
) -> Result<(), ApiError> {
    // What was chosen comes back into the form; what was typed does not stand in the address.
    let back = match id {
        Some(id) => format!("{PAGE}?edit={id}"),
        // From the guide, back to the guide.
        None if !audience.is_empty() => {
            let page = super::response::with(
                &format!("{PAGE}/guide/{}", super::response::encode(&provider_key)),
                "whose",
                &audience,
            );
            mailbox.map_or(page.clone(), |id| super::response::with(&page, "mailbox", &id.to_string()))
        }
        None => super::response::with(PAGE, "new", &provider_key),
    };
    submit(back, async move {
        let form = RegistrationForm { id, provider_key, name, client_id, tenant, secret, secret_ends_on, audience };
        let saved = console()?.registrations.save(&actor().await?, form).await?;
        let then = mailbox.map(|id| format!("&mailbox={id}")).unwrap_or_default();
        Ok(format!("{PAGE}?done=saved&tested={saved}{then}"))
    })
    .await
}

/// *Test this registration*: the page shows which field is wrong.
///
/// # Errors
/// Not an admin, or no such registration.
#[server(endpoint = "registrations/test")]
pub async fn test(id: RegistrationId) -> Result<(), ApiError> {
    submit(PAGE, async move {
        console()?.registrations.test(&actor().await?, id).await?;
        Ok(format!("{PAGE}?tested={id}#tested"))
    })
    .await
}

/// Takes a new secret away before it has proved itself.
///
/// # Errors
/// Not an admin, or no such registration.
#[server(endpoint = "registrations/drop_secret")]
pub async fn drop_secret(id: RegistrationId) -> Result<(), ApiError> {
    submit(PAGE, async move {
        console()?.registrations.drop_secret(&actor().await?, id).await?;
        Ok(format!("{PAGE}?done=dropped"))
    })
    .await
}

/// Uses this one where nothing else is chosen.
///
/// # Errors
/// Not an admin, or no such registration.
#[server(endpoint = "registrations/make_default")]
pub async fn make_default(id: RegistrationId) -> Result<(), ApiError> {
    submit(PAGE, async move {
        console()?.registrations.make_default(&actor().await?, id).await?;
        Ok(format!("{PAGE}?done=default"))
    })
    .await
}

/// Deletes a registration that no mailbox uses.
///
/// # Errors
/// Not an admin, or it is in use.
#[server(endpoint = "registrations/delete")]
pub async fn delete(id: RegistrationId) -> Result<(), ApiError> {
    submit(PAGE, async move {
        console()?.registrations.delete(&actor().await?, id).await?;
        Ok(format!("{PAGE}?done=deleted"))
    })
    .await
}
