//! The folders port.

use crate::store::{commit, folders, listed, mailboxes};
use crate::{Engine, clock};
use async_trait::async_trait;
use domain::console::Folders;
use domain::console::folders::{Elsewhere, FolderChoice};
use domain::console::mailboxes::Tidy;
use domain::console::people::Actor;
use domain::folder::FolderRole;
use domain::id::MailboxId;
use domain::{Answer, Fault, Refusal, Time};
use std::sync::Arc;

/// Folders that one mailbox may watch: each is asked once a minute.
const MOST: usize = 30;
const LONGEST: usize = 250;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Folders for Port {
    async fn choices(&self, actor: &Actor, id: MailboxId) -> Answer<Vec<FolderChoice>> {
        actor.admin()?;
        let store = &self.0.store;
        mailboxes::get(store, id).await?.ok_or(Refusal::NotFound)?;
        let chosen = folders::of(store, id).await?;
        let first = chosen.first().map_or_else(|| "INBOX".to_owned(), |row| row.name.clone());
        let role = |key: &str| FolderRole::from_key(key).unwrap_or(FolderRole::Other);
        let mut choices: Vec<FolderChoice> = listed::of(store, id)
            .await?
            .into_iter()
            .filter(|row| role(&row.role).holds_mail())
            .map(|row| FolderChoice {
                chosen: chosen.iter().any(|c| c.name == row.name),
                role: role(&row.role),
                name: row.name,
                there: true,
            })
            .collect();
        for row in &chosen {
            if !choices.iter().any(|c| c.name == row.name) {
                let (name, role) = (row.name.clone(), role(&row.role));
                choices.push(FolderChoice { name, role, chosen: true, there: false });
            }
        }
        choices.retain(|choice| choice.name != first);
        Ok(choices)
    }

    async fn elsewhere(&self, actor: &Actor, id: MailboxId) -> Answer<Vec<Elsewhere>> {
        actor.admin()?;
        let rows = listed::of(&self.0.store, id).await?;
        let found = rows.into_iter().filter_map(|row| {
            let messages = u32::try_from(row.missed?).ok().filter(|n| *n > 0)?;
            Some(Elsewhere {
                role: FolderRole::from_key(&row.role).unwrap_or(FolderRole::Other),
                name: row.name,
                messages,
                from: Time(row.missed_from?),
                to: Time(row.missed_to?),
                imported: row.imported_at.is_some(),
            })
        });
        Ok(found.collect())
    }

    async fn import(&self, actor: &Actor, id: MailboxId, folder: String) -> Answer<()> {
        let missed = self.elsewhere(actor, id).await?;
        let one = missed.into_iter().find(|one| one.name == folder).ok_or(Refusal::NotFound)?;
        if one.imported {
            return Ok(());
        }
        let tx = self.0.store.begin().await?;
        folders::import(&tx, id, &one.name, one.role, one.from, one.to).await?;
        listed::imported(&tx, id, &one.name, clock::now()).await?;
        commit(tx).await?;
        self.0.wake.mailbox(id);
        self.0.changes.tell(format!("mailbox:{id}"));
        Ok(())
    }
}

/// The folders of a form, the first one first, each once.
pub fn names(first: &str, others: &[String]) -> Answer<Vec<String>> {
    // INBOX is one folder however it is written (RFC 9051 5.1).
    let first =
        if first.trim().is_empty() || first.trim().eq_ignore_ascii_case("INBOX") { "INBOX" } else { first.trim() };
    let mut names: Vec<String> = vec![first.to_owned()];
    for name in others.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    let bad = |name: &String| name.chars().count() > LONGEST || name.chars().any(char::is_control);
    if names.len() > MOST || names.iter().any(bad) {
        return Err(Fault::TextTooLong.into());
    }
    Ok(names)
}

/// Mail that is moved to a folder that is fetched from would come again.
pub fn not_fetched(tidy: &Tidy, names: &[String]) -> Answer<()> {
    let Tidy::MoveTo(to) = tidy else { return Ok(()) };
    let bad = to.trim().is_empty() || to.chars().count() > LONGEST || to.chars().any(char::is_control);
    let fetched = names.iter().any(|name| name == to) || to.eq_ignore_ascii_case("INBOX");
    if bad || fetched { Err(Fault::FolderIsFetched.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_is_there_and_each_once() {
        let list = |first: &str, others: &[&str]| {
            names(first, &others.iter().map(|o| (*o).to_owned()).collect::<Vec<_>>()).map_err(|_| ())
        };
        assert_eq!(list(" ", &["", "Orders", "INBOX", "Orders"]), Ok(vec!["INBOX".into(), "Orders".into()]));
        assert_eq!(list("Orders", &["INBOX"]), Ok(vec!["Orders".into(), "INBOX".into()]));
        assert!(list("a\r\nA1 LOGOUT", &[]).is_err());
        assert!(list(&"x".repeat(300), &[]).is_err());
    }
}
