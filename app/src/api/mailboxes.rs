//! Support mailboxes: setting one up, changing it, checking it.

use super::ApiError;
use domain::id::MailboxId;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, submit};
#[cfg(feature = "ssr")]
use domain::console::mailboxes::{AfterFetch, ImportFrom, MailboxForm, PasswordForm, Through, Tidy, Use};
#[cfg(feature = "ssr")]
use domain::provider::{Endpoint, Tls};
#[cfg(feature = "ssr")]
use domain::{Answer, Fault, Time};

/// Where a mailbox's page stands.
pub fn path(id: MailboxId) -> String {
    format!("/admin/channels/email/{id}")
}

/// In place of a provider's key: one that is not on offer, to be found by its issuer.
pub const ANOTHER: &str = "another";

/// The list.
pub const LIST: &str = "/admin/channels/email";

#[cfg(feature = "ssr")]
fn directions(used: &str) -> Answer<(bool, bool)> {
    match used {
        "both" => Ok((true, true)),
        "incoming" => Ok((true, false)),
        "outgoing" => Ok((false, true)),
        _ => Err(Fault::NoDirection.into()),
    }
}

/// `YYYY-MM-DD`, as a date field gives it.
#[cfg(feature = "ssr")]
fn date(text: &str) -> Answer<Time> {
    let parts: Vec<&str> = text.trim().split('-').collect();
    let [year, month, day] = parts.as_slice() else { return Err(Fault::DateMalformed.into()) };
    match (year.parse(), month.parse(), day.parse()) {
        (Ok(year), Ok(month), Ok(day)) => Time::from_date(year, month, day).ok_or_else(|| Fault::DateMalformed.into()),
        _ => Err(Fault::DateMalformed.into()),
    }
}

/// The mailbox chosen for the half that is elsewhere; empty is none.
#[cfg(feature = "ssr")]
fn elsewhere(text: &str) -> Option<MailboxId> {
    text.trim().parse().ok()
}

/// What a mailbox is for, as the forms give it.
#[cfg(feature = "ssr")]
struct Chosen {
    used: String,
    folder: String,
    folders: Vec<String>,
    delete_after_fetch: bool,
    after_fetch: AfterFetch,
    replies_through: String,
    arrives_at: String,
}

#[cfg(feature = "ssr")]
impl Chosen {
    /// With the time from which on mail is imported.
    fn importing(self, import: ImportFrom) -> Answer<Use> {
        let (incoming, outgoing) = directions(&self.used)?;
        Ok(Use {
            incoming,
            outgoing,
            delete_after_fetch: self.delete_after_fetch,
            after_fetch: self.after_fetch,
            folder: self.folder,
            other_folders: self.folders,
            import,
            replies_through: match self.replies_through.trim() {
                "system" => Some(Through::System),
                other => elsewhere(other).map(Through::Mailbox),
            },
            arrives_at: elsewhere(&self.arrives_at),
        })
    }
}

/// From when on mail is imported, as the forms give it.
#[cfg(feature = "ssr")]
pub(super) fn import_from(import: &str, import_date: &str) -> Answer<ImportFrom> {
    Ok(match import {
        "beginning" => ImportFrom::Beginning,
        "date" => ImportFrom::Date(date(import_date)?),
        _ => ImportFrom::Now,
    })
}

/// What becomes of mail on the server, as the form gives it: `read`, `move:NAME`, and days.
#[cfg(feature = "ssr")]
fn after(tidy: &str, days: &str) -> Answer<AfterFetch> {
    let tidy = match tidy.split_once(':') {
        Some(("move", folder)) => Tidy::MoveTo(folder.to_owned()),
        _ if tidy == "read" => Tidy::MarkRead,
        _ => Tidy::Leave,
    };
    let days = days.trim();
    let grace_days = if days.is_empty() { 0 } else { days.parse().map_err(|_| Fault::DaysOutOfRange)? };
    if grace_days > 3_650 {
        return Err(Fault::DaysOutOfRange.into());
    }
    Ok(AfterFetch { grace_days, tidy })
}

