//! Receipts of messages that can't be read: read again, or dealt with by a person.

use super::entity::receipt;
use super::{Store, StoreError, Tx};
use domain::Time;
use domain::id::{MessageId, TicketId};
use domain::receipt::Disposition;
use domain::time::Span;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany};

/// Why a message can't be read, with the word that fetching had left for it: read again, it needs that word.
pub fn worded(reason: &str, word: Option<&str>) -> String {
    word.map_or_else(|| reason.to_owned(), |word| format!("{reason} [{word}]"))
}

/// Which of the words that fetching leaves stands in a reason.
pub fn word_of<'a>(reason: Option<&str>, words: &[&'a str]) -> Option<&'a str> {
    let reason = reason?;
    words.iter().copied().find(|word| reason.ends_with(&worded("", Some(word))))
}

/// Receipts of unreadable messages, whose sources are here, as stored with this word: intake reads them again.
fn reopening(word: Option<&str>, tries: i64) -> UpdateMany<receipt::Entity> {
    receipt::Entity::update_many()
        .col_expr(receipt::Column::Disposition, Expr::value(Disposition::Stored.key()))
        .col_expr(receipt::Column::Reason, Expr::value(word))
        .col_expr(receipt::Column::SettledAt, Expr::value(None::<i64>))
        .col_expr(receipt::Column::Tries, Expr::value(tries))
        // Written out, so that SQLite sees that its partial index fits.
        .filter(Expr::cust("disposition = 'quarantined'"))
        .filter(receipt::Column::TicketId.is_null())
        .filter(receipt::Column::SourceId.is_not_null())
}

/// Lets intake read again what an older parser gave up on; how many there are. `words`: those that fetching leaves.
pub async fn reopen_unreadable(store: &Store, words: &[&str], parser: i64) -> Result<u64, StoreError> {
    let mut messages = 0;
    // Those without a word last: by then nothing else is left.
    for word in words.iter().copied().map(Some).chain([None]) {
        let old = reopening(word, 0).filter(receipt::Column::Parser.lt(parser));
        let old = match word {
            Some(word) => old.filter(receipt::Column::Reason.ends_with(worded("", Some(word)))),
            None => old,
        };
        messages += old.exec(store.write()).await?.rows_affected;
    }
    Ok(messages)
}

/// What was given up on for one of these reasons is read once more, for what failed may have been the machine: a minute
/// after it was given up, and then nine times as long after it came each time. How many there are. `words`: those that
/// fetching leaves.
pub async fn reopen_in_doubt(
    store: &Store,
    reasons: &[String],
    words: &[&str],
    tries: i64,
    now: Time,
) -> Result<u64, StoreError> {
    use sea_orm::sea_query::ExprTrait as _;
    let mut messages = 0;
    for word in [None].into_iter().chain(words.iter().copied().map(Some)) {
        let lasted = receipt::Column::SettledAt.into_expr().sub(receipt::Column::StoredAt.into_expr());
        let done = reopening(word, 1 + tries)
            .filter(receipt::Column::Reason.is_in(reasons.iter().map(|reason| worded(reason, word))))
            .filter(receipt::Column::SettledAt.lte((now - Span::minutes(1)).0))
            .filter(receipt::Column::SettledAt.into_expr().add(lasted.mul(8)).lte(now.0))
            .exec(store.write())
            .await?;
        messages += done.rows_affected;
    }
    Ok(messages)
}

/// Messages that can't be read, the newest first.
pub async fn unreadable(store: &Store, limit: u64) -> Result<Vec<receipt::Model>, StoreError> {
    Ok(receipt::Entity::find()
        .filter(Expr::cust("disposition = 'quarantined'"))
        .filter(receipt::Column::TicketId.is_null())
        .order_by_desc(receipt::Column::SettledAt)
        .order_by_desc(receipt::Column::Uid)
        .limit(limit)
        .all(store.read())
        .await?)
}

/// What becomes of an unreadable message by a person's word; `false`: it is not one any more.
pub async fn by_person(
    tx: &Tx,
    row: &receipt::Model,
    disposition: Disposition,
    reason: &str,
    made: Option<(TicketId, MessageId)>,
) -> Result<bool, StoreError> {
    let done = receipt::Entity::update_many()
        .col_expr(receipt::Column::Disposition, Expr::value(disposition.key()))
        .col_expr(receipt::Column::Reason, Expr::value(reason))
        .col_expr(receipt::Column::TicketId, Expr::value(made.map(|(ticket, _)| ticket.0)))
        .col_expr(receipt::Column::MessageId, Expr::value(made.map(|(_, message)| message.0)))
        .filter(receipt::Column::FolderId.eq(row.folder_id))
        .filter(receipt::Column::UidValidity.eq(row.uid_validity))
        .filter(receipt::Column::Uid.eq(row.uid))
        .filter(Expr::cust("disposition = 'quarantined'"))
        .filter(receipt::Column::TicketId.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_the_fetch_is_found_again() {
        let words = ["too_large", "asked"];
        for word in [Some("too_large"), Some("asked"), None] {
            assert_eq!(word_of(Some(&worded("it is empty", word)), &words), word);
        }
        assert_eq!(word_of(None, &words), None);
        assert_eq!(word_of(Some("it was asked"), &words), None);
    }
}
