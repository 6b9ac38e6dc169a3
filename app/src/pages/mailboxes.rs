//! *Support emails*: the list, grouped by who acts, and the queue of sign-ins.

mod part;
mod queue;
mod row;

pub use queue::QueuePage;

use crate::api::mailboxes::LIST;
use crate::components::button::SignIn;
use crate::components::call::Call;
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::icon::Icon;
use crate::components::moved;
use crate::components::notice::{Notice, Refused};
use crate::components::state::Tone;
use crate::components::way_out::{WayOut, way_out};
use crate::pages::page;
use crate::wording::banners;
use crate::wording::counts::{count, list, of};
use domain::banner::{Ask, Banner};
use domain::console::approvals::Awaited;
use domain::console::mailboxes::MailboxRow;
use domain::id::MailboxId;
use domain::mailbox::Group;
use domain::signin::Intent;
use leptos::prelude::*;
use part::Part;

/// The groups in their order, with the word of the filter's query.
const GROUPS: [(Group, &str, &str); 5] = [
    (Group::NeedsYou, "need", "Need you"),
    (Group::EndsSoon, "ends", "Ends soon"),
    (Group::AtWork, "work", "At work"),
    (Group::Paused, "paused", "Paused"),
    (Group::Unfinished, "drafts", "Not finished"),
];

fn gone_notice((title, sentence): (&'static str, Option<&'static str>)) -> impl IntoView {
    view! { <Notice tone=Tone::Ok title>{sentence.map(|s| view! { <p>{s}</p> })}</Notice> }
}

