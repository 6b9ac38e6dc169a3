//! Open notices, and what one does about them for oneself.

use crate::api::notices::PutOff;
use crate::api::post_to;
use crate::components::button::Act;
use crate::components::state::{State, Tone, Words};
use crate::wording::counts::list;
use crate::wording::notices::line;
use crate::wording::times::Clock;
use domain::console::notices::{NoticesPage, OpenNotice, Quiet};
use domain::notice::Event;
use leptos::prelude::*;

/// The panel; nothing on a quiet day.
pub fn view(data: &NoticesPage, clock: Clock) -> impl IntoView + use<> {
    let items = data.open.iter().cloned().map(|notice| item(notice, clock)).collect_view();
    let any = !data.open.is_empty();
    view! {
        <div id="open-notices" data-live="notices mailboxes">
            {any.then(|| view! {
                <section class="panel" aria-labelledby="open">
                    <header><h2 id="open">"Open"</h2><span class="quiet">"What you acknowledge or put off stays open for the others"</span></header>
                    <ul class="lines">{items}</ul>
                </section>
            })}
        </div>
    }
}

fn item(notice: OpenNotice, clock: Clock) -> impl IntoView {
    let words = line(&notice.event, &notice.mailboxes, &notice.provider_short, clock);
    let coming = matches!(notice.event, Event::Ends { .. });
    let tone = if coming { Tone::Warning } else { Tone::Critical };
    let mine = notice.mine.map(|(quiet, until)| match (quiet, until) {
        (Quiet::Acknowledged, Some(until)) => format!("You acknowledged it, until {}.", clock.time(until)),
        (Quiet::Acknowledged, None) => "You acknowledged it.".to_owned(),
        (Quiet::Snoozed, Some(until)) => format!("You put it off until {}.", clock.time(until)),
        (Quiet::Snoozed, None) => "You put it off.".to_owned(),
    });
    let seen = (!notice.seen_by.is_empty()).then(|| format!("Acknowledged by {}.", list(&notice.seen_by, 3)));
    let noticed = format!("Noticed {}.", clock.when(notice.made_at));
    let second: Vec<String> = [Some(noticed), seen, mine.clone()].into_iter().flatten().collect();
    let act = |quiet: Quiet, words: &'static str| {
        view! {
            <Act action={post_to::<PutOff>()} fields=vec![("subject", notice.subject.clone()), ("quiet", quiet.key().to_owned())]
                kind="small" words of=format!(": {}", list(&notice.mailboxes.iter().map(ToString::to_string).collect::<Vec<_>>(), 3))/>
        }
    };
    let acts = mine.is_none().then(|| {
        view! {
            <div class="row">
                {act(Quiet::Acknowledged, "Acknowledge")}
                {coming.then(|| act(Quiet::Snoozed, "Put off for a day"))}
            </div>
        }
    });
    view! {
        <li><div><State words=Words::new(tone, tone.icon(), words)/><p class="sub">{second.join(" ")}</p></div>{acts}</li>
    }
}
