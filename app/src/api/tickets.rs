//! Tickets: what the buttons and the composer do.
//!
//! Invariant: whatever becomes of a reply, its text is not lost: when the console refuses it, it
//! is kept as the draft before the browser is sent back to the form.

use super::ApiError;
use domain::id::{MailboxId, MessageId, PersonId, TicketId, UploadId};
use domain::ticket::TicketStatus;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, refuse, submit};
#[cfg(feature = "ssr")]
use domain::Fault;
#[cfg(feature = "ssr")]
use domain::console::tickets::{DraftForm, NO_TICKET, NewTicketForm, ReplyForm};

/// Where a ticket stands.
pub fn path(ticket: TicketId) -> String {
    format!("/tickets/{ticket}")
}

/// Sends a reply or keeps a note. `kind` is `reply`, `all` or `note`; `then` is `send` or `close`.
///
/// # Errors
/// The console's refusal; the browser is sent back to the composer with the text kept.
#[server(endpoint = "tickets/reply")]
pub async fn reply(
    ticket: TicketId,
    text: String,
    #[server(default)] to: String,
    #[server(default)] cc: String,
    /// Who else gets a reply to all. Emptied by the script once it put them into `cc`.
    #[server(default)]
    everyone: String,
    #[server(default)] kind: String,
    #[server(default)] then: String,
    #[server(default)] seen: Option<MessageId>,
    once: String,
    /// The uploaded files on show, comma-separated.
    #[server(default)]
    files: String,
    /// The name of a file that was chosen but not uploaded: only without a script.
    #[server(default)]
    file: String,
) -> Result<(), ApiError> {
    let note = kind == "note";
    let close = then == "close";
    let cc = match kind.as_str() {
        "all" => together(&cc, &everyone),
        _ => cc,
    };
    let form = ReplyForm {
        ticket,
        text: text.clone(),
        to: to.clone(),
        cc: cc.clone(),
        note,
        close,
        seen,
        anyway: false,
        once,
        files: uploads(&files),
    };
    let back = format!("{}?form=composer{}#composer", path(ticket), if note { "&kind=note" } else { "" });
    let left_behind = !file.is_empty();
    submit(back.clone(), async {
        let (console, actor) = (console()?, actor().await?);
        if left_behind {
            console.tickets.keep_draft(&actor, DraftForm::of_reply(ticket, text, to, cc)).await?;
            return Ok(super::response::with(&back, "file", "left"));
        }
        match console.tickets.reply(&actor, form).await {
            Ok(_) if close => Ok("/tickets".to_owned()),
            Ok(message) => Ok(format!("{}#m{message}", path(ticket))),
            Err(refusal) => {
                console.tickets.keep_draft(&actor, DraftForm::of_reply(ticket, text, to, cc)).await?;
                Err(refusal)
            }
        }
    })
    .await
}

/// The ids of a comma-separated list; what is none counts for nothing.
#[cfg(feature = "ssr")]
fn uploads(files: &str) -> Vec<UploadId> {
    files.split(',').filter_map(|id| id.parse().ok().map(UploadId)).collect()
}

/// Joins two lists of addresses, each address once.
#[cfg(feature = "ssr")]
fn together(some: &str, others: &str) -> String {
    let mut all: Vec<&str> = Vec::new();
    for address in some.split(',').chain(others.split(',')).map(str::trim) {
        if !address.is_empty() && !all.iter().any(|a| a.eq_ignore_ascii_case(address)) {
            all.push(address);
        }
    }
    all.join(", ")
}

/// Begins a ticket with our mail.
///
/// # Errors
/// The console's refusal.
#[server(endpoint = "tickets/create")]
pub async fn create_ticket(
    mailbox: MailboxId,
    to: String,
    #[server(default)] cc: String,
    #[server(default)] subject: String,
    #[server(default)] text: String,
    once: String,
    /// The uploaded files on show, comma-separated.
    #[server(default)]
    files: String,
    /// The name of a file that was chosen but not uploaded: only without a script.
    #[server(default)]
    file: String,
) -> Result<(), ApiError> {
    let back = "/tickets/new?form=composer#composer";
    submit(back, async {
        let (console, actor) = (console()?, actor().await?);
        let form = NewTicketForm {
            mailbox,
            to: to.clone(),
            cc: cc.clone(),
            subject: subject.clone(),
            text: text.clone(),
            once,
            files: uploads(&files),
        };
        let draft = DraftForm {
            subject: Some(subject),
            mailbox: Some(mailbox),
            ..DraftForm::of_reply(NO_TICKET, text, to, cc)
        };
        if !file.is_empty() {
            console.tickets.keep_draft(&actor, draft).await?;
            return Ok(super::response::with(back, "file", "left"));
        }
        match console.tickets.create(&actor, form).await {
            Ok(ticket) => Ok(path(ticket)),
            Err(refusal) => {
                console.tickets.keep_draft(&actor, draft).await?;
                Err(refusal)
            }
        }
    })
    .await
}

