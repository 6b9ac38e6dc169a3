//! *Is all mail here?*: the last comparison with the server, what it can't explain, and what
//! vanished before it was seen.

use super::edit::below;
use crate::api::ledger::Reconcile;
use crate::api::mailboxes::path;
use crate::api::post_to;
use crate::components::button::Act;
use crate::components::call::Said;
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::state::{State, Tone, Words};
use crate::pages::page;
use crate::wording::counts::{count, list, of};
use crate::wording::ledger as words;
use crate::wording::times::Clock;
use domain::console::ledger::{FolderSum, LedgerPage as Data, Reconciled};
use domain::id::MailboxId;
use leptos::prelude::*;

/// `/admin/channels/email/:id/ledger`
#[component]
pub fn LedgerPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.ledger.page(&here.actor, id).await?;
        let (clock, refused) = (here.clock, here.place.refused());
        let address = data.address.to_string();
        let crumbs = below(id, &address);
        let title = format!("Is all mail of {address} here?");
        let next = format!("The next comparison runs by itself {}.", clock.when(data.next_at));
        Ok(view! {
            <Sheet here title place=Place::Email>
                <Head title=words::TITLE crumbs sub=words::ABOUT>
                    <a class="button" href=format!("{}/lookup", path(id))>{Icon::Search.view()}"Look for a mail"</a>
                    <Act action={post_to::<Reconcile>()} fields=vec![("id", id.to_string())] kind="primary" words=words::COMPARE busy="Comparing"/>
                </Head>
                <div class="stack loose" id="compared" data-live=format!("mailbox:{id}")>
                    <Refused refused/>
                    {broken_off(&data, clock)}
                    {alerts(&data, id, clock)}
                    {vanished(&data, clock)}
                    {unreadable(&data)}
                    {summed(&data, clock)}
                    <p class="quiet">{next}" "<a href="/help/missing-mail">"Learn more"</a></p>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

/// A newer one did not go through: nothing of it counts.
fn broken_off(data: &Data, clock: Clock) -> Option<AnyView> {
    if let Some((at, said)) = data.broken_off.clone() {
        let sentence = format!(
            "The comparison {} broke off. What is shown below is older; nothing was concluded from half an answer.",
            clock.when(at)
        );
        return Some(
            view! {
                <Notice tone=Tone::Warning title="The last comparison did not go through">
                    <p>{sentence}</p>
                    {(!said.is_empty()).then(|| view! { <Said who="the server" said/> })}
                </Notice>
            }
            .into_any(),
        );
    }
    let at = data.asked?;
    let sentence = format!("Asked for {}. It begins as soon as the mailbox has a session to spare.", clock.when(at));
    Some(view! { <Notice tone=Tone::Calm title="A comparison is on its way"><p>{sentence}</p></Notice> }.into_any())
}

/// Each UID by name, with what can be done.
fn alerts(data: &Data, id: MailboxId, clock: Clock) -> Option<AnyView> {
    if data.alerts.is_empty() {
        return None;
    }
    let lines = data
        .alerts
        .iter()
        .map(|alert| {
            let title = format!("UID {} in {}", count(u64::from(alert.uid)), words::folder(&alert.folder));
            let found = format!("{} Found {}.", words::gap(alert.gap), clock.when(alert.found_at));
            view! {
                <li class="row apart">
                    <div><State words=Words::new(Tone::Critical, Icon::Critical, title)/><p class="sub">{found}</p></div>
                </li>
            }
        })
        .collect_view();
    let look = format!("{}/lookup", path(id));
    Some(
        view! {
            <section class="panel" aria-labelledby="alerts" role="alert">
                <header><h2 id="alerts">{words::unexplained(data.alerts.len())}</h2></header>
                <ul class="lines">{lines}</ul>
                <footer class="row apart">
                    <span class="soft">"Look for the mail by its sender or subject: what still lies on the server can be imported again."</span>
                    <a href=look>"Look for it"</a>
                </footer>
            </section>
        }
        .into_any(),
    )
}

fn vanished(data: &Data, clock: Clock) -> Option<AnyView> {
    let messages: u32 = data.vanished.iter().map(|v| v.messages).sum();
    if messages == 0 {
        return None;
    }
    let lines = data
        .vanished
        .iter()
        .map(|v| {
            let name = format!("{} in {}", words::range(v.first, v.last), words::folder(&v.folder));
            view! { <li class="row apart"><span class="num">{name}</span><span class="quiet">"Noticed " {clock.when(v.noticed_at)}</span></li> }
        })
        .collect_view();
    Some(
        view! {
            <section class="panel" aria-labelledby="vanished">
                <header><h2 id="vanished">{words::VANISHED}</h2><span class="quiet">"Of the last 30 days"</span></header>
                <div class="body"><p class="soft">{words::vanished(messages)}</p></div>
                <ul class="lines split">{lines}</ul>
            </section>
        }
        .into_any(),
    )
}

fn unreadable(data: &Data) -> Option<AnyView> {
    (data.unreadable > 0).then(|| {
        view! {
            <Notice tone=Tone::Warning title=words::unreadable(data.unreadable)>
                <p>"Kept as they came, without a ticket. "<a href=crate::api::quarantine::PAGE>"Unreadable mail"</a></p>
            </Notice>
        }
        .into_any()
    })
}

fn summed(data: &Data, clock: Clock) -> AnyView {
    let Some(last) = data.last.clone() else {
        return view! {
            <div class="panel"><div class="empty">{Icon::Clock.view()}<h2>"Not compared yet"</h2><p>"The first comparison runs in the coming night, or now."</p></div></div>
        }
        .into_any();
    };
    let Reconciled { at, by, report } = last;
    let who = by.map_or_else(|| "The nightly comparison".to_owned(), |by| format!("Asked for by {by}"));
    let head = format!("{who}, {}", clock.when(at));
    let folders = report.folders.into_iter().map(folder).collect_view();
    let elsewhere: Vec<AnyView> = report
        .elsewhere
        .into_iter()
        .map(|(name, role, messages)| {
            view! {
                <tr>
                    <td>{words::folder(&name)}</td>
                    <td class="end num" data-label="On the server">{count(u64::from(messages))}</td>
                    <td class="soft" data-label="Became">{words::elsewhere(role)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="stack tight" aria-labelledby="sum">
            <div class="section-head"><h2 id="sum">"Last comparison"</h2><span class="quiet num">{head}</span></div>
            <table class="table sums">
                <caption class="vh">"Messages on the server and what became of them"</caption>
                <thead><tr><th scope="col">"Folder"</th><th scope="col" class="end">"On the server"</th><th scope="col">"What became of them"</th></tr></thead>
                <tbody>{folders}{elsewhere}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn folder(folder: FolderSum) -> AnyView {
    let name = words::folder(&folder.name);
    let Some(sum) = folder.sum else {
        return view! { <tr><td>{name}</td><td></td><td>"Not compared: it can't be opened, was numbered anew, or was not fetched yet."</td></tr> }
            .into_any();
    };
    let explained = sum.unexplained == 0;
    let mut parts: Vec<String> = sum
        .by
        .iter()
        .map(|(disposition, n)| format!("{} {}", count(u64::from(*n)), words::heap(*disposition)))
        .collect();
    if sum.on_its_way > 0 {
        parts.push(format!("{} on the way", count(u64::from(sum.on_its_way))));
    }
    if sum.unexplained > 0 {
        parts.push(format!("{} not explained", count(u64::from(sum.unexplained))));
    }
    // One heap that is named by the verdict itself needs no list.
    let parts = (parts.len() > 1 || (explained && !parts.is_empty()))
        .then(|| view! { <span class="sub">{parts.join(", ")}</span> });
    let gone = sum.deleted + sum.removed;
    let gone = (gone > 0).then(|| {
        let mut words = Vec::new();
        if sum.deleted > 0 {
            words.push(format!("{} deleted or moved by Mailkeep", count(u64::from(sum.deleted))));
        }
        if sum.removed > 0 {
            words.push(format!("{} deleted or moved by others", count(u64::from(sum.removed))));
        }
        view! { <span class="sub">{format!("Known here and not on the server any more: {}.", words.join(", "))}</span> }
    });
    let verdict = if explained {
        Words::new(Tone::Ok, Icon::Ok, "All accounted for")
    } else {
        Words::new(Tone::Critical, Icon::Critical, of(u64::from(sum.unexplained), "not explained", "not explained"))
    };
    view! {
        <tr>
            <td>{name}</td>
            <td class="end num" data-label="On the server">{count(u64::from(sum.there))}</td>
            <td data-label="Became"><State words=verdict/>{parts}{gone}</td>
        </tr>
    }
    .into_any()
}

/// On the mailbox's own page: what its mail wants somebody to look at.
pub fn brief(data: &Data, id: MailboxId) -> Option<AnyView> {
    let page = format!("{}/ledger", path(id));
    let mut uids: Vec<String> = data.alerts.iter().map(|alert| count(u64::from(alert.uid))).collect();
    uids.dedup();
    let (link, n) = (page.clone(), data.alerts.len());
    let alerts = (!data.alerts.is_empty()).then(move || {
        let named = format!("{} {}", if uids.len() == 1 { "UID" } else { "UIDs" }, list(&uids, 8));
        view! {
            <Notice tone=Tone::Critical title=words::unexplained(n)>
                <p>{named}". Each may be a mail that nobody has answered. "<a href=link>"See what is missing"</a></p>
            </Notice>
        }
    });
    let messages: u32 = data.vanished.iter().map(|v| v.messages).sum();
    let vanished = (messages > 0).then(|| {
        let fact = of(messages.into(), "message was", "messages were");
        view! {
            <Notice tone=Tone::Warning title=words::VANISHED>
                <p>{fact}" gone before it could be fetched. "<a href=page>"See which"</a></p>
            </Notice>
        }
    });
    let unreadable = unreadable(data);
    let stays: Vec<String> = data.stays.iter().map(|(folder, word)| words::stays(folder, word)).collect();
    let stays = (!stays.is_empty())
        .then(|| view! { <Notice tone=Tone::Warning title=words::STAYS><p>{stays.join(" ")}</p></Notice> });
    (alerts.is_some() || vanished.is_some() || unreadable.is_some() || stays.is_some())
        .then(|| view! { {alerts}{vanished}{unreadable}{stays} }.into_any())
}
