//! Before the first import: how many messages would come in, and the newest few.

use super::{Step, Wizard, import_fields, so_far};
use crate::api::imports::{BeginImport, ChangeImport, page as import_page};
use crate::api::mailboxes::path;
use crate::api::post_to;
use crate::api::response::go;
use crate::components::button::{Act, Submit};
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::state::Tone;
use crate::pages::page;
use crate::wording::counts::{count, of};
use crate::wording::times::Clock;
use domain::console::imports::{Count, Import};
use domain::console::mailboxes::ImportFrom;
use domain::id::MailboxId;
use domain::refusal::Fault;
use leptos::prelude::*;

/// `/admin/channels/email/:id/set-up/import`
#[component]
pub fn ImportPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let Some(import) = here.console.imports.show(&here.actor, id).await? else {
            go(&path(id));
            return Ok(().into_any());
        };
        let (refused, clock) = (here.place.refused(), here.clock);
        let shown = match &import.count {
            Some(count) => counted(id, &import, count, clock).into_any(),
            None => counting(&data.incoming.said).into_any(),
        };
        let fields = import_fields(import.from, clock, refused);
        Ok(view! {
            <Sheet here title="New support email: import" place=Place::Email narrow=true>
                <Head title="New support email" crumbs=email_crumbs(true) sub=so_far(&data)/>
                <Wizard at=Step::Result id=None/>
                <div class="stack loose">
                    <Refused refused shown=&[Fault::DateMalformed]/>
                    <section id="count" data-live=format!("mailbox:{id}") aria-label="What would come in" role="status">{shown}</section>
                    <form class="panel" method="post" action={post_to::<ChangeImport>()}>
                        <div class="body stack">
                            <input type="hidden" name="id" value=id.to_string()/>
                            {fields}
                            <div class="row"><Submit words="Count again" kind="" busy="Counting"/></div>
                        </div>
                    </form>
                    <div class="form-foot">
                        <span class="quiet">"This waits as long as you like. New mail comes in meanwhile."</span>
                        <a class="button bare" href=path(id)>"Later"</a>
                    </div>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

/// The words for what begins when the import does.
fn from(from: ImportFrom, clock: Clock) -> String {
    match from {
        ImportFrom::Now => "nothing older than the connection".into(),
        ImportFrom::Date(at) => format!("everything since {}", clock.day(at)),
        ImportFrom::Beginning => "everything from the beginning".into(),
    }
}

fn counting(said: &Option<String>) -> impl IntoView + use<> {
    let said = said.clone().map(|said| view! { <p><code class="value">{said}</code></p> });
    view! {
        <Notice tone=Tone::Calm title="Counting what would come in">
            <p>"Nothing older than the connection is fetched before you have seen it. The number appears here by itself, as soon as incoming works."</p>
            {said}
        </Notice>
    }
}

fn counted(id: MailboxId, import: &Import, counts: &Count, clock: Clock) -> impl IntoView + use<> {
    let messages = counts.messages();
    let title = match messages {
        0 => "No older message would come in".to_owned(),
        n => format!("{} would come in", of(n, "message", "messages")),
    };
    let words = match messages {
        0 => "Only new mail".to_owned(),
        n => format!("Import {}", of(n, "message", "messages")),
    };
    let folders = counts
        .folders
        .iter()
        .map(|f| {
            let what = match f.messages {
                Some(n) => format!("{} of {}", count(u64::from(n)), count(u64::from(f.of))),
                None => "This folder can't be opened".to_owned(),
            };
            view! { <tr><th scope="row">{f.folder.clone()}</th><td data-label="Messages">{what}</td></tr> }
        })
        .collect_view();
    let sample = counts
        .sample
        .iter()
        .map(|one| {
            let at = one.at.map_or_else(|| "No date".into_any(), |at| clock.stamp(at, clock.time(at)).into_any());
            let subject = if one.subject.is_empty() { "No subject".to_owned() } else { one.subject.clone() };
            view! {
                <tr>
                    <th scope="row"><span class="subject">{subject}</span><span class="sub">{one.from.clone()}</span></th>
                    <td class="nowrap" data-label="Arrived">{at}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="would">
            <header><h2 id="would">{title}</h2><span class="quiet">{format!("Counted {}", clock.when(counts.counted_at))}</span></header>
            <div class="body stack">
                <p class="soft">{format!("Chosen: {}. Each message becomes a ticket or joins one; none of them gets an automatic reply.", from(import.from, clock))}</p>
                <table class="table">
                    <thead><tr><th scope="col">"Folder"</th><th scope="col">"Messages"</th></tr></thead>
                    <tbody>{folders}</tbody>
                </table>
                {(!counts.sample.is_empty()).then(|| view! {
                    <table class="table">
                        <thead><tr><th scope="col">"The newest of them"</th><th scope="col">"Arrived"</th></tr></thead>
                        <tbody>{sample}</tbody>
                    </table>
                })}
                <div class="row"><Act action={post_to::<BeginImport>()} fields=vec![("id", id.to_string())] kind="primary" words busy="Beginning"/></div>
            </div>
        </section>
    }
}

/// On other pages: an import waits, and where it is looked at.
pub fn waits(id: MailboxId, import: &Import) -> impl IntoView + use<> {
    let title = match import.count.as_ref().map(Count::messages) {
        Some(n) if n > 0 => format!("The import of {} waits for your look", of(n, "message", "messages")),
        _ => "The import waits for your look".to_owned(),
    };
    view! {
        <Notice tone=Tone::Calm title>
            <p>"New mail comes in already. What is older waits until you have seen how much it is."</p>
            <div class="row"><a class="button primary" href=import_page(id)>{Icon::Inbound.view()}"See what would come in"</a></div>
        </Notice>
    }
}
