//! What the watchers of a node go by, as one number a mailbox: asked for all of them at once.

use super::nodes::Node;
use super::{Store, StoreError};
use domain::Time;
use domain::id::MailboxId;
use sea_orm::{ConnectionTrait, Statement};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Columns of a mailbox, its incoming direction and its grant that say how it is watched.
const MAILBOX: [&str; 22] = [
    "m.epoch",
    "m.paused_at",
    "m.draft",
    "m.deleted_at",
    "m.delete_after_fetch",
    "m.after_fetch",
    "m.after_fetch_folder",
    "m.grace_days",
    "m.import_mode",
    "m.import_from",
    "m.import_asked_at",
    "m.import_count IS NULL",
    "d.generation",
    "d.grant_id",
    "d.host",
    "d.port",
    "d.tls",
    "d.user_name",
    "d.used",
    "d.next_attempt_at",
    "g.lost_at",
    "(SELECT MAX(w.id) FROM wish w WHERE w.mailbox_id = m.id AND w.done_at IS NULL)",
];

/// Of a folder: not how far it was read, which the watcher itself writes.
const FOLDER: [&str; 8] =
    ["f.id", "f.name", "f.role", "f.watched", "f.place", "f.former_switch_id", "f.import_since", "f.import_until"];

/// The mark of each of a node's mailboxes: another one where something was changed, and every minute where incoming
/// mail fails, as its next attempt falls due by the clock.
pub async fn of_node(store: &Store, node: Node, now: Time) -> Result<HashMap<MailboxId, u64>, StoreError> {
    let minute = now.0 / 60_000;
    let mailboxes = format!(
        "SELECT m.id, {} || CASE WHEN d.failing_since IS NULL THEN '' ELSE '{minute}' END AS said
         FROM mailbox m JOIN direction d ON d.mailbox_id = m.id AND d.direction = 'incoming'
         LEFT JOIN grants g ON g.id = d.grant_id WHERE m.node_id = {}",
        text(&MAILBOX),
        node.id
    );
    let folders = format!(
        "SELECT m.id, {} AS said FROM folder f JOIN mailbox m ON m.id = f.mailbox_id
         WHERE m.node_id = {} ORDER BY f.mailbox_id, f.id",
        text(&FOLDER),
        node.id
    );
    let mut marks: HashMap<MailboxId, DefaultHasher> = HashMap::new();
    for sql in [mailboxes, folders] {
        for row in store.read().query_all_raw(Statement::from_string(store.backend(), sql)).await? {
            let said: String = row.try_get("", "said")?;
            said.hash(marks.entry(MailboxId(row.try_get("", "id")?)).or_default());
        }
    }
    Ok(marks.into_iter().map(|(mailbox, mark)| (mailbox, mark.finish())).collect())
}

/// One text of all of them.
fn text(columns: &[&str]) -> String {
    let each: Vec<String> = columns.iter().map(|column| format!("COALESCE(CAST({column} AS TEXT), '')")).collect();
    each.join(" || '|' || ")
}
