//! A ticket that begins with our mail.

use crate::api::post_to;
use crate::api::tickets::CreateTicket;
use crate::components::button::Submit;
use crate::components::composer::{Writing, attach, files};
use crate::components::field::{FieldError, Select, fault_of};
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::rcdata::in_textarea;
use crate::components::state::Tone;
use crate::pages::{Here, page};
use crate::wording::tickets as words;
use crate::wording::times::Clock;
use domain::console::tickets::{Draft, NO_TICKET};
use domain::id::MailboxId;
use domain::refusal::Fault;
use domain::{Address, Refusal};
use leptos::prelude::*;

const OF_TO: &[Fault] = &[Fault::RecipientMissing, Fault::RecipientMalformed];
const OF_SUBJECT: &[Fault] = &[Fault::SubjectMissing];
const OF_TEXT: &[Fault] = &[Fault::MessageEmpty, Fault::TextTooLong];
const SHOWN: &[Fault] = &[
    Fault::RecipientMissing,
    Fault::RecipientMalformed,
    Fault::SubjectMissing,
    Fault::MessageEmpty,
    Fault::TextTooLong,
];

/// `/tickets/new`
#[component]
pub fn NewTicketPage() -> impl IntoView {
    page(|here| async move {
        let mailboxes = here.console.mailboxes.names(&here.actor).await?;
        let draft = here.console.tickets.new_draft(&here.actor).await?;
        Ok(new_ticket(here, mailboxes, draft))
    })
}

fn new_ticket(here: Here, mailboxes: Vec<(MailboxId, Address)>, draft: Draft) -> AnyView {
    let refused = here.place.refused();
    let left = here.place.query("file") == Some("left");
    let once = here.clock.now.0.to_string();
    let admin = here.is_admin();
    let crumbs = vec![(words::TICKETS.to_owned(), Some("/tickets".to_owned()))];
    let body = if mailboxes.is_empty() {
        nothing_to_send_from(admin).into_any()
    } else {
        form(refused, once, mailboxes, draft, left, here.clock).into_any()
    };
    view! {
        <Sheet here title=words::NEW_TICKET place=Place::Tickets narrow=true>
            <Head title=words::NEW_TICKET crumbs sub=words::NEW_TICKET_LINE/>
            {body}
        </Sheet>
    }
    .into_any()
}

fn form(
    refused: Option<Refusal>,
    once: String,
    mailboxes: Vec<(MailboxId, Address)>,
    draft: Draft,
    left: bool,
    clock: Clock,
) -> impl IntoView {
    let kept = draft.kept_at.map(|at| words::draft_kept(&clock.time(at))).unwrap_or_default();
    let chosen = mailboxes.iter().position(|(id, _)| Some(*id) == draft.mailbox).unwrap_or(0);
    let left = left.then(|| {
        let (title, sentence) = words::FILE_LEFT_BEHIND;
        view! { <Notice tone=Tone::Warning title><p>{sentence}</p></Notice> }
    });
    let options = mailboxes
        .into_iter()
        .enumerate()
        .map(|(n, (id, address))| (id.to_string(), address.to_string(), n == chosen))
        .collect();
    view! {
        <form class="stack" id="composer" method="post" action={post_to::<CreateTicket>()} data-ticket=NO_TICKET.to_string()>
            <div class="trouble" id="composer-trouble"><Refused refused shown=SHOWN/>{left}</div>
            <input type="hidden" name="ticket" value=NO_TICKET.to_string()/>
            <input type="hidden" name="once" value=once/>
            <Select name="mailbox" label=words::FROM options/>
            {addresses("to", words::TO, draft.to, true, refused)}
            {addresses("cc", words::CC, draft.cc, false, None)}
            <div class="field">
                <label for="subject">{words::SUBJECT}</label>
                <input class="input wide" id="subject" name="subject" required maxlength="250" autocomplete="off" dir="auto" value=draft.subject
                    aria-describedby=fault_of(refused, OF_SUBJECT).map(|_| "subject-error")/>
                {fault_of(refused, OF_SUBJECT).map(|fault| view! { <FieldError id="subject-error".into() fault/> })}
            </div>
            <div class="field">
                <label for="text">{words::MESSAGE}</label>
                <textarea class="textarea tall" id="text" name="text" required dir="auto"
                    aria-describedby=fault_of(refused, OF_TEXT).map(|_| "text-error")>{in_textarea(&draft.text)}</textarea>
                {fault_of(refused, OF_TEXT).map(|fault| view! { <FieldError id="text-error".into() fault/> })}
            </div>
            {files(draft.uploads)}
            <div class="row">{attach(NO_TICKET.to_string())}<Writing kept/></div>
            <div class="form-foot">
                <a class="button bare" href="/tickets">"Cancel"</a>
                <Submit words=words::SEND busy=words::SENDING/>
            </div>
        </form>
    }
}

/// One or more addresses; the browser itself checks them before anything is sent.
fn addresses(
    name: &'static str,
    label: &'static str,
    value: String,
    first: bool,
    refused: Option<Refusal>,
) -> impl IntoView {
    let fault = fault_of(refused, OF_TO);
    let described = if fault.is_some() { format!("{name}-error {name}-hint") } else { format!("{name}-hint") };
    view! {
        <div class="field">
            <label for=name>{label}{(!first).then(|| view! { <span class="optional">" " {words::OPTIONAL}</span> })}</label>
            <input class="input wide" id=name name=name value=value type="email" multiple required=first autofocus=first autocomplete="off"
                aria-invalid=fault.map(|_| "true") aria-describedby=described/>
            {fault.map(|fault| view! { <FieldError id=format!("{name}-error") fault/> })}
            <span class="hint" id=format!("{name}-hint")>{words::SEVERAL}</span>
        </div>
    }
}

fn nothing_to_send_from(admin: bool) -> impl IntoView {
    let (title, sentence) = words::NO_MAILBOXES;
    let next = admin.then(|| view! { <a class="button primary" href="/admin/channels/email/new">{Icon::Plus.view()}"New support email"</a> });
    view! {
        <div class="empty">
            {Icon::Mail.view()}
            <h2>{title}</h2>
            <p>{sentence}</p>
            <div class="row">{next}</div>
        </div>
    }
}
