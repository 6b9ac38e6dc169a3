//! Sign-ins: the whole code flow with PKCE against a real provider, and everything that can go wrong.

use crate::access::*;
use crate::browser::{Browser, Person};
use crate::desk::Desk;
use crate::rig::{At, unique};
use domain::console::mailboxes::PasswordForm;
use domain::console::registrations::RegistrationForm;
use domain::console::signins::{Arrival, Callback};
use domain::id::GrantId;
use domain::refusal::{Conflict, Fault};
use domain::signin::{CallbackRefusal, Intent, SignInState};
use domain::time::Span;
use domain::{Diagnosis, Direction, Refusal};
use engine::store::entity as e;
use engine::{evidence, grants, signins};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;

#[tokio::test]
async fn a_mailbox_is_connected_and_its_callback_counts_once() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let user = desk.rig.user("anna", At::Microsoft).await;
    let id = draft(&desk, &user.email, At::Microsoft).await;
    let console = desk.engine.console();
    let url = console.signins.begin(&admin(), "one".into(), id, Intent::Connect, false).await.expect("it sets out");
    let callback = Browser::new().sign_in(&url, &Person::new(&user.email, &user.password)).await;
    let complete = |browser: &str, callback: Callback| {
        let (console, browser) = (console.clone(), browser.to_owned());
        async move { console.signins.complete(browser, callback).await.expect("an arrival") }
    };
    let forged = Callback { state: Some("made-up".into()), ..callback.clone() };
    assert_eq!(complete("one", forged).await, Arrival::Refused(CallbackRefusal::Forged));
    assert_eq!(complete("one", Callback::default()).await, Arrival::Refused(CallbackRefusal::Forged));
    assert_eq!(complete("two", callback.clone()).await, Arrival::Refused(CallbackRefusal::OtherBrowser));
    let Arrival::Result(sign_in) = complete("one", callback.clone()).await else { panic!("refused") };
    assert_eq!(complete("one", callback).await, Arrival::Refused(CallbackRefusal::Replayed));

    let result = console.signins.result(&admin(), sign_in).await.expect("a result");
    assert_eq!((result.state, result.refused), (SignInState::Completed, None));
    assert_eq!(result.account.as_deref(), Some(&*user.email));
    assert!(result.directions.len() == 2 && result.directions.iter().all(|d| d.swapped && d.report.ok()), "{result:?}");
    assert_eq!(result.backlog, Some(0));
    assert!(!mailbox(&desk, id).await.draft);
    for direction in Direction::BOTH {
        let side = side(&desk, id, direction).await;
        assert_eq!((side.credential.as_deref(), side.user_name.as_deref()), (Some("grant"), Some(&*user.email)));
        assert!(side.proved_at.is_some() && side.host.is_some() && side.kept_grant_id.is_none());
    }
    assert_eq!(console.signins.result(&agent(), sign_in).await, Err(Refusal::NotAllowed));
    assert_eq!(console.signins.begin(&agent(), "x".into(), id, Intent::Connect, false).await, Err(Refusal::NotAllowed));
}

#[tokio::test]
async fn a_callback_after_ten_minutes_is_stale() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let user = desk.rig.user("late", At::Microsoft).await;
    let id = draft(&desk, &user.email, At::Microsoft).await;
    let console = desk.engine.console();
    let url = console.signins.begin(&admin(), "one".into(), id, Intent::Connect, false).await.expect("it sets out");
    let callback = Browser::new().sign_in(&url, &Person::new(&user.email, &user.password)).await;
    let row = e::sign_in::Entity::find().one(desk.engine.store.read()).await.expect("a question").expect("a row");
    let old =
        e::sign_in::ActiveModel { id: Set(row.id), expires_at: Set(engine::clock::now().0 - 1), ..Default::default() };
    e::sign_in::Entity::update(old).exec(desk.engine.store.write()).await.expect("an update");
    let arrival = console.signins.complete("one".into(), callback).await.expect("an arrival");
    assert_eq!(arrival, Arrival::Refused(CallbackRefusal::Stale));
    assert!(mailbox(&desk, id).await.draft);
}

