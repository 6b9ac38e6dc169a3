//! Grants: one refresh at a time, rotation, losses with their cause, faults that pass.

use crate::access::*;
use crate::browser::Person;
use crate::desk::Desk;
use crate::rig::{At, until};
use domain::diagnosis::Certainty;
use domain::signin::Intent;
use domain::{Diagnosis, Direction};
use engine::store::entity as e;
use engine::{Engine, evidence, grants};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_tasks_at_expiry_make_one_request() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let (user, _, id) = connected(&desk, "fifty", At::Microsoft).await;
    let before = asked(&desk, &user.email, "refresh_token").await;
    wear_out(&desk, id).await;
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let engine = desk.engine.clone();
            tokio::spawn(async move { grants::access_token(&engine, id).await.map(|t| t.reveal().to_owned()) })
        })
        .collect();
    let mut tokens = HashSet::new();
    for task in tasks {
        tokens.insert(task.await.expect("it ends").expect("a token"));
    }
    assert_eq!(tokens.len(), 1);
    assert_eq!(asked(&desk, &user.email, "refresh_token").await - before, 1);
    // So do fifty whose token a server refused.
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let engine = desk.engine.clone();
            tokio::spawn(async move { grants::refused(&engine, id).await.map(|t| t.reveal().to_owned()) })
        })
        .collect();
    for task in tasks {
        task.await.expect("it ends").expect("a token");
    }
    let more = asked(&desk, &user.email, "refresh_token").await - before - 1;
    // A task that reads the row after the first refresh can't know that its token is the new one.
    eprintln!("fifty refused tasks: {more} requests");
    assert!((1..=3).contains(&more), "{more} requests");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_make_one_request() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let (user, _, id) = connected(&desk, "two", At::Microsoft).await;
    let other = Engine::open(desk.config.clone()).await.expect("the other node opens");
    let slow = json!({ "route": "token", "times": 1, "delayMs": 300 });
    desk.rig.call("/idp/config", json!({ "account": user.email, "fault": slow })).await;
    let before = asked(&desk, &user.email, "refresh_token").await;
    wear_out(&desk, id).await;
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let engine = if n % 2 == 0 { desk.engine.clone() } else { other.clone() };
            tokio::spawn(async move { grants::access_token(&engine, id).await.map(|t| t.reveal().to_owned()) })
        })
        .collect();
    let mut tokens = HashSet::new();
    for task in tasks {
        tokens.insert(task.await.expect("it ends").expect("a token"));
    }
    assert_eq!(tokens.len(), 1);
    assert_eq!(asked(&desk, &user.email, "refresh_token").await - before, 1);
    other.store.clone().close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_rotation_race_is_no_lost_consent() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let (user, mailbox, id) = connected(&desk, "race", At::Microsoft).await;
    let other = Engine::open(desk.config.clone()).await.expect("the other node opens");
    wear_out(&desk, id).await;
    // The first one's request is answered late, and by then its token was rotated away.
    let refused = json!({ "error": "invalid_grant", "error_description": "AADSTS70008: The provided refresh token was used before.", "error_codes": [70008] });
    let late = json!({ "route": "token", "times": 1, "delayMs": 1500, "status": 400, "body": refused });
    desk.rig.call("/idp/config", json!({ "account": user.email, "fault": late })).await;
    let before = asked(&desk, &user.email, "token").await;
    let engine = desk.engine.clone();
    let first = tokio::spawn(async move { grants::access_token(&engine, id).await.map(|t| t.reveal().to_owned()) });
    until("the first one asks", Duration::from_secs(5), || async {
        (asked(&desk, &user.email, "token").await > before).then_some(())
    })
    .await;
    // It stood still past its lease: the other one goes ahead.
    let over = e::grants::ActiveModel { id: Set(id.0), lease_until: Set(Some(0)), ..Default::default() };
    e::grants::Entity::update(over).exec(desk.engine.store.write()).await.expect("an update");
    let second = grants::access_token(&other, id).await.expect("a token").reveal().to_owned();
    let first = first.await.expect("it ends").unwrap_or_else(|fault| panic!("{fault:?}"));
    assert_eq!(first, second, "what the row holds by now counts");
    let row = grant(&desk, id).await;
    assert!(row.lost_at.is_none() && row.generation == 2, "{row:?}");
    assert_eq!(episodes(&desk, mailbox).await, (0, 0), "nobody is told of a loss");
    assert_eq!(desk.engine.node.late(), 1, "the late word was refused, and counted");
    other.store.clone().close().await;
}

