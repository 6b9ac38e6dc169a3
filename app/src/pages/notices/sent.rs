//! What was sent, newest first.

use crate::components::icon::Icon;
use crate::components::state::{State, Tone, Words};
use crate::wording::notices::line;
use crate::wording::times::Clock;
use domain::console::notices::{NoticesPage, Progress, SentLine};
use domain::notice::Audience;
use leptos::prelude::*;

/// The table.
pub fn view(data: &NoticesPage, clock: Clock) -> impl IntoView + use<> {
    let rows = data.sent.iter().cloned().map(|sent| row(sent, clock)).collect_view();
    let empty = data.sent.is_empty();
    view! {
        <section aria-labelledby="sent" id="sent-notices" data-live="notices">
            <div class="section-head"><h2 id="sent">"Sent"</h2></div>
            {if empty {
                view! { <p class="quiet">"No notice was sent yet."</p> }.into_any()
            } else {
                view! {
                    <table class="table">
                        <thead><tr><th scope="col">"Notice"</th><th scope="col">"To"</th><th scope="col">"State"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                }.into_any()
            }}
        </section>
    }
}

fn row(sent: SentLine, clock: Clock) -> impl IntoView {
    let words = line(&sent.event, &sent.mailboxes, &sent.provider_short, clock);
    let whom = match sent.audience {
        None => "Webhook",
        Some(Audience::Owner) => "Signs in there",
        Some(Audience::Admin) => "By email",
    };
    let via = sent.via.map(|via| format!(" through {via}")).unwrap_or_default();
    let at = clock.moment(sent.at);
    let said =
        sent.said.filter(|_| sent.progress != Progress::Sent).map(|said| format!(". {said}")).unwrap_or_default();
    let state = match sent.progress {
        Progress::Sent => Words::new(Tone::Ok, Icon::Ok, "Sent").second(format!("{at}{via}")),
        Progress::Waiting => Words::new(Tone::Calm, Icon::Clock, "Waiting").second(format!("{at}{said}")),
        Progress::Sending => Words::new(Tone::Calm, Icon::Clock, "Sending").second(at),
        Progress::Uncertain => Words::new(Tone::Warning, Icon::Warning, "Perhaps sent")
            .second(format!("{at}{via}. It is not sent again{said}")),
        Progress::Failed => Words::new(Tone::Critical, Icon::Critical, "Not sent").second(format!("{at}{said}")),
        Progress::Dropped => Words::new(Tone::Calm, Icon::Dash, "Not needed any more").second(at),
    };
    view! {
        <tr>
            <th scope="row">{words}</th>
            <td data-label="To"><span class="value">{sent.recipient}</span><span class="sub">{whom}</span></td>
            <td data-label="State"><State words=state/></td>
        </tr>
    }
}
