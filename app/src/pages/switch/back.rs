//! The way back: what was before, and the button that proves it first.

use crate::api::mailboxes::path;
use crate::api::post_to;
use crate::api::switches::PutBack;
use crate::components::button::Act;
use crate::components::frame::{Head, Place, Sheet};
use crate::components::notice::Refused;
use crate::pages::mailbox::{below, endpoint};
use crate::pages::page;
use crate::wording::times::Clock;
use domain::Refusal;
use domain::console::switches::Former;
use domain::direction::Direction;
use domain::id::MailboxId;
use leptos::prelude::*;

/// The directions of a former setup: server, user name, last success. Never the password (R9).
pub fn details(former: &Former, clock: Clock) -> impl IntoView + use<> {
    former
        .directions
        .iter()
        .map(|d| {
            let title = match d.direction {
                Direction::Incoming => "Incoming",
                Direction::Outgoing => "Outgoing",
            };
            let last = d.last_success_at.map_or_else(|| "Not yet".into(), |at| clock.moment(at));
            view! {
                <dt>{title}</dt><dd class="value">{endpoint(d.endpoint.as_ref())}</dd>
                {d.user.clone().map(|user| view! { <dt>"User name"</dt><dd class="value">{user}</dd> })}
                <dt>"Last success"</dt><dd>{last}</dd>
            }
        })
        .collect_view()
}

/// `/admin/channels/email/:id/put-back`
#[component]
pub fn PutBackPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let all = here.console.switches.former(&here.actor, id).await?;
        let former = all.into_iter().find(|f| f.can_return).ok_or(Refusal::NotFound)?;
        let refused = here.place.refused();
        let clock = here.clock;
        let present = data.row.address.to_string();
        let details = details(&former, clock);
        let what = match &former.account {
            Some(account) => format!("{}, {}, signed in as {account}.", former.address, former.provider_name),
            None => format!("{}, {}, by user name and password.", former.address, former.provider_name),
        };
        Ok(view! {
            <Sheet here title=format!("Put back {present}") place=Place::Email narrow=true acts=true>
                <Head title="Put the previous setup back?" crumbs=below(id, &present) sub=present.clone()/>
                <div class="stack loose">
                    <Refused refused/>
                    <section class="panel">
                        <header><h2>"Before the switch"</h2><span class="quiet">{format!("Until {}", clock.day(former.switched_at))}</span></header>
                        <div class="body">
                            <p class="soft">{what}</p>
                            <dl class="facts stacked gap">{details}</dl>
                        </div>
                    </section>
                    <p class="soft">"It is proved first; if it does not work any more, nothing changes. Tickets stay, and nothing is fetched twice. The present setup can then be put back in turn."</p>
                    <div class="form-foot">
                        <a class="button" href=path(id)>"Keep the present one"</a>
                        <Act action={post_to::<PutBack>()} fields=vec![("id", id.to_string())] words="Prove it and put it back" kind="primary" busy="Proving it"/>
                    </div>
                </div>
            </Sheet>
        }
        .into_any())
    })
}