#[tokio::test]
async fn reauthorizing_repairs_every_mailbox_of_the_account() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let (user, own, id) = connected(&desk, "bea", At::Microsoft).await;
    let shared = desk.rig.shared("team", &[&user]).await;
    let team = draft(&desk, &shared.email, At::Microsoft).await;
    sign_in(&desk, team, Intent::Connect, &Person::new(&user.email, &user.password)).await;
    assert_eq!(side(&desk, team, Direction::Incoming).await.grant_id, Some(id.0), "one account, one grant");
    desk.rig.call("/idp/revoke", json!({ "account": user.email, "reason": "admin", "access": true })).await;
    grants::refused(&desk.engine, id).await.expect_err("lost");
    assert_eq!((episodes(&desk, own).await, episodes(&desk, team).await), ((2, 0), (2, 0)));

    let console = desk.engine.console();
    let url = console.signins.begin(&admin(), "b".into(), own, Intent::Reauthorize, false).await.expect("it sets out");
    assert!(url.contains("login_hint=") && !url.contains("select_account"), "{url}");
    let callback = Browser::new().sign_in(&url, &Person::new(&user.email, &user.password)).await;
    let Arrival::Result(sign_in) = console.signins.complete("b".into(), callback).await.expect("an arrival") else {
        panic!("refused")
    };
    let result = console.signins.result(&admin(), sign_in).await.expect("a result");
    assert_eq!(result.expected.as_deref(), Some(&*user.email));
    assert_eq!(result.also_repaired, std::slice::from_ref(&shared.email));
    assert!(result.directions.iter().all(|d| d.swapped && d.report.ok()), "{result:?}");
    let row = grant(&desk, id).await;
    assert!(row.lost_at.is_none() && row.generation > 2, "the same row lives again");
    assert_eq!((episodes(&desk, own).await, episodes(&desk, team).await), ((0, 2), (0, 2)));
    for mailbox in [own, team] {
        for direction in Direction::BOTH {
            let side = side(&desk, mailbox, direction).await;
            assert!(side.failing_since.is_none() && side.grant_id == Some(id.0));
        }
    }
}

#[tokio::test]
async fn a_shared_mailbox_is_read_as_itself_and_sent_from_by_the_person() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let person = desk.rig.user("cleo", At::Microsoft).await;
    let shared = desk.rig.shared("support", &[&person]).await;
    let id = draft(&desk, &shared.email, At::Microsoft).await;
    let result = sign_in(&desk, id, Intent::Connect, &Person::new(&person.email, &person.password)).await;
    assert!(result.directions.iter().all(|d| d.swapped && d.report.ok()), "{result:?}");
    assert_eq!(side(&desk, id, Direction::Incoming).await.user_name.as_deref(), Some(&*shared.email));
    assert_eq!(side(&desk, id, Direction::Outgoing).await.user_name.as_deref(), Some(&*person.email));
}

#[tokio::test]
async fn the_wrong_account_changes_nothing_until_it_is_adopted() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let anna = desk.rig.user("anna", At::Microsoft).await;
    let ben = desk.rig.user("ben", At::Microsoft).await;
    let shared = desk.rig.shared("support", &[&anna, &ben]).await;
    let id = draft(&desk, &shared.email, At::Microsoft).await;
    sign_in(&desk, id, Intent::Connect, &Person::new(&anna.email, &anna.password)).await;
    let before = [side(&desk, id, Direction::Incoming).await, side(&desk, id, Direction::Outgoing).await];

    let refused = sign_in(&desk, id, Intent::Reauthorize, &Person::new(&ben.email, &ben.password)).await;
    assert_eq!((refused.state, refused.refused), (SignInState::Refused, Some(CallbackRefusal::WrongAccount)));
    assert_eq!((refused.account.as_deref(), refused.expected.as_deref()), (Some(&*ben.email), Some(&*anna.email)));
    assert!(refused.adopt.is_some());
    assert_eq!(before, [side(&desk, id, Direction::Incoming).await, side(&desk, id, Direction::Outgoing).await]);

    let console = desk.engine.console();
    assert_eq!(console.signins.adopt(&agent(), refused.id).await, Err(Refusal::NotAllowed));
    let adopted = console.signins.adopt(&admin(), refused.id).await.expect("it is adopted");
    let result = console.signins.result(&admin(), adopted).await.expect("a result");
    assert_eq!((result.state, result.intent), (SignInState::Completed, Intent::Adopt));
    assert!(result.directions.iter().all(|d| d.swapped && d.report.ok()), "{result:?}");
    assert_eq!(side(&desk, id, Direction::Outgoing).await.user_name.as_deref(), Some(&*ben.email));
    assert_ne!(side(&desk, id, Direction::Incoming).await.grant_id, before[0].grant_id);
    assert_eq!(console.signins.adopt(&admin(), refused.id).await, Err(Conflict::AlreadyDone.into()));
}

