//! A message of a conversation.
//!
//! Invariant: nothing of a message's own markup reaches our page. Its text is shown as text; its
//! formatted body only in a frame without scripts and without our origin, from its own address.

pub mod delivery;
pub mod text;

use crate::api::ledger::FetchWhole;
use crate::api::post_to;
use crate::api::tickets::MoveMessage;
use crate::components::button::{Act, Submit};
use crate::components::icon::Icon;
use crate::components::notice::Refused;
use crate::wording::counts::bytes;
use crate::wording::sealed;
use crate::wording::tickets as words;
use crate::wording::times::Clock;
use domain::Refusal;
use domain::console::outbox::Told;
use domain::console::tickets::{File, MessageView, Way};
use domain::id::{MailboxId, MessageId, TicketId};
use domain::refusal::Fault;
use domain::ticket::MessageKind;
use leptos::prelude::*;

/// What a message needs to know of its conversation.
#[derive(Clone, Debug)]
pub struct Around {
    pub ticket: TicketId,
    pub clock: Clock,
    pub admin: bool,
    /// The mailbox whose outgoing direction takes the replies.
    pub mailbox: Option<(MailboxId, String)>,
    /// When the admins were told that replies are held; for those who can't mend it.
    pub told: Option<Told>,
    /// The message whose remote images the reader asked for.
    pub images: Option<MessageId>,
    /// The message that could not be moved, and why.
    pub moving: Option<(MessageId, Refusal)>,
}

/// One message: who, when, to whom, what, and for replies how it left.
pub fn view(message: MessageView, around: &Around) -> AnyView {
    let clock = around.clock;
    let class = match message.kind {
        MessageKind::Reply | MessageKind::Outside => "message ours",
        MessageKind::Note => "message note",
        MessageKind::Automatic | MessageKind::Bounce => "message machine",
        MessageKind::Incoming => "message",
    };
    let route = match message.kind {
        MessageKind::Note => String::new(),
        _ => words::route(message.from.as_deref(), &message.to, &message.cc),
    };
    let anchor = format!("m{}", message.id);
    // The addresses of files and frames are new on every load: the stamp says what really differs.
    let stamp = match &message.delivery {
        Some(line) => format!(
            "{} {:?} {} {} {:?}",
            line.state.key(),
            line.held,
            line.attempts,
            line.refused.len(),
            around.told.as_ref().filter(|_| line.held.is_some()).and_then(|told| told.at)
        ),
        None => message.kind.key().to_owned(),
    };
    let said = words::new_message(message.kind, &message.author);
    let way = message.way.as_ref().map(|way| match way {
        Way::Forwarded { .. } => {
            view! { <p class="quiet row">{Icon::Inbound.view()}<span>{words::way(way, clock)}</span></p> }.into_any()
        }
        // Moved there meanwhile: nothing is left to say.
        Way::PossibleReply { ticket } if *ticket == around.ticket => ().into_any(),
        Way::PossibleReply { ticket } => possible(message.id, *ticket, around, &words::way(way, clock)),
        Way::Unproved => view! {
            <div class="notice" data-tone="warning">{Icon::Warning.view()}<p class="title">{words::UNPROVED}</p><p>{words::way(way, clock)}</p></div>
        }
        .into_any(),
    });
    let shortened = message.shortened.then(|| {
        let fields = vec![("ticket", around.ticket.to_string()), ("message", message.id.to_string())];
        view! {
            <div class="notice" data-tone="calm">
                {Icon::Clip.view()}<p class="title">{words::SHORTENED}</p><p>{words::SHORTENED_LINE}</p>
                <Act action={post_to::<FetchWhole>()} fields words=words::FETCH_WHOLE kind="small" busy="Fetching"/>
            </div>
        }
    });
    let sealed = sealed::of(&message.files, &message.text).map(|(title, follows)| {
        view! { <div class="notice" data-tone="calm">{Icon::Info.view()}<p class="title">{title}</p><p>{follows}</p></div> }
    });
    let body = body(&message, &anchor, around.images == Some(message.id), around.ticket);
    let files = files(&message.files, &anchor);
    let from_outside = !matches!(message.kind, MessageKind::Reply | MessageKind::Note) && message.delivery.is_none();
    let moving = from_outside.then(|| moving(message.id, &anchor, around));
    let delivery = message.delivery.map(|line| delivery::view(line, around));
    let footer = (files.is_some() || delivery.is_some() || moving.is_some())
        .then(|| view! { <footer class="stack tight">{files}{delivery}{moving}</footer> });
    view! {
        <article class=class id=anchor.clone() data-stamp=stamp data-said=said aria-labelledby=format!("{anchor}-by")>
            <header>
                <h2 id=format!("{anchor}-by")>{message.author}</h2>
                {words::kind(message.kind).map(|kind| view! { <span class="badge text" data-tone="calm">{kind}</span> })}
                {clock.stamp(message.at, clock.moment(message.at))}
                {(!route.is_empty()).then(|| view! { <span class="to">{route}</span> })}
            </header>
            {way}
            {shortened}
            {sealed}
            {body}
            {footer}
        </article>
    }
    .into_any()
}

