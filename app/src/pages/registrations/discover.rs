//! Another sign-in provider: found by its issuer, then described.

use super::PAGE;
use crate::api::mailboxes::path;
use crate::api::own_providers::{Discover, Forget, Save};
use crate::api::post_to;
use crate::components::button::{Act, Copy, Submit};
use crate::components::field::Field;
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::notice::{Notice, Refused};
use crate::components::state::Tone;
use crate::pages::connect::{Step, Wizard, heading, one_server};
use crate::pages::page;
use crate::wording::times::Clock;
use domain::console::mailboxes::MailboxPage;
use domain::console::own_providers::OwnProvider;
use domain::direction::Direction;
use domain::id::MailboxId;
use domain::refusal::{Fault, Refusal};
use leptos::prelude::*;

const ISSUER: &[Fault] =
    &[Fault::IssuerMalformed, Fault::IssuerSilent, Fault::IssuerOther, Fault::IssuerKnown, Fault::HostNotAllowed];
const SAVED: &[Fault] = &[
    Fault::NameMissing,
    Fault::TextTooLong,
    Fault::ClientIdMalformed,
    Fault::SecretMissing,
    Fault::SecretIsAnId,
    Fault::ScopeMalformed,
    Fault::HostMissing,
    Fault::HostMalformed,
    Fault::HostNotAllowed,
    Fault::PortOutOfRange,
];

/// `/admin/registrations/discover`
#[component]
pub fn DiscoverPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let mailbox = match here.place.query("mailbox").and_then(|id| id.parse::<MailboxId>().ok()) {
            Some(id) => Some(here.console.mailboxes.show(&here.actor, id).await?),
            None => None,
        };
        let found = match here.place.query("provider") {
            Some(key) => Some(here.console.own_providers.show(&here.actor, key.to_owned()).await?),
            None => None,
        };
        let known = match &found {
            Some(_) => Vec::new(),
            None => here.console.own_providers.list(&here.actor).await?,
        };
        let (refused, clock) = (here.place.refused(), here.clock);
        let id = mailbox.as_ref().map(|page| page.row.id);
        let title = match (&mailbox, &found) {
            (Some(page), _) => heading(page).to_owned(),
            (None, Some(found)) => found.name.clone(),
            (None, None) => "Another sign-in provider".to_owned(),
        };
        let (place, crumbs) = match &mailbox {
            Some(_) => (Place::Email, email_crumbs(true)),
            None => (
                Place::Registrations,
                vec![("Admin".into(), None), ("App registrations".into(), Some(PAGE.into())), (title.clone(), None)],
            ),
        };
        let sub = mailbox.as_ref().map_or_else(
            || "Found by its issuer, by OpenID Connect discovery.".to_owned(),
            |page| page.row.address.to_string(),
        );
        let body = match found {
            Some(found) => describe(found, mailbox.as_ref(), refused, clock).into_any(),
            None => ask(&known, id, refused).into_any(),
        };
        let wizard = mailbox.as_ref().filter(|page| page.draft).map(|_| view! { <Wizard at=Step::Address id=None/> });
        Ok(view! {
            <Sheet here title=title.clone() place narrow=true>
                <Head title crumbs sub/>
                {wizard}
                {body}
            </Sheet>
        }
        .into_any())
    })
}

/// Where the provider is.
fn ask(known: &[OwnProvider], mailbox: Option<MailboxId>, refused: Option<Refusal>) -> impl IntoView + use<> {
    let back = mailbox.map_or_else(|| PAGE.to_owned(), |id| format!("{}/set-up/provider", path(id)));
    let found = known
        .iter()
        .map(|p| {
            let to = crate::api::own_providers::page(Some(&p.key), mailbox);
            view! { <li><a href=to>{p.name.clone()}</a><span class="sub value">{p.issuer.clone()}</span></li> }
        })
        .collect_view();
    view! {
        <div class="stack loose">
            <form class="stack loose" method="post" action={post_to::<Discover>()}>
                <Refused refused shown=ISSUER/>
                {mailbox.map(|id| view! { <input type="hidden" name="mailbox" value=id.to_string()/> })}
                <Field name="issuer" label="Issuer, or the address of the sign-in" first=true inputmode="url" refused faults=ISSUER
                    hint="As in https://login.example.com/realms/mail. Your provider's documentation calls it issuer or OpenID Connect discovery."/>
                <div class="form-foot">
                    <span class="quiet">"Mailkeep asks there what the provider publishes about itself. Nobody signs in yet."</span>
                    <span class="row"><a class="button bare" href=back>"Back"</a><Submit words="Look it up" busy="Asking the provider"/></span>
                </div>
            </form>
            {(!known.is_empty()).then(|| view! {
                <section class="panel" aria-labelledby="known">
                    <header><h2 id="known">"Found before"</h2></header>
                    <div class="body"><ul class="stack tight">{found}</ul></div>
                </section>
            })}
        </div>
    }
}

