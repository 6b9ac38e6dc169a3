//! The search index: FTS5 at SQLite, a tsvector at PostgreSQL, filled from `search_due`.
//!
//! The only statements that are written out: the index has no entity. Words are letters and digits
//! only, so that nothing a person types is syntax.

use super::entity::message;
use super::{Store, StoreError, Tx};
use domain::id::{MessageId, TicketId};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
    Statement, Value,
};
use std::collections::HashMap;

/// Bytes of a text that are indexed.
const MOST: usize = 256 << 10;
/// Messages that are read, and written, by one statement.
const AT_ONCE: usize = 10;
/// Hits that are shown; nobody turns so many pages.
const HITS: usize = 500;
/// Hits that are ranked, the newest: of what is found so often, recency tells more than a rank, whose reckoning reads a
/// row for each.
const RANKED: usize = 1_000;

/// A message where the words were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub message: MessageId,
    pub ticket: TicketId,
}

/// Which tickets count, as in the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Among {
    pub status: Option<domain::ticket::TicketStatus>,
    pub mailbox: Option<i64>,
    pub assignee: Option<i64>,
}

/// Asks for a message to be indexed.
pub async fn due(tx: &Tx, messages: &[MessageId]) -> Result<(), StoreError> {
    if messages.is_empty() {
        return Ok(());
    }
    let rows: Vec<String> = messages.iter().map(|id| format!("({})", id.0)).collect();
    let rows = rows.join(", ");
    let sql = format!("INSERT INTO search_due (message_id) VALUES {rows} ON CONFLICT (message_id) DO NOTHING");
    tx.execute_unprepared(&sql).await?;
    Ok(())
}

/// A message stands in another ticket now: it is indexed anew.
pub async fn moved(tx: &Tx, message: MessageId) -> Result<(), StoreError> {
    let column = match tx.get_database_backend() {
        sea_orm::DatabaseBackend::Sqlite => "rowid",
        _ => "message_id",
    };
    tx.execute_unprepared(&format!("DELETE FROM search WHERE {column} = {}", message.0)).await?;
    due(tx, &[message]).await
}

/// Indexes at most so many messages in one transaction; how many there were.
pub async fn index_some(store: &Store, limit: usize) -> Result<usize, StoreError> {
    let sql = format!("SELECT message_id FROM search_due ORDER BY message_id LIMIT {limit}");
    let rows = store.read().query_all_raw(Statement::from_string(store.backend(), sql)).await?;
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.try_get("", "message_id").ok()).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    // Read before the lock is held.
    let mut entries = Vec::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let said: Vec<Said> = said(some).into_model().all(store.read()).await?;
        entries.extend(said.into_iter().map(|said| Entry::of(said, store.is_sqlite())));
    }
    let tx = store.begin().await?;
    // A message may have moved meanwhile; none moves while these are written.
    let tickets: Vec<(i64, i64)> = message::Entity::find()
        .select_only()
        .columns([message::Column::Id, message::Column::TicketId])
        .filter(message::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(message::Column::Id)
        .lock(LockType::Share)
        .into_tuple()
        .all(&tx)
        .await?;
    let tickets: HashMap<i64, i64> = tickets.into_iter().collect();
    entries.retain_mut(|entry| {
        let ticket = tickets.get(&entry.message);
        entry.ticket = ticket.copied().unwrap_or_default();
        ticket.is_some()
    });
    let list = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    if store.is_sqlite() {
        tx.execute_unprepared(&format!("DELETE FROM search WHERE rowid IN ({list})")).await?;
    }
    let mut rest = entries;
    while !rest.is_empty() {
        // Two sizes only, so that prepared statements are found again.
        let left = rest.split_off(if rest.len() < AT_ONCE { 1 } else { AT_ONCE });
        write(&tx, rest).await?;
        rest = left;
    }
    tx.execute_unprepared(&format!("DELETE FROM search_due WHERE message_id IN ({list})")).await?;
    super::commit(tx).await?;
    Ok(ids.len())
}

/// What is indexed of a message.
#[derive(FromQueryResult)]
struct Said {
    id: i64,
    subject: String,
    text: String,
    quoted: Option<String>,
    author: String,
    from_address: Option<String>,
    to_list: String,
    cc_list: String,
}

