//! The desk's own settings.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, submit};

/// Names the desk and its public address.
///
/// # Errors
/// Not an admin, or not an address.
#[server(endpoint = "desk/change")]
pub async fn change(desk_name: String, public_address: String) -> Result<(), ApiError> {
    submit("/admin/server", async move {
        console()?.desk.change(&actor().await?, desk_name, public_address).await?;
        Ok("/admin/server?done=changed".into())
    })
    .await
}