/// What it publishes, and what only its admin knows.
fn describe(
    found: OwnProvider,
    mailbox: Option<&MailboxPage>,
    refused: Option<Refusal>,
    clock: Clock,
) -> impl IntoView + use<> {
    let id = mailbox.map(|page| page.row.id);
    let registered = found.client_id.is_some();
    // What was found for the address stands there until the provider has servers of its own.
    let server = |direction: Direction| {
        let own = match direction {
            Direction::Incoming => found.incoming.clone(),
            Direction::Outgoing => found.outgoing.clone(),
        };
        let of_mailbox = mailbox.and_then(|page| match direction {
            Direction::Incoming => page.incoming.endpoint.clone(),
            Direction::Outgoing => page.outgoing.endpoint.clone(),
        });
        one_server(direction, own.or(of_mailbox), refused)
    };
    let servers = Direction::BOTH.map(server).into_iter().collect_view();
    let secret_hint = if registered { "Empty: the present one stays." } else { "Stored sealed, never shown again." };
    let facts = [
        ("Issuer", found.issuer.clone()),
        ("Sign-in page", found.authorize_url.clone()),
        ("Tokens", found.token_url.clone()),
        ("Asked for at every sign-in", found.identity_scopes.join(" ")),
    ]
    .map(|(name, value)| view! { <dt>{name}</dt><dd class="value">{value}</dd> })
    .into_iter()
    .collect_view();
    let lasting = found.identity_scopes.iter().any(|scope| scope == "offline_access");
    let again = crate::api::own_providers::page(None, id);
    let back = id.map_or_else(|| PAGE.to_owned(), |id| format!("{}/set-up/provider", path(id)));
    let forget = (found.unused && id.is_none()).then(|| {
        let fields = vec![("key", found.key.clone())];
        view! { <Act action={post_to::<Forget>()} fields kind="bare" words="Remove this provider"/> }
    });
    view! {
        <div class="stack loose">
            <section class="panel" aria-labelledby="found">
                <header><h2 id="found">"What the provider publishes"</h2><span class="quiet">{format!("Asked {}", clock.when(found.found_at))}</span></header>
                <div class="body"><dl class="facts stacked">{facts}</dl></div>
                <footer>"Another one? "<a href=again>"Enter another issuer"</a>"."</footer>
            </section>
            {(!lasting).then(|| view! {
                <Notice tone=Tone::Warning title="This provider names no lasting sign-in">
                    <p>"It does not list the permission offline_access. If it gives no refresh token either, mailboxes must be signed in again whenever a token runs out."</p>
                </Notice>
            })}
            {found.redirect_refused.then(|| view! {
                <Notice tone=Tone::Warning title="The public address comes first">
                    <p>"Providers send people back only to an https address or to localhost, and the redirect address is part of the registration."</p>
                    <div class="row"><a class="button primary" href="/admin/server">"Set the public address"</a></div>
                </Notice>
            })}
            <section class="panel" aria-labelledby="there">
                <header><h2 id="there">"At the provider"</h2></header>
                <div class="body stack tight">
                    <p class="soft">"Register Mailkeep there as a web application, also called a confidential client, with this redirect address. It gives you a client ID and a client secret."</p>
                    <Copy text=found.redirect_address.clone() what="the redirect address"/>
                </div>
            </section>
            <form class="stack loose" method="post" action={post_to::<Save>()}>
                <Refused refused shown=SAVED/>
                <input type="hidden" name="key" value=found.key.clone()/>
                {id.map(|id| view! { <input type="hidden" name="mailbox" value=id.to_string()/> })}
                <div class="stack">
                    <Field name="name" label="Name" value=found.name.clone() refused faults=&[Fault::NameMissing, Fault::TextTooLong]
                        hint="Stands on the button: Sign in with this name."/>
                    <Field name="client_id" label="Client ID" value=found.client_id.clone().unwrap_or_default() refused faults=&[Fault::ClientIdMalformed]/>
                    <Field name="secret" label="Client secret" kind="password" autocomplete="new-password" optional=registered refused
                        faults=&[Fault::SecretMissing, Fault::SecretIsAnId] hint=secret_hint/>
                    <Field name="mail_scopes" label="Permissions for mail" optional=true value=found.mail_scopes.join(" ") refused faults=&[Fault::ScopeMalformed]
                        hint="The provider's names for IMAP and SMTP access, apart by spaces. Empty where the sign-in alone opens the mailbox."/>
                </div>
                <section class="panel">
                    <header><h2>"Mail servers"</h2><span class="quiet">"XOAUTH2 is used there"</span></header>
                    <div class="body halves">{servers}</div>
                </section>
                <div class="form-foot">
                    <span class="quiet">"The registration is tested when it is saved. Mailboxes are proved at their sign-in."</span>
                    <span class="row"><a class="button bare" href=back>"Back"</a><Submit words=if id.is_some() { "Save and continue" } else { "Save" } busy="Saving and testing"/></span>
                </div>
            </form>
            {forget}
        </div>
    }
}
