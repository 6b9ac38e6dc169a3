//! The server's public address.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{
    actor, console,
    context::origin,
    response::{encode, local},
    submit,
};
#[cfg(feature = "ssr")]
use domain::console::addresses::Proposed;

#[cfg(feature = "ssr")]
const PAGE: &str = "/admin/server";

/// Gives the public address. Where the browser is there already, that proves it; else a link does. `then` is where
/// the first start goes on.
///
/// # Errors
/// Not an admin, or not an address.
#[server(endpoint = "addresses/propose")]
pub async fn propose(address: String, #[server(default)] then: String) -> Result<(), ApiError> {
    let (at, then) = (origin(), local(&then));
    let back = if then.is_some() { format!("{PAGE}/address") } else { format!("{PAGE}?form=address") };
    submit(back.clone(), async move {
        Ok(match console()?.addresses.propose(&actor().await?, address, at).await? {
            Proposed::Checked => then.unwrap_or_else(|| format!("{PAGE}?done=address")),
            Proposed::Unchecked => back,
        })
    })
    .await
}

/// Uses an address at which no browser was seen.
///
/// # Errors
/// Not an admin, or nothing was given.
#[server(endpoint = "addresses/insist")]
pub async fn insist() -> Result<(), ApiError> {
    submit(PAGE, async move {
        console()?.addresses.insist(&actor().await?).await?;
        Ok(format!("{PAGE}?done=insisted"))
    })
    .await
}

/// Forgets the address that was given.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "addresses/forget")]
pub async fn forget() -> Result<(), ApiError> {
    submit(PAGE, async move {
        console()?.addresses.forget(&actor().await?).await?;
        Ok(PAGE.into())
    })
    .await
}

/// The button under the new address, pressed without an account there.
///
/// # Errors
/// An old link, or a browser that is elsewhere.
#[server(endpoint = "addresses/confirm")]
pub async fn confirm(token: String) -> Result<(), ApiError> {
    let at = origin();
    submit(format!("/address/{}", encode(&token).replace('/', "")), async move {
        console()?.addresses.confirm(token, at).await?;
        Ok("/admin/server?done=address".into())
    })
    .await
}
