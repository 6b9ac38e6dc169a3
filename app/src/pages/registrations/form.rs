//! The form: what the provider's console showed.

use super::PAGE;
use crate::api::post_to;
use crate::api::registrations::Save;
use crate::components::button::Submit;
use crate::components::field::{Field, Select};
use crate::components::notice::Refused;
use crate::pages::connect::date_value;
use domain::Refusal;
use domain::console::registrations::Registration;
use domain::guide::Whose;
use domain::id::MailboxId;
use domain::refusal::Fault;
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

/// What the form begins with.
#[derive(Default)]
pub struct Start {
    /// Key and short name.
    pub providers: Vec<(String, String)>,
    pub editing: Option<Registration>,
    pub provider: Option<String>,
    /// Below the guide: the provider is settled, and so are these.
    pub guided: Option<Whose>,
    pub tenant: String,
    /// Where to go on afterwards.
    pub mailbox: Option<MailboxId>,
}

pub fn view(start: Start, refused: Option<Refusal>) -> impl IntoView + use<> {
    let Start { providers, editing, provider, guided, tenant: wanted, mailbox } = start;
    let change = editing.is_some();
    let provider = editing.as_ref().map(|r| r.provider_key.clone()).or(provider).unwrap_or_else(|| "microsoft".into());
    let title = match (&editing, guided) {
        (Some(r), _) => format!("Change {}", r.name),
        (None, Some(_)) => "Enter what the console showed".to_owned(),
        (None, None) => "Enter a registration".to_owned(),
    };
    let has_tenant = guided.is_none() || provider == "microsoft";
    let ends = guided.is_none() || provider == "microsoft";
    let options =
        providers.iter().map(|(key, short)| (key.clone(), short.clone(), *key == provider)).collect::<Vec<_>>();
    let ends_on = editing.as_ref().and_then(|r| r.secret_ends_at).map(date_value).unwrap_or_default();
    let (id, name, client_id, tenant) = editing
        .map(|r| (Some(r.id), r.name, r.client_id, r.tenant))
        .unwrap_or_else(|| (None, String::new(), String::new(), wanted));
    let (secret_label, secret_hint) = if change {
        (
            "New client secret",
            "Empty: the present one stays. A new one is tried first and the present one kept until the new one has proved itself; then every mailbox goes on without a sign-in. At Microsoft the column Value, not the Secret ID.",
        )
    } else {
        (
            "Client secret",
            "At Microsoft the column Value, not the Secret ID; it is shown only once there. Stored sealed, never shown again.",
        )
    };
    let hidden = id.map(|id| view! { <input type="hidden" name="id" value=id.to_string()/> });
    let audience = guided.map(|whose| view! { <input type="hidden" name="audience" value=whose.key()/> });
    let mailbox = mailbox.map(|id| view! { <input type="hidden" name="mailbox" value=id.to_string()/> });
    let which = if change || guided.is_some() {
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
                    {hidden}{audience}{mailbox}{which}
                    <Field name="name" label="Name" optional=guided.is_some() value=name refused faults=&[Fault::NameMissing, Fault::TextTooLong] hint="For you, as in: Contoso tenant."/>
                    <Field name="client_id" label="Client ID" value=client_id refused faults=&[Fault::ClientIdMalformed] hint="At Microsoft: Application (client) ID."/>
                    {has_tenant.then(|| view! {
                        <Field name="tenant" label="Tenant" optional=true value=tenant refused faults=&[Fault::TenantMalformed]
                            hint="Microsoft only: the Directory (tenant) ID or a domain; organizations or common for several. Empty at Google."/>
                    })}
                    <Field name="secret" label=secret_label kind="password" autocomplete="new-password" optional=change refused
                        faults=&[Fault::SecretMissing, Fault::SecretIsAnId] hint=secret_hint/>
                    {ends.then(|| view! {
                        <Field name="secret_ends_on" label="Secret ends on" kind="date" optional=true value=ends_on refused faults=&[Fault::DateMalformed]
                            hint="As the provider shows it. Mailkeep warns before."/>
                    })}
                    <div class="row"><Submit words="Save" busy="Saving and testing"/><a class="button bare" href=PAGE>"Cancel"</a></div>
                </form>
            </div>
        </section>
    }
}
