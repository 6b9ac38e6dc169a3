//! Who carries which mailboxes: accounts at providers by whose sign-in several mailboxes live (H4).

use crate::api::mailboxes::path;
use crate::components::icon::Icon;
use crate::components::state::{State, Tone, Words};
use crate::wording::counts::of;
use domain::console::mailboxes::MailboxRow;
use domain::mailbox::MailboxState;
use domain::remedy::Remedy;
use leptos::prelude::*;

/// The mailboxes of one account, the account that carries most first.
fn by_account(rows: &[MailboxRow]) -> Vec<(String, Vec<&MailboxRow>)> {
    let mut accounts: Vec<(String, Vec<&MailboxRow>)> = Vec::new();
    for row in rows.iter().filter(|r| !r.by_password) {
        let Some(who) = row.signs_in_by.clone() else { continue };
        match accounts.iter_mut().find(|(known, _)| *known == who) {
            Some((_, mailboxes)) => mailboxes.push(row),
            None => accounts.push((who, vec![row])),
        }
    }
    accounts.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    accounts
}

fn state(mailboxes: &[&MailboxRow]) -> Words {
    let needs = |wanted: &[Remedy]| {
        mailboxes.iter().any(|r| matches!(&r.state, MailboxState::Needs { remedy, .. } if wanted.contains(remedy)))
    };
    if needs(&[Remedy::AnotherPersonSignsIn]) {
        Words::new(Tone::Critical, Icon::Critical, "Can't sign in any more")
            .second("Another person with access has to.")
    } else if needs(&[Remedy::SignInAgain]) {
        Words::new(Tone::Critical, Icon::Critical, "Has to sign in again")
    } else {
        Words::new(Tone::Ok, Icon::Ok, "Signed in")
    }
}

/// The section; nothing while nobody carries a mailbox.
pub fn view(rows: &[MailboxRow]) -> Option<AnyView> {
    let accounts = by_account(rows);
    if accounts.is_empty() {
        return None;
    }
    let lines = accounts
        .into_iter()
        .map(|(who, mailboxes)| {
            let n = mailboxes.len() as u64;
            let state = state(&mailboxes);
            let names = mailboxes
                .into_iter()
                .map(|m| view! { <a class="plain" href=path(m.id)>{m.address.to_string()}</a>" " })
                .collect_view();
            view! {
                <tr>
                    <th scope="row"><span class="name value">{who.clone()}</span></th>
                    <td data-label="Carries">{format!("{} on it", of(n, "mailbox hangs", "mailboxes hang"))}<span class="sub value">{names}</span></td>
                    <td data-label="Sign-in"><State words=state/></td>
                </tr>
            }
        })
        .collect_view();
    Some(
        view! {
            <section id="carried" data-live="mailboxes" aria-labelledby="carried-head">
                <div class="section-head"><h2 id="carried-head">"Whose sign-ins carry the mailboxes"</h2><span class="quiet">"Before somebody leaves, let another person sign in for theirs."</span></div>
                <table class="table people">
                    <thead><tr><th scope="col">"Account"</th><th scope="col">"Carries"</th><th scope="col">"Sign-in"</th></tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            </section>
        }
        .into_any(),
    )
}