/// A message that names another ticket, with the way there.
fn possible(message: MessageId, ticket: TicketId, around: &Around, sentence: &str) -> AnyView {
    let number = ticket.to_string();
    let fields = vec![("ticket", around.ticket.to_string()), ("message", message.to_string()), ("to", number.clone())];
    view! {
        <div class="notice" data-tone="calm">
            {Icon::Info.view()}
            <p class="title">{words::possible(&number)}</p>
            <p>{sentence.to_owned()}</p>
            <div class="row">
                <Act action={post_to::<MoveMessage>()} fields words={words::move_to(&number)} icon=Icon::Ticket kind="small"/>
                <a class="button small bare" href=format!("/tickets/{ticket}")>{words::open_ticket(&number)}</a>
            </div>
        </div>
    }
    .into_any()
}

/// The form that moves it, folded; open again where it was refused.
fn moving(message: MessageId, anchor: &str, around: &Around) -> impl IntoView + use<> {
    let refused = around.moving.filter(|(id, _)| *id == message).map(|(_, refusal)| refusal);
    let faults: &'static [Fault] = &[Fault::TicketMissing];
    let field = format!("{anchor}-to");
    view! {
        <details class="fold" id=format!("{anchor}-move") open=refused.is_some()>
            <summary>{Icon::Chevron.with_class("icon chevron")}{words::MOVE}</summary>
            <form class="stack tight" method="post" action={post_to::<MoveMessage>()}>
                <Refused refused/>
                <input type="hidden" name="ticket" value=around.ticket.to_string()/>
                <input type="hidden" name="message" value=message.to_string()/>
                <div class="row">
                    <label for=field.clone()>{words::TICKET_NUMBER}</label>
                    <input class="input short" id=field name="to" inputmode="numeric" required autocomplete="off"
                        aria-invalid=refused.map(|r| matches!(r, Refusal::Invalid(f) if faults.contains(&f)).to_string())/>
                    <Submit words=words::MOVE_IT kind="small" busy="Moving"/>
                </div>
            </form>
        </details>
    }
}

fn body(message: &MessageView, anchor: &str, images: bool, ticket: TicketId) -> impl IntoView + use<> {
    let empty = message.text.trim().is_empty();
    let text = if empty && message.html_url.is_none() {
        Some(view! { <p class="quiet">{words::NO_TEXT}</p> }.into_any())
    } else {
        (!empty).then(|| text::view(&message.text))
    };
    let quoted = message.quoted.as_deref().filter(|q| !q.trim().is_empty()).map(|quoted| {
        view! {
            <details class="fold" id=format!("{anchor}-quoted")>
                <summary>{Icon::Chevron.with_class("icon chevron")}{words::QUOTED}</summary>
                <blockquote class="stack tight">{text::view(quoted)}</blockquote>
            </details>
        }
    });
    let formatted = formatted(message, anchor, images, empty, ticket);
    view! { <div class="mail" dir="auto">{text}{quoted}{formatted}</div> }
}

/// The formatted body, folded; opened at once when there is no text, or when images were asked for.
fn formatted(message: &MessageView, anchor: &str, images: bool, open: bool, ticket: TicketId) -> Option<AnyView> {
    let plain = message.html_url.clone()?;
    let with_images = message.html_with_images_url.clone().filter(|_| images);
    let loaded = with_images.is_some();
    let address = with_images.unwrap_or(plain);
    let blocked = message.remote_images;
    let ask = format!("/tickets/{ticket}?images={}#{anchor}", message.id);
    let images_line = match (loaded, blocked) {
        (true, _) => {
            Some(view! { <p class="quiet row">{Icon::Info.view()}<span>{words::IMAGES_LOADED}</span></p> }.into_any())
        }
        (false, 0) => None,
        (false, n) => Some(
            view! {
                <div class="notice" data-tone="calm">
                    {Icon::NoImage.view()}
                    <p>{words::images_blocked(n)}</p>
                    <a class="button small" href=ask rel="nofollow">{words::LOAD_IMAGES}</a>
                </div>
            }
            .into_any(),
        ),
    };
    Some(
        view! {
            <details class="fold" id=format!("{anchor}-formatted") open=open || loaded>
                <summary>{Icon::Chevron.with_class("icon chevron")}{words::FORMATTED}</summary>
                <div class="stack tight">
                    {images_line}
                    <div class="sheet-of-mail">
                        {frame(address.clone(), &message.author)}
                    </div>
                    <p><a class="row" href=address target="_blank" rel="noopener noreferrer">{Icon::External.view()}{words::OPEN_IN_TAB}</a></p>
                </div>
            </details>
        }
        .into_any(),
    )
}

/// No scripts, none of our cookies, no origin; links open outside. Loads when it is unfolded.
fn frame(address: String, author: &str) -> impl IntoView + use<> {
    leptos::html::iframe()
        .src(address)
        .title(words::frame_title(author))
        .sandbox("allow-popups allow-popups-to-escape-sandbox")
        .referrerpolicy("no-referrer")
        .attr("loading", "lazy")
}

/// Its files, each to load down.
pub fn files(files: &[File], anchor: &str) -> Option<AnyView> {
    if files.is_empty() {
        return None;
    }
    let chips = files
        .iter()
        .map(|file| {
            view! {
                <li>
                    <a class="file" id=format!("{anchor}-f{}", file.id) href=file.url.clone() download=file.name.clone()>
                        {Icon::File.view()}
                        <span class="cut">{file.name.clone()}</span>
                        <span class="quiet num">{bytes(file.bytes)}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    Some(view! { <ul class="files">{chips}</ul> }.into_any())
}
