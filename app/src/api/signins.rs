//! Sign-ins at a provider. They begin and end at the server's own routes; here is what follows.

use super::ApiError;
use domain::id::SignInId;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, submit};

/// R28, *Use X from now on*.
///
/// # Errors
/// Not an admin, or the sign-in is too old to be adopted.
#[server(endpoint = "sign_ins/adopt")]
pub async fn adopt(id: SignInId) -> Result<(), ApiError> {
    submit(format!("/admin/sign-ins/{id}"), async move {
        let next = console()?.signins.adopt(&actor().await?, id).await?;
        Ok(format!("/admin/sign-ins/{next}"))
    })
    .await
}
