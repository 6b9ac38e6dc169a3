//! The form itself, as the server renders it.

use super::Writing;
use crate::api::post_to;
use crate::api::tickets::{DropUpload, Reply};
use crate::components::icon::Icon;
use crate::components::rcdata::in_textarea;
use crate::wording::counts::bytes;
use crate::wording::tickets as words;
use crate::wording::times::Clock;
use domain::console::tickets::{TicketPage, Upload};
use domain::ticket::TicketStatus;
use leptos::prelude::*;

/// Why the composer stands there again: title and sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub title: String,
    pub sentence: String,
    /// Only something newer came: the button says *Send anyway*.
    pub newer: bool,
}

/// What the composer begins with.
struct Start {
    kind: &'static str,
    to: String,
    cc: String,
}

impl Start {
    fn of(page: &TicketPage, note: bool) -> Self {
        let draft = &page.draft;
        let drafted = draft.kept_at.is_some() || !draft.text.is_empty();
        let or = |kept: &str, fresh: &str| if kept.is_empty() { fresh.to_owned() } else { kept.to_owned() };
        let cc = if drafted { draft.cc.clone() } else { String::new() };
        let everyone = !page.reply_all_cc.is_empty()
            && page.reply_all_cc.split(',').all(|a| cc.to_lowercase().contains(&a.trim().to_lowercase()));
        let kind = match (note || page.no_outgoing, everyone) {
            (true, _) => "note",
            (false, true) => "all",
            (false, false) => "reply",
        };
        Self { kind, to: or(&draft.to, &page.reply_to), cc }
    }
}

/// The composer below a conversation.
#[component]
pub fn Composer(
    page: TicketPage,
    clock: Clock,
    /// Begins as an internal note.
    note: bool,
    #[prop(optional_no_strip)] trouble: Option<Trouble>,
) -> impl IntoView {
    let start = Start::of(&page, note);
    let id = page.id;
    let newer = trouble.as_ref().is_some_and(|t| t.newer);
    let kept = page.draft.kept_at.map(|at| words::draft_kept(&clock.time(at))).unwrap_or_default();
    let from = page.reply_from.as_ref().map(ToString::to_string);
    let send = if newer { words::SEND_ANYWAY } else { words::SEND };
    let send_close = words::SEND_CLOSE;
    view! {
        <form
            class="composer"
            id="composer"
            method="post"
            action={post_to::<Reply>()}
            autocomplete="off"
            aria-label=words::WRITE_REPLY
            data-ticket=id.to_string()
        >
            <input type="hidden" name="ticket" value=id.to_string()/>
            <input type="hidden" name="seen" value=page.newest.map(|m| m.to_string())/>
            // Unique per person and opened page; the text counts too (see ReplyForm).
            <input type="hidden" name="once" value=page.now.0.to_string()/>
            <input type="hidden" name="everyone" value=page.reply_all_cc.clone()/>
            <div class="trouble" id="composer-trouble">{trouble.map(notice)}</div>
            {kinds(&page, start.kind)}
            {from.map(|from| addresses(from, start.to, start.cc))}
            <p class="line aside">{Icon::Lock.view()}{words::NOTE_LINE}</p>
            <label class="vh" for="composer-text">{words::YOUR_TEXT}</label>
            <textarea
                class="textarea"
                id="composer-text"
                name="text"
                dir="auto"
                required
                placeholder=if start.kind == "note" { words::WRITE_NOTE } else { words::WRITE_REPLY }
                autofocus=newer
            >{in_textarea(&page.draft.text)}</textarea>
            {files(page.draft.uploads)}
            <footer>
                <span class="row">
                    {attach(id.to_string())}
                    <Writing kept/>
                </span>
                <span class="row">
                    <button class="button" type="submit" name="then" value="close" data-busy=words::SENDING>
                        <span data-words=""><span class="as-reply">{send_close}</span><span class="as-note">{words::KEEP_NOTE_CLOSE}</span></span>
                    </button>
                    <button class="button primary" type="submit" name="then" value="send" title=words::SHORTCUT aria-keyshortcuts="Control+Enter" data-busy=words::SENDING>
                        <span data-words=""><span class="as-reply">{send}</span><span class="as-note">{words::KEEP_NOTE}</span></span>
                    </button>
                </span>
                <span class="hints quiet" id="composer-hints" data-live=format!("ticket:{id} mailboxes")>
                    {page.held_since.map(|_| view! { <span class="row as-reply">{Icon::Held.view()}<span>{words::WILL_BE_HELD}</span></span> })}
                    {(page.status == TicketStatus::Closed).then(|| view! { <span class="as-reply">{words::CLOSED_LINE}</span> })}
                </span>
            </footer>
        </form>
    }
}