/// `/admin/channels/email`
#[component]
pub fn MailboxesPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let rows = here.console.mailboxes.list(&here.actor).await?.rows;
        let awaited = here.console.approvals.awaited(&here.actor).await?;
        let moved = moved::notice(&here.console.addresses.show(&here.actor).await?);
        let clock = here.clock;
        let refused = here.place.refused();
        let gone = match here.place.query("done") {
            Some("discarded") => Some(("The draft is thrown away", None)),
            Some("deleted") => {
                Some(("The mailbox is deleted", Some("Its tickets stay. Held replies are drafts again.")))
            }
            _ => None,
        };
        if rows.is_empty() {
            return Ok(view! {
                <Sheet here title="Support emails" place=Place::Email>
                    <Head title="Support emails" crumbs=email_crumbs(false) sub="No mailbox is connected yet."/>
                    <div class="stack loose">{moved}{gone.map(gone_notice)}{empty()}</div>
                </Sheet>
            }
            .into_any());
        }
        let show =
            here.place.query("show").filter(|show| GROUPS.iter().any(|(_, key, _)| key == show)).map(str::to_owned);
        let words = here.place.query("q").map(str::to_owned).unwrap_or_default();
        let (sub, tabs) = (summary(&rows), tabs(&rows, show.as_deref()));
        let call = here.frame.banners.iter().find(|b| b.ask == Ask::SignIn).map(|banner| call(banner, &rows));
        let acts = call.is_some();
        let found = found(&rows, show.as_deref(), &words);
        let marked: Vec<MailboxId> = if here.place.query("mark") == Some("ends") {
            let alerts = here.frame.banners.iter().filter(|b| b.ask == Ask::Ends);
            alerts.flat_map(|b| &b.concerned).map(|c| c.mailbox).collect()
        } else {
            Vec::new()
        };
        let from = here.place.query("from").and_then(|from| from.parse().ok()).unwrap_or_default();
        let part = Part::of(&found, from, &marked);
        let bodies: Vec<AnyView> = GROUPS
            .iter()
            .filter_map(|(group, _, title)| {
                let n = found.iter().filter(|r| r.state.group() == *group).count();
                body(*group, title, n, &found[part.range()], &marked, &awaited, clock)
            })
            .collect();
        let pager = part.pager(show.as_deref(), &words);
        let table = if bodies.is_empty() {
            nothing(&words)
        } else {
            view! {
                <table class="table mailboxes">
                    <thead><tr>
                        <th scope="col">"Mailbox"</th><th scope="col">"Signs in by"</th><th scope="col">"State"</th><th scope="col">"Incoming"</th>
                        <th scope="col">"Outgoing"</th><th scope="col">"Waiting"</th>
                        <th scope="col" class="end"><span class="vh">"Action"</span></th>
                    </tr></thead>
                    {bodies}
                </table>
            }
            .into_any()
        };
        Ok(view! {
            <Sheet here title="Support emails" place=Place::Email acts>
                <Head title="Support emails" crumbs=email_crumbs(false) sub>
                    <a class="button primary" href="/admin/channels/email/new">{Icon::Plus.view()}"New support email"</a>
                </Head>
                <div class="stack loose">
                    <Refused refused/>
                    {gone.map(gone_notice)}
                    {moved}
                    {call}
                    <section id="mailboxes" data-live="mailboxes" aria-label="All support emails">
                        <div class="toolbar">
                            {tabs}
                            <form class="with-icon" role="search" method="get" action=LIST>
                                {show.map(|show| view! { <input type="hidden" name="show" value=show/> })}
                                {Icon::Search.view()}
                                <input class="input" type="search" name="q" value=words aria-label="Find a mailbox" placeholder="Find a mailbox"/>
                            </form>
                        </div>
                        {table}
                        {pager}
                    </section>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

fn size(rows: &[MailboxRow], group: Group) -> usize {
    rows.iter().filter(|r| r.state.group() == group).count()
}

/// `11 mailboxes. 5 need you, 4 at work, 1 paused.`
fn summary(rows: &[MailboxRow]) -> String {
    let parts: Vec<String> = GROUPS
        .iter()
        .filter_map(|(group, _, title)| match (size(rows, *group), group) {
            (0, _) => None,
            (1, Group::NeedsYou) => Some("1 needs you".into()),
            (n, _) => Some(format!("{n} {}", title.to_lowercase())),
        })
        .collect();
    format!("{}. {}.", of(rows.len() as u64, "mailbox", "mailboxes"), parts.join(", "))
}

fn tabs(rows: &[MailboxRow], show: Option<&str>) -> impl IntoView + use<> {
    let tab = |href: String, words: &'static str, n: usize, on: bool| {
        view! { <a href=href aria-current=on.then_some("true")>{words}" "<span class="count">{count(n as u64)}</span></a> }
    };
    let groups = GROUPS
        .iter()
        .map(|(group, key, title)| (size(rows, *group), key, title))
        .filter(|(n, ..)| *n > 0)
        .map(|(n, key, title)| tab(format!("{LIST}?show={key}"), title, n, show == Some(*key)))
        .collect_view();
    view! { <nav class="tabs" aria-label="Filter">{tab(LIST.into(), "All", rows.len(), show.is_none())}{groups}</nav> }
}

/// Of all rows those asked for, in the order in which they are shown.
fn found<'a>(rows: &'a [MailboxRow], show: Option<&str>, words: &str) -> Vec<&'a MailboxRow> {
    let needle = words.trim().to_lowercase();
    let place = |r: &MailboxRow| GROUPS.iter().position(|(group, ..)| *group == r.state.group());
    let asked = |r: &&MailboxRow| {
        let named =
            || [r.address.as_str(), &r.name, &r.provider_name].iter().any(|t| t.to_lowercase().contains(&needle));
        show.is_none_or(|show| place(r).is_some_and(|at| GROUPS[at].1 == show)) && (needle.is_empty() || named())
    };
    let mut found: Vec<&MailboxRow> = rows.iter().filter(asked).collect();
    found.sort_by(|a, b| {
        let key = |r: &'a MailboxRow| (place(r), row::since(r), r.signs_in_by.as_deref(), r.id);
        key(a).cmp(&key(b))
    });
    found
}

fn body(
    group: Group,
    title: &'static str,
    n: usize,
    rows: &[&MailboxRow],
    marked: &[MailboxId],
    awaited: &[Awaited],
    clock: crate::wording::times::Clock,
) -> Option<AnyView> {
    let rows: Vec<MailboxRow> = rows.iter().filter(|r| r.state.group() == group).map(|r| (*r).clone()).collect();
    if rows.is_empty() {
        return None;
    }
    let mut told: Vec<(String, String)> = Vec::new();
    let lines: Vec<AnyView> = rows
        .into_iter()
        .map(|r| {
            // Mailboxes of one sign-in: the second and later ones name the first.
            let lost = matches!(way_out(&r), Some(WayOut::SignIn(Intent::Reauthorize)));
            let same = r.signs_in_by.as_ref().filter(|_| lost).and_then(|who| {
                let first = told.iter().find(|(account, _)| account == who).map(|(_, local)| local.clone());
                if first.is_none() {
                    told.push((who.clone(), format!("{}@", r.address.local())));
                }
                first
            });
            let marked = marked.contains(&r.id);
            let awaited = awaited.iter().find(|a| a.mailbox == r.id);
            row::view(r, same, marked, awaited, clock)
        })
        .collect();
    Some(
        view! {
            <tbody>
                <tr class="group"><th colspan="7" scope="rowgroup">{title}" "<span class="count">{count(n as u64)}</span></th></tr>
                {lines}
            </tbody>
        }
        .into_any(),
    )
}

