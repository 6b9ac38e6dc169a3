//! How long sign-ins last, as an admin knows.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, submit};
#[cfg(feature = "ssr")]
use domain::console::ends::Whom;
#[cfg(feature = "ssr")]
use domain::{Fault, Refusal};

/// The page's address.
pub const ENDS: &str = "/admin/ends";

/// Says how many days a sign-in lasts; without days what was entered goes.
///
/// # Errors
/// Not an admin, nobody of that name, or days that make no sense.
#[server(endpoint = "ends/enter")]
pub async fn enter(whom: String, #[server(default)] days: String) -> Result<(), ApiError> {
    submit(format!("{ENDS}#lasting"), async move {
        let whom = match whom.split_once(':') {
            Some(("mailbox", id)) => Whom::Mailbox(id.parse().map_err(|_| Refusal::NotFound)?),
            Some(("tenant", id)) => Whom::Tenant(id.to_owned()),
            _ => return Err(Refusal::NotFound),
        };
        let days = match days.trim() {
            "" => None,
            days => Some(days.parse::<u32>().map_err(|_| Fault::DaysOutOfRange)?),
        };
        console()?.ends.enter(&actor().await?, whom, days).await?;
        Ok(format!("{ENDS}?done={}", if days.is_some() { "entered" } else { "removed" }))
    })
    .await
}
