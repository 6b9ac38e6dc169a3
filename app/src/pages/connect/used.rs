//! Step 2: what the mailbox is for, and from when mail is imported.

use super::{Step, Wizard, heading};
use crate::api::mailboxes::{ChooseUse, path};
use crate::api::post_to;
use crate::components::button::Submit;
use crate::components::field::{Check, Field, FieldError, Select, fault_of};
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::notice::Refused;
use crate::pages::mailbox::use_choices;
use crate::pages::page;
use crate::wording::times::Clock;
use domain::Time;
use domain::console::mailboxes::ImportFrom;
use domain::id::MailboxId;
use domain::refusal::{Fault, Refusal};
use domain::time::Span;
use leptos::prelude::*;

const DATE: &[Fault] = &[Fault::DateMalformed];

/// `2026-11-01`, for a date field.
pub fn date_value(at: Time) -> String {
    let c = at.civil(0);
    format!("{:04}-{:02}-{:02}", c.year, c.month, c.day)
}

/// From when on mail is imported: one of three, and the date of the second.
pub fn import_fields(from: ImportFrom, clock: Clock, refused: Option<Refusal>) -> impl IntoView + use<> {
    let date = match from {
        ImportFrom::Date(at) => Some(at),
        ImportFrom::Now | ImportFrom::Beginning => None,
    };
    let options = vec![
        ("now".to_owned(), "Now on: only new mail".to_owned(), from == ImportFrom::Now),
        ("date".to_owned(), "A date".to_owned(), date.is_some()),
        ("beginning".to_owned(), "The beginning".to_owned(), from == ImportFrom::Beginning),
    ];
    let shown = date_value(date.unwrap_or(clock.now - Span::days(7)));
    let fault = fault_of(refused, DATE);
    view! {
        <div class="row">
            <Select name="import" label="Import mail from" options/>
            <div class="field">
                <label for="import_date">"Date"</label>
                <input class="input short date" id="import_date" name="import_date" type="date" value=shown
                    aria-invalid=fault.map(|_| "true") aria-describedby=fault.map(|_| "import_date-error import_date-hint").or(Some("import_date-hint"))/>
            </div>
        </div>
        {fault.map(|fault| view! { <FieldError id="import_date-error".to_owned() fault/> })}
        <p class="hint" id="import_date-hint">"The date counts only with A date."</p>
    }
}

/// `/admin/channels/email/:id/set-up/use`
#[component]
pub fn UsePage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let refused = here.place.refused();
        let address = data.row.address.to_string();
        let wanted = data.wanted.clone();
        let choices = use_choices(&data, refused.is_none());
        let import = import_fields(wanted.import, here.clock, refused);
        let folder = if wanted.folder.is_empty() { "INBOX".to_owned() } else { wanted.folder.clone() };
        Ok(view! {
            <Sheet here title="New support email: use" place=Place::Email narrow=true>
                <Head title=heading(&data) crumbs=email_crumbs(true) sub=format!("{address}, {}", data.row.provider_name)/>
                <Wizard at=Step::Use id=Some(id)/>
                <form class="stack loose" method="post" action={post_to::<ChooseUse>()}>
                    <Refused refused shown=DATE/>
                    <input type="hidden" name="id" value=id.to_string()/>
                    {choices}
                    <fieldset class="stack if-fetches">
                        <legend class="part">"Incoming"</legend>
                        <Field name="folder" label="Folder" value=folder/>
                        {import}
                        <p class="hint">"Older mail is counted and shown before it comes in. It gets no automatic reply."</p>
                        <Check name="delete_after_fetch" title="Delete emails from the server after fetching" checked=wanted.delete_after_fetch
                            hint="Off: the mailbox stays as it is. On: each message is deleted only after it is stored here."/>
                    </fieldset>
                    <div class="form-foot">
                        <span class="quiet">"Saved as a draft. Nothing is connected yet."</span>
                        <span class="row"><a class="button bare" href=format!("{}/set-up/provider", path(id))>"Back"</a><Submit words="Continue"/></span>
                    </div>
                </form>
            </Sheet>
        }
        .into_any())
    })
}
