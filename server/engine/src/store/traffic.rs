//! How much mail came, when, and what became of it: counted from receipts.

use super::entity::{delivery, mailbox, receipt};
use super::{Store, StoreError};
use domain::Time;
use domain::id::MailboxId;
use domain::silence::Habit;
use domain::time::Span;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, Statement,
};
use std::collections::HashMap;

/// Dispositions that are not mail from outside.
const UNCOUNTED: [&str; 3] = ["own", "before_import", "duplicate"];
const DAY: i64 = Span::days(1).0;

/// What came to a mailbox since some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    pub messages: u32,
    pub first: Time,
    pub last: Time,
}

/// What arrived since a time, at one mailbox or by mailbox at each.
pub async fn since(store: &Store, at: Option<MailboxId>, since: Time) -> Result<HashMap<i64, Came>, StoreError> {
    Ok(came(at, since).into_tuple::<Sum>().all(store.read()).await?.into_iter().map(summed).collect())
}

type Sum = (i64, i64, Option<i64>, Option<i64>);

fn summed((id, n, first, last): Sum) -> (i64, Came) {
    (id, Came { messages: narrow(n), first: Time(first.unwrap_or(0)), last: Time(last.unwrap_or(0)) })
}

fn came(at: Option<MailboxId>, since: Time) -> Select<receipt::Entity> {
    let query = receipt::Entity::find()
        .select_only()
        .column(receipt::Column::MailboxId)
        .column_as(receipt::Column::Uid.count(), "messages")
        .column_as(receipt::Column::ArrivedAt.min(), "first")
        .column_as(receipt::Column::ArrivedAt.max(), "last")
        .filter(receipt::Column::ArrivedAt.gte(since.0))
        .filter(receipt::Column::Disposition.is_not_in(UNCOUNTED))
        .filter(receipt::Column::FolderId.not_in_subquery(super::listed::of_ours()))
        .group_by(receipt::Column::MailboxId);
    match at {
        Some(id) => query.filter(receipt::Column::MailboxId.eq(id.0)),
        // Mailbox by mailbox over the index, not over all mail that ever came.
        None => query.filter(
            receipt::Column::MailboxId
                .in_subquery(mailbox::Entity::find().select_only().column(mailbox::Column::Id).into_query()),
        ),
    }
}

/// How SQLite goes about what arrived, for the test that reads query plans.
pub async fn plans(store: &Store, at: Time) -> Result<Vec<Vec<String>>, StoreError> {
    let mut plans = Vec::new();
    for question in [came(None, at), came(Some(MailboxId(1)), at)] {
        plans.push(super::tickets::explain(store, question.build(store.backend())).await?);
    }
    Ok(plans)
}

/// How mail comes to each mailbox, reckoned over so long before its last message.
pub async fn habits(store: &Store, over: Span) -> Result<HashMap<i64, Habit>, StoreError> {
    let sql = format!(
        "WITH came AS (SELECT mailbox_id, arrived_at FROM receipt WHERE disposition NOT IN ('own', 'before_import', \
         'duplicate', 'answered_outside') AND arrived_at > {}), \
         newest AS (SELECT mailbox_id, MAX(arrived_at) AS newest FROM came GROUP BY mailbox_id), \
         steps AS (SELECT came.mailbox_id, came.arrived_at, came.arrived_at - LAG(came.arrived_at) \
         OVER (PARTITION BY came.mailbox_id ORDER BY came.arrived_at) AS step FROM came \
         JOIN newest ON newest.mailbox_id = came.mailbox_id WHERE came.arrived_at >= newest.newest - {}) \
         SELECT mailbox_id, COUNT(*) AS messages, MIN(arrived_at) AS earliest, MAX(arrived_at) AS latest, \
         COALESCE(MAX(step), 0) AS longest FROM steps GROUP BY mailbox_id",
        (crate::clock::now() - over - over - over).0,
        over.0
    );
    let rows = store.read().query_all_raw(Statement::from_string(store.backend(), sql)).await?;
    let mut habits = HashMap::new();
    for row in rows {
        let number = |name: &str| row.try_get::<i64>("", name);
        let habit = Habit {
            messages: narrow(number("messages")?),
            first: Time(number("earliest")?),
            last: Time(number("latest")?),
            longest: Span(number("longest")?),
        };
        habits.insert(number("mailbox_id")?, habit);
    }
    Ok(habits)
}

