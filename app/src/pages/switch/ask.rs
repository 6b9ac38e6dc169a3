//! What changes: another person, address, provider, or mailbox.

use crate::api::mailboxes::path;
use crate::api::post_to;
use crate::api::switches::Prepare;
use crate::components::button::Submit;
use crate::components::field::{Choice, Field, Select};
use crate::components::frame::{Head, Place, Sheet};
use crate::components::notice::Refused;
use crate::pages::connect::import_fields;
use crate::pages::mailbox::below;
use crate::pages::page;
use crate::wording::switches;
use domain::console::mailboxes::ImportFrom;
use domain::id::MailboxId;
use domain::refusal::Fault;
use domain::switch::Case;
use leptos::prelude::*;

const ADDRESS: &[Fault] = &[Fault::AddressMalformed, Fault::AddressTaken, Fault::AddressSame];
const SHOWN: &[Fault] = &[Fault::AddressMalformed, Fault::AddressTaken, Fault::AddressSame, Fault::DateMalformed];

/// `/admin/channels/email/:id/switch`
#[component]
pub fn SwitchPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let plan = here.console.switches.plan(&here.actor, id).await?;
        let providers = here.console.mailboxes.providers(&here.actor).await?;
        let refused = here.place.refused();
        let present = data.row.address.to_string();
        let chosen =
            here.place.query("case").and_then(Case::from_key).or(plan.as_ref().map(|p| p.case)).unwrap_or(Case::Person);
        let cases = Case::ALL
            .map(|case| {
                let (title, hint) = switches::case(case);
                view! { <Choice name="case" value=case.key() title hint chosen=case == chosen/> }
            })
            .into_iter()
            .collect_view();
        let at = plan.as_ref().map_or_else(|| data.provider.key.clone(), |p| p.provider_key.clone());
        let options = providers.into_iter().map(|p| (p.key.clone(), p.name, p.key == at)).collect();
        let address = plan.as_ref().map(|p| p.address.to_string()).filter(|a| *a != present).unwrap_or_default();
        let import = plan.as_ref().map_or(ImportFrom::Now, |p| p.import);
        let imports = import_fields(import, here.clock, refused);
        Ok(view! {
            <Sheet here title=format!("Switch {present}") place=Place::Email narrow=true>
                <Head title="Switch account, address or provider" crumbs=below(id, &present) sub=present.clone()/>
                <form class="stack loose" method="post" action={post_to::<Prepare>()}>
                    <Refused refused shown=SHOWN/>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <fieldset>
                        <legend class="label">"What changes"</legend>
                        <div class="choices gap">{cases}</div>
                    </fieldset>
                    <fieldset class="stack if-elsewhere">
                        <legend class="part">"Where it is then"</legend>
                        <div class="if-renamed"><Field name="address" label="New address" kind="email" value=address refused faults=ADDRESS optional=true
                            hint="For a new address or another mailbox. Otherwise it stays as it is."/></div>
                        <div class="if-moved"><Select name="provider_key" label="Provider" options
                            hint="Where the mailbox lies afterwards."/></div>
                        <div class="stack tight if-different">{imports}</div>
                        <p class="hint if-different">"Counts only where another mailbox takes its place. Imported mail gets no automatic reply."</p>
                    </fieldset>
                    <div class="form-foot">
                        <span class="quiet">"Nothing changes before the new sign-in or password has proved itself."</span>
                        <span class="row"><a class="button bare" href=path(id)>"Cancel"</a><Submit words="Continue"/></span>
                    </div>
                </form>
            </Sheet>
        }
        .into_any())
    })
}
