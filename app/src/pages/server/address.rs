//! The public address: asked at the first start, proved by a browser that is there.

use crate::api::addresses::{Confirm, Forget, Insist, Propose};
use crate::api::context::reached;
use crate::api::{console, post_to};
use crate::components::button::{Act, Copy, Submit};
use crate::components::field::Field;
use crate::components::frame::{Gate, Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::state::{Badge, Tone, Words};
use crate::pages::{open, page};
use crate::wording::times::Clock;
use domain::Refusal;
use domain::console::addresses::PublicAddress;
use domain::refusal::Fault;
use leptos::prelude::*;

const URL: &[Fault] = &[Fault::UrlMalformed];

/// The form, and what is known of the address that was given.
pub fn form(
    address: &PublicAddress,
    refused: Option<Refusal>,
    then: Option<&'static str>,
    clock: Clock,
) -> impl IntoView + use<> {
    let here = reached();
    let first = then.is_some();
    // On the first start the browser knows best; later what was settled stands.
    let value = match (&address.candidate, first, &here) {
        (Some(candidate), ..) => candidate.address.clone(),
        (None, true, Some(here)) => here.clone(),
        _ => address.address.clone(),
    };
    let state = match (address.checked_at, address.accepted) {
        (_, false) => Words::new(Tone::Warning, Icon::Warning, "Refused by providers"),
        (Some(at), true) => Words::new(Tone::Ok, Icon::Ok, format!("Checked {}", clock.time(at))),
        (None, true) => Words::new(Tone::Calm, Icon::Clock, "Not checked yet"),
    };
    let candidate = address.candidate.clone().map(|candidate| {
        let accepted = candidate.address.starts_with("https://");
        view! {
            <Notice tone=Tone::Calm icon=Icon::Clock title=format!("{} is not checked yet", candidate.address)>
                <p>"Open it in this browser and press the button there; that proves the way from a browser to here. Until then the address above stays in use."</p>
                <Copy text=candidate.link.clone() what="the link of the check"/>
                <div class="row">
                    <a class="button primary" href=candidate.link>{Icon::External.view()}"Open it and check"</a>
                    <Act action={post_to::<Insist>()} words="Use it without the check" kind="bare"/>
                    <Act action={post_to::<Forget>()} words="Forget it" kind="bare"/>
                </div>
                {(!accepted).then(|| view! { <p class="quiet">"Without https, providers take it only at localhost."</p> })}
            </Notice>
        }
    });
    let words = if first { "Use this address" } else { "Save the address" };
    view! {
        <section class="panel" id="public-address" aria-labelledby="address-head">
            <header><h2 id="address-head">"Public address"</h2><Badge words=state/></header>
            <div class="body stack">
                <form class="form" method="post" action={post_to::<Propose>()}>
                    <Refused refused shown=URL/>
                    {then.map(|then| view! { <input type="hidden" name="then" value=then/> })}
                    <Field name="address" label="Address" kind="url" value refused faults=URL
                        hint="As browsers reach it, from everywhere people sign in: https://help.example.com. Checked where you are, or by a link."/>
                    <div class="row"><Submit words busy="Checking"/></div>
                </form>
                {candidate}
                {(!address.accepted).then(|| view! {
                    <Notice tone=Tone::Warning title="Microsoft and Google refuse this address">
                        <p>"A sign-in comes back only to an https address or to localhost. Give the server a certificate (MAILKEEP_TLS_CERT), or put it behind a proxy that has one, then enter the new address here. Before that no app registration can be made."</p>
                    </Notice>
                })}
                <dl class="facts"><dt>"In use"</dt><dd class="value">{address.address.clone()}</dd><dt>"Redirect address"</dt><dd class="value">{address.redirect_address.clone()}</dd></dl>
            </div>
        </section>
    }
}

/// `/admin/server/address`: the one question of the first start.
#[component]
pub fn AddressPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let address = here.console.addresses.show(&here.actor).await?;
        let refused = here.place.refused();
        let panel = form(&address, refused, Some("/admin/server?done=first"), here.clock);
        let welcome = here.place.query("done") == Some("first");
        Ok(view! {
            <Sheet here title="Under which address do browsers reach Mailkeep?" place=Place::Server narrow=true>
                <Head title="Under which address do browsers reach Mailkeep?" crumbs=vec![("Admin".into(), None), ("Server".into(), Some("/admin/server".into()))]
                    sub="Sign-ins at Microsoft and Google come back to it, and links in mails lead to it."/>
                <div class="stack loose">
                    {welcome.then(|| view! {
                        <Notice tone=Tone::Ok title="You are the first admin"><p>"One question, then the first mailbox."</p></Notice>
                    })}
                    {panel}
                    <p class="quiet">"Not settled yet? "<a href="/admin/channels/email">"Go on without it"</a>"; mailboxes with a password need none."</p>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

/// `/address/:token`: under the new address, where nobody is signed in yet.
#[component]
pub fn CheckAddressPage() -> impl IntoView {
    open(|place| async move {
        let token = place.param("token").unwrap_or_default();
        let refused = place.refused();
        let Ok(candidate) = console()?.addresses.candidate(token.clone()).await else {
            return Ok(view! {
                <Gate title="This link has ended">
                    <div class="stack tight"><h1>"This link has ended"</h1><p class="soft">"The address was checked already, or another one was given since. Nothing was changed."</p></div>
                    <div class="row"><a class="button" href="/admin/server">"Go to the server page"</a></div>
                </Gate>
            }
            .into_any());
        };
        let here = reached();
        let same = here.as_deref() == Some(&*candidate);
        let seen = (!same).then_some(here).flatten().map(|here| {
            view! {
                <Notice tone=Tone::Warning title=format!("Here the address looks like {here}")>
                    <p>"A proxy in front does not pass on what the browser asked for. Let it send X-Forwarded-Host and X-Forwarded-Proto, and name it in MAILKEEP_PROXY. The button still tells what the browser sees."</p>
                </Notice>
            }
        });
        Ok(view! {
            <Gate title="This browser reached Mailkeep" wide=true>
                <div class="stack tight">
                    <h1>"This browser reached Mailkeep"</h1>
                    <p class="soft">"Is this the address in the browser's bar? Then make it the public address."</p>
                    <p><b class="value">{candidate}</b></p>
                </div>
                <Refused refused/>
                {seen}
                <Act action={post_to::<Confirm>()} fields=vec![("token", token)] kind="primary large" words="Make it the public address" busy="Checking"/>
                <p class="quiet">"You sign in again here afterwards: a browser keeps sessions per address."</p>
            </Gate>
        }
        .into_any())
    })
}