#[tokio::test]
async fn every_kind_of_rotation_goes_on() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    for (name, rotate) in [("strict", "strict"), ("lenient", "lenient"), ("none", "none")] {
        let (user, _, id) = connected(&desk, name, At::Microsoft).await;
        desk.rig.call("/idp/config", json!({ "account": user.email, "rotate": rotate })).await;
        let mut seen = HashSet::new();
        for _ in 0..4 {
            wear_out(&desk, id).await;
            let token = grants::access_token(&desk.engine, id).await.unwrap_or_else(|e| panic!("{rotate}: {e:?}"));
            assert!(seen.insert(token.reveal().to_owned()));
        }
        assert_eq!(grant(&desk, id).await.generation, 5, "{rotate}");
    }
}

#[tokio::test]
async fn a_caller_that_gives_up_does_not_lose_a_rotated_token() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let (user, _, id) = connected(&desk, "quitter", At::Microsoft).await;
    desk.rig.call("/idp/config", json!({ "account": user.email, "rotate": "strict", "fault": { "route": "token", "times": 1, "delayMs": 400 } })).await;
    wear_out(&desk, id).await;
    let gone = tokio::time::timeout(Duration::from_millis(100), grants::access_token(&desk.engine, id)).await;
    assert!(gone.is_err());
    until("the refresh is stored", Duration::from_secs(10), || async {
        (grant(&desk, id).await.generation == 2).then_some(())
    })
    .await;
    wear_out(&desk, id).await;
    grants::access_token(&desk.engine, id).await.expect("the rotated token was kept");
}

#[tokio::test]
async fn a_lost_grant_says_why_and_tells_its_directions() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    for (reason, diagnosis) in [
        ("admin", Diagnosis::SignInRevoked),
        ("inactive", Diagnosis::SignInInactive),
        ("frequency", Diagnosis::SignInFrequencyPolicy),
        ("mfa", Diagnosis::MfaNeeded),
    ] {
        let (user, mailbox, id) = connected(&desk, reason, At::Microsoft).await;
        desk.rig.call("/idp/revoke", json!({ "account": user.email, "reason": reason })).await;
        // The access token is good still: nothing is wrong yet.
        grants::access_token(&desk.engine, id).await.expect("a token");
        let fault = grants::refused(&desk.engine, id).await.expect_err("lost");
        assert_eq!(
            (fault.finding.diagnosis, fault.finding.certainty),
            (diagnosis, Certainty::Definite),
            "{reason}: {}",
            fault.said
        );
        let row = grant(&desk, id).await;
        assert!(row.lost_at.is_some() && row.refresh_sealed.is_none() && row.access_sealed.is_none(), "{reason}");
        for direction in Direction::BOTH {
            let side = side(&desk, mailbox, direction).await;
            assert_eq!(side.failing_diagnosis.as_deref().and_then(evidence::diagnosis), Some(diagnosis), "{reason}");
            assert!(side.failing_definite && side.next_attempt_at.is_none(), "{reason}");
        }
        assert_eq!(episodes(&desk, mailbox).await, (2, 0));
        let before = asked(&desk, &user.email, "token").await;
        grants::access_token(&desk.engine, id).await.expect_err("it stays lost");
        assert_eq!(asked(&desk, &user.email, "token").await, before, "the provider is left alone");
    }
}