/// One server of the password form; the half that is not used is left out.
#[cfg(feature = "ssr")]
pub(super) fn endpoint(host: String, port: &str, tls: &str) -> Answer<Option<Endpoint>> {
    if host.trim().is_empty() && port.trim().is_empty() {
        return Ok(None);
    }
    let port: u16 = port.trim().parse().ok().filter(|p| *p > 0).ok_or(Fault::PortOutOfRange)?;
    let tls = if tls == "starttls" { Tls::StartTls } else { Tls::Implicit };
    Ok(Some(Endpoint { host: host.trim().to_owned(), port, tls }))
}

/// Step 1: begins a draft with address and name.
///
/// # Errors
/// Not an admin, or the address does not do.
#[server(endpoint = "mailboxes/start")]
pub async fn start(address: String, #[server(default)] name: String) -> Result<(), ApiError> {
    submit("/admin/channels/email/new", async move {
        let id = console()?.mailboxes.start(&actor().await?, address, name).await?;
        Ok(format!("{}/set-up/provider", path(id)))
    })
    .await
}

/// Still step 1: the provider that was found, or another.
///
/// # Errors
/// Not an admin, or no such provider.
#[server(endpoint = "mailboxes/choose_provider")]
pub async fn choose_provider(id: MailboxId, provider_key: String) -> Result<(), ApiError> {
    if provider_key == ANOTHER {
        super::response::go(&super::own_providers::page(None, Some(id)));
        return Ok(());
    }
    submit(format!("{}/set-up/provider", path(id)), async move {
        console()?.mailboxes.choose_provider(&actor().await?, id, provider_key).await?;
        Ok(format!("{}/set-up/use", path(id)))
    })
    .await
}

/// Step 2: what the mailbox is for.
///
/// # Errors
/// Not an admin, no direction, or no such day.
// The fields of one form.
#[allow(clippy::too_many_arguments)]
#[server(endpoint = "mailboxes/choose_use")]
pub async fn choose_use(
    id: MailboxId,
    used: String,
    #[server(default)] folder: String,
    #[server(default)] folders: Vec<String>,
    #[server(default)] import: String,
    #[server(default)] import_date: String,
    #[server(default)] delete_after_fetch: bool,
    #[server(default)] replies_through: String,
    #[server(default)] arrives_at: String,
) -> Result<(), ApiError> {
    submit(format!("{}/set-up/use", path(id)), async move {
        let after_fetch = AfterFetch::default();
        let chosen = Chosen { used, folder, folders, delete_after_fetch, after_fetch, replies_through, arrives_at };
        let wanted = chosen.importing(import_from(&import, &import_date)?)?;
        console()?.mailboxes.choose_use(&actor().await?, id, wanted).await?;
        Ok(format!("{}/set-up/sign-in", path(id)))
    })
    .await
}

/// Step 3 without a provider's sign-in, and R12: user name, password and servers. Proved per
/// direction before anything is replaced.
///
/// # Errors
/// Not an admin, or fields that don't do. A refused password is a result, not an error.
// The fields of one form.
#[allow(clippy::too_many_arguments)]
#[server(endpoint = "mailboxes/give_password")]
pub async fn give_password(
    id: MailboxId,
    user: String,
    password: String,
    #[server(default)] in_host: String,
    #[server(default)] in_port: String,
    #[server(default)] in_tls: String,
    #[server(default)] out_host: String,
    #[server(default)] out_port: String,
    #[server(default)] out_tls: String,
) -> Result<(), ApiError> {
    let form_page = format!("{}/set-up/password", path(id));
    submit(form_page.clone(), async move {
        let incoming = endpoint(in_host, &in_port, &in_tls)?;
        let outgoing = endpoint(out_host, &out_port, &out_tls)?;
        let form = PasswordForm { user, password, incoming, outgoing };
        let result = console()?.mailboxes.give_password(&actor().await?, id, form).await?;
        // Nothing works: back to the form, which shows why. Else the result, direction by direction.
        Ok(if result.reports.iter().any(|report| report.ok()) {
            format!("{}/set-up/result", path(id))
        } else {
            format!("{form_page}?tried=1")
        })
    })
    .await
}

/// *Check again*. `then` names the page that asked: `result`, else the check page.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "mailboxes/check")]
pub async fn check(id: MailboxId, #[server(default)] then: String) -> Result<(), ApiError> {
    let page = match then.as_str() {
        "result" => format!("{}/set-up/result", path(id)),
        _ => format!("{}/check", path(id)),
    };
    submit(page.clone(), async move {
        console()?.mailboxes.check(&actor().await?, id).await?;
        Ok(page)
    })
    .await
}

