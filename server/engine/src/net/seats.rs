//! How many sessions may be open with one host. A watcher keeps its seat while nobody waits for
//! one; when somebody does, watchers fall back to looking in from time to time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// All hosts' seats.
pub struct Seats {
    each: usize,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

struct Host {
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// One session's seat, free again when dropped.
#[derive(Debug)]
pub struct Seat(#[allow(dead_code)] Option<OwnedSemaphorePermit>);

impl Seats {
    pub fn new(each: usize) -> Self {
        Self { each: each.max(1), hosts: Mutex::default() }
    }

    fn host(&self, host: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Arc::new(Host { free: Arc::new(Semaphore::new(self.each)), waiting: AtomicUsize::new(0) });
        hosts.entry(host.to_ascii_lowercase()).or_insert_with(fresh).clone()
    }

    /// Waits for a seat.
    pub async fn take(&self, host: &str) -> Seat {
        struct Waiting<'a>(&'a AtomicUsize);
        impl Drop for Waiting<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::Relaxed);
            }
        }
        let host = self.host(host);
        host.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&host.waiting);
        Seat(host.free.clone().acquire_owned().await.ok())
    }

    /// Whether somebody waits for a seat at this host.
    pub fn wanted(&self, host: &str) -> bool {
        self.host(host).waiting.load(Ordering::Relaxed) > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_host_lets_the_next_one_wait() {
        let seats = Arc::new(Seats::new(1));
        let first = seats.take("mail.example").await;
        assert!(!seats.wanted("mail.example"));
        let other = seats.clone();
        let second = tokio::spawn(async move { other.take("MAIL.example").await });
        while !seats.wanted("mail.example") {
            tokio::task::yield_now().await;
        }
        let _elsewhere = seats.take("else.example").await;
        drop(first);
        second.await.expect("it gets the seat");
        assert!(!seats.wanted("mail.example"));
    }
}
