//! A changed address is noticed: this browser came another way than providers send people back.

use super::button::Copy;
use super::notice::Notice;
use super::state::Tone;
use crate::api::context::reached;
use domain::console::addresses::PublicAddress;
use leptos::prelude::*;

/// What an admin must know; nothing while all is as it was.
pub fn notice(address: &PublicAddress) -> Option<AnyView> {
    let here = reached().filter(|here| *here != address.address);
    let redirect = here.as_ref().map(|here| format!("{here}/oauth/callback"));
    let (redirect, public) = (redirect?, address.address.clone());
    let here = here?;
    let go = format!("Go to {public}");
    let sentence = format!(
        "This browser reached Mailkeep at {here}, but the public address is {public}: a sign-in that begins here comes back there and is refused."
    );
    Some(
        view! {
            <Notice tone=Tone::Warning title="You are not at the public address">
                <p>{sentence}</p>
                <p>"Did the server move? Make this the public address, and add the new redirect address to every app registration."</p>
                <Copy text=redirect what="the new redirect address"/>
                <div class="row"><a class="button" href="/admin/server#public-address">"Change the public address"</a><a class="button bare" href=public>{go}</a></div>
            </Notice>
        }
        .into_any(),
    )
}

/// Registrations whose provider was told another redirect address.
pub fn behind(address: &PublicAddress) -> Option<AnyView> {
    (address.registrations_behind > 0).then(|| {
        let redirect = address.redirect_address.clone();
        view! {
            <Notice tone=Tone::Warning title="The redirect address changed">
                <p>"Add the new one in the console of every provider, beside the old one, then test the registration. Mailboxes that are connected go on; new sign-ins do not come back before that."</p>
                <Copy text=redirect what="the new redirect address"/>
                <div class="row"><a class="button" href="/admin/registrations">"App registrations"</a></div>
            </Notice>
        }
        .into_any()
    })
}
