//! Step 1: the address, then the provider that was found for it.

use super::{Step, Wizard, heading};
use crate::api::mailboxes::{ANOTHER, ChooseProvider, LIST, Start, path};
use crate::api::post_to;
use crate::api::relays::Relay as RelayTo;
use crate::components::button::{Submit, logo};
use crate::components::field::{Choice, Field, Select};
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::icon::Icon;
use crate::components::notice::Refused;
use crate::pages::page;
use domain::Refusal;
use domain::console::mailboxes::MailboxPage;
use domain::id::MailboxId;
use domain::provider::{Passwords, Provider, ProviderKind};
use domain::refusal::Fault;
use leptos::prelude::*;

const ADDRESS: &[Fault] = &[Fault::AddressMalformed, Fault::AddressTaken];
const NAME: &[Fault] = &[Fault::NameMissing, Fault::TextTooLong];

/// `/admin/channels/email/new`
#[component]
pub fn AddressPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let refused = here.place.refused();
        Ok(view! {
            <Sheet here title="New support email: address" place=Place::Email narrow=true>
                <Head title="New support email" crumbs=email_crumbs(true)/>
                <Wizard at=Step::Address id=None/>
                <form class="stack loose" method="post" action={post_to::<Start>()}>
                    <Refused refused shown=&[Fault::AddressMalformed, Fault::AddressTaken, Fault::NameMissing, Fault::TextTooLong]/>
                    <Field name="address" label="Your support email" kind="email" first=true refused faults=ADDRESS
                        hint="For a shared mailbox give its own address here. Somebody else can sign in."/>
                    <Field name="name" label="Name customers see" optional=true refused faults=NAME hint="As in: Contoso support."/>
                    <div class="form-foot">
                        <span class="quiet">"Nothing is connected yet. The next step is kept as a draft."</span>
                        <span class="row"><a class="button bare" href=LIST>"Cancel"</a><Submit words="Continue" busy="Looking it up"/></span>
                    </div>
                </form>
            </Sheet>
        }
        .into_any())
    })
}

fn hint(p: &Provider) -> String {
    let servers = match (&p.incoming, &p.outgoing) {
        (Some(incoming), Some(outgoing)) if incoming.host != outgoing.host => {
            format!("{} and {}. ", incoming.host, outgoing.host)
        }
        (Some(one), _) | (None, Some(one)) => format!("{}. ", one.host),
        (None, None) => String::new(),
    };
    let how = match (p.signs_in, p.passwords) {
        (true, Passwords::No) => format!("Sign in with {}.", p.short),
        (true, _) => format!("Sign in with {}, or an app password.", p.short),
        (false, _) if p.kind == ProviderKind::Other && servers.is_empty() => {
            "Any IMAP and SMTP server, with user name and password.".into()
        }
        (false, Passwords::AppPassword) => "With an app password.".into(),
        (false, _) => "With user name and password.".into(),
    };
    format!("{servers}{how}")
}

/// `/admin/channels/email/:id/set-up/provider`
#[component]
pub fn ProviderPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let mut providers = here.console.mailboxes.providers(&here.actor).await?;
        let refused = here.place.refused();
        let address = data.row.address.clone();
        let chosen = data.provider.key.clone();
        // A provider found by its presets, but not among the usual three, stands first.
        if !providers.iter().any(|p| p.key == chosen) {
            providers.insert(0, data.provider.clone());
        }
        let found = if data.provider.kind == ProviderKind::Other && data.provider.incoming.is_none() {
            view! { <span class="state light" data-tone="calm">{Icon::Info.view()}<span>{format!("No known provider for {}", address.domain())}</span></span> }.into_any()
        } else {
            view! { <span class="state light" data-tone="ok">{Icon::Ok.view()}<span>{format!("{}, found for {}", data.provider.name, address.domain())}</span></span> }.into_any()
        };
        let choices = providers
            .into_iter()
            .map(|p| {
                let on = p.key == chosen;
                let hint = hint(&p);
                view! { <Choice name="provider_key" value=p.key title=p.name hint chosen=on first=true logo=logo(p.kind)/> }
            })
            .collect_view();
        let back = if data.draft { "/admin/channels/email/new".to_owned() } else { path(id) };
        let discard = format!("{}/disconnect", path(id));
        let draft = data.draft;
        let at_forward = here.place.query("form") == Some("forward");
        let forward = (draft && !data.receivers.is_empty()).then(|| forward(&data, refused.filter(|_| at_forward)));
        let refused = refused.filter(|_| !at_forward);
        Ok(view! {
            <Sheet here title="New support email: provider" place=Place::Email narrow=true>
                <Head title=heading(&data) crumbs=email_crumbs(true) sub=address.to_string()/>
                <Wizard at=Step::Address id=None/>
                <form class="stack loose" method="post" action={post_to::<ChooseProvider>()}>
                    <Refused refused/>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <fieldset>
                        <legend class="label">"Use your own mail server"</legend>
                        <p class="hint" role="status">{found}</p>
                        <p class="hint"><a href="/help/own-servers">"Learn more about using your own mail servers"</a></p>
                        <div class="choices gap">
                            {choices}
                            <Choice name="provider_key" value=ANOTHER title="Another OAuth provider" chosen=false
                                hint="Signs in by OpenID Connect. Its endpoints are found by its issuer."/>
                        </div>
                    </fieldset>
                    <div class="form-foot">
                        <span class="quiet">"Saved as a draft. Nothing is connected yet. "{draft.then(|| view! { <a href=discard>"Throw the draft away"</a> })}</span>
                        <span class="row"><a class="button bare" href=back>"Back"</a><Submit words="Continue"/></span>
                    </div>
                </form>
                {forward}
            </Sheet>
        }
        .into_any())
    })
}

/// The alternative to a server of one's own (R4).
fn forward(page: &MailboxPage, refused: Option<Refusal>) -> impl IntoView + use<> {
    let address = page.row.address.to_string();
    let options = page.receivers.iter().map(|(id, a)| (id.to_string(), a.to_string(), false)).collect();
    view! {
        <section class="panel gap" aria-labelledby="forward">
            <header><h2 id="forward">"Forward to an existing mailbox"</h2></header>
            <form class="body stack" method="post" action={post_to::<RelayTo>()}>
                <Refused refused/>
                <input type="hidden" name="id" value=page.row.id.to_string()/>
                <p class="soft">{format!("{address} needs no server here: forward its mail at your provider, and it becomes tickets of that mailbox. A test mail shows whether it arrives.")}</p>
                <div class="row top">
                    <Select name="to" label="Mailbox" options/>
                </div>
                <div class="row"><Submit words="Forward to this mailbox" kind="" busy="Saving"/></div>
            </form>
        </section>
    }
}