#[tokio::test]
async fn a_person_who_left_is_named() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let (user, _, id) = connected(&desk, "leaver", At::Microsoft).await;
    desk.rig.call("/idp/disable", json!({ "account": user.email })).await;
    let fault = grants::refused(&desk.engine, id).await.expect_err("lost");
    assert_eq!(fault.finding.diagnosis, Diagnosis::AccountDisabled);
}

#[tokio::test]
async fn what_passes_never_loses_a_grant() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let faults = [
        json!({ "status": 503 }),
        json!({ "status": 429, "headers": { "retry-after": "1" } }),
        json!({ "status": 500, "body": { "error": "invalid_grant" } }),
        json!({ "status": 200, "body": "<html>a proxy's page</html>", "headers": { "content-type": "text/html" } }),
        json!({ "status": 400, "body": "not json" }),
        json!({ "drop": true }),
    ];
    for (n, fault) in faults.into_iter().enumerate() {
        let (user, mailbox, id) = connected(&desk, &format!("later{n}"), At::Microsoft).await;
        let mut config = json!({ "route": "token", "times": 1 });
        config.as_object_mut().expect("an object").extend(fault.as_object().expect("an object").clone());
        desk.rig.call("/idp/config", json!({ "account": user.email, "fault": config })).await;
        wear_out(&desk, id).await;
        let later = grants::access_token(&desk.engine, id).await.expect_err("not now");
        assert_eq!(later.finding.certainty, Certainty::Passing, "{fault} {}", later.said);
        // Until the pause is over nobody asks again.
        let before = asked(&desk, &user.email, "token").await;
        grants::access_token(&desk.engine, id).await.expect_err("not yet");
        assert_eq!(asked(&desk, &user.email, "token").await, before, "{fault}");
        let row = grant(&desk, id).await;
        assert!(row.lost_at.is_none() && row.failed_refreshes == 1, "{fault}");
        assert!(side(&desk, mailbox, Direction::Incoming).await.failing_since.is_none(), "{fault}");
        until("the provider is asked again", Duration::from_secs(10), || async {
            grants::access_token(&desk.engine, id).await.ok()
        })
        .await;
        assert_eq!(grant(&desk, id).await.failed_refreshes, 0);
    }
}

#[tokio::test]
async fn an_expired_secret_is_the_registrations_fault_and_a_new_one_heals_all() {
    let desk = Desk::open().await;
    let app = App::register(&desk, At::Microsoft).await;
    let (_, one, id) = connected(&desk, "secret", At::Microsoft).await;
    let (_, two, second) = connected(&desk, "secret", At::Microsoft).await;
    desk.rig.call("/idp/secret", json!({ "provider": "microsoft", "client": app.client_id, "state": "expired" })).await;
    let fault = grants::refused(&desk.engine, id).await.expect_err("refused");
    assert_eq!(fault.finding.diagnosis, Diagnosis::ClientSecretExpired);
    grants::refused(&desk.engine, second).await.expect_err("refused");
    assert!(grant(&desk, id).await.lost_at.is_none());
    let row = app.row(&desk).await;
    assert_eq!(row.failing_diagnosis.as_deref().and_then(evidence::diagnosis), Some(Diagnosis::ClientSecretExpired));
    let page = desk.engine.console().registrations.page(&admin()).await.expect("a page");
    assert!(page.registrations.iter().any(|r| r.id == app.id && r.failing.is_some() && r.mailboxes == 2), "{page:?}");
    for mailbox in [one, two] {
        assert!(side(&desk, mailbox, Direction::Incoming).await.failing_definite);
    }
    desk.rig
        .call(
            "/idp/secret",
            json!({ "provider": "microsoft", "client": app.client_id, "state": "valid", "secret": "New8Q~value" }),
        )
        .await;
    app.renew(&desk, "New8Q~value").await;
    assert!(app.row(&desk).await.failing_since.is_none());
    for (mailbox, id) in [(one, id), (two, second)] {
        // Due at once: the next session proves it.
        let side = side(&desk, mailbox, Direction::Incoming).await;
        assert!(side.next_attempt_at.is_some_and(|at| at <= engine::clock::now().0));
        grants::access_token(&desk.engine, id).await.expect("a token without a sign-in");
    }
}

