//! One registration in the list.

use super::PAGE;
use crate::api::post_to;
use crate::api::registrations::{Delete, DropSecret, MakeDefault, Test};
use crate::components::button::Act;
use crate::components::icon::Icon;
use crate::components::state::{State, Tone, Words};
use crate::wording::times::Clock;
use crate::wording::{diagnoses, registrations as wording};
use domain::console::registrations::Registration;
use leptos::prelude::*;

/// The worst that is known comes first.
fn state(r: &Registration, clock: Clock) -> Words {
    let short = &r.provider_short;
    if let Some((diagnosis, since)) = &r.failing {
        return Words::new(Tone::Critical, Icon::Critical, diagnoses::title(*diagnosis, short)).second(format!(
            "{}. {}",
            clock.since(*since),
            diagnoses::sentence(*diagnosis, short)
        ));
    }
    if r.redirect_moved {
        return Words::new(Tone::Warning, Icon::Warning, "Redirect address changed")
            .second(format!("Add the new one at {short}, then test. Until then no new sign-in comes back."));
    }
    if let Some((at, diagnosis)) = r.tested.as_ref().and_then(|t| t.wrong()) {
        return Words::new(Tone::Critical, Icon::Critical, wording::wrong(at, diagnosis, short))
            .second(wording::mend(at));
    }
    match &r.tested {
        _ if r.mailboxes > 0 => Words::new(Tone::Ok, Icon::Ok, "Works"),
        Some(tested) if !tested.silent() => {
            Words::new(Tone::Ok, Icon::Ok, "Tested").second(format!("{}. Not used yet.", clock.since(tested.at)))
        }
        _ => Words::new(Tone::Calm, Icon::Clock, "Not used yet").second("The first sign-in proves it."),
    }
}

pub fn view(r: Registration, clock: Clock) -> impl IntoView {
    let state = state(&r, clock);
    let secret = match r.secret_ends_at {
        Some(at) if at <= clock.now => format!("Ended {}", clock.day(at)),
        Some(at) => clock.day(at),
        None if r.provider_key == "google" => "No end".into(),
        None => "Not entered".into(),
    };
    let next = r.next_secret.as_ref().map(|next| match next.refused {
        Some(diagnosis) => {
            format!("New secret refused: {}. The present one goes on.", diagnoses::title(diagnosis, &r.provider_short))
        }
        None => format!("A new secret, entered {}, is tried first.", clock.since_inside(next.entered_at)),
    });
    let whose = r.audience.map(|w| format!("For {}", wording::whose(w)));
    let id = ("id", r.id.to_string());
    let of_name = format!("of {}", r.name);
    let edit = format!("{PAGE}?edit={}#form", r.id);
    view! {
        <tr>
            <th scope="row">
                <span class="name">{r.name}</span>{r.default.then(|| view! { " " <span class="quiet">"default"</span> })}
                <span class="sub value">{r.provider_short} ", " {r.client_id}</span>
                {(!r.tenant.is_empty()).then(|| view! { <span class="sub value">"Tenant " {r.tenant}</span> })}
                {whose.map(|words| view! { <span class="sub">{words}</span> })}
            </th>
            <td data-label="State"><State words=state/></td>
            <td class="half" data-label="Secret ends">{secret}{next.map(|words| view! { <span class="sub">{words}</span> })}</td>
            <td class="half" data-label="Mailboxes">{r.mailboxes}</td>
            <td class="end"><div class="menu">
                <Act action={post_to::<Test>()} fields=vec![id.clone()] kind="small" words="Test" busy="Testing" of=of_name.clone()/>
                <a class="button small" href=edit>{if r.failing.is_some() { "Enter new secret" } else { "Edit" }}<span class="vh">" " {of_name.clone()}</span></a>
                {r.next_secret.is_some().then(|| view! { <Act action={post_to::<DropSecret>()} fields=vec![id.clone()] kind="small bare" words="Drop new secret" of=of_name.clone()/> })}
                {(!r.default).then(|| view! { <Act action={post_to::<MakeDefault>()} fields=vec![id.clone()] kind="small bare" words="Make default" of=of_name.clone()/> })}
                {(r.mailboxes == 0).then(|| view! { <Act action={post_to::<Delete>()} fields=vec![id.clone()] kind="small danger" words="Delete" of=of_name.clone()/> })}
            </div></td>
        </tr>
    }
}