#[tokio::test]
async fn who_declines_changes_nothing() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let user = desk.rig.user("shy", At::Microsoft).await;
    let id = draft(&desk, &user.email, At::Microsoft).await;
    for step in ["sign-in", "consent"] {
        let person = Person { cancels: Some(step), ..Person::new(&user.email, &user.password) };
        let result = sign_in(&desk, id, Intent::Connect, &person).await;
        assert_eq!(result.refused, Some(CallbackRefusal::Declined), "{result:?}");
    }
    assert!(mailbox(&desk, id).await.draft);
    assert!(side(&desk, id, Direction::Incoming).await.credential.is_none());
}

#[tokio::test]
async fn an_administrators_consent_is_asked_for_by_name() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let domain = format!("t{}.example", unique());
    let email = format!("dora@{domain}");
    let made = json!({ "domains": [{ "domain": domain, "provider": "microsoft" }], "users": [{ "email": email, "password": "dora-pass", "oauth": true }] });
    desk.rig.call("/users", made).await;
    desk.rig.call("/idp/admin-consent", json!({ "tenant": domain })).await;
    let id = draft(&desk, &email, At::Microsoft).await;
    let person = Person { cancels: Some("need-admin"), ..Person::new(&email, "dora-pass") };
    let result = sign_in(&desk, id, Intent::Connect, &person).await;
    assert_eq!(result.refused, Some(CallbackRefusal::AdminConsentNeeded), "{result:?}");
    assert!(result.said.is_some_and(|said| said.contains("90094")));
}

#[tokio::test]
async fn smtp_auth_off_leaves_it_half_connected_and_check_again_finishes() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let user = desk.rig.user("half", At::Microsoft).await;
    desk.rig.call("/front/smtp-auth", json!({ "user": user.email, "enabled": false })).await;
    let id = draft(&desk, &user.email, At::Microsoft).await;
    let result = sign_in(&desk, id, Intent::Connect, &Person::new(&user.email, &user.password)).await;
    assert_eq!(result.state, SignInState::Completed);
    let [incoming, outgoing] = &result.directions[..] else { panic!("{result:?}") };
    assert!(incoming.swapped && incoming.report.ok());
    assert_eq!(outgoing.report.failure.as_ref().map(|f| f.diagnosis), Some(Diagnosis::SmtpAuthDisabledMailbox));
    assert!(outgoing.kept_until.is_some());
    assert!(!mailbox(&desk, id).await.draft);
    let out = side(&desk, id, Direction::Outgoing).await;
    assert!(out.failing_definite && out.kept_grant_id.is_some());

    let still = signins::retry_kept(&desk.engine, id).await.expect("a check");
    assert!(still.swapped.is_empty() && still.reports.len() == 1);
    desk.rig.call("/front/smtp-auth", json!({ "user": user.email, "enabled": true })).await;
    let check = signins::retry_kept(&desk.engine, id).await.expect("a check");
    assert_eq!(check.swapped, [Direction::Outgoing]);
    let out = side(&desk, id, Direction::Outgoing).await;
    assert!(out.failing_since.is_none() && out.proved_at.is_some() && out.kept_grant_id.is_none());
    assert_eq!(episodes(&desk, id).await, (0, 1));
    assert!(signins::retry_kept(&desk.engine, id).await.expect("nothing").reports.is_empty());
}