fn notice(trouble: Trouble) -> impl IntoView {
    let tone = if trouble.newer { "warning" } else { "critical" };
    let icon = if trouble.newer { Icon::Warning } else { Icon::Critical };
    view! {
        <div class="notice" data-tone=tone role="alert">
            {icon.view()}
            <p class="title">{trouble.title}</p>
            <p>{trouble.sentence}</p>
        </div>
    }
}

/// Reply, reply to all or note. Which fields show follows from the choice, by the style sheet.
fn kinds(page: &TicketPage, chosen: &'static str) -> impl IntoView + use<> {
    let all = !page.reply_all_cc.is_empty();
    let everyone = page.reply_all_cc.clone();
    let mut ways = Vec::new();
    if !page.no_outgoing {
        ways.push(("reply", words::REPLY));
        if all {
            ways.push(("all", words::REPLY_ALL));
        }
    }
    ways.push(("note", words::NOTE));
    let ways = ways
        .into_iter()
        .map(|(value, title)| {
            let everyone = (value == "all").then(|| everyone.clone());
            view! {
                <label class="way">
                    <input type="radio" name="kind" value=value checked=value == chosen data-everyone=everyone/>
                    <span>{title}</span>
                </label>
            }
        })
        .collect_view();
    view! { <fieldset class="ways"><legend class="vh">{words::WHAT}</legend>{ways}</fieldset> }
}

fn addresses(from: String, to: String, cc: String) -> impl IntoView {
    view! {
        <div class="addresses">
            <p class="line"><span class="term">{words::FROM}</span><span class="value">{from}</span></p>
            <p class="line">
                <label class="term" for="composer-to">{words::TO}</label>
                <input class="value" id="composer-to" name="to" value=to inputmode="email" spellcheck="false"/>
            </p>
            <p class="line">
                <label class="term" for="composer-cc">{words::CC}</label>
                <input class="value" id="composer-cc" name="cc" value=cc inputmode="email" spellcheck="false"/>
            </p>
        </div>
    }
}

/// The uploaded files, each with a button that removes it. The script exchanges this part alone.
pub fn files(uploads: Vec<Upload>) -> impl IntoView {
    // Said with the form: what another tab uploads meanwhile is not of this mail.
    let shown = uploads.iter().map(|upload| upload.id.to_string()).collect::<Vec<_>>().join(",");
    let shown = (!shown.is_empty()).then(|| view! { <li hidden><input type="hidden" name="files" value=shown/></li> });
    let chips = uploads
        .into_iter()
        .map(|upload| {
            view! {
                <li class="file">
                    {Icon::File.view()}
                    <span class="cut">{upload.name.clone()}</span>
                    <span class="quiet num">{bytes(upload.bytes)}</span>
                    <button
                        class="button bare square tiny"
                        type="submit"
                        name="upload"
                        value=upload.id.to_string()
                        formaction={post_to::<DropUpload>()}
                        formnovalidate
                        title="Remove"
                    >
                        {Icon::Close.view()}
                        <span class="vh">"Remove " {upload.name}</span>
                    </button>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="files" id="composer-files" aria-label=words::FILES>{shown}{chips}</ul> }
}

/// With a script one button, which opens the browser's own chooser; without, the chooser and a
/// button that uploads. The whole form goes along then, so that the text is kept as the draft.
pub fn attach(ticket: String) -> impl IntoView {
    view! {
        <label class="attach button bare small" title=words::FILES_AT_MOST>
            {Icon::Clip.view()}
            <span>{words::ATTACH}</span>
            <input type="file" name="file" aria-description=words::FILES_AT_MOST/>
        </label>
        <button
            class="button small upload"
            type="submit"
            formaction=format!("/tickets/{ticket}/uploads")
            formenctype="multipart/form-data"
            formnovalidate
        >
            {words::UPLOAD}
        </button>
    }
}