/// Of these messages, with no more of a text than counts.
fn said(ids: &[i64]) -> Select<message::Entity> {
    use message::Column::{Author, CcList, FromAddress, Id, Subject, ToList};
    let beginning = |column: &str| Expr::cust(format!("substr({column}, 1, {MOST})"));
    message::Entity::find()
        .select_only()
        .columns([Id, Subject, Author, FromAddress, ToList, CcList])
        .column_as(beginning("text"), "text")
        .column_as(beginning("quoted"), "quoted")
        .filter(Id.is_in(ids.iter().copied()))
        .order_by_asc(Id)
}

struct Entry {
    message: i64,
    ticket: i64,
    subject: String,
    text: String,
    people: String,
}

impl Entry {
    fn of(said: Said, sqlite: bool) -> Self {
        let mut text = said.text;
        text.push('\n');
        text.push_str(said.quoted.as_deref().unwrap_or_default());
        let mut end = text.len().min(MOST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        let people =
            [said.author.as_str(), said.from_address.as_deref().unwrap_or_default(), &said.to_list, &said.cc_list]
                .join(" ");
        let spelled = |text: &str| if sqlite { text.to_owned() } else { words(text).join(" ") };
        Self {
            message: said.id,
            ticket: 0,
            subject: spelled(&said.subject),
            text: spelled(&text),
            people: spelled(&people),
        }
    }
}

/// Writes entries in one statement; none of them stands in SQLite's index.
async fn write(tx: &Tx, entries: Vec<Entry>) -> Result<(), StoreError> {
    let backend = tx.get_database_backend();
    let sqlite = backend == sea_orm::DatabaseBackend::Sqlite;
    let (into, end) = match sqlite {
        true => ("(rowid, ticket_id, subject, people, text)", ""),
        false => (
            "(message_id, ticket_id, words, text)",
            " ON CONFLICT (message_id) DO UPDATE SET words = excluded.words, ticket_id = excluded.ticket_id",
        ),
    };
    let mut values: Vec<Value> = Vec::with_capacity(5 * entries.len());
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let [id, ticket, subject, people, text] = [1, 2, 3, 4, 5].map(|n| format!("${}", values.len() + n));
        rows.push(match sqlite {
            true => format!("({id}, {ticket}, {subject}, {people}, {text})"),
            false => format!(
                "({id}, {ticket}, setweight(to_tsvector('simple', {subject}), 'A') || \
                 setweight(to_tsvector('simple', {people}), 'B') || \
                 setweight(to_tsvector('simple', {text}), 'D'), '')"
            ),
        });
        values.extend([
            entry.message.into(),
            entry.ticket.into(),
            entry.subject.into(),
            entry.people.into(),
            entry.text.into(),
        ]);
    }
    let sql = format!("INSERT INTO search {into} VALUES {}{end}", rows.join(", "));
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    Ok(())
}

/// Where the words are found, the best first.
pub async fn find(store: &Store, typed: &str, among: Among) -> Result<Vec<Hit>, StoreError> {
    if typed.split_whitespace().any(is_address) {
        let found = ask(store, query(typed, store.is_sqlite(), false), among).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    ask(store, query(typed, store.is_sqlite(), true), among).await
}

/// What is taken for a whole address at first: that its end may be missing costs reading every address of its domain.
fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(_, domain)| domain.contains('.'))
}

async fn ask(store: &Store, wanted: Option<String>, among: Among) -> Result<Vec<Hit>, StoreError> {
    let Some(wanted) = wanted else { return Ok(Vec::new()) };
    let rows = store.read().query_all_raw(statement(store, &wanted, among)).await?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let message = row.try_get::<i64>("", "message_id").ok()?;
            let ticket = row.try_get::<i64>("", "ticket_id").ok()?;
            Some(Hit { message: MessageId(message), ticket: TicketId(ticket) })
        })
        .collect())
}

