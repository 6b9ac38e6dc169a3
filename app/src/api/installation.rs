//! A copy's question.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, submit};

/// The copy is the desk from now on.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "installation/take-over")]
pub async fn take_over() -> Result<(), ApiError> {
    submit("/admin/server", async move {
        console()?.installation.take_over(&actor().await?).await?;
        Ok("/admin/server?done=taken-over".into())
    })
    .await
}

/// The copy stays silent, and asks no more.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "installation/stay-silent")]
pub async fn stay_silent() -> Result<(), ApiError> {
    submit("/admin/server", async move {
        console()?.installation.stay_silent(&actor().await?).await?;
        Ok("/admin/server?done=silent".into())
    })
    .await
}
