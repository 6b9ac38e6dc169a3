//! Beside a mailbox: its sign-in and when it ends, its settings, its password set-up.

use crate::api::mailboxes::path;
use crate::api::switches::switch_path;
use crate::components::button::SignIn;
use crate::components::icon::Icon;
use crate::components::state::{State as Shown, Tone, Words};
use crate::pages::signins::links;
use crate::pages::switch::details;
use crate::wording::counts::list;
use crate::wording::diagnoses;
use crate::wording::registrations::GOOGLE_ENDS;
use crate::wording::times::Clock;
use domain::Address;
use domain::console::links::LinkRow;
use domain::console::mailboxes::{DirectionPage, ImportFrom, MailboxPage, Through, Use};
use domain::console::switches::Former;
use domain::credential::CredentialKind;
use domain::direction::State;
use domain::folder::readable;
use domain::id::MailboxId;
use domain::mailbox::MailboxState;
use domain::provider::{Endpoint, ProviderKind, Tls};
use domain::signin::Intent;
use leptos::prelude::*;

/// `outlook.office365.com, 993, TLS`
pub fn endpoint(e: Option<&Endpoint>) -> String {
    e.map_or_else(
        || "Not set".into(),
        |e| {
            let tls = match e.tls {
                Tls::Implicit => "TLS",
                Tls::StartTls => "STARTTLS",
            };
            format!("{}, {}, {tls}", e.host, e.port)
        },
    )
}

/// The whole column.
pub fn view(
    page: &MailboxPage,
    sign_in_links: &[LinkRow],
    former: &[Former],
    test: Option<AnyView>,
    clock: Clock,
) -> impl IntoView + use<> {
    view! {
        <aside class="stack" aria-label="About this mailbox">
            {(!page.draft && page.provider.signs_in).then(|| sign_in(page, clock))}
            {page.provider.signs_in.then(|| links::beside(page.row.id, sign_in_links, clock))}
            {settings(page, clock)}
            {others(page, former, clock)}
            {previous(page, former, clock)}
            {test}
        </aside>
    }
}

fn sign_in(page: &MailboxPage, clock: Clock) -> AnyView {
    let row = &page.row;
    let short = row.provider_short.clone();
    let lost = match &row.state {
        MailboxState::Needs { diagnosis, since, .. } if !row.by_password => Some((*diagnosis, *since)),
        _ => None,
    };
    let (words, after) = match (lost, page.account.as_ref(), row.by_password, page.refreshing, page.sign_in_ends_at) {
        (_, _, true, _, _) => (
            Words::new(Tone::Calm, Icon::Key, "Signs in by password"),
            format!("One sign-in with {short} replaces it: same mailbox, same tickets."),
        ),
        (Some((diagnosis, since)), ..) => (
            Words::new(Tone::Critical, Icon::Critical, diagnoses::title(diagnosis, &short)),
            format!("{}.", clock.since(since)),
        ),
        (None, None, ..) => (Words::new(Tone::Calm, Icon::Clock, "Not signed in"), String::new()),
        (None, Some(_), _, true, _) => {
            (Words::new(Tone::Ok, Icon::Ok, "No end expected"), "Each refresh moves its window on.".into())
        }
        (None, Some(_), _, false, Some(at)) => (
            Words::new(Tone::Warning, Icon::Warning, format!("Ends {}", clock.when(at))),
            "Refreshing has stopped; a new sign-in starts it again.".into(),
        ),
        (None, Some(_), _, false, None) => (Words::new(Tone::Calm, Icon::Clock, "End not known"), String::new()),
    };
    let account = page.account.clone().map(|account| view! { <dt>"Signed in as"</dt><dd class="value">{account}</dd> });
    let last =
        page.last_signed_in_at.map(|at| view! { <dt>"Last sign-in"</dt><dd>{clock.stamp(at, clock.time(at))}</dd> });
    let same = (!page.same_account.is_empty())
        .then(|| view! { <dt>"The same sign-in"</dt><dd class="value">{list(&page.same_account, 4)}</dd> });
    let facts = page.account.is_some().then(|| view! { <dl class="facts stacked gap">{account}{last}{same}</dl> });
    let google = row.provider == ProviderKind::Google && page.account.is_some() && !row.by_password;
    let ends = google.then(|| view! { <p class="quiet">{GOOGLE_ENDS}</p> });
    let (intent, verb) = if row.by_password {
        (Intent::Switch, format!("Sign in with {short}"))
    } else {
        (Intent::Reauthorize, "Reauthenticate".into())
    };
    let foot = if page.registered {
        let of = if row.by_password { "instead of the password".to_owned() } else { format!("at {short}") };
        view! { <SignIn mailbox=row.id provider=row.provider intent small=true words=verb of/> }.into_any()
    } else {
        view! { <a href=format!("/admin/registrations/guide/{}?mailbox={}", page.provider.key, row.id)>"Make the app registration first"</a> }.into_any()
    };
    view! {
        <section class="panel">
            <header><h2>{row.provider_name.clone()}</h2></header>
            <div class="body">
                <div class="stack tight"><Shown words/>{(!after.is_empty()).then(|| view! { <p class="soft">{after}</p> })}</div>
                {facts}
                {ends}
            </div>
            <footer>{foot}</footer>
        </section>
    }
    .into_any()
}