fn statement(store: &Store, wanted: &str, of: Among) -> Statement {
    // Words from our own tables and numbers: nothing that a person typed but the one binding.
    let mut filter = String::new();
    if let Some(status) = of.status {
        filter.push_str(&format!(" AND ticket.status = '{}'", status.key()));
    }
    if let Some(mailbox) = of.mailbox {
        filter.push_str(&format!(" AND ticket.mailbox_id = {mailbox}"));
    }
    if let Some(assignee) = of.assignee {
        filter.push_str(&format!(" AND ticket.assignee_id = {assignee}"));
    }
    // Where all tickets count, the index alone tells which hits are the newest.
    let sql = if store.is_sqlite() {
        let among = match filter.is_empty() {
            true => "",
            false => {
                " CROSS JOIN message ON message.id = search.rowid CROSS JOIN ticket ON ticket.id = message.ticket_id"
            }
        };
        format!(
            "SELECT message.id AS message_id, message.ticket_id AS ticket_id FROM (SELECT search.rowid AS hit, \
             bm25(search, 4.0, 1.0, 3.0) AS place FROM search{among} WHERE search MATCH ?{filter} \
             ORDER BY search.rowid DESC LIMIT {RANKED}) CROSS JOIN message ON message.id = hit \
             ORDER BY place, hit DESC LIMIT {HITS}"
        )
    } else {
        // Not by the key alone: PostgreSQL would walk it backwards, through everything, for a seldom word.
        let among = if filter.is_empty() { "" } else { " JOIN ticket ON ticket.id = search.ticket_id" };
        format!(
            "SELECT message_id, ticket_id FROM (SELECT search.message_id, search.ticket_id, search.words \
             FROM search{among} WHERE search.words @@ to_tsquery('simple', $1){filter} \
             ORDER BY search.message_id + 0 DESC LIMIT {RANKED}) AS found \
             ORDER BY ts_rank(words, to_tsquery('simple', $1)) DESC, message_id DESC LIMIT {HITS}"
        )
    };
    Statement::from_sql_and_values(store.backend(), sql, [wanted.into()])
}

/// How SQLite goes about a search, for the test that reads query plans.
pub async fn plan(store: &Store, typed: &str, among: Among) -> Result<Vec<String>, StoreError> {
    let wanted = query(typed, true, true).unwrap_or_default();
    let mut asked = statement(store, &wanted, among);
    asked.sql = format!("EXPLAIN QUERY PLAN {}", asked.sql);
    let rows = store.read().query_all_raw(asked).await?;
    Ok(rows.iter().filter_map(|row| row.try_get("", "detail").ok()).collect())
}

/// What a person typed as a query: every word must be there, its end may be missing, of an address only if `unfinished`;
/// what is written together, as an address, must stand together.
fn query(typed: &str, sqlite: bool, unfinished: bool) -> Option<String> {
    let phrases = typed.split_whitespace().map(|word| (words(word), unfinished || !is_address(word)));
    let phrases: Vec<(Vec<String>, bool)> = phrases.filter(|(words, _)| !words.is_empty()).take(12).collect();
    let spelled = phrases.iter().map(|(phrase, unfinished)| match (sqlite, unfinished) {
        (true, true) => format!("\"{}\"*", phrase.join(" ")),
        (true, false) => format!("\"{}\"", phrase.join(" ")),
        (false, true) => format!("({}:*)", phrase.join(" <-> ")),
        (false, false) => format!("({})", phrase.join(" <-> ")),
    });
    let joined = spelled.collect::<Vec<_>>().join(if sqlite { " AND " } else { " & " });
    (!joined.is_empty()).then_some(joined)
}

/// Letters and digits in runs, small, without accents.
pub fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().flat_map(char::to_lowercase).map(plain).take(100).collect())
        .collect()
}

/// A letter without its accent, as FTS5's remove_diacritics does it for the Latin ones.
fn plain(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' => 'd',
        'è'..='ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì'..='ï' | 'ī' => 'i',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' => 's',
        'ť' => 't',
        'ù'..='ü' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_never_syntax() {
        for (typed, sqlite, postgres) in [
            ("Printer", Some("\"printer\"*"), Some("(printer:*)")),
            (
                "anna@x.example jam",
                Some("\"anna x example\"* AND \"jam\"*"),
                Some("(anna <-> x <-> example:*) & (jam:*)"),
            ),
            ("\" OR 1=1 --", Some("\"or\"* AND \"1 1\"*"), Some("(or:*) & (1 <-> 1:*)")),
            ("NEAR(a b)", Some("\"near a\"* AND \"b\"*"), Some("(near <-> a:*) & (b:*)")),
            ("Drücker", Some("\"drucker\"*"), Some("(drucker:*)")),
            ("*** '", None, None),
            ("", None, None),
        ] {
            assert_eq!(query(typed, true, true).as_deref(), sqlite, "{typed:?}");
            assert_eq!(query(typed, false, true).as_deref(), postgres, "{typed:?}");
        }
        assert_eq!(query("anna@x.example jam", true, false).as_deref(), Some("\"anna x example\" AND \"jam\"*"));
        assert_eq!(query("anna@x.example", false, false).as_deref(), Some("(anna <-> x <-> example)"));
        assert_eq!(query("anna@x", true, false).as_deref(), Some("\"anna x\"*"), "no whole address");
    }
}
