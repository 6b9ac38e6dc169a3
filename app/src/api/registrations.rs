//! App registrations.

use super::ApiError;
use domain::id::RegistrationId;
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
) -> Result<(), ApiError> {
    // What was chosen comes back into the form; what was typed does not stand in the address.
    let back = match id {
        Some(id) => format!("{PAGE}?edit={id}"),
        None => super::response::with(PAGE, "new", &provider_key),
    };
    submit(back, async move {
        let form = RegistrationForm { id, provider_key, name, client_id, tenant, secret, secret_ends_on };
        console()?.registrations.save(&actor().await?, form).await?;
        Ok(format!("{PAGE}?done=saved"))
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