/// The folders by name, the first one first.
fn watched(wanted: &Use) -> String {
    let names: Vec<String> =
        std::iter::once(&wanted.folder).chain(&wanted.other_folders).map(|name| readable(name)).collect();
    list(&names, 4)
}

fn settings(page: &MailboxPage, clock: Clock) -> impl IntoView + use<> {
    let wanted = &page.wanted;
    let used = match (wanted.incoming, wanted.outgoing) {
        (true, true) => "Incoming and outgoing",
        (true, false) => "Incoming only",
        (false, true) => "Outgoing only",
        (false, false) => "Not chosen yet",
    };
    // Midnights are UTC.
    let utc = Clock { now: clock.now, offset: 0 };
    let import = match wanted.import {
        ImportFrom::Now => "Only new mail".to_owned(),
        ImportFrom::Beginning => "The beginning".to_owned(),
        ImportFrom::Date(at) => utc.day(at),
    };
    let incoming = wanted
        .incoming
        .then(|| view! { <dt>"Incoming"</dt><dd class="value">{endpoint(page.incoming.endpoint.as_ref())}</dd> });
    let outgoing = wanted
        .outgoing
        .then(|| view! { <dt>"Outgoing"</dt><dd class="value">{endpoint(page.outgoing.endpoint.as_ref())}</dd> });
    let fetching = wanted.incoming.then(|| {
        view! {
            <dt>{if wanted.other_folders.is_empty() { "Folder" } else { "Folders" }}</dt><dd class="value">{watched(wanted)}</dd>
            <dt>"Delete after fetching"</dt><dd>{if wanted.delete_after_fetch { "Yes" } else { "No" }}</dd>
            <dt>"Imported from"</dt><dd>{import}</dd>
        }
    });
    let named = |all: &[(MailboxId, Address)], id: Option<MailboxId>, nobody: &'static str| {
        id.and_then(|id| all.iter().find(|(other, _)| *other == id)).map_or(nobody.to_owned(), |(_, a)| a.to_string())
    };
    let through = (wanted.incoming && !wanted.outgoing).then(|| {
        let words = match (wanted.replies_through, &page.system_sender) {
            (Some(Through::Mailbox(id)), _) => named(&page.senders, Some(id), "Nothing yet"),
            (Some(Through::System), Some((_, from))) => format!("System SMTP, from {from}"),
            (Some(Through::System), None) => "System SMTP, which is not set any more".into(),
            (None, _) => "Nothing yet".into(),
        };
        view! { <dt>"Replies leave through"</dt><dd class="value">{words}</dd> }
    });
    let arrives = (wanted.outgoing && !wanted.incoming).then(|| {
        let words = named(&page.receivers, wanted.arrives_at, "Somewhere else");
        view! { <dt>"Its mail arrives at"</dt><dd class="value">{words}</dd> }
    });
    let own: Vec<String> = page.own_addresses.iter().map(ToString::to_string).collect();
    let own = (!own.is_empty()).then(|| view! { <dt>"Also written to as"</dt><dd class="value">{list(&own, 4)}</dd> });
    let href =
        if page.draft { format!("{}/set-up/use", path(page.row.id)) } else { format!("{}/edit", path(page.row.id)) };
    view! {
        <section class="panel">
            <header><h2>"Settings"</h2><a href=href>"Edit"</a></header>
            <div class="body">
                <dl class="facts stacked">
                    <dt>"Use"</dt><dd>{used}</dd>
                    {incoming}{outgoing}{through}{arrives}{fetching}
                    {(!page.from_name.is_empty()).then(|| view! { <dt>"Name customers see"</dt><dd class="value">{page.from_name.clone()}</dd> })}
                    {own}
                </dl>
            </div>
            {(!page.draft).then(|| view! { <footer><a href=switch_path(page.row.id)>"Switch account, address or provider"</a></footer> })}
        </section>
    }
}