/// When the last message of a mailbox arrived, however long ago.
pub async fn last_at(store: &Store, mailbox: MailboxId) -> Result<Option<Time>, StoreError> {
    let row = receipt::Entity::find()
        .filter(receipt::Column::MailboxId.eq(mailbox.0))
        .filter(receipt::Column::FolderId.not_in_subquery(super::listed::of_ours()))
        .order_by_desc(receipt::Column::ArrivedAt)
        .one(store.read())
        .await?;
    Ok(row.map(|r| Time(r.arrived_at)))
}

/// Messages per day since a time: midnight UTC, received, and of them fetched after an outage.
pub async fn days(store: &Store, mailbox: MailboxId, since: Time) -> Result<Vec<(Time, u32, u32)>, StoreError> {
    // Written out: PostgreSQL takes two bound values for two expressions, and finds the first ungrouped.
    let day = Expr::cust(format!("receipt.arrived_at / {DAY}"));
    let rows: Vec<(i64, bool, i64)> = receipt::Entity::find()
        .select_only()
        .expr_as(day.clone(), "day")
        .column(receipt::Column::Late)
        .column_as(receipt::Column::Uid.count(), "messages")
        .filter(receipt::Column::MailboxId.eq(mailbox.0))
        .filter(receipt::Column::ArrivedAt.gte(since.0))
        .filter(receipt::Column::Disposition.is_not_in(UNCOUNTED))
        .filter(receipt::Column::FolderId.not_in_subquery(super::listed::of_ours()))
        .group_by(day)
        .group_by(receipt::Column::Late)
        .into_tuple()
        .all(store.read())
        .await?;
    let mut by_day: HashMap<i64, (u32, u32)> = HashMap::new();
    for (day, late, n) in rows {
        let entry = by_day.entry(day).or_default();
        entry.0 += narrow(n);
        entry.1 += if late { narrow(n) } else { 0 };
    }
    let mut days: Vec<_> = by_day.into_iter().map(|(day, (all, late))| (Time(day * DAY), all, late)).collect();
    days.sort();
    Ok(days)
}

/// What arrived in an outage and came in after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// How many, by disposition.
    pub by: HashMap<String, u32>,
    /// The lowest and the highest UID of them.
    pub uids: Option<(u32, u32)>,
}

impl Missed {
    pub fn messages(&self) -> u32 {
        self.by.values().sum()
    }
}

/// What arrived between two times and was fetched after the second.
pub async fn arrived_between(store: &Store, mailbox: MailboxId, from: Time, to: Time) -> Result<Missed, StoreError> {
    let rows: Vec<(String, i64, i64, i64)> = receipt::Entity::find()
        .select_only()
        .column(receipt::Column::Disposition)
        .column_as(receipt::Column::Uid.count(), "messages")
        .column_as(receipt::Column::Uid.min(), "first")
        .column_as(receipt::Column::Uid.max(), "last")
        .filter(receipt::Column::MailboxId.eq(mailbox.0))
        // Servers stamp arrivals to the second.
        .filter(receipt::Column::ArrivedAt.gte(from.0 - from.0.rem_euclid(1_000)))
        .filter(receipt::Column::ArrivedAt.lte(to.0))
        .filter(receipt::Column::StoredAt.gte(to.0))
        .filter(receipt::Column::Disposition.is_not_in(UNCOUNTED))
        .filter(receipt::Column::FolderId.not_in_subquery(super::listed::of_ours()))
        .group_by(receipt::Column::Disposition)
        .into_tuple()
        .all(store.read())
        .await?;
    let ends = (rows.iter().map(|(_, _, first, _)| *first).min(), rows.iter().map(|(.., last)| *last).max());
    let uids = match ends {
        (Some(first), Some(last)) => Some((narrow(first), narrow(last))),
        _ => None,
    };
    Ok(Missed { by: rows.into_iter().map(|(d, n, ..)| (d, narrow(n))).collect(), uids })
}

/// Replies written between two times that left after the second.
pub async fn released_after(store: &Store, mailbox: MailboxId, from: Time, to: Time) -> Result<u32, StoreError> {
    let n = delivery::Entity::find()
        .filter(delivery::Column::MailboxId.eq(mailbox.0))
        .filter(delivery::Column::CreatedAt.gte(from.0))
        .filter(delivery::Column::CreatedAt.lte(to.0))
        .filter(delivery::Column::State.eq("sent"))
        .filter(delivery::Column::StateAt.gte(to.0))
        .count(store.read())
        .await?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

fn narrow(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