#[tokio::test]
async fn a_password_moves_to_a_sign_in_direction_by_direction() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let user = desk.rig.user("basic", At::Microsoft).await;
    let id = draft(&desk, &user.email, At::Microsoft).await;
    let form = PasswordForm { user: user.email.clone(), password: "wrong".into(), incoming: None, outgoing: None };
    let check = signins::apply_password(&desk.engine, &admin(), id, form.clone()).await.expect("a check");
    assert!(check.swapped.is_empty() && check.reports.iter().all(|r| !r.ok()), "{check:?}");
    assert!(mailbox(&desk, id).await.draft && side(&desk, id, Direction::Incoming).await.password_sealed.is_none());
    let form = PasswordForm { password: user.password.clone(), ..form };
    let check = signins::apply_password(&desk.engine, &admin(), id, form.clone()).await.expect("a check");
    assert_eq!(check.swapped, Direction::BOTH, "{check:?}");
    assert!(!mailbox(&desk, id).await.draft);

    // Outgoing can't move, and stays on the password that works.
    desk.rig.fault(&user, json!({ "protocol": "smtp", "kind": "answer", "on": "AUTH", "line": "454 4.7.0 Temporary authentication failure", "times": -1 })).await;
    let result = sign_in(&desk, id, Intent::Switch, &Person::new(&user.email, &user.password)).await;
    desk.rig.heal(&user).await;
    let [incoming, outgoing] = &result.directions[..] else { panic!("{result:?}") };
    assert!(incoming.swapped, "{result:?}");
    assert!(!outgoing.report.ok() && !outgoing.swapped && outgoing.kept_until.is_some(), "{outgoing:?}");
    let out = side(&desk, id, Direction::Outgoing).await;
    assert_eq!((out.credential.as_deref(), out.failing_since), (Some("password"), None), "it goes on as before");
    let check = signins::retry_kept(&desk.engine, id).await.expect("a check");
    assert_eq!(check.swapped, [Direction::Outgoing], "{check:?}");
    assert_eq!(side(&desk, id, Direction::Outgoing).await.credential.as_deref(), Some("grant"));

    let bad = PasswordForm { user: " ".into(), ..form.clone() };
    assert_eq!(signins::apply_password(&desk.engine, &admin(), id, bad).await, Err(Fault::UserMissing.into()));
}

#[tokio::test]
async fn a_wrong_password_replaces_nothing_and_a_right_one_ends_the_episode() {
    let desk = Desk::open().await;
    let user = desk.rig.user("hello", At::Litware).await;
    let id = draft(&desk, &user.email, At::Litware).await;
    let form = |password: &str| PasswordForm {
        user: user.email.clone(),
        password: password.into(),
        incoming: None,
        outgoing: None,
    };
    signins::apply_password(&desk.engine, &admin(), id, form(&user.password)).await.expect("a check");
    let sealed = side(&desk, id, Direction::Incoming).await.password_sealed;
    assert!(sealed.is_some());
    let check = signins::apply_password(&desk.engine, &admin(), id, form("wrong")).await.expect("a check");
    assert!(check.swapped.is_empty());
    assert_eq!(side(&desk, id, Direction::Incoming).await.password_sealed, sealed);
}

#[tokio::test]
async fn unticked_permissions_at_google_are_a_missing_consent() {
    let desk = Desk::open().await;
    App::register(&desk, At::Google).await;
    let user = desk.rig.user("gail", At::Google).await;
    let id = draft(&desk, &user.email, At::Google).await;
    let person = Person { unticks: true, ..Person::new(&user.email, &user.password) };
    let result = sign_in(&desk, id, Intent::Connect, &person).await;
    assert_eq!(result.refused, Some(CallbackRefusal::ConsentMissing), "{result:?}");
    let left = e::grants::Entity::find().all(desk.engine.store.read()).await.expect("a question");
    assert!(left.is_empty(), "nothing is kept of it");
    let result = sign_in(&desk, id, Intent::Connect, &Person::new(&user.email, &user.password)).await;
    assert!(result.directions.iter().all(|d| d.swapped && d.report.ok()), "{result:?}");
}

#[tokio::test]
async fn a_provider_that_fails_at_the_exchange_changes_nothing() {
    let desk = Desk::open().await;
    let app = App::register(&desk, At::Microsoft).await;
    let user = desk.rig.user("eve", At::Microsoft).await;
    let id = draft(&desk, &user.email, At::Microsoft).await;
    let person = Person::new(&user.email, &user.password);
    desk.rig
        .call("/idp/config", json!({ "account": user.email, "fault": { "route": "token", "times": 1, "status": 503 } }))
        .await;
    assert_eq!(sign_in(&desk, id, Intent::Connect, &person).await.refused, Some(CallbackRefusal::ProviderFailed));
    desk.rig.call("/idp/secret", json!({ "provider": "microsoft", "client": app.client_id, "state": "wrong" })).await;
    let result = sign_in(&desk, id, Intent::Connect, &person).await;
    assert_eq!(result.refused, Some(CallbackRefusal::Registration), "{result:?}");
    assert!(result.said.is_some_and(|said| said.contains("7000215") && !said.contains(&app.secret)));
    assert!(mailbox(&desk, id).await.draft);
}