/// R9: a password set-up in view, also for 30 days after a switch; never the password.
fn others(page: &MailboxPage, former: &[Former], clock: Clock) -> Option<AnyView> {
    if page.draft {
        return None;
    }
    let present = page.row.by_password.then(|| {
        let one = |d: &DirectionPage, title: &'static str| {
            (d.state != State::NotUsed && d.credential == Some(CredentialKind::Password)).then(|| {
                let last = d.last_at.or(d.proved_at).map_or_else(|| "Not yet".into(), |at| clock.moment(at));
                view! {
                    <dt>{title}</dt><dd class="value">{endpoint(d.endpoint.as_ref())}</dd>
                    {d.user.clone().map(|user| view! { <dt>"User name"</dt><dd class="value">{user}</dd> })}
                    <dt>"Last success"</dt><dd>{last}</dd>
                }
            })
        };
        view! {
            <div class="body">
                <p class="soft">"User name and password, in use."</p>
                <dl class="facts stacked gap">
                    {one(&page.incoming, "Incoming")}{one(&page.outgoing, "Outgoing")}
                    <dt>"Password"</dt><dd>"Stored sealed, never shown"</dd>
                </dl>
            </div>
        }
    });
    let before = former
        .iter()
        .filter(|f| f.by_password())
        .map(|f| {
            let wiped = clock.day(f.wiped_at);
            view! {
                <div class="body split">
                    <p class="soft">{format!("User name and password, in use until {}.", clock.day(f.switched_at))}</p>
                    <dl class="facts stacked gap">
                        {details(f, clock)}
                        <dt>"Password"</dt><dd>"Never shown"</dd>
                        <dt>"Wiped on"</dt><dd>{wiped}</dd>
                    </dl>
                </div>
            }
        })
        .collect::<Vec<_>>();
    if present.is_none() && before.is_empty() {
        return None;
    }
    let href = format!("{}/set-up/password", path(page.row.id));
    let change = present.is_some().then(|| view! { <a href=href>"Change"</a> });
    Some(
        view! {
            <section class="panel" aria-labelledby="others">
                <header><h2 id="others">"Others"</h2>{change}</header>
                {present}{before}
            </section>
        }
        .into_any(),
    )
}

/// The setup before the last switch, and the way back to it.
fn previous(page: &MailboxPage, former: &[Former], clock: Clock) -> Option<AnyView> {
    let former = former.iter().find(|f| f.can_return)?;
    let account = match &former.account {
        Some(account) => format!("Signed in as {account}"),
        None => "By user name and password".into(),
    };
    let href = format!("{}/put-back", path(page.row.id));
    Some(
        view! {
            <section class="panel" aria-labelledby="previous">
                <header><h2 id="previous">"Previous setup"</h2></header>
                <div class="body">
                    <dl class="facts stacked">
                        <dt>"Mailbox"</dt><dd class="value">{former.address.clone()}</dd>
                        <dt>"Provider"</dt><dd>{former.provider_name.clone()}</dd>
                        <dt>"Sign-in"</dt><dd class="value">{account}</dd>
                        <dt>"Kept until"</dt><dd>{clock.day(former.wiped_at)}</dd>
                    </dl>
                </div>
                <footer><a href=href>"Put it back"</a></footer>
            </section>
        }
        .into_any(),
    )
}
