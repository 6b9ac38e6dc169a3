//! App registrations: the client id and secret under which the providers know this server.

mod discover;
mod form;
mod guide;
mod row;
mod tested;

pub use discover::DiscoverPage;
pub use guide::{GuidePage, OpenGuidePage};

use crate::api::own_providers::page as own_page;
use crate::components::button::Copy;
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::moved;
use crate::components::notice::{Notice, Refused};
use crate::components::state::{Badge, Tone, Words};
use crate::pages::page;
use crate::wording::counts::of;
use domain::console::own_providers::OwnProvider;
use domain::id::MailboxId;
use domain::provider::is_own;
use leptos::prelude::*;

/// Where the list stands.
const PAGE: &str = "/admin/registrations";

/// `/admin/registrations`
#[component]
pub fn RegistrationsPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let data = here.console.registrations.page(&here.actor).await?;
        let public = here.console.addresses.show(&here.actor).await?;
        let (moved, behind) = (moved::notice(&public), moved::behind(&public));
        let clock = here.clock;
        let refused = here.place.refused();
        let by_query = |name: &str| {
            here.place.query(name).and_then(|id| data.registrations.iter().find(|r| r.id.to_string() == id)).cloned()
        };
        let (editing, tested) = (by_query("edit"), by_query("tested"));
        let new = here.place.query("new").map(str::to_owned);
        let to_form = editing.is_some() || new.is_some();
        let done = match here.place.query("done") {
            Some("saved") => Some("Saved. Mailboxes that waited for it are being tried now"),
            Some("default") => Some("Used from now on where nothing else is chosen"),
            Some("dropped") => Some("The new secret is taken away; the present one goes on"),
            Some("deleted") => Some("Deleted"),
            Some("forgotten") => Some("The provider is removed"),
            _ => None,
        };
        let go_on = here.place.query("mailbox").and_then(|id| id.parse::<MailboxId>().ok());
        let sub = match data.registrations.len() {
            0 => "None is entered yet.".to_owned(),
            n => format!("{}. Mailboxes sign in by them.", of(n as u64, "registration", "registrations")),
        };
        let rows = data.registrations.iter().cloned().map(|r| row::view(r, clock)).collect_view();
        let tested = tested.map(|r| tested::view(r, &data.redirect_address, clock));
        let empty = data.registrations.is_empty();
        let guides: Vec<_> = data.providers.iter().filter(|(key, _)| !is_own(key)).cloned().collect();
        let redirect = data.redirect_address.clone();
        let form = to_form.then(|| {
            let start = form::Start { providers: data.providers.clone(), editing, provider: new, ..Default::default() };
            form::view(start, refused)
        });
        let head_starts = (!empty && !to_form).then(|| starts(&guides, false));
        let empty_starts = starts(&guides, true);
        let own = own_panel(here.console.own_providers.list(&here.actor).await?);
        Ok(view! {
            <Sheet here title="App registrations" place=Place::Registrations>
                <Head title="App registrations" crumbs=vec![("Admin".into(), None), ("App registrations".into(), None)] sub>
                    {head_starts}
                </Head>
                <div class="stack loose">
                    {(!to_form).then(|| view! { <Refused refused/> })}
                    {done.map(|title| view! {
                        <Notice tone=Tone::Ok title>
                            {go_on.map(|id| view! { <div class="row"><a class="button primary" href=format!("/admin/channels/email/{id}/set-up/sign-in")>"Go on to the sign-in"</a></div> })}
                        </Notice>
                    })}
                    {moved}{behind}
                    {tested}
                    {(!empty).then(|| view! {
                        <section id="registrations" data-live="registrations" aria-label="Registrations">
                            <table class="table registrations">
                                <thead><tr><th scope="col">"Registration"</th><th scope="col">"State"</th><th scope="col">"Secret ends"</th><th scope="col">"Mailboxes"</th><th scope="col" class="end"><span class="vh">"Actions"</span></th></tr></thead>
                                <tbody>{rows}</tbody>
                            </table>
                        </section>
                    })}
                    {(empty && !to_form).then(|| view! {
                        <section class="panel">
                            <div class="empty">
                                {Icon::Key.view()}
                                <h2>"Microsoft and Google must know this server"</h2>
                                <p>"A sign-in there needs an app registration: a client ID and a secret, made once in the provider's console. The guide shows every click, and may be sent to whoever may do it."</p>
                                <div class="row">{empty_starts}</div>
                                <p class="quiet">"About ten minutes. Passwords of other mail servers need none."</p>
                            </div>
                        </section>
                    })}
                    {form}
                    {own}
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

/// Providers that an admin added, and the way to another one.
fn own_panel(own: Vec<OwnProvider>) -> impl IntoView {
    let rows = own
        .into_iter()
        .map(|p| {
            let servers: Vec<String> = [p.incoming, p.outgoing].into_iter().flatten().map(|e| e.host).collect();
            let servers = if servers.is_empty() { "Servers are given per mailbox".into() } else { servers.join(", ") };
            view! {
                <li><a href=own_page(Some(&p.key), None)>{p.name}</a><span class="sub value">{p.issuer}</span><span class="sub">{servers}</span></li>
            }
        })
        .collect_view();
    view! {
        <section class="panel" id="own" aria-labelledby="own-head">
            <header><h2 id="own-head">"Other sign-in providers"</h2><a class="button small" href=own_page(None, None)>{Icon::Plus.view()}"Add by issuer"</a></header>
            <div class="body stack tight">
                <p class="soft">"Any provider that speaks OpenID Connect, for mailboxes that are neither at Microsoft nor at Google."</p>
                <ul class="stack tight">{rows}</ul>
            </div>
        </section>
    }
}

/// A guide per provider.
fn starts(providers: &[(String, String)], first: bool) -> impl IntoView + use<> {
    let class = if first { "button primary" } else { "button" };
    providers
        .iter()
        .map(|(key, short)| view! { <a class=class href=format!("{PAGE}/guide/{key}")>{(!first).then(|| Icon::Plus.view())}"Register at "{short.clone()}</a> })
        .collect_view()
}
