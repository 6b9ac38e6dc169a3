//! Mailbox 1 imports nothing any more; mailbox 3 waits for a look, 4 is being counted.

use super::{HOSTILE, ago};
use async_trait::async_trait;
use domain::Answer;
use domain::console::Actor;
use domain::console::imports::{Count, FolderCount, Import, Imports, Sample};
use domain::console::mailboxes::ImportFrom;
use domain::id::MailboxId;
use domain::time::Span;

pub struct Fake;

#[async_trait]
impl Imports for Fake {
    async fn show(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<Import>> {
        actor.admin()?;
        let sample = |hours: i64, from: &str, subject: &str| Sample {
            at: Some(ago(Span::hours(hours))),
            from: from.into(),
            subject: subject.into(),
        };
        let folder = |name: &str, messages, of| FolderCount { folder: name.into(), messages, of };
        let count = Count {
            counted_at: ago(Span::minutes(1)),
            folders: vec![folder("INBOX", Some(1_204), 8_310), folder(HOSTILE, None, 0)],
            sample: vec![sample(2, "Hanna Virtanen", "Sensor reads 0 after the update"), sample(5, HOSTILE, HOSTILE)],
        };
        let import =
            |count| Import { asked_at: ago(Span::minutes(4)), from: ImportFrom::Date(ago(Span::days(23))), count };
        Ok(match mailbox.0 {
            3 => Some(import(Some(count))),
            4 => Some(import(None)),
            _ => None,
        })
    }
    async fn change(&self, actor: &Actor, _: MailboxId, _: ImportFrom) -> Answer<()> {
        actor.admin()
    }
    async fn begin(&self, actor: &Actor, _: MailboxId) -> Answer<()> {
        actor.admin()
    }
}
