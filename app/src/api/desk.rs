//! The desk's own settings.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, submit};

/// Names the desk.
///
/// # Errors
/// Not an admin, or no name.
#[server(endpoint = "desk/rename")]
pub async fn rename(desk_name: String) -> Result<(), ApiError> {
    submit("/admin/server?form=desk", async move {
        console()?.desk.rename(&actor().await?, desk_name).await?;
        Ok("/admin/server?done=changed".into())
    })
    .await
}
