//! App registrations: the client id and secret under which the providers know this server.

use crate::api::post_to;
use crate::api::registrations::{Delete, MakeDefault, Save};
use crate::components::button::{Act, Copy, Submit};
use crate::components::field::{Field, Select};
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::state::{Badge, State, Tone, Words};
use crate::pages::connect::date_value;
use crate::pages::page;
use crate::wording::counts::of;
use crate::wording::diagnoses;
use crate::wording::times::Clock;
use domain::console::registrations::{Registration, RegistrationsPage as Page};
use domain::refusal::{Fault, Refusal};
use leptos::prelude::*;

const SHOWN: &[Fault] = &[
    Fault::NameMissing,
    Fault::TextTooLong,
    Fault::ClientIdMalformed,
    Fault::TenantMalformed,
    Fault::SecretMissing,
    Fault::SecretIsAnId,
    Fault::DateMalformed,
    Fault::ProviderUnknown,
];

/// `/admin/registrations`
#[component]
pub fn RegistrationsPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let data = here.console.registrations.page(&here.actor).await?;
        let clock = here.clock;
        let refused = here.place.refused();
        let editing =
            here.place.query("edit").and_then(|id| data.registrations.iter().find(|r| r.id.to_string() == id)).cloned();
        let new = here.place.query("new").map(str::to_owned);
        let to_form = editing.is_some() || new.is_some() || data.registrations.is_empty();
        let done = match here.place.query("done") {
            Some("saved") => Some("Saved. Mailboxes that waited for it are being tried now"),
            Some("default") => Some("Used from now on where nothing else is chosen"),
            Some("deleted") => Some("Deleted"),
            _ => None,
        };
        let sub = match data.registrations.len() {
            0 => "None is entered yet.".to_owned(),
            n => format!("{}. Mailboxes sign in by them.", of(n as u64, "registration", "registrations")),
        };
        let rows = data.registrations.iter().cloned().map(|r| row(r, clock)).collect_view();
        let form_refused = refused.filter(|_| to_form);
        let empty = data.registrations.is_empty();
        let form = to_form.then(|| form(&data, editing, new, form_refused));
        let redirect = data.redirect_address.clone();
        Ok(view! {
            <Sheet here title="App registrations" place=Place::Registrations>
                <Head title="App registrations" crumbs=vec![("Admin".into(), None), ("App registrations".into(), None)] sub>
                    {(!to_form).then(|| view! { <a class="button primary" href="/admin/registrations?new=microsoft#form">{Icon::Plus.view()}"Enter a registration"</a> })}
                </Head>
                <div class="stack loose">
                    {(!to_form).then(|| view! { <Refused refused/> })}
                    {done.map(|title| view! { <Notice tone=Tone::Ok title/> })}
                    {(!empty).then(|| view! {
                        <section aria-label="Registrations">
                            <table class="table registrations">
                                <thead><tr><th scope="col">"Registration"</th><th scope="col">"State"</th><th scope="col">"Secret ends"</th><th scope="col">"Mailboxes"</th><th scope="col" class="end"><span class="vh">"Actions"</span></th></tr></thead>
                                <tbody>{rows}</tbody>
                            </table>
                        </section>
                    })}
                    {form}
                    <section class="panel" aria-labelledby="redirect">
                        <header><h2 id="redirect">"Redirect address"</h2>
                            {data.redirect_refused.then(|| view! { <Badge words=Words::new(Tone::Warning, Icon::Warning, "Refused by providers")/> })}
                        </header>
                        <div class="body stack tight">
                            <p class="soft">"Copy it into the provider's console, word for word. At Microsoft the platform is Web, not SPA."</p>
                            <Copy text=redirect what="the redirect address"/>
                            {data.redirect_refused.then(|| view! {
                                <p class="soft">"Microsoft and Google take only https addresses and localhost. Change the public address under "<a href="/admin/server">"Server"</a>" first."</p>
                            })}
                        </div>
                    </section>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

fn row(r: Registration, clock: Clock) -> impl IntoView {
    let state =
        match &r.failing {
            Some((diagnosis, since)) => {
                Words::new(Tone::Critical, Icon::Critical, diagnoses::title(*diagnosis, &r.provider_short))
                    .second(format!("{}. {}", clock.since(*since), diagnoses::sentence(*diagnosis, &r.provider_short)))
            }
            None if r.mailboxes > 0 => Words::new(Tone::Ok, Icon::Ok, "Works"),
            None => Words::new(Tone::Calm, Icon::Clock, "Not used yet").second("The first sign-in proves it."),
        };
    let secret = match r.secret_ends_at {
        Some(at) if at <= clock.now => format!("Ended {}", clock.day(at)),
        Some(at) => clock.day(at),
        None => "Not entered".into(),
    };
    let id = ("id", r.id.to_string());
    let of_name = format!("of {}", r.name);
    let edit = format!("/admin/registrations?edit={}#form", r.id);
    view! {
        <tr>
            <th scope="row">
                <span class="name">{r.name}</span>{r.default.then(|| view! { " " <span class="quiet">"default"</span> })}
                <span class="sub value">{r.provider_short} ", " {r.client_id}</span>
                {(!r.tenant.is_empty()).then(|| view! { <span class="sub value">"Tenant " {r.tenant}</span> })}
            </th>
            <td data-label="State"><State words=state/></td>
            <td class="half nowrap" data-label="Secret ends">{secret}</td>
            <td class="half" data-label="Mailboxes">{r.mailboxes}</td>
            <td class="end"><div class="menu">
                <a class="button small" href=edit>{if r.failing.is_some() { "Enter new secret" } else { "Edit" }}<span class="vh">" " {of_name.clone()}</span></a>
                {(!r.default).then(|| view! { <Act action={post_to::<MakeDefault>()} fields=vec![id.clone()] kind="small bare" words="Make default" of=of_name.clone()/> })}
                {(r.mailboxes == 0).then(|| view! { <Act action={post_to::<Delete>()} fields=vec![id.clone()] kind="small danger" words="Delete" of=of_name.clone()/> })}
            </div></td>
        </tr>
    }
}

fn form(
    data: &Page,
    editing: Option<Registration>,
    new: Option<String>,
    refused: Option<Refusal>,
) -> impl IntoView + use<> {
    let change = editing.is_some();
    let provider = editing.as_ref().map(|r| r.provider_key.clone()).or(new).unwrap_or_else(|| "microsoft".into());
    let title = match &editing {
        Some(r) => format!("Change {}", r.name),
        None => "Enter a registration".to_owned(),
    };
    let options =
        data.providers.iter().map(|(key, short)| (key.clone(), short.clone(), *key == provider)).collect::<Vec<_>>();
    let ends_on = editing.as_ref().and_then(|r| r.secret_ends_at).map(date_value).unwrap_or_default();
    let (id, name, client_id, tenant) = editing
        .map(|r| (Some(r.id), r.name, r.client_id, r.tenant))
        .unwrap_or_else(|| (None, String::new(), String::new(), String::new()));
    let secret_hint = if change {
        "Empty: the present one stays. Else the column Value, not the Secret ID. A new one is tried at once on every mailbox that waits for it."
    } else {
        "At Microsoft the column Value, not the Secret ID; it is shown only once there. Stored sealed, never shown again."
    };
    let hidden = id.map(|id| view! { <input type="hidden" name="id" value=id.to_string()/> });
    let which = if change {
        view! { <input type="hidden" name="provider_key" value=provider/> }.into_any()
    } else {
        view! { <Select name="provider_key" label="Provider" options/> }.into_any()
    };
    view! {
        <section class="panel" id="form" aria-labelledby="form-head">
            <header><h2 id="form-head">{title}</h2></header>
            <div class="body">
                <form class="form" method="post" action={post_to::<Save>()}>
                    <Refused refused shown=SHOWN/>
                    {hidden}{which}
                    <Field name="name" label="Name" value=name refused faults=&[Fault::NameMissing, Fault::TextTooLong] hint="For you, as in: Contoso tenant."/>
                    <Field name="client_id" label="Client ID" value=client_id refused faults=&[Fault::ClientIdMalformed] hint="At Microsoft: Application (client) ID."/>
                    <Field name="tenant" label="Tenant" optional=true value=tenant refused faults=&[Fault::TenantMalformed]
                        hint="Microsoft only: the Directory (tenant) ID or a domain; organizations or common for several. Empty at Google."/>
                    <Field name="secret" label="Client secret" kind="password" autocomplete="new-password" optional=change refused
                        faults=&[Fault::SecretMissing, Fault::SecretIsAnId] hint=secret_hint/>
                    <Field name="secret_ends_on" label="Secret ends on" kind="date" optional=true value=ends_on refused faults=&[Fault::DateMalformed]
                        hint="As the provider shows it. Mailkeep warns before."/>
                    <div class="row"><Submit words="Save" busy="Saving"/><a class="button bare" href="/admin/registrations">"Cancel"</a></div>
                </form>
            </div>
        </section>
    }
}
