//! *Sign-in ends*: one line per sign-in over the next 90 days, those that renew themselves apart.

mod horizon;
mod lasting;

use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::Notice;
use crate::components::state::Tone;
use crate::pages::page;
use crate::wording::counts::of;
use domain::console::ends::EndLine;
use domain::expiry::Expected;
use leptos::prelude::*;

/// `/admin/ends`
#[component]
pub fn EndsPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let data = here.console.ends.page(&here.actor).await?;
        let clock = here.clock;
        let refused = here.place.refused();
        let done = match here.place.query("done") {
            Some("entered") => Some("Saved. The days count from each sign-in"),
            Some("removed") => Some("Removed"),
            _ => None,
        };
        let sub = summary(&data.lines, clock.now);
        let (open, known): (Vec<EndLine>, Vec<EndLine>) =
            data.lines.iter().cloned().partition(|line| matches!(line.expected, Expected::NoEnd { .. }));
        let known = (!known.is_empty()).then(|| horizon::known(known, clock));
        let open = (!open.is_empty()).then(|| horizon::open(open, clock));
        let empty = data.lines.is_empty().then(|| {
            view! {
                <div class="panel"><div class="empty">{Icon::Calendar.view()}<h2>"Nothing ends"</h2>
                    <p>"No mailbox signs in at a provider, and no app secret has an end date. Mailboxes by password stay until the password is changed."</p></div></div>
            }
        });
        let lasting = lasting::view(&data, refused, clock);
        Ok(view! {
            <Sheet here title="Sign-in ends" place=Place::Ends>
                <Head title="Sign-in ends" crumbs=vec![("Admin".into(), None), ("Sign-in ends".into(), None)] sub/>
                <div class="stack loose">
                    {done.map(|title| view! { <Notice tone=Tone::Ok title/> })}
                    <div class="stack loose" id="ends" data-live="mailboxes registrations">{empty}{known}{open}</div>
                    {lasting}
                    {how()}
                </div>
            </Sheet>
        }
        .into_any())
    })
}

/// `The next 90 days. 1 ended, 2 end within 10 days, 3 later; 3 renew themselves.`
fn summary(lines: &[EndLine], now: domain::Time) -> String {
    let count = |fits: &dyn Fn(&Expected) -> bool| lines.iter().filter(|line| fits(&line.expected)).count() as u64;
    let ended = count(&|e| matches!(e, Expected::Ended(_)));
    let soon = count(&|e| matches!(e, Expected::Ends(end) if end.step(now).is_some()));
    let later = count(&|e| matches!(e, Expected::Ends(end) if end.step(now).is_none()));
    let renew = count(&|e| matches!(e, Expected::NoEnd { .. }));
    let mut parts = Vec::new();
    for (n, words) in [
        (ended, format!("{ended} ended")),
        (soon, of(soon, "ends soon", "end soon")),
        (later, of(later, "ends later", "end later")),
        (renew, of(renew, "renews itself", "renew themselves")),
    ] {
        if n > 0 {
            parts.push(words);
        }
    }
    if parts.is_empty() { "The next 90 days.".into() } else { format!("The next 90 days. {}.", parts.join(", ")) }
}

/// The panel that explains the sources.
fn how() -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="how"><header><h2 id="how">"How an end is known"</h2></header>
            <div class="body"><dl class="facts">
                <dt>"Last refresh"</dt><dd>"Microsoft ends a sign-in that nobody refreshes for 90 days, Google after 6 months. Mailkeep refreshes at least every week, so this counts only once refreshing has stopped."</dd>
                <dt>"The provider's word"</dt><dd>"Some name the end with the sign-in. A Google registration in Testing gets 7 days."</dd>
                <dt>"A rule of the organisation"</dt><dd>"Learned when Microsoft refuses because of it (AADSTS70043): its answer names the longest time allowed."</dd>
                <dt>"Days you enter"</dt><dd>"For rules that no answer names. They count from the sign-in; a refresh that works later disproves them."</dd>
                <dt>"App secret"</dt><dd>"Its end date as entered under App registrations. All mailboxes of the registration stop with it."</dd>
                <dt>"Calendar"</dt><dd>"Days on which a provider ends a way to sign in, such as passwords at Microsoft."</dd>
            </dl></div>
        </section>
    }
}
