//! The prepared switch, and the sign-in or password that carries it out.

use crate::api::mailboxes::path;
use crate::api::post_to;
use crate::api::response::go;
use crate::api::switches::{DropPlan, SwitchByPassword, switch_path};
use crate::components::button::{Act, SignIn, Submit};
use crate::components::field::Field;
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::Refused;
use crate::pages::connect::{SERVER_FAULTS, server_fields};
use crate::pages::mailbox::below;
use crate::pages::{Here, page};
use crate::wording::switches;
use domain::console::mailboxes::{DirectionPage, MailboxPage};
use domain::direction::Direction;
use domain::id::MailboxId;
use domain::provider::{Passwords, Provider};
use domain::refusal::Fault;
use domain::signin::Intent;
use domain::switch::Plan;
use leptos::prelude::*;

/// `service@contoso.example at Gmail`
fn there(plan: &Plan, provider: &Provider) -> String {
    format!("{} at {}", plan.address, provider.name)
}

fn plan_panel(plan: &Plan) -> impl IntoView + use<> {
    let (title, _) = switches::case(plan.case);
    let stays = switches::stays(plan.case)
        .iter()
        .map(|words| view! { <li class="row">{Icon::Ok.view()}<span>{*words}</span></li> })
        .collect_view();
    view! {
        <section class="panel">
            <div class="body stack">
                <h2>{title}</h2>
                <ul class="stack tight soft">{stays}</ul>
            </div>
        </section>
    }
}

/// A switch that waits to be carried out.
struct Prepared {
    id: MailboxId,
    data: MailboxPage,
    plan: Plan,
    /// Where the mailbox is afterwards.
    provider: Provider,
}

/// What this page carries out; without a plan it leads to where one is made.
async fn prepared(here: &Here) -> domain::Answer<Option<Prepared>> {
    here.actor.admin()?;
    let id: MailboxId = here.place.id("id")?;
    let data = here.console.mailboxes.show(&here.actor, id).await?;
    let Some(plan) = here.console.switches.plan(&here.actor, id).await? else {
        go(&switch_path(id));
        return Ok(None);
    };
    let all = here.console.mailboxes.providers(&here.actor).await?;
    let provider = all.into_iter().find(|p| p.key == plan.provider_key).unwrap_or_else(|| data.provider.clone());
    Ok(Some(Prepared { id, data, plan, provider }))
}

/// `/admin/channels/email/:id/switch/sign-in`
#[component]
pub fn SwitchSignInPage() -> impl IntoView {
    page(|here| async move {
        let Some(Prepared { id, data, plan, provider }) = prepared(&here).await? else { return Ok(().into_any()) };
        if !provider.signs_in {
            go(&format!("{}/password", switch_path(id)));
            return Ok(().into_any());
        }
        let refused = here.place.refused();
        let registered = here.console.registrations.page(&here.actor).await?;
        let registered = registered.registrations.iter().any(|r| r.provider_key == provider.key);
        let short = provider.short.clone();
        let password = (provider.passwords != Passwords::No).then(|| {
            view! { <footer>"No sign-in wanted? "<a href=format!("{}/password", switch_path(id))>"Use a password instead"</a>"."</footer> }
        });
        let button = if registered {
            view! { <SignIn mailbox=id provider=provider.kind intent=Intent::Switch pick=true words=format!("Sign in with {short}")/> }.into_any()
        } else {
            view! { <div class="row"><a class="button primary" href=format!("/admin/registrations?new={}#form", provider.key)>"Enter the app registration"</a></div> }.into_any()
        };
        let present = data.row.address.to_string();
        Ok(view! {
            <Sheet here title=format!("Switch {present}: sign in") place=Place::Email narrow=true acts=true>
                <Head title="Switch account, address or provider" crumbs=below(id, &present) sub=there(&plan, &provider)/>
                <div class="stack loose">
                    <Refused refused/>
                    {plan_panel(&plan)}
                    <section class="panel">
                        <div class="body stack">
                            <div>
                                <h2>{format!("Sign in as somebody who may open {}", plan.address)}</h2>
                                <p class="soft">"Mail is fetched and replies leave as before until the sign-in has proved itself; then it takes over at once. There is nothing to save."</p>
                            </div>
                            {button}
                        </div>
                        {password}
                    </section>
                    <div class="form-foot">
                        <Act action={post_to::<DropPlan>()} fields=vec![("id", id.to_string())] words="Forget this switch" kind="bare"/>
                        <a class="button bare" href=switch_path(id)>"Back"</a>
                    </div>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

/// `/admin/channels/email/:id/switch/password`
#[component]
pub fn SwitchPasswordPage() -> impl IntoView {
    page(|here| async move {
        let Some(Prepared { id, data, plan, provider }) = prepared(&here).await? else { return Ok(().into_any()) };
        let refused = here.place.refused();
        // The new provider's servers; where it stays, the present ones.
        let at = |side: &DirectionPage| {
            let known = provider.endpoint(side.direction).cloned();
            let endpoint = if plan.case.leaves_folders() { known } else { side.endpoint.clone().or(known) };
            DirectionPage { endpoint, ..side.clone() }
        };
        let there_data = MailboxPage { provider: provider.clone(), ..data.clone() };
        let mut servers: Vec<AnyView> = Vec::new();
        for side in [&data.incoming, &data.outgoing] {
            let used = match side.direction {
                Direction::Incoming => data.wanted.incoming,
                Direction::Outgoing => data.wanted.outgoing,
            };
            if used {
                servers.push(server_fields(&there_data, &at(side), refused).into_any());
            }
        }
        let label = if provider.passwords == Passwords::Account { "Password" } else { "App password" };
        let present = data.row.address.to_string();
        let user = plan.address.to_string();
        Ok(view! {
            <Sheet here title=format!("Switch {present}: password") place=Place::Email narrow=true acts=true>
                <Head title="Switch account, address or provider" crumbs=below(id, &present) sub=there(&plan, &provider)/>
                <form class="stack loose" method="post" action={post_to::<SwitchByPassword>()}>
                    <Refused refused shown=SERVER_FAULTS/>
                    {plan_panel(&plan)}
                    <input type="hidden" name="id" value=id.to_string()/>
                    <div class="stack">
                        <Field name="user" label="User name" value=user refused faults=&[Fault::UserMissing]/>
                        <Field name="password" label=label kind="password" refused faults=&[Fault::PasswordMissing] first=true/>
                    </div>
                    <section class="panel">
                        <header><h2>"Servers"</h2><span class="quiet">{provider.name.clone()}</span></header>
                        <div class="body halves">{servers}</div>
                    </section>
                    <div class="form-foot">
                        <span class="quiet">"Nothing changes before this has proved itself."</span>
                        <span class="row"><a class="button bare" href=path(id)>"Cancel"</a><Submit words="Try and switch" busy="Trying"/></span>
                    </div>
                </form>
            </Sheet>
        }
        .into_any())
    })
}
