//! Silence: nothing is refused, and nothing comes.

use crate::access::admin;
use crate::inbox::Inbox;
use domain::mailbox::MailboxState;
use domain::notice::{Event, wanted};
use domain::silence::Silence;
use domain::time::Span;
use engine::store::entity as e;
use engine::{clock, evidence, silence};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

async fn state(inbox: &Inbox) -> MailboxState {
    let list = inbox.engine.console().mailboxes.list(&admin()).await.expect("a list");
    list.rows[0].state.clone()
}

async fn told(inbox: &Inbox) -> Vec<Silence> {
    let facts = evidence::facts(&inbox.engine).await.expect("facts");
    let all = wanted(&facts, clock::now());
    all.iter()
        .filter_map(|w| match w.content.event {
            Event::Silent { how, .. } => Some(how),
            _ => None,
        })
        .collect()
}

async fn passed(inbox: &Inbox, ago: Span) {
    let sql = format!("UPDATE folder SET fetched_at = {}, moved_at = NULL", (clock::now() - ago).0);
    inbox.engine.store.write().execute_unprepared(&sql).await.expect("by hand");
}

async fn look(inbox: &Inbox) {
    silence::look(&inbox.engine).await.expect("a look");
}

#[tokio::test]
async fn no_successful_pass_for_fifteen_minutes_is_a_state_with_a_notice() {
    let inbox = Inbox::open().await;
    passed(&inbox, Span::minutes(14)).await;
    look(&inbox).await;
    look(&inbox).await;
    assert_eq!(state(&inbox).await, MailboxState::Connected);
    passed(&inbox, Span::minutes(16)).await;
    look(&inbox).await;
    assert_eq!(state(&inbox).await, MailboxState::Connected, "one look may be the moment after a start");
    look(&inbox).await;
    assert!(matches!(state(&inbox).await, MailboxState::Silent { how: Silence::NoPass, .. }));
    assert_eq!(told(&inbox).await, [Silence::NoPass]);
    passed(&inbox, Span::seconds(1)).await;
    look(&inbox).await;
    assert_eq!(state(&inbox).await, MailboxState::Connected);
    assert!(told(&inbox).await.is_empty());
    // A mailbox that is not to be fetched from is not silent.
    passed(&inbox, Span::hours(2)).await;
    inbox.engine.console().mailboxes.pause(&admin(), inbox.support, true).await.expect("paused");
    look(&inbox).await;
    look(&inbox).await;
    assert_eq!(state(&inbox).await, MailboxState::Paused);
    assert!(told(&inbox).await.is_empty());
}

#[tokio::test]
async fn a_mailbox_whose_first_pass_never_ends_is_silent_too() {
    for standing in [
        "UPDATE direction SET proved_at = NULL",
        "UPDATE folder SET found = 5",
        "UPDATE direction SET failing_since = 1, failing_said = 'no answer in time' WHERE direction = 'incoming'",
    ] {
        let inbox = Inbox::open().await;
        inbox.engine.store.write().execute_unprepared(standing).await.expect("by hand");
        let begun = clock::now();
        // The second look within the silence counts.
        for (minutes, silent) in [(0, false), (14, false), (15, false), (16, true)] {
            silence::look_at(&inbox.engine, begun + Span::minutes(minutes)).await.expect("a look");
            let found = state(&inbox).await;
            let expected = MailboxState::Silent { how: Silence::NoPass, since: begun };
            assert_eq!(found == expected, silent, "{standing}, {minutes} minutes: {found:?}");
        }
        assert_eq!(told(&inbox).await, [Silence::NoPass], "{standing}");
        passed(&inbox, Span::minutes(-17)).await;
        silence::look_at(&inbox.engine, begun + Span::minutes(17)).await.expect("a look");
        assert!(told(&inbox).await.is_empty(), "{standing}: the first pass ends it");
    }
}

/// Mail every three hours for so many days, until so long ago.
async fn history(inbox: &Inbox, days: i64, quiet: Span) {
    let db = inbox.engine.store.write();
    let folder = e::folder::Entity::find().one(db).await.expect("a question").expect("a folder");
    for n in 0..days * 8 {
        let at = clock::now() - quiet - Span::hours(3 * n);
        let row = e::receipt::ActiveModel {
            folder_id: Set(folder.id),
            uid_validity: Set(1),
            uid: Set(1_000 - n),
            mailbox_id: Set(inbox.support.0),
            disposition: Set("automatic".into()),
            arrived_at: Set(at.0),
            stored_at: Set(at.0),
            settled_at: Set(Some(at.0)),
            late: Set(false),
            tries: Set(0),
            ..Default::default()
        };
        e::receipt::Entity::insert(row).exec_without_returning(db).await.expect("a receipt");
    }
}

#[tokio::test]
async fn no_mail_for_long_against_the_mailbox_s_own_habit_is_a_state_with_a_notice() {
    for (days, quiet, silent) in [
        (20, Span::hours(20), false),
        (20, Span::hours(25), true),
        // Too young to have habits.
        (3, Span::hours(60), false),
    ] {
        let inbox = Inbox::open().await;
        history(&inbox, days, quiet).await;
        passed(&inbox, Span::seconds(5)).await;
        look(&inbox).await;
        look(&inbox).await;
        let expected = if silent { vec![Silence::NoMail] } else { vec![] };
        assert_eq!(told(&inbox).await, expected, "{days} days, quiet {quiet:?}");
        let found = state(&inbox).await;
        assert_eq!(matches!(found, MailboxState::Silent { how: Silence::NoMail, .. }), silent, "{found:?}");
        // The next message ends it.
        inbox.put("Message-ID: <n@c>\nFrom: a@customer.example\nSubject: New\n\nHello.\n").await;
        look(&inbox).await;
        assert!(told(&inbox).await.is_empty());
    }
}
