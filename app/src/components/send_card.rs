//! *Send this card*: as text to copy, by the reader's own mail program, or by a mailbox that works.

use super::button::Submit;
use super::field::Field;
use super::icon::Icon;
use crate::api::doctor::SendCard as Post;
use crate::api::post_to;
use crate::wording::doctor::{self, Trouble};
use domain::Refusal;
use domain::console::doctor::SentCard;
use domain::id::MailboxId;
use domain::refusal::Fault;
use leptos::prelude::*;

const SHOWN: &[Fault] = &[Fault::RecipientMissing, Fault::RecipientMalformed, Fault::NobodySends, Fault::NoDirection];

/// What the fold needs beside the card itself.
#[derive(Clone)]
pub struct Sending {
    pub mailbox: MailboxId,
    pub sent: Option<(SentCard, String)>,
    pub refused: Option<Refusal>,
}

#[component]
pub fn SendCard(trouble: Trouble, sending: Sending) -> impl IntoView {
    let card = doctor::card(&trouble);
    let link = doctor::mailto(&card);
    let Sending { mailbox, sent, refused } = sending;
    let line = sent.map(|(card, when)| format!("Last sent to {}, {when}.", card.to));
    let open = refused.is_some();
    view! {
        <div class="full">
            <details class="fold" id="send-card" open=open>
                <summary>{Icon::Chevron.with_class("icon chevron")}"Send this card"</summary>
                <div class="stack">
                    <code class="code">{card.text.clone()}</code>
                    <div class="row">
                        <button class="button small" type="button" data-copy=card.text data-done="Copied">
                            {Icon::Copy.view()}<span data-words="">"Copy the text"</span>
                        </button>
                        <a class="button small" href=link>{Icon::Mail.view()}"Open in your mail program"</a>
                    </div>
                    <form class="stack tight" method="post" action={post_to::<Post>()}>
                        <input type="hidden" name="id" value=mailbox.to_string()/>
                        <Field name="to" id="card-to" label="Or send it now, to" kind="email" autocomplete="email" refused faults=SHOWN
                            hint="By a mailbox of this desk that works. No secret is in it."/>
                        <div class="row"><Submit words="Send" kind="" busy="Sending"/></div>
                    </form>
                    {line.map(|line| view! { <p class="quiet">{line}</p> })}
                </div>
            </details>
        </div>
    }
}
