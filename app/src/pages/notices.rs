//! *Notices*: what is open, by which ways notices leave, who gets them, what was sent.

mod open;
mod sent;
mod ways;
mod who;

use crate::api::flash;
use crate::api::notices::Test;
use crate::api::post_to;
use crate::components::button::{Act, Copy};
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::state::Tone;
use crate::pages::page;
use crate::wording::counts::{list, of};
use crate::wording::notices::NOBODY_WHY;
use domain::console::notices::NoticesPage as Page;
use leptos::prelude::*;

/// `/admin/notices`
#[component]
pub fn NoticesPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let data = here.console.notices.page(&here.actor).await?;
        let clock = here.clock;
        let refused = |form: &str| here.place.query("form").filter(|at| *at == form).and_then(|_| here.place.refused());
        let (of_smtp, of_people, of_webhook) = (refused("smtp"), refused("people"), refused("webhook"));
        let elsewhere = if here.place.query("form").is_none() { here.place.refused() } else { None };
        let done = match here.place.query("done") {
            Some("smtp") => Some("Saved. Send a test notice to see it work"),
            Some("saved") => Some("Saved"),
            Some("removed") => Some("Removed"),
            Some("webhook") => Some("Saved. Its secret is shown this once"),
            Some("test") => Some("A test notice is on its way to you"),
            Some("acknowledged") => Some("Acknowledged. It comes back with the next step"),
            Some("snoozed") => Some("Put off for a day, or until the next step"),
            _ => None,
        };
        let secret = (here.place.query("done") == Some("webhook")).then(take).flatten().map(|secret| {
            view! { <p>"Every notice is signed with it: HMAC-SHA256 over the time, a full stop and the body."</p><Copy text=secret what="the webhook's secret"/> }
        });
        let sub = summary(&data);
        Ok(view! {
            <Sheet here title="Notices" place=Place::Notices>
                <Head title="Notices" crumbs=vec![("Admin".into(), None), ("Notices".into(), None)] sub>
                    <Act action={post_to::<Test>()} words="Send a test notice" icon=Icon::Bell kind="primary" busy="Sending"/>
                </Head>
                <div class="stack loose">
                    <Refused refused=elsewhere/>
                    {done.map(|title| view! { <Notice tone=Tone::Ok title>{secret}</Notice> })}
                    {nobody(&data)}
                    {open::view(&data, clock)}
                    {ways::view(&data, of_smtp, of_webhook, clock)}
                    {who::view(&data, of_people)}
                    {sent::view(&data, clock)}
                </div>
            </Sheet>
        }
        .into_any())
    })
}

#[cfg(feature = "ssr")]
fn take() -> Option<String> {
    flash::take()
}

/// `2 notices are open. 3 people are told by email.`
fn summary(data: &Page) -> String {
    let told = data.admins.iter().filter(|admin| admin.told).count() + data.more.len();
    let open = match data.open.len() {
        0 => "Nothing is open.".to_owned(),
        n => format!("{}.", of(n as u64, "notice is open", "notices are open")),
    };
    format!(
        "{open} {} by email 10, 3 and 1 days before a sign-in ends, and at once when one is lost.",
        of(told as u64, "person is told", "people are told")
    )
}

/// Mailboxes whose failure nobody could be told of.
fn nobody(data: &Page) -> Option<AnyView> {
    if data.untold.is_empty() {
        return None;
    }
    let names: Vec<String> = data.untold.iter().map(ToString::to_string).collect();
    let title = match names.as_slice() {
        [one] => format!("If {one} fails, nobody can be told by email"),
        _ => format!("If one of {} mailboxes fails, nobody can be told by email", names.len()),
    };
    Some(view! { <Notice tone=Tone::Warning title><p>{list(&names, 4)}". "{NOBODY_WHY}</p></Notice> }.into_any())
}
