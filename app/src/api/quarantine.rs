//! Unreadable mail: read again, ticket by hand, set aside.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, submit};
#[cfg(feature = "ssr")]
use domain::Refusal;
#[cfg(feature = "ssr")]
use domain::console::quarantine::{Numbers, Replayed};

/// The page.
pub const PAGE: &str = "/admin/unreadable";

#[cfg(feature = "ssr")]
fn numbers(text: &str) -> Result<Numbers, Refusal> {
    text.parse().map_err(|()| Refusal::NotFound)
}

/// Reads it again.
///
/// # Errors
/// Not an admin, or it is not there any more.
#[server(endpoint = "quarantine/replay")]
pub async fn replay(numbers: String) -> Result<(), ApiError> {
    submit(PAGE, async move {
        let numbers = self::numbers(&numbers)?;
        Ok(match console()?.quarantine.replay(&actor().await?, numbers).await? {
            Replayed::Ticket(ticket) => format!("/tickets/{ticket}"),
            Replayed::Read => format!("{PAGE}?done=read"),
            Replayed::Still => format!("{PAGE}?done=still"),
            Replayed::Waits => format!("{PAGE}?done=waits"),
        })
    })
    .await
}

/// Makes a ticket of what can be shown, and goes there.
///
/// # Errors
/// Not an admin, or it is not there any more.
#[server(endpoint = "quarantine/by_hand")]
pub async fn by_hand(numbers: String) -> Result<(), ApiError> {
    submit(PAGE, async move {
        let ticket = console()?.quarantine.by_hand(&actor().await?, self::numbers(&numbers)?).await?;
        Ok(format!("/tickets/{ticket}"))
    })
    .await
}

/// Nobody needs it.
///
/// # Errors
/// Not an admin, or it is not there any more.
#[server(endpoint = "quarantine/set_aside")]
pub async fn set_aside(numbers: String) -> Result<(), ApiError> {
    submit(PAGE, async move {
        console()?.quarantine.set_aside(&actor().await?, self::numbers(&numbers)?).await?;
        Ok(format!("{PAGE}?done=aside"))
    })
    .await
}