/// The first sign-in to do, and what it repairs.
fn call(banner: &Banner, rows: &[MailboxRow]) -> AnyView {
    let n = banner.concerned.len();
    let title = if n == 1 { "1 mailbox needs a sign-in".to_owned() } else { format!("{n} mailboxes need a sign-in") };
    let Some(first) = banner.concerned.first().cloned() else { return ().into_any() };
    let same: Vec<String> = banner
        .concerned
        .iter()
        .filter(|c| c.account.is_some() && c.account == first.account)
        .map(|c| format!("{}@", c.address.local()))
        .collect();
    let held: u64 =
        rows.iter().filter(|r| banner.concerned.iter().any(|c| c.mailbox == r.id)).map(|r| u64::from(r.held)).sum();
    let account = first.account.as_ref().map_or_else(|| first.address.to_string(), |(_, who)| who.clone());
    let repairs = match (same.len(), n) {
        (_, 1) => format!(" gets {} on.", first.address),
        (s, n) if s >= n => format!(" repairs all of them: {}.", list(&same, 4)),
        (s, _) if s > 1 => format!(" repairs {s} of them: {}.", list(&same, 4)),
        _ => format!(" repairs {}.", first.address),
    };
    let waits = match held {
        0 => format!(" New mail waits at {}. Nothing is lost.", banner.provider_short),
        held => format!(
            " New mail waits at {}, {} held here. Nothing is lost; all of it moves after the sign-in.",
            banner.provider_short,
            of(held, "reply is", "replies are")
        ),
    };
    let (provider, short, several) = (banner.provider, banner.provider_short.clone(), n > 1);
    let _ = banners::is_r1(banner.ask);
    view! {
        <Call tone=Tone::Critical title
            sentence=move || view! { "One sign-in as "<b>{account.clone()}</b>{repairs.clone()}{waits.clone()} }
            action=move || view! {
                <SignIn mailbox=first.mailbox provider intent=Intent::Reauthorize words=format!("Sign in with {short}")/>
                {several.then(|| view! { <a class="button bare" href="/admin/channels/email/queue">"Open the queue"</a> })}
            }/>
    }
    .into_any()
}

fn nothing(words: &str) -> AnyView {
    let title = if words.trim().is_empty() {
        "No mailbox is in this state".to_owned()
    } else {
        format!("No mailbox matches \"{}\"", words.trim())
    };
    view! {
        <div class="empty">
            {Icon::Search.view()}
            <h2>{title}</h2>
            <p>"Addresses, names and providers are searched."</p>
            <div class="row"><a class="button" href=LIST>"Show all"</a></div>
        </div>
    }
    .into_any()
}

fn empty() -> impl IntoView {
    view! {
        <div class="stack loose">
            <section class="panel">
                <div class="empty">
                    {Icon::Mail.view()}
                    <h2>"Connect your first support email"</h2>
                    <p>"Mailkeep watches the mailbox, turns every message into a ticket and sends your team's replies from the same address. Messages stay in the mailbox unless you say otherwise."</p>
                    <div class="row"><a class="button primary large" href="/admin/channels/email/new">{Icon::Plus.view()}"New support email"</a></div>
                    <p class="quiet">"About two minutes, if you can sign in to the mailbox."</p>
                </div>
            </section>
            <section aria-labelledby="know">
                <h2 id="know" class="vh">"Before you start"</h2>
                <ol class="teach">
                    <li>{Icon::Key.view()}<h3>"Microsoft or Gmail"</h3><p>"You sign in at Microsoft or Google, not here; Mailkeep never sees the password. It needs one app registration first. "<a href="/admin/registrations">"Make the app registration"</a></p></li>
                    <li>{Icon::People.view()}<h3>"A shared mailbox"</h3><p>"Give its own address as the support email. Whoever has access to it signs in."</p></li>
                    <li>{Icon::Server.view()}<h3>"Any other mail server"</h3><p>"IMAP and SMTP with a user name and password. You name the servers; both are tried before anything is saved."</p></li>
                </ol>
            </section>
            <section aria-labelledby="then">
                <div class="section-head"><h2 id="then">"What happens then"</h2></div>
                <ol class="howto soft">
                    <li><span>"Both directions are tried, and you see step by step what answered."</span></li>
                    <li><span>"You choose from which date mail is imported."</span></li>
                    <li><span>"If a sign-in ever ends, you are told since when, what waits and who can fix it. One sign-in later everything that arrived is fetched."</span></li>
                </ol>
            </section>
        </div>
    }
}