/// Keeps what is being written. Called by the composer's script while somebody types.
///
/// # Errors
/// The console's refusal.
#[server(endpoint = "tickets/keep_draft")]
pub async fn keep_draft(
    ticket: TicketId,
    text: String,
    #[server(default)] to: String,
    #[server(default)] cc: String,
    /// Of a new ticket.
    #[server(default)]
    subject: String,
    #[server(default)] mailbox: String,
) -> Result<(), ApiError> {
    let draft = DraftForm {
        subject: Some(subject).filter(|_| ticket == NO_TICKET),
        mailbox: mailbox.parse().ok().filter(|_| ticket == NO_TICKET),
        ..DraftForm::of_reply(ticket, text, to, cc)
    };
    let kept = async { console()?.tickets.keep_draft(&actor().await?, draft).await };
    kept.await.map_err(|refusal| refuse(refusal, &path(ticket)))
}

/// Closes or reopens.
///
/// # Errors
/// The console's refusal.
#[server(endpoint = "tickets/set_status")]
pub async fn set_ticket_status(ticket: TicketId, status: TicketStatus) -> Result<(), ApiError> {
    submit(path(ticket), async {
        console()?.tickets.set_status(&actor().await?, ticket, status).await?;
        Ok(path(ticket))
    })
    .await
}

/// Moves a message from outside to another ticket, whose page then offers the way back.
///
/// # Errors
/// The console's refusal.
#[server(endpoint = "tickets/move_message")]
pub async fn move_message(ticket: TicketId, message: MessageId, #[server(default)] to: String) -> Result<(), ApiError> {
    let back = format!("{}?form=move{message}#m{message}", path(ticket));
    submit(back, async {
        let number = to.trim().trim_start_matches('#').parse().map_err(|_| Fault::TicketMissing)?;
        let to = TicketId(number);
        let from = console()?.tickets.move_message(&actor().await?, message, to).await?;
        Ok(format!("{}?moved={message}&from={from}#m{message}", path(to)))
    })
    .await
}

/// Gives the ticket to somebody, or to nobody.
///
/// # Errors
/// The console's refusal.
#[server(endpoint = "tickets/assign")]
pub async fn assign(ticket: TicketId, #[server(default)] person: Option<PersonId>) -> Result<(), ApiError> {
    submit(path(ticket), async {
        console()?.tickets.assign(&actor().await?, ticket, person).await?;
        Ok(path(ticket))
    })
    .await
}

/// Removes a file from a reply that is not sent yet. Comes from a button inside the composer, so
/// that the text comes along and is kept.
///
/// # Errors
/// The console's refusal.
#[server(endpoint = "tickets/drop_upload")]
pub async fn drop_upload(
    ticket: TicketId,
    upload: UploadId,
    #[server(default)] text: String,
    #[server(default)] to: String,
    #[server(default)] cc: String,
) -> Result<(), ApiError> {
    let page = if ticket == NO_TICKET { "/tickets/new".to_owned() } else { path(ticket) };
    let next = format!("{page}#composer");
    submit(format!("{page}?form=composer#composer"), async {
        let (console, actor) = (console()?, actor().await?);
        console.tickets.keep_draft(&actor, DraftForm::of_reply(ticket, text, to, cc)).await?;
        console.tickets.drop_upload(&actor, ticket, upload).await?;
        Ok(next)
    })
    .await
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::together;

    #[test]
    fn everybody_gets_one_copy() {
        assert_eq!(
            together("a@x.example, B@x.example", "b@x.example,c@x.example"),
            "a@x.example, B@x.example, c@x.example"
        );
        assert_eq!(together("", ""), "");
    }
}
