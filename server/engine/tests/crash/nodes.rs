//! Two nodes on one PostgreSQL: a frozen node's mailboxes move when its lease runs out, and what it
//! writes when it thaws changes nothing.

use crate::desk::{Chosen, Desk};
use crate::rig::{At, unique, until};
use domain::id::PersonId;
use engine::store::entity as e;
use engine::{Engine, config::Config};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// Thirty seconds are promised: the lease, and a look.
const TAKEOVER: Duration = Duration::from_secs(30);

/// An engine on a thread of its own: blocked, all of it stands still, as after SIGSTOP.
struct Frozen {
    engine: Arc<Engine>,
    thaw: mpsc::Sender<()>,
    met: Arc<AtomicBool>,
    end: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Frozen {
    /// Starts a node that freezes the first time that it comes to the point.
    fn start(config: Config, point: &'static str) -> Self {
        let (thaw, thawed) = mpsc::channel::<()>();
        let met = Arc::new(AtomicBool::new(false));
        let (flag, thawed) = (met.clone(), std::sync::Mutex::new(thawed));
        fail::cfg_callback(point, move || {
            if !flag.swap(true, Ordering::SeqCst) {
                let _ = thawed.lock().expect("one waits").recv_timeout(Duration::from_secs(120));
            }
        })
        .expect("the point is armed");
        let (ready, engine) = mpsc::channel();
        let (end, ended) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let engine = Engine::open(config).await.expect("the second engine opens");
                let running = engine.start().expect("it starts");
                ready.send(engine.clone()).expect("somebody waits");
                let _ = ended.await;
                running.stop(Duration::from_secs(10)).await;
            });
        });
        let engine = engine.recv_timeout(Duration::from_secs(60)).expect("it starts");
        Self { engine, thaw, met, end: Some(end), thread: Some(thread) }
    }

    async fn freezes(&self) {
        until("it freezes", Duration::from_secs(40), || async { self.met.load(Ordering::SeqCst).then_some(()) }).await;
    }

    fn stop(mut self) {
        drop(self.end.take());
        self.thread.take().expect("it ran").join().expect("it ended in order");
    }
}

fn on_postgres() -> bool {
    std::env::var("MAILKEEP_TEST_DATABASE").is_ok_and(|d| d.starts_with("postgres"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_that_freezes_in_mid_fetch_loses_its_mailbox_and_writes_nothing_more() {
    if !on_postgres() {
        return;
    }
    let _alone = crate::POINTS.lock().await;
    // The second freezes with its transaction open, whose locks must keep nobody waiting.
    for point in ["after-fetch", "before-store-commit"] {
        freezes(point).await;
    }
}

async fn freezes(point: &'static str) {
    let mut desk = Desk::with(|config| config.node_name = "second".into()).await;
    let user = desk.rig.user("nodes", At::Litware).await;
    let word = format!("Nodes {}", unique());
    desk.rig.append(&user, "INBOX", 5, json!({ "subject": word })).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    let first = Frozen::start(Config { node_name: "first".into(), ..desk.config.clone() }, point);
    first.freezes().await;
    let epoch = crate::access::mailbox(&desk, mailbox).await.epoch;
    let began = Instant::now();
    desk.start();
    desk.stored(mailbox, 5, TAKEOVER).await;
    eprintln!("taken over {:?} after the freeze", began.elapsed());
    let row = crate::access::mailbox(&desk, mailbox).await;
    assert_eq!(row.epoch, epoch + 1, "{row:?}");
    let before = desk.receipts(mailbox).await;
    first.thaw.send(()).expect("it waits");
    // A transaction that was open is gone, and so is what it held: nothing is left to be refused.
    if point == "after-fetch" {
        until("the late write is refused", Duration::from_secs(20), || async {
            (first.engine.node.late() > 0).then_some(())
        })
        .await;
    }
    let ids = |rows: &[e::receipt::Model]| rows.iter().map(|r| (r.uid, r.source_id)).collect::<Vec<_>>();
    assert_eq!(ids(&desk.receipts(mailbox).await), ids(&before), "it changed nothing");
    until("five tickets", Duration::from_secs(20), || async {
        let n = e::ticket::Entity::find().count(desk.engine.store.read()).await.expect("a number");
        (n >= 5).then_some(())
    })
    .await;
    let messages = e::message::Entity::find().count(desk.engine.store.read()).await.expect("a number");
    assert_eq!(messages, 5, "nothing lost, nothing twice");
    assert_eq!(crate::access::mailbox(&desk, mailbox).await.node_id, row.node_id, "the thawed node took nothing back");
    fail::remove(point);
    first.stop();
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_that_freezes_before_data_sends_nothing_when_it_thaws() {
    if !on_postgres() {
        return;
    }
    let _alone = crate::POINTS.lock().await;
    let mut desk = Desk::with(|config| config.node_name = "second".into()).await;
    let user = desk.rig.user("nodes", At::Litware).await;
    let customer = desk.rig.user("mia", At::Customer).await;
    let mailbox = desk.mailbox(&user, Chosen { import_mode: "now", ..Chosen::default() }).await;
    crate::points::hire(&desk).await;
    let first = Frozen::start(Config { node_name: "first".into(), ..desk.config.clone() }, "before-data");
    assert_eq!(PersonId(1), crate::points::agent().person);
    crate::points::write(&desk, mailbox, &customer, "Once only").await.expect("it is written");
    first.engine.wake.outbox.notify_one();
    first.freezes().await;
    desk.start();
    until("the second node sends it", TAKEOVER + Duration::from_secs(10), || async {
        (!desk.rig.list(&customer, "INBOX").await.is_empty()).then_some(())
    })
    .await;
    first.thaw.send(()).expect("it waits");
    until("the late write is refused", Duration::from_secs(30), || async {
        (first.engine.node.late() > 0).then_some(())
    })
    .await;
    let sent = e::delivery::Entity::find()
        .filter(e::delivery::Column::State.eq("sent"))
        .count(desk.engine.store.read())
        .await
        .expect("a number");
    assert_eq!(sent, 1);
    // What comes afterwards shows that nothing else is on its way.
    crate::points::write(&desk, mailbox, &customer, "The next one").await.expect("it is written");
    until("the next one", Duration::from_secs(20), || async {
        let all = desk.rig.list(&customer, "INBOX").await;
        all.iter().any(|m| m["subject"].as_str().is_some_and(|s| s.contains("The next one"))).then_some(())
    })
    .await;
    assert_eq!(desk.rig.list(&customer, "INBOX").await.len(), 2, "each once");
    fail::remove("before-data");
    first.stop();
    desk.stop().await;
}
