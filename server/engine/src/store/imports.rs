//! Imports that wait for somebody to look at them.

use super::entity::{folder, mailbox};
use super::folders::FROM_THE_BEGINNING;
use super::{Store, StoreError, Tx};
use domain::Time;
use domain::console::mailboxes::ImportFrom;
use domain::folder::FolderRole;
use domain::id::MailboxId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// From when on a mailbox is to be imported, as the admin chose it.
pub fn chosen(row: &mailbox::Model) -> ImportFrom {
    match (row.import_mode.as_str(), row.import_from) {
        ("beginning", _) => ImportFrom::Beginning,
        ("date", Some(from)) => ImportFrom::Date(Time(from)),
        _ => ImportFrom::Now,
    }
}

/// From when on it is fetched now: until somebody has looked, from the connection on.
pub fn in_force(row: &mailbox::Model) -> ImportFrom {
    match (row.import_asked_at, row.import_mode.as_str(), row.import_from) {
        (Some(asked), _, _) => ImportFrom::Date(Time(asked)),
        (None, "beginning", _) => ImportFrom::Beginning,
        // From the moment it was connected: what came in between is new.
        (None, "date" | "now", Some(from)) => ImportFrom::Date(Time(from)),
        (None, _, _) => ImportFrom::Now,
    }
}

/// Keeps a count, as JSON, if the import still waits and nothing was counted meanwhile.
pub async fn keep_count(store: &Store, id: MailboxId, count: String) -> Result<(), StoreError> {
    mailbox::Entity::update_many()
        .col_expr(mailbox::Column::ImportCount, Expr::value(count))
        .filter(mailbox::Column::Id.eq(id.0))
        .filter(mailbox::Column::ImportAskedAt.is_not_null())
        .filter(mailbox::Column::ImportCount.is_null())
        .exec(store.write())
        .await?;
    Ok(())
}

/// Another beginning; what was counted is forgotten.
pub async fn change(tx: &Tx, id: MailboxId, from: ImportFrom) -> Result<(), StoreError> {
    let (mode, from) = match from {
        ImportFrom::Now => ("now", None),
        ImportFrom::Date(at) => ("date", Some(at.0)),
        ImportFrom::Beginning => ("beginning", None),
    };
    let row = mailbox::ActiveModel {
        id: Set(id.0),
        import_mode: Set(mode.into()),
        import_from: Set(from),
        import_count: Set(None),
        ..Default::default()
    };
    mailbox::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// It waits no longer. Its folders are begun anew from the chosen time on: what came in since the connection is
/// known by its receipts.
pub async fn begin(tx: &Tx, row: &mailbox::Model) -> Result<(), StoreError> {
    let since = match chosen(row) {
        ImportFrom::Now => None,
        ImportFrom::Date(at) => Some(at.0),
        ImportFrom::Beginning => Some(FROM_THE_BEGINNING),
    };
    let changed = mailbox::ActiveModel {
        id: Set(row.id),
        import_asked_at: Set(None),
        import_count: Set(None),
        import_from: Set(if since.is_none() { row.import_asked_at } else { row.import_from }),
        ..Default::default()
    };
    mailbox::Entity::update(changed).exec(tx).await?;
    let Some(since) = since else { return Ok(()) };
    folder::Entity::update_many()
        .col_expr(folder::Column::UidValidity, Expr::value(None::<i64>))
        .col_expr(folder::Column::Cursor, Expr::value(0_i64))
        // Its own beginning: a pass that is still on its way by the old one then begins here too.
        .col_expr(folder::Column::ImportSince, Expr::value(since))
        // Its progress is shown as that of a first import.
        .col_expr(folder::Column::FetchedAt, Expr::value(None::<i64>))
        .col_expr(folder::Column::MovedAt, Expr::value(None::<i64>))
        .filter(folder::Column::MailboxId.eq(row.id))
        .filter(folder::Column::FormerSwitchId.is_null())
        .filter(folder::Column::Watched.eq(true))
        .filter(folder::Column::Role.ne(FolderRole::Sent.key()))
        .exec(tx)
        .await?;
    Ok(())
}
