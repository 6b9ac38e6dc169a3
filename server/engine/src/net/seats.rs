//! How many sessions may be open with one host, and with one account there. A watcher keeps its
//! seat while nobody waits for one; when somebody does, one watcher at a time and resting errand
//! sessions give way and look in from time to time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// All hosts' seats.
pub struct Seats {
    each: usize,
    tables: Mutex<HashMap<String, Arc<Table>>>,
}

/// The seats at one host, or at one host for one account.
struct Table {
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// Rung once by everybody who begins to wait: one who can give way hears it, not all of them.
    bell: Notify,
}

/// One session's seat, free again when dropped.
#[derive(Debug)]
pub struct Seat(#[allow(dead_code)] Vec<OwnedSemaphorePermit>);

/// Whose seat it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub host: String,
    /// The user name that signs in.
    pub account: String,
    /// Sessions that the provider allows this account at this host, where it is known.
    pub most: Option<u32>,
}

impl Place {
    fn account_key(&self) -> String {
        // No host name holds a line break.
        format!("{}\n{}", self.host.to_ascii_lowercase(), self.account.to_lowercase())
    }
}

impl Seats {
    pub fn new(each: usize) -> Self {
        Self { each: each.max(1), tables: Mutex::default() }
    }

    fn table(&self, key: String, seats: usize) -> Arc<Table> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || {
            let free = Arc::new(Semaphore::new(seats));
            Arc::new(Table { free, waiting: AtomicUsize::new(0), bell: Notify::new() })
        };
        tables.entry(key).or_insert_with(fresh).clone()
    }

    fn tables(&self, place: &Place) -> Vec<Arc<Table>> {
        // The account's first: who waits for his own sessions takes none of the others'.
        let account = place.most.map(|most| self.table(place.account_key(), most.max(1) as usize));
        account.into_iter().chain([self.table(place.host.to_ascii_lowercase(), self.each)]).collect()
    }

    /// Waits for a seat at the host, and for the account.
    pub async fn take(&self, place: &Place) -> Seat {
        let mut permits = Vec::new();
        for table in self.tables(place) {
            let _waiting = Waiting::of(&table);
            permits.extend(table.free.clone().acquire_owned().await.ok());
        }
        Seat(permits)
    }

    /// A seat, if one is free now.
    pub fn try_take(&self, place: &Place) -> Option<Seat> {
        let permits = self.tables(place).into_iter().map(|table| table.free.clone().try_acquire_owned().ok());
        permits.collect::<Option<_>>().map(Seat)
    }

    /// Ends when somebody waits whom this one, and no other, is asked to make room for.
    pub async fn asked(&self, place: &Place) {
        let tables = self.tables(place);
        loop {
            match &tables[..] {
                [account, host] => {
                    tokio::select! {
                        () = account.bell.notified() => {}
                        () = host.bell.notified() => {}
                    }
                }
                [host] => host.bell.notified().await,
                _ => std::future::pending().await,
            }
            // Rung by one who has his seat by now, else.
            if self.wanted(place) {
                return;
            }
        }
    }

    /// Whether somebody waits for a seat that one of this place would give free.
    pub fn wanted(&self, place: &Place) -> bool {
        self.tables(place).iter().any(|table| table.waiting.load(Ordering::Relaxed) > 0)
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn of(table: &'a Table) -> Self {
        table.waiting.fetch_add(1, Ordering::Relaxed);
        if table.free.available_permits() == 0 {
            table.bell.notify_one();
        }
        Self(&table.waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(host: &str, account: &str, most: Option<u32>) -> Place {
        Place { host: host.into(), account: account.into(), most }
    }

    #[tokio::test]
    async fn a_full_host_lets_the_next_one_wait() {
        let seats = Arc::new(Seats::new(1));
        let mail = place("mail.example", "a", None);
        assert!(seats.try_take(&mail).is_some());
        let first = seats.take(&mail).await;
        assert!(!seats.wanted(&mail) && seats.try_take(&mail).is_none());
        let other = seats.clone();
        let second = tokio::spawn(async move { other.take(&place("MAIL.example", "b", None)).await });
        while !seats.wanted(&mail) {
            tokio::task::yield_now().await;
        }
        let _elsewhere = seats.take(&place("else.example", "a", None)).await;
        drop(first);
        second.await.expect("it gets the seat");
        assert!(!seats.wanted(&mail));
    }

    #[tokio::test]
    async fn one_of_those_who_can_give_way_is_asked() {
        let seats = Arc::new(Seats::new(2));
        let mail = place("mail.example", "a", None);
        let (first, second) = (seats.take(&mail).await, seats.take(&mail).await);
        let asked = |seat: Seat| {
            let (seats, mail) = (seats.clone(), mail.clone());
            tokio::spawn(async move {
                seats.asked(&mail).await;
                drop(seat);
            })
        };
        let (one, two) = (asked(first), asked(second));
        tokio::task::yield_now().await;
        let _third = seats.take(&mail).await;
        while !one.is_finished() {
            tokio::task::yield_now().await;
        }
        assert!(!two.is_finished(), "the other one keeps its seat");
        let _fourth = seats.take(&mail).await;
        two.await.expect("it is asked, too");
    }

    #[tokio::test]
    async fn an_account_has_its_own_bound() {
        let seats = Arc::new(Seats::new(10));
        let anna = place("mail.example", "anna", Some(2));
        let first = seats.take(&anna).await;
        let _second = seats.take(&anna).await;
        let other = seats.clone();
        let again = anna.clone();
        let third = tokio::spawn(async move { other.take(&again).await });
        while !seats.wanted(&anna) {
            tokio::task::yield_now().await;
        }
        // Somebody else at the same host does not wait, and does not have to give way.
        let ben = place("mail.example", "ben", Some(2));
        let _ben = seats.take(&ben).await;
        assert!(!seats.wanted(&ben));
        drop(first);
        third.await.expect("it gets the seat");
    }
}
