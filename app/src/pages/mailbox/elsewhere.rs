//! Folders besides the first: which of them are fetched too, and what an outage left in the others.

use crate::api::mailboxes::ImportFolder;
use crate::api::post_to;
use crate::components::button::Act;
use crate::wording::counts::of;
use crate::wording::folders;
use crate::wording::times::Clock;
use domain::console::folders::{Elsewhere, FolderChoice};
use domain::console::mailboxes::Tidy;
use domain::folder::readable;
use domain::id::MailboxId;
use leptos::prelude::*;

/// Boxes to tick in the settings; nothing where the server was not asked yet and nothing is chosen.
pub fn further(choices: Vec<FolderChoice>) -> Option<AnyView> {
    if choices.is_empty() {
        return None;
    }
    let boxes = choices
        .into_iter()
        .enumerate()
        .map(|(n, choice)| {
            let hint = folders::hint(&choice);
            view! {
                <label class="check">
                    <input type="checkbox" name=format!("folders[{n}]") value=choice.name.clone() checked=choice.chosen/>
                    <span>{readable(&choice.name)}</span>
                    {hint.map(|hint| view! { <span class="hint">{hint}</span> })}
                </label>
            }
        })
        .collect_view();
    Some(
        view! {
            <fieldset class="stack tight">
                <legend class="label">{folders::FURTHER}</legend>
                <p class="hint">{folders::FURTHER_HINT}</p>
                {boxes}
            </fieldset>
        }
        .into_any(),
    )
}

/// What may be done with mail that stays: a folder may take it that is not fetched from.
pub fn tidy(chosen: &Tidy, listed: &[FolderChoice]) -> Vec<(String, String, bool)> {
    let mut options = vec![
        (String::new(), folders::LEAVE.to_owned(), *chosen == Tidy::Leave),
        ("read".to_owned(), folders::MARK_READ.to_owned(), *chosen == Tidy::MarkRead),
    ];
    let mut names: Vec<&str> = listed.iter().filter(|c| !c.chosen && c.there).map(|c| c.name.as_str()).collect();
    if let Tidy::MoveTo(name) = chosen
        && !names.contains(&name.as_str())
    {
        names.push(name);
    }
    options.extend(names.into_iter().map(|name| {
        let words = format!("{} {}", folders::MOVE_TO, readable(name));
        (format!("move:{name}"), words, *chosen == Tidy::MoveTo(name.to_owned()))
    }));
    options
}

/// R25: mail that arrived in other folders during the outage, counted and offered.
pub fn panel(id: MailboxId, found: Vec<Elsewhere>, clock: Clock) -> Option<AnyView> {
    let first = found.first()?;
    let sub = format!("{} to {}", clock.time(first.from), clock.time(first.to));
    let lines = found
        .into_iter()
        .map(|one| {
            let name = readable(&one.name);
            let act = if one.imported {
                view! { <span class="quiet">{folders::IMPORTED}</span> }.into_any()
            } else {
                view! {
                    <Act action={post_to::<ImportFolder>()} fields=vec![("id", id.to_string()), ("folder", one.name.clone())]
                        words="Import" busy="Importing" of=format!("{} from {name}", of(one.messages.into(), "message", "messages"))/>
                }
                .into_any()
            };
            view! {
                <li class="row apart">
                    <span><b>{name}</b>" "<span class="soft">{folders::left(one.role, one.messages)}</span></span>
                    {act}
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="panel" aria-labelledby="elsewhere" data-live=format!("mailbox:{id}") id="elsewhere-place">
                <header><h2 id="elsewhere">{folders::ELSEWHERE}</h2><span class="quiet num">{sub}</span></header>
                <ul class="lines">{lines}</ul>
                <footer><span class="soft">{folders::ELSEWHERE_HINT}</span></footer>
            </section>
        }
        .into_any(),
    )
}
