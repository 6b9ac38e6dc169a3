//! Folders of the fake's mailboxes.

use super::{HOSTILE, Scene, ago};
use async_trait::async_trait;
use domain::Answer;
use domain::console::folders::{Elsewhere, FolderChoice, Folders};
use domain::console::people::Actor;
use domain::folder::FolderRole;
use domain::id::MailboxId;
use domain::time::Span;

pub struct Fake(pub Scene);

#[async_trait]
impl Folders for Fake {
    async fn choices(&self, actor: &Actor, _: MailboxId) -> Answer<Vec<FolderChoice>> {
        actor.admin()?;
        let choice = |name: &str, role, chosen, there| FolderChoice { name: name.into(), role, chosen, there };
        Ok(vec![
            choice("Bestellungen &- R&APw-ckfragen", FolderRole::Other, true, true),
            choice("Junk Email", FolderRole::Junk, false, true),
            choice(HOSTILE, FolderRole::Chosen, true, false),
        ])
    }
    async fn elsewhere(&self, actor: &Actor, id: MailboxId) -> Answer<Vec<Elsewhere>> {
        actor.admin()?;
        if self.0.empty || id.0 != 1 {
            return Ok(Vec::new());
        }
        let one = |name: &str, role, messages, imported| Elsewhere {
            name: name.into(),
            role,
            messages,
            from: ago(Span::hours(388)),
            to: ago(Span::days(13)),
            imported,
        };
        Ok(vec![
            one("Junk Email", FolderRole::Junk, 3, false),
            one("R&APw-ckfragen", FolderRole::Other, 12, true),
            one(HOSTILE, FolderRole::Other, 1, false),
        ])
    }
    async fn import(&self, actor: &Actor, _: MailboxId, _: String) -> Answer<()> {
        actor.admin()
    }
}
