//! Notices: their ways out, who gets them, and what one does about an open one.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, flash, submit};
#[cfg(feature = "ssr")]
use domain::console::notices::{PeopleForm, Quiet, SmtpForm};
#[cfg(feature = "ssr")]
use domain::id::{MailboxId, PersonId};
#[cfg(feature = "ssr")]
use domain::provider::Tls;
#[cfg(feature = "ssr")]
use domain::{Fault, Refusal};

/// The page's address.
pub const NOTICES: &str = "/admin/notices";

/// Saves the SMTP server for notices.
///
/// # Errors
/// Not an admin, or fields that don't do.
#[server(endpoint = "notices/smtp")]
pub async fn save_smtp(
    host: String,
    port: String,
    tls: String,
    user: String,
    #[server(default)] password: String,
    from: String,
) -> Result<(), ApiError> {
    submit(format!("{NOTICES}?form=smtp"), async move {
        let port = port.trim().parse().map_err(|_| Fault::PortOutOfRange)?;
        let tls = if tls == "starttls" { Tls::StartTls } else { Tls::Implicit };
        let form = SmtpForm { host, port, tls, user, password, from };
        console()?.notices.save_smtp(&actor().await?, form).await?;
        Ok(format!("{NOTICES}?done=smtp"))
    })
    .await
}

/// Forgets that server.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "notices/smtp/remove")]
pub async fn remove_smtp() -> Result<(), ApiError> {
    submit(NOTICES, async move {
        console()?.notices.remove_smtp(&actor().await?).await?;
        Ok(format!("{NOTICES}?done=removed"))
    })
    .await
}

/// Prefers one mailbox as the way out.
///
/// # Errors
/// Not an admin, or no such mailbox.
#[server(endpoint = "notices/prefer")]
pub async fn prefer(#[server(default)] mailbox: String) -> Result<(), ApiError> {
    submit(NOTICES, async move {
        let mailbox = match mailbox.trim() {
            "" => None,
            id => Some(id.parse::<MailboxId>().map_err(|_| Refusal::NotFound)?),
        };
        console()?.notices.prefer(&actor().await?, mailbox).await?;
        Ok(format!("{NOTICES}?done=saved"))
    })
    .await
}

/// Saves who gets notices: `told` holds the ids of the admins that were ticked.
///
/// # Errors
/// Not an admin, an address that is none, or nobody left.
#[server(endpoint = "notices/people")]
pub async fn save_people(
    #[server(default)] told: Vec<String>,
    #[server(default)] more: String,
    #[server(default)] tell_owner: bool,
) -> Result<(), ApiError> {
    submit(format!("{NOTICES}?form=people"), async move {
        let told = told.iter().filter_map(|id| id.parse::<PersonId>().ok()).collect();
        console()?.notices.save_people(&actor().await?, PeopleForm { told, more, tell_owner }).await?;
        Ok(format!("{NOTICES}?done=saved"))
    })
    .await
}

/// Sets the webhook; the next page shows its secret once.
///
/// # Errors
/// Not an admin, or an address that may not be reached.
#[server(endpoint = "notices/webhook")]
pub async fn save_webhook(url: String) -> Result<(), ApiError> {
    submit(format!("{NOTICES}?form=webhook"), async move {
        let secret = console()?.notices.save_webhook(&actor().await?, url).await?;
        flash::keep(&secret);
        Ok(format!("{NOTICES}?done=webhook"))
    })
    .await
}

/// Takes the webhook away.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "notices/webhook/remove")]
pub async fn remove_webhook() -> Result<(), ApiError> {
    submit(NOTICES, async move {
        console()?.notices.remove_webhook(&actor().await?).await?;
        Ok(format!("{NOTICES}?done=removed"))
    })
    .await
}

/// Sends a test notice to the asker, and to the webhook.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "notices/test")]
pub async fn test() -> Result<(), ApiError> {
    submit(NOTICES, async move {
        console()?.notices.test(&actor().await?).await?;
        Ok(format!("{NOTICES}?done=test"))
    })
    .await
}

/// Acknowledges an open notice or puts it off, for oneself.
///
/// # Errors
/// Not an admin, or it is over, or it has stopped and can't be put off.
#[server(endpoint = "notices/put_off")]
pub async fn put_off(subject: String, quiet: String) -> Result<(), ApiError> {
    submit(NOTICES, async move {
        let quiet = Quiet::from_key(&quiet).ok_or(Refusal::NotFound)?;
        console()?.notices.put_off(&actor().await?, subject, quiet).await?;
        Ok(format!("{NOTICES}?done={}", quiet.key()))
    })
    .await
}
