//! Step 3 at a provider: what it will ask to allow, and the button.

use super::{Step, Wizard, heading, so_far};
use crate::api::mailboxes::path;
use crate::api::response::go;
use crate::components::approval;
use crate::components::button::SignIn;
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::icon::Icon;
use crate::components::notice::Refused;
use crate::pages::page;
use domain::id::MailboxId;
use domain::provider::Passwords;
use domain::signin::Intent;
use leptos::prelude::*;

/// `/admin/channels/email/:id/set-up/sign-in`
#[component]
pub fn SignInStepPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        if !data.provider.signs_in {
            go(&format!("{}/set-up/password", path(id)));
            return Ok(().into_any());
        }
        let approval = here.console.approvals.page(&here.actor, id).await?;
        let approval = approval::notice(&approval, here.clock);
        let refused = here.place.refused();
        let address = data.row.address.to_string();
        let short = data.provider.short.clone();
        let intent = match (data.draft, data.row.by_password) {
            (true, _) => Intent::Connect,
            (false, true) => Intent::Switch,
            (false, false) => Intent::Reauthorize,
        };
        let card = if data.registered {
            let asks = [
                (Icon::Inbound, data.wanted.incoming, "Read and delete mail over IMAP"),
                (Icon::Outbound, data.wanted.outgoing, "Send mail over SMTP"),
                (Icon::Retry, true, "Stay signed in, so that you are not asked every hour"),
                (Icon::User, true, "See who signed in, to refuse the wrong account"),
            ]
            .into_iter()
            .filter(|(_, asked, _)| *asked)
            .map(|(icon, _, words)| view! { <li class="row">{icon.view()}{words}</li> })
            .collect_view();
            view! {
                <section class="panel">
                    <div class="body stack">
                        <div>
                            <h2>{format!("Sign in as somebody who may open {address}")}</h2>
                            <p class="soft">"The mailbox itself, or for a shared mailbox anyone with full access and Send As. You come back here afterwards; there is nothing to save."</p>
                        </div>
                        <SignIn mailbox=id provider=data.provider.kind intent first=refused.is_none() words=format!("Sign in with {short}")/>
                    </div>
                    <div class="body split">
                        <h3>{format!("{short} will ask you to allow")}</h3>
                        <ul class="stack tight soft gap">{asks}</ul>
                    </div>
                    {(data.provider.passwords != Passwords::No).then(|| view! {
                        <footer>"No sign-in wanted? "<a href=format!("{}/set-up/password", path(id))>"Use a password instead"</a>"."</footer>
                    })}
                </section>
            }
            .into_any()
        } else {
            view! {
                <section class="panel">
                    <div class="body stack">
                        <div>
                            <h2>{format!("{short} does not know this server yet")}</h2>
                            <p class="soft">{format!("Sign-ins at {short} need an app registration: a client ID and a secret, made once in its console by somebody who may. The draft waits meanwhile.")}</p>
                        </div>
                        <div class="row"><a class="button primary" href=format!("/admin/registrations/guide/{}?mailbox={id}", data.provider.key)>"Show me how"</a></div>
                    </div>
                    {(data.provider.passwords != Passwords::No).then(|| view! {
                        <footer>"Or "<a href=format!("{}/set-up/password", path(id))>"use a password instead"</a>"."</footer>
                    })}
                </section>
            }
            .into_any()
        };
        Ok(view! {
            <Sheet here title="New support email: sign in" place=Place::Email narrow=true acts=true>
                <Head title=heading(&data) crumbs=email_crumbs(true) sub=so_far(&data)/>
                <Wizard at=Step::SignIn id=Some(id)/>
                <div class="stack loose">
                    <Refused refused/>
                    {approval}
                    {card}
                    <div class="form-foot">
                        <span class="quiet">"Saved as a draft. A closed tab loses nothing."</span>
                        <a class="button bare" href=format!("{}/set-up/use", path(id))>"Back"</a>
                    </div>
                </div>
            </Sheet>
        }
        .into_any())
    })
}
