//! Disconnecting a mailbox, and deleting it: what it means, then the button.

use super::edit::below;
use crate::api::mailboxes::{Delete, Discard, Disconnect, path};
use crate::api::post_to;
use crate::components::button::{Act, Submit};
use crate::components::field::Field;
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::Refused;
use crate::pages::page;
use crate::wording::counts::of;
use domain::console::mailboxes::MailboxPage;
use domain::id::MailboxId;
use domain::provider::ProviderKind;
use domain::refusal::Fault;
use leptos::prelude::*;

/// What becomes of the sign-in or password.
fn credential(data: &MailboxPage) -> &'static str {
    match (data.row.by_password, data.row.provider) {
        (true, _) => "Its password is wiped here.",
        (false, ProviderKind::Google) => {
            "Its sign-in is wiped here, and withdrawn at Google if no other mailbox uses the same account."
        }
        (false, _) => "Its sign-in is wiped here.",
    }
}

/// `/admin/channels/email/:id/disconnect`: what it means, then the button.
#[component]
pub fn DisconnectPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let address = data.row.address.to_string();
        let held = u64::from(data.row.held);
        let title =
            if data.draft { format!("Throw the draft of {address} away?") } else { format!("Disconnect {address}?") };
        let credential = credential(&data);
        let refused = here.place.refused();
        let id_field = vec![("id", id.to_string())];
        Ok(view! {
            <Sheet here title=title.clone() place=Place::Email narrow=true acts=true>
                <Head title crumbs=below(id, &address)/>
                <div class="stack loose">
                    <Refused refused/>
                    {if data.draft {
                        view! { <p class="soft">"Nothing was connected yet, so nothing else is lost."</p> }.into_any()
                    } else {
                        view! {
                            <ul class="stack tight soft">
                                <li class="row">{Icon::Ticket.view()}<span>"All its tickets stay."</span></li>
                                <li class="row">{Icon::Stopped.view()}<span>"Fetching and sending stop. Mail stays at the provider and is not fetched."</span></li>
                                <li class="row">{Icon::Key.view()}<span>{credential}</span></li>
                                {(held > 0).then(|| view! { <li class="row">{Icon::Held.view()}<span>{of(held, "held reply does", "held replies do")} " not leave until it is connected again."</span></li> })}
                            </ul>
                            <p class="soft">"Only for a while? Pause it instead: one click, and one click back. " <a href="/help/ending">"Learn more about ending a mailbox"</a></p>
                        }.into_any()
                    }}
                    <div class="form-foot">
                        <a class="button" href=path(id)>"Keep it"</a>
                        {if data.draft {
                            view! { <Act action={post_to::<Discard>()} fields=id_field words="Throw away" kind="danger" busy="Throwing away"/> }.into_any()
                        } else {
                            view! { <Act action={post_to::<Disconnect>()} fields=id_field words="Disconnect" kind="danger" busy="Disconnecting"/> }.into_any()
                        }}
                    </div>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

/// `/admin/channels/email/:id/delete`: what it means, then the address typed, then the button.
#[component]
pub fn DeletePage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let address = data.row.address.to_string();
        let held = u64::from(data.row.held);
        let refused = here.place.refused();
        let title = format!("Delete {address}?");
        let credential = credential(&data);
        let back = path(id);
        let faults: &'static [Fault] = &[Fault::ConfirmationWrong];
        Ok(view! {
            <Sheet here title=title.clone() place=Place::Email narrow=true acts=true>
                <Head title crumbs=below(id, &address)/>
                <div class="stack loose">
                    <Refused refused shown=faults/>
                    <ul class="stack tight soft">
                        <li class="row">{Icon::Ticket.view()}<span>"All its tickets and their messages stay."</span></li>
                        <li class="row">{Icon::Stopped.view()}<span>"Mail stays at the provider and is not fetched. The address is free for another mailbox."</span></li>
                        <li class="row">{Icon::Key.view()}<span>{credential}</span></li>
                        <li class="row">{Icon::Held.view()}<span>{match held {
                            0 => "No reply is held. One that is written until then goes back to its writer's drafts.".to_owned(),
                            n => format!("{} back to the drafts of whoever wrote them, with a note in each ticket.", of(n, "held reply goes", "held replies go")),
                        }}</span></li>
                    </ul>
                    <p class="soft">"Nothing brings it back but setting it up anew. " <a href="/help/ending">"Learn more about ending a mailbox"</a></p>
                    <form class="form" method="post" action={post_to::<Delete>()}>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <Field name="typed" label=format!("Type {address} to confirm") refused faults/>
                        <div class="form-foot">
                            <a class="button" href=back>"Keep it"</a>
                            <Submit words="Delete" kind="danger" busy="Deleting"/>
                        </div>
                    </form>
                </div>
            </Sheet>
        }
        .into_any())
    })
}
