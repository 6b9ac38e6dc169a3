//! *Sign in again*: one line per account, not per mailbox; what is done; what no sign-in repairs.

mod line;

use crate::api::mailboxes::{LIST, path};
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::icon::Icon;
use crate::pages::page;
use crate::wording::counts::of;
use crate::wording::times::Clock;
use domain::banner::{Ask, Banner, Concerned};
use domain::console::approvals::{Awaited, Stage};
use domain::console::signins::RepairedAccount;
use domain::id::MailboxId;
use leptos::prelude::*;
use line::{Scene, done, item};
use std::collections::HashSet;

/// One thing to do, and the mailboxes it gets on.
struct Line {
    ask: Ask,
    banner: Banner,
    concerned: Vec<Concerned>,
}

/// Splits banners into lines: by account where one sign-in repairs several.
fn lines(banners: &[Banner]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for banner in banners {
        for c in &banner.concerned {
            let joins = |line: &&mut Line| {
                line.ask == banner.ask
                    && line.banner.provider == banner.provider
                    && (banner.ask == Ask::Registration
                        || (c.account.is_some()
                            && line.concerned.first().is_some_and(|first| {
                                first.account == c.account && matches!(banner.ask, Ask::SignIn | Ask::Ends)
                            })))
            };
            match lines.iter_mut().find(joins) {
                Some(line) => line.concerned.push(c.clone()),
                None => lines.push(Line { ask: banner.ask, banner: banner.clone(), concerned: vec![c.clone()] }),
            }
        }
    }
    lines
}

/// What the last hours repaired and still works.
fn still_done(lately: Vec<RepairedAccount>, stopped: &HashSet<MailboxId>) -> Vec<RepairedAccount> {
    let works = |mut account: RepairedAccount| {
        account.mailboxes.retain(|(id, ..)| !stopped.contains(id));
        Some(account).filter(|a| !a.mailboxes.is_empty())
    };
    lately.into_iter().filter_map(works).collect()
}

/// How far the walk is: signed in and left, by account and by mailbox.
struct Progress {
    done: usize,
    left: usize,
    works: usize,
    stopped: usize,
}

impl Progress {
    fn words(&self) -> String {
        match (self.done, self.left) {
            (0, 0) => "No mailbox needs a sign-in or a password.".into(),
            (0, left) => format!(
                "{} for {}.",
                of(left as u64, "thing to do", "things to do"),
                of(self.stopped as u64, "mailbox", "mailboxes")
            ),
            (done, left) => format!(
                "{done} of {} done. {} of {} again.",
                done + left,
                self.works,
                of(
                    (self.works + self.stopped) as u64,
                    "mailbox works",
                    if self.works == 1 { "mailboxes works" } else { "mailboxes work" }
                )
            ),
        }
    }
}

/// `/admin/channels/email/queue`
#[component]
pub fn QueuePage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let scene = Scene {
            rows: here.console.mailboxes.list(&here.actor).await?.rows,
            links: here.console.links.list(&here.actor, None).await?,
            clock: here.clock,
        };
        let awaited = awaited(here.console.approvals.awaited(&here.actor).await?, here.clock);
        let stopped: HashSet<MailboxId> = here
            .frame
            .banners
            .iter()
            .filter(|b| b.ask != Ask::Ends)
            .flat_map(|b| &b.concerned)
            .map(|c| c.mailbox)
            .collect();
        let repaired = still_done(here.console.signins.lately(&here.actor).await?, &stopped);
        let by_person = |l: &Line| {
            matches!(l.ask, Ask::SignIn | Ask::AnotherPerson | Ask::Password | Ask::MoveToSignIn | Ask::Ends)
        };
        let (to_do, others): (Vec<Line>, Vec<Line>) = lines(&here.frame.banners).into_iter().partition(by_person);
        let progress = Progress {
            done: repaired.len(),
            left: to_do.len(),
            works: repaired.iter().map(|a| a.mailboxes.len()).sum(),
            stopped: to_do.iter().map(|l| l.concerned.len()).sum(),
        };
        let sub = progress.words();
        let (all, label) = (progress.done + progress.left, sub.clone());
        let bar = (progress.done > 0 && progress.left > 0).then(|| {
            view! { <progress class="progress full" value=progress.done max=all aria-label=label></progress> }
        });
        let empty = to_do.is_empty();
        let next = to_do.into_iter().enumerate().map(|(at, line)| item(line, at == 0, &scene)).collect_view();
        let rest = (!others.is_empty()).then(|| {
            let items = others.into_iter().map(|line| item(line, false, &scene)).collect_view();
            section("others", "Not repaired by a sign-in", None, items.into_any())
        });
        let clock = here.clock;
        let done = (!repaired.is_empty()).then(|| {
            let items = repaired.into_iter().map(|account| done(account, clock)).collect_view();
            section("done", "Done", None, items.into_any())
        });
        let first = if empty {
            view! {
                <div class="panel"><div class="empty">{Icon::Ok.view()}<h2>"Every sign-in works"</h2><p>"Mailkeep calls you when one ends."</p></div></div>
            }
            .into_any()
        } else {
            let note = "Each account once; every mailbox of it goes on. After a sign-in you come back here.";
            section("next", "Next", Some(note), next.into_any())
        };
        Ok(view! {
            <Sheet here title="Sign in again" place=Place::Email acts=true>
                <Head title="Sign in again" crumbs=email_crumbs(true)>
                    <a class="button" href=LIST>"Close"</a>
                </Head>
                <div class="stack loose" id="queue" data-live="mailboxes">
                    <p class="num soft" role="status">{sub}</p>
                    {bar}{first}{done}{awaited}{rest}
                </div>
            </Sheet>
        }
        .into_any())
    })
}

/// Approvals that somebody elsewhere must give, and those that came back.
fn awaited(list: Vec<Awaited>, clock: Clock) -> Option<AnyView> {
    if list.is_empty() {
        return None;
    }
    let items = list
        .into_iter()
        .map(|a| {
            let since = clock.since_inside(a.asked_at);
            let (icon, title, why, words) = match a.stage {
                Stage::Waiting => (Icon::Clock, format!("Waiting for approval {since}"), format!("An admin at {} opens the link that was sent.", a.provider_short), "Show the link"),
                Stage::Approved => (Icon::Ok, "Approved: only the sign-in is left".to_owned(), format!("Whoever may open the mailbox signs in at {}.", a.provider_short), "Go to the sign-in"),
                Stage::Declined => (Icon::Warning, "The approval was declined".to_owned(), "Nothing was changed.".to_owned(), "Ask again"),
            };
            view! {
                <li data-tone="calm">
                    {icon.view()}
                    <div><h3>{title}</h3><p class="soft">{why}</p><ul><li><a class="nowrap plain" href=path(a.mailbox)>{a.address.clone()}</a></li></ul></div>
                    <div class="row"><a class="button" href=crate::api::approvals::path(a.mailbox)>{words}<span class="vh">" for " {a.address}</span></a></div>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section aria-labelledby="awaited">
                <div class="section-head"><h2 id="awaited">"Waiting for approval"</h2></div>
                <div class="panel"><ol class="queue">{items}</ol></div>
            </section>
        }
        .into_any(),
    )
}

fn section(id: &'static str, title: &'static str, note: Option<&'static str>, items: AnyView) -> AnyView {
    view! {
        <section aria-labelledby=id>
            <div class="section-head"><h2 id=id>{title}</h2>{note.map(|note| view! { <span class="quiet">{note}</span> })}</div>
            <div class="panel"><ol class="queue">{items}</ol></div>
        </section>
    }
    .into_any()
}