/// Saves the settings. The import's beginning is settled when the mailbox is set up and stays.
///
/// # Errors
/// Not an admin, or fields that don't do.
// The fields of one form.
#[allow(clippy::too_many_arguments)]
#[server(endpoint = "mailboxes/change")]
pub async fn change(
    id: MailboxId,
    name: String,
    #[server(default)] from_name: String,
    #[server(default)] signature: String,
    #[server(default)] acknowledge: bool,
    #[server(default)] acknowledge_text: String,
    used: String,
    #[server(default)] folder: String,
    #[server(default)] folders: Vec<String>,
    #[server(default)] delete_after_fetch: bool,
    #[server(default)] after_fetch: String,
    #[server(default)] grace_days: String,
    #[server(default)] replies_through: String,
    #[server(default)] arrives_at: String,
) -> Result<(), ApiError> {
    submit(format!("{}/edit", path(id)), async move {
        let (console, actor) = (console()?, actor().await?);
        let after_fetch = after(&after_fetch, &grace_days)?;
        let chosen = Chosen { used, folder, folders, delete_after_fetch, after_fetch, replies_through, arrives_at };
        let wanted = chosen.importing(console.mailboxes.show(&actor, id).await?.wanted.import)?;
        let form = MailboxForm { name, from_name, signature, acknowledge, acknowledge_text, wanted };
        console.mailboxes.change(&actor, id, form).await?;
        Ok(format!("{}?done=changed", path(id)))
    })
    .await
}

/// Adds an address under which the mailbox is written to as well.
///
/// # Errors
/// Not an admin, or the address does not do.
#[server(endpoint = "mailboxes/add_address")]
pub async fn add_address(id: MailboxId, address: String) -> Result<(), ApiError> {
    submit(format!("{}/edit?form=address", path(id)), async move {
        console()?.mailboxes.add_address(&actor().await?, id, address).await?;
        Ok(format!("{}/edit?done=address", path(id)))
    })
    .await
}

/// Brings in what the last outage left in another folder.
///
/// # Errors
/// Not an admin, or nothing was left there.
#[server(endpoint = "mailboxes/import_folder")]
pub async fn import_folder(id: MailboxId, folder: String) -> Result<(), ApiError> {
    submit(path(id), async move {
        console()?.folders.import(&actor().await?, id, folder).await?;
        Ok(format!("{}?done=importing", path(id)))
    })
    .await
}

/// Pauses or resumes.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "mailboxes/pause")]
pub async fn pause(id: MailboxId, paused: bool) -> Result<(), ApiError> {
    submit(path(id), async move {
        console()?.mailboxes.pause(&actor().await?, id, paused).await?;
        Ok(format!("{}?done={}", path(id), if paused { "paused" } else { "resumed" }))
    })
    .await
}

/// Wipes the credentials; tickets stay.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "mailboxes/disconnect")]
pub async fn disconnect(id: MailboxId) -> Result<(), ApiError> {
    submit(path(id), async move {
        console()?.mailboxes.disconnect(&actor().await?, id).await?;
        Ok(format!("{}?done=disconnected", path(id)))
    })
    .await
}

/// Ends the mailbox for good; the address is typed as a confirmation.
///
/// # Errors
/// Not an admin, or something else was typed.
#[server(endpoint = "mailboxes/delete")]
pub async fn delete(id: MailboxId, #[server(default)] typed: String) -> Result<(), ApiError> {
    submit(format!("{}/delete", path(id)), async move {
        console()?.mailboxes.delete(&actor().await?, id, typed).await?;
        Ok(format!("{LIST}?done=deleted"))
    })
    .await
}

/// Throws a draft away.
///
/// # Errors
/// Not an admin, or not a draft.
#[server(endpoint = "mailboxes/discard")]
pub async fn discard(id: MailboxId) -> Result<(), ApiError> {
    submit(path(id), async move {
        console()?.mailboxes.discard(&actor().await?, id).await?;
        Ok(format!("{LIST}?done=discarded"))
    })
    .await
}
