//! At a mailbox: it waits for an admin's approval, or its sign-in never came back.

use super::button::SignIn;
use super::icon::Icon;
use super::notice::Notice;
use super::state::Tone;
use crate::api::approvals::path;
use crate::wording::times::Clock;
use domain::console::approvals::{ApprovalPage, Stage};
use leptos::prelude::*;

/// One notice, the most useful one.
pub fn notice(page: &ApprovalPage, clock: Clock) -> Option<AnyView> {
    let (short, at) = (page.provider_short.clone(), path(page.mailbox));
    let (mailbox, provider, intent) = (page.mailbox, page.provider_kind, page.intent);
    let domain = page.address.rsplit('@').next().unwrap_or_default().to_owned();
    if let Some(approval) = &page.approval {
        let since = clock.since_inside(approval.asked_at);
        return Some(match approval.stage() {
            Stage::Waiting => view! {
                <Notice tone=Tone::Calm icon=Icon::Clock title=format!("Waiting for approval {since}")>
                    <p>{format!("An admin of {domain} at {short} opens the link and approves. Then only the sign-in is left.")}</p>
                    <div class="row"><a class="button" href=at>"Show the link to send"</a></div>
                </Notice>
            }
            .into_any(),
            Stage::Approved => view! {
                <Notice tone=Tone::Ok title="Approved: only the sign-in is left">
                    <p>{format!("An admin of {domain} approved Mailkeep at {short}.")}</p>
                    <SignIn mailbox provider intent words=format!("Sign in with {short}")/>
                </Notice>
            }
            .into_any(),
            Stage::Declined => view! {
                <Notice tone=Tone::Warning title="The approval was declined">
                    <p>{format!("The admin of {domain} did not approve. Nothing was changed.")}</p>
                    <div class="row"><a class="button" href=at>"Ask again"</a></div>
                </Notice>
            }
            .into_any(),
        });
    }
    let at_time = page.unreturned?;
    Some(
        view! {
            <Notice tone=Tone::Calm icon=Icon::Clock title=format!("The sign-in of {} has not come back", clock.time(at_time))>
                <p>{format!("{short} shows what is wrong on its own page and tells us nothing. Nothing was changed here.")}</p>
                <div class="row"><a class="button" href=format!("{at}#shown")>{format!("What did {short} show you?")}</a></div>
            </Notice>
        }
        .into_any(),
    )
}
