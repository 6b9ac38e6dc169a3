//! *If this mailbox fails, nobody can be told by email*: a state, shown where a mailbox is set up.

use super::notice::Notice;
use super::state::Tone;
use crate::wording::notices::{NOBODY, NOBODY_WHY};
use domain::console::{Actor, Console};
use domain::id::MailboxId;
use leptos::prelude::*;

/// The state, where it holds.
pub async fn untold(console: &Console, actor: &Actor, mailbox: MailboxId) -> Option<AnyView> {
    // A page about something else is shown without it rather than not at all.
    let told = console.notices.can_tell(actor, mailbox).await.unwrap_or(true);
    (!told).then(|| {
        view! {
            <Notice tone=Tone::Warning title=NOBODY>
                <p>{NOBODY_WHY}" "<a href="/admin/notices">"Ways out for notices"</a></p>
            </Notice>
        }
        .into_any()
    })
}
