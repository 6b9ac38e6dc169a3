//! The ways out: an SMTP server for notices, a mailbox that works, a webhook.

use crate::api::notices::{Prefer, RemoveSmtp, RemoveWebhook, SaveSmtp, SaveWebhook};
use crate::api::post_to;
use crate::components::button::{Act, Submit};
use crate::components::field::{Field, Select};
use crate::components::notice::Refused;
use crate::components::state::{Badge, State, Tone, Words};
use crate::wording::times::Clock;
use domain::Refusal;
use domain::console::notices::{NoticesPage, SystemSmtp, Webhook};
use domain::provider::Tls;
use domain::refusal::Fault;
use leptos::prelude::*;

const SMTP: &[Fault] = &[
    Fault::HostMissing,
    Fault::HostMalformed,
    Fault::HostNotAllowed,
    Fault::PortOutOfRange,
    Fault::UserMissing,
    Fault::PasswordMissing,
    Fault::AddressMalformed,
];
const HOOK: &[Fault] = &[Fault::UrlMalformed, Fault::HostNotAllowed, Fault::TextTooLong];

/// All three panels.
pub fn view(
    data: &NoticesPage,
    smtp: Option<Refusal>,
    webhook: Option<Refusal>,
    clock: Clock,
) -> impl IntoView + use<> {
    view! { {server(data.smtp.clone(), smtp)}{mailbox(data)}{hook(data.webhook.clone(), webhook, clock)} }
}

fn server(present: Option<SystemSmtp>, refused: Option<Refusal>) -> impl IntoView {
    let set = present.is_some();
    let (host, port, tls, user, from) = match present {
        Some(s) => (s.endpoint.host, s.endpoint.port.to_string(), s.endpoint.tls, s.user, s.from),
        None => (String::new(), "587".into(), Tls::StartTls, String::new(), String::new()),
    };
    let options = vec![
        ("starttls".to_owned(), "STARTTLS".to_owned(), tls == Tls::StartTls),
        ("implicit".to_owned(), "TLS".to_owned(), tls == Tls::Implicit),
    ];
    let password_hint = if set { "Empty: the present one stays." } else { "Stored sealed, never shown again." };
    view! {
        <section class="panel" id="smtp" aria-labelledby="smtp-head">
            <header><h2 id="smtp-head">"SMTP server for notices"</h2>
                {set.then(|| view! { <Badge words=Words::new(Tone::Ok, Tone::Ok.icon(), "Tried first")/> })}
            </header>
            <div class="body stack">
                <p class="soft">"A server of your own that has nothing to do with the mailboxes watched here. Without one, notices leave through a mailbox that works."</p>
                <form class="form" method="post" action={post_to::<SaveSmtp>()}>
                    <Refused refused shown=SMTP/>
                    <Field name="host" label="Server" value=host refused faults=&[Fault::HostMissing, Fault::HostMalformed, Fault::HostNotAllowed]/>
                    <Field name="port" label="Port" value=port inputmode="numeric" short=true refused faults=&[Fault::PortOutOfRange]/>
                    <Select name="tls" label="Encryption" options/>
                    <Field name="user" label="User name" value=user autocomplete="off" refused faults=&[Fault::UserMissing]/>
                    <Field name="password" label="Password" kind="password" autocomplete="new-password" optional=set refused faults=&[Fault::PasswordMissing] hint=password_hint/>
                    <Field name="from" label="Sender address" value=from refused faults=&[Fault::AddressMalformed]/>
                    <div class="row"><Submit words="Save the server" kind="" busy="Saving"/></div>
                </form>
                {set.then(|| view! { <Act action={post_to::<RemoveSmtp>()} kind="bare small" words="Remove the server"/> })}
            </div>
        </section>
    }
}

fn mailbox(data: &NoticesPage) -> impl IntoView + use<> {
    let chosen = data.ways.iter().any(|way| way.chosen);
    let mut options = vec![(String::new(), "Any that works".to_owned(), !chosen)];
    options.extend(data.ways.iter().map(|way| {
        let name = if way.works { way.address.to_string() } else { format!("{} (does not send now)", way.address) };
        (way.mailbox.to_string(), name, way.chosen)
    }));
    view! {
        <section class="panel" aria-labelledby="through">
            <header><h2 id="through">"Through a mailbox"</h2></header>
            <div class="body stack">
                <p class="soft">"Never the one in trouble, nor another of the same sign-in: the next one that works takes its place."</p>
                <form class="form" method="post" action={post_to::<Prefer>()}>
                    <Select name="mailbox" label="First choice" options/>
                    <div class="row"><Submit words="Save the choice" kind="" busy="Saving"/></div>
                </form>
            </div>
        </section>
    }
}

fn hook(present: Option<Webhook>, refused: Option<Refusal>, clock: Clock) -> impl IntoView {
    let set = present.is_some();
    let url = present.as_ref().map(|hook| hook.url.clone()).unwrap_or_default();
    let state = present.map(|hook| match (hook.failing, hook.delivered_at) {
        (Some((since, said)), _) => {
            Words::new(Tone::Critical, Tone::Critical.icon(), "Fails").second(format!("{}. {said}", clock.since(since)))
        }
        (None, Some(at)) => {
            Words::new(Tone::Ok, Tone::Ok.icon(), "Works").second(format!("Last notice {}", clock.ago(at)))
        }
        (None, None) => Words::new(Tone::Calm, Tone::Calm.icon(), "Nothing posted yet"),
    });
    view! {
        <section class="panel" id="webhook" aria-labelledby="webhook-head">
            <header><h2 id="webhook-head">"Webhook"</h2></header>
            <div class="body stack">
                <div id="webhook-state" data-live="notices">{state.map(|words| view! { <State words/> })}</div>
                <p class="soft">"Every notice is posted there as JSON, signed, and tried again for a day while the server does not take it. Saving makes a new secret."</p>
                <form class="form" method="post" action={post_to::<SaveWebhook>()}>
                    <Refused refused shown=HOOK/>
                    <Field name="url" label="Address" value=url inputmode="url" refused faults=HOOK hint="https, as in https://chat.example.com/hooks/mail."/>
                    <div class="row"><Submit words="Save the webhook" kind="" busy="Saving"/></div>
                </form>
                {set.then(|| view! { <Act action={post_to::<RemoveWebhook>()} kind="bare small" words="Remove the webhook"/> })}
            </div>
        </section>
    }
}
