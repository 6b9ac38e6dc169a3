//! Step 4 after a password: a probe per direction; what works is in use.

use super::{Step, Wizard, heading, so_far, waits};
use crate::api::mailboxes::{LIST, path};
use crate::api::response::go;
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::notice::{Notice, Refused};
use crate::components::probe::Probe;
use crate::components::remedy::RemedyCard;
use crate::components::state::Tone;
use crate::components::untold::untold;
use crate::pages::mailbox::{again, next_by_itself, trouble};
use crate::pages::page;
use crate::wording::counts::{count, of};
use domain::direction::Direction;
use domain::id::MailboxId;
use leptos::prelude::*;

/// `/admin/channels/email/:id/set-up/result`
#[component]
pub fn ResultPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let Some(result) = here.console.mailboxes.last_check(&here.actor, id).await? else {
            go(&format!("{}/set-up/sign-in", path(id)));
            return Ok(().into_any());
        };
        let refused = here.place.refused();
        let import = here.console.imports.show(&here.actor, id).await?.map(|import| waits(id, &import));
        let nobody = untold(&here.console, &here.actor, id).await;
        let clock = here.clock;
        let address = data.row.address.to_string();
        let short = data.row.provider_short.clone();
        let failing = result.reports.iter().find(|r| !r.ok()).cloned();
        let all = result.reports.clone();
        let backlog = all.iter().find_map(|r| r.backlog);
        let found = backlog.map(|n| match n {
            0 => "The mailbox is empty.".to_owned(),
            n => format!("{} in the mailbox.", of(n, "message", "messages")),
        });
        let notice = match &failing {
            None => view! {
                <Notice outcome=true tone=Tone::Ok title=format!("{address} is connected")>
                    <p>"Saved. " {found} " New mail becomes tickets from now on."</p>
                    <div class="row"><a class="button" href=path(id)>"Go to the mailbox"</a><a class="button bare" href=LIST>"All support emails"</a></div>
                </Notice>
            }
            .into_any(),
            Some(report) => {
                let (works, lacks) = match report.direction {
                    Direction::Incoming => ("outgoing", "incoming"),
                    Direction::Outgoing => ("incoming", "outgoing"),
                };
                view! {
                    <Notice outcome=true tone=Tone::Warning title=format!("Saved, but only {works} works")>
                        <p>{format!("Half connected: {works} is in use now; {lacks} follows as soon as the setting below is mended. Nothing has to be entered again.")}</p>
                        <div class="row"><a class="button" href=path(id)>"Go to the mailbox"</a></div>
                    </Notice>
                }
                .into_any()
            }
        };
        let card = failing
            .as_ref()
            .and_then(|report| {
                trouble(&data, report, &all).map(|t| (t, next_by_itself(&data, report.direction, clock)))
            })
            .map(|(trouble, next)| {
                let action = move || again(id, "result", "Check again");
                match next {
                    Some(next) => view! { <RemedyCard trouble action next/> }.into_any(),
                    None => view! { <RemedyCard trouble action/> }.into_any(),
                }
            });
        let panels = all
            .into_iter()
            .map(|report| {
                let foot = report
                    .backlog
                    .filter(|_| report.ok())
                    .map(|n| format!("{} messages found in the folder.", count(n)));
                match foot {
                    Some(foot) => view! { <Probe report short=short.clone() foot/> }.into_any(),
                    None => view! { <Probe report short=short.clone()/> }.into_any(),
                }
            })
            .collect_view();
        Ok(view! {
            <Sheet here title="New support email: result" place=Place::Email acts=true>
                <Head title=heading(&data) crumbs=email_crumbs(true) sub=so_far(&data)/>
                <Wizard at=Step::Result id=Some(id)/>
                <div class="stack loose"><Refused refused/>{notice}{import}{nobody}{card}<div class="halves">{panels}</div></div>
            </Sheet>
        }
        .into_any())
    })
}