#[tokio::test]
async fn refreshes_come_ahead_of_time_and_by_themselves() {
    let mut desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let user = desk.rig.user("ahead", At::Microsoft).await;
    desk.rig.call("/idp/config", json!({ "account": user.email, "accessTtl": 4 })).await;
    let mailbox = draft(&desk, &user.email, At::Microsoft).await;
    sign_in(&desk, mailbox, Intent::Connect, &Person::new(&user.email, &user.password)).await;
    let id = domain::id::GrantId(side(&desk, mailbox, Direction::Incoming).await.grant_id.expect("a grant"));
    desk.start();
    until("three refreshes", Duration::from_secs(30), || async {
        (grant(&desk, id).await.generation >= 4).then_some(())
    })
    .await;
    // A revoke is noticed at the latest at the next of them.
    desk.rig.call("/idp/revoke", json!({ "account": user.email, "reason": "admin" })).await;
    until("the loss", Duration::from_secs(15), || async { grant(&desk, id).await.lost_at }).await;
    until("the evidence", Duration::from_secs(5), || async {
        side(&desk, mailbox, Direction::Outgoing).await.failing_since
    })
    .await;
    desk.stop().await;
}

#[tokio::test]
async fn another_nodes_lease_is_respected_and_its_result_used() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let (user, _, id) = connected(&desk, "lease", At::Microsoft).await;
    wear_out(&desk, id).await;
    let now = engine::clock::now().0;
    let db = desk.engine.store.write();
    let held = engine::store::entity::grants::ActiveModel {
        id: Set(id.0),
        lease_owner: Set(Some("another node".into())),
        lease_until: Set(Some(now + 30_000)),
        ..Default::default()
    };
    engine::store::entity::grants::Entity::update(held).exec(db).await.expect("an update");
    let before = asked(&desk, &user.email, "token").await;
    let engine = desk.engine.clone();
    let waiting = tokio::spawn(async move { grants::access_token(&engine, id).await });
    // The other node is done: a generation further, with a token that is good.
    tokio::time::timeout(Duration::from_millis(500), futures::future::pending::<()>()).await.expect_err("a moment");
    let done = engine::store::entity::grants::ActiveModel {
        id: Set(id.0),
        generation: Set(2),
        access_expires_at: Set(now + 3_600_000),
        lease_owner: Set(None),
        lease_until: Set(None),
        ..Default::default()
    };
    engine::store::entity::grants::Entity::update(done).exec(db).await.expect("an update");
    waiting.await.expect("it ends").expect("the other node's token");
    assert_eq!(asked(&desk, &user.email, "token").await, before);
}

#[tokio::test]
async fn google_gives_its_refresh_token_once_and_a_new_password_ends_it() {
    let desk = Desk::open().await;
    App::register(&desk, At::Google).await;
    let (user, mailbox, id) = connected(&desk, "care", At::Google).await;
    for _ in 0..3 {
        wear_out(&desk, id).await;
        grants::access_token(&desk.engine, id).await.expect("a token");
    }
    desk.rig.call("/idp/password", json!({ "account": user.email, "password": "another-pass" })).await;
    let fault = grants::refused(&desk.engine, id).await.expect_err("lost");
    assert_eq!(fault.finding.certainty, Certainty::Definite);
    assert!(grant(&desk, id).await.lost_at.is_some());
    let result = sign_in(&desk, mailbox, Intent::Reauthorize, &Person::new(&user.email, "another-pass")).await;
    assert!(result.directions.iter().all(|d| d.swapped && d.report.ok()), "{result:?}");
    assert!(grant(&desk, id).await.lost_at.is_none(), "the same grant lives again");
}