#[tokio::test]
async fn registrations_are_checked_counted_and_kept_while_in_use() {
    let desk = Desk::open().await;
    let console = desk.engine.console();
    let user = desk.rig.user("fay", At::Microsoft).await;
    let id = draft(&desk, &user.email, At::Microsoft).await;
    let none = console.signins.begin(&admin(), "b".into(), id, Intent::Connect, false).await;
    assert_eq!(none, Err(Fault::RegistrationMissing.into()));
    let app = App::register(&desk, At::Microsoft).await;
    let second = App::register(&desk, At::Microsoft).await;
    let page = console.registrations.page(&admin()).await.expect("a page");
    assert_eq!(page.redirect_address, "http://localhost:3000/oauth/callback");
    assert!(!page.redirect_refused);
    assert_eq!(page.registrations.iter().map(|r| r.default).collect::<Vec<_>>(), [true, false]);
    console.registrations.make_default(&admin(), second.id).await.expect("it changes");
    sign_in(&desk, id, Intent::Connect, &Person::new(&user.email, &user.password)).await;
    assert_eq!(console.registrations.delete(&admin(), second.id).await, Err(Fault::RegistrationInUse.into()));
    console.registrations.delete(&admin(), app.id).await.expect("nothing uses it");
    let page = console.registrations.page(&admin()).await.expect("a page");
    assert_eq!(
        page.registrations.iter().map(|r| (r.id, r.mailboxes, r.default)).collect::<Vec<_>>(),
        [(second.id, 1, true)]
    );
    let form = RegistrationForm {
        provider_key: "microsoft".into(),
        client_id: second.client_id.clone(),
        ..Default::default()
    };
    assert_eq!(console.registrations.save(&admin(), form.clone()).await, Err(Fault::SecretMissing.into()));
    assert_eq!(console.registrations.save(&agent(), form).await, Err(Refusal::NotAllowed));
    assert!(console.registrations.page(&agent()).await.is_err());
}

#[tokio::test]
async fn a_renamed_person_is_the_same_account() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let (user, id, first) = connected(&desk, "gwen", At::Microsoft).await;
    let account =
        e::account::Entity::find().one(desk.engine.store.read()).await.expect("a question").expect("an account");
    let renamed = e::account::ActiveModel {
        id: Set(account.id),
        login: Set("before@contoso.example".into()),
        ..Default::default()
    };
    e::account::Entity::update(renamed).exec(desk.engine.store.write()).await.expect("an update");
    let result = sign_in(&desk, id, Intent::Reauthorize, &Person::new(&user.email, &user.password)).await;
    assert_eq!((result.state, result.account.as_deref()), (SignInState::Completed, Some(&*user.email)), "{result:?}");
    assert_eq!(side(&desk, id, Direction::Incoming).await.grant_id.map(GrantId), Some(first));
    assert!(evidence::diagnosis("nonsense").is_none());
}

#[tokio::test]
async fn what_nobody_needs_any_more_is_wiped() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let (anna, id, used) = connected(&desk, "anna", At::Microsoft).await;
    let ben = desk.rig.user("ben", At::Microsoft).await;
    let refused = sign_in(&desk, id, Intent::Reauthorize, &Person::new(&ben.email, &ben.password)).await;
    let kept = e::sign_in::Entity::find_by_id(refused.id.0)
        .one(desk.engine.store.read())
        .await
        .expect("a question")
        .expect("a row");
    let kept = GrantId(kept.grant_id.expect("kept for adopt"));
    let now = engine::clock::now();
    let sweep = |at| engine::store::grants::sweep(&desk.engine.store, at);
    assert_eq!(sweep(now + Span::minutes(9)).await.expect("a sweep"), 0);
    assert_eq!(sweep(now + Span::minutes(16)).await.expect("a sweep"), 1);
    let left = e::grants::Entity::find().all(desk.engine.store.read()).await.expect("a question");
    assert_eq!(left.iter().map(|g| GrantId(g.id)).collect::<Vec<_>>(), [used]);
    assert_ne!(kept, used);
    // A sign-in that nobody comes back from ends, and its verifier goes.
    let console = desk.engine.console();
    console.signins.begin(&admin(), "b".into(), id, Intent::Reauthorize, true).await.expect("it sets out");
    assert_eq!(
        engine::store::signins::expire(&desk.engine.store, now + Span::minutes(11)).await.expect("an update"),
        1
    );
    let rows = e::sign_in::Entity::find().all(desk.engine.store.read()).await.expect("a question");
    assert!(rows.iter().all(|row| row.verifier_sealed.is_none()));
    assert!(console.signins.adopt(&admin(), refused.id).await.is_err());
    grants::access_token(&desk.engine, used).await.unwrap_or_else(|e| panic!("{}: {e:?}", anna.email));
}
