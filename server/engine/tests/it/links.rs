//! Sign-in links: made, mailed, begun, refused, used up; and two sign-ins at once.

use crate::access::*;
use crate::browser::{Browser, Person};
use crate::desk::{Chosen, Desk};
use crate::rig::{At, User, unique, until};
use domain::console::Console;
use domain::console::links::{By, LINK_PLACE, LinkForm, LinkLetter};
use domain::console::signins::{Arrival, Callback};
use domain::id::{GrantId, MailboxId, SignInId};
use domain::refusal::{Conflict, Fault};
use domain::signin::{CallbackRefusal, Intent, LinkEnd, LinkFor, LinkState, SignInState};
use domain::{Direction, Refusal};
use engine::store::entity as e;
use engine::{evidence, grants};
use sea_orm::{ActiveValue::Set, EntityTrait, PaginatorTrait};
use serde_json::json;
use std::time::Duration;

/// A connected mailbox whose grant was revoked, on a desk with its two admins.
async fn lost(name: &str) -> (Desk, User, MailboxId, GrantId) {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    for (name, email) in [("Ada Lindqvist", "ada@contoso.example"), ("Ben Okafor", "ben@contoso.example")] {
        let db = desk.engine.store.write();
        engine::store::people::insert(db, name, email, "admin", None, engine::clock::now()).await.expect("a person");
    }
    let (user, mailbox, grant) = connected(&desk, name, At::Microsoft).await;
    lose(&desk, &user, grant).await;
    (desk, user, mailbox, grant)
}

async fn lose(desk: &Desk, user: &User, grant: GrantId) {
    desk.rig.call("/idp/revoke", json!({ "account": user.email, "reason": "admin", "access": true })).await;
    grants::refused(&desk.engine, grant).await.expect_err("lost");
}

async fn link(console: &Console, mailbox: MailboxId, who: LinkFor) -> String {
    let made = console.links.make(&admin(), mailbox, LinkForm { who, letter: None }).await.expect("a link");
    let token = made.url.rsplit('/').next().expect("a token").to_owned();
    assert_eq!((made.sent, token.len()), (false, 43), "256 bits in base64url");
    token
}

async fn state(console: &Console, mailbox: MailboxId) -> LinkState {
    console.links.list(&admin(), Some(mailbox)).await.expect("links").first().expect("a link").state
}

/// Begins by a link, signs in at the provider, comes back to the link's own page.
async fn by_link(console: &Console, browser: &str, by: By, person: &Person<'_>) -> SignInId {
    let url = console.links.begin(browser.into(), by).await.expect("it sets out");
    let callback = Browser::new().sign_in(&url, person).await;
    match console.signins.complete(browser.into(), callback).await.expect("it comes back") {
        Arrival::ByLink(id) => id,
        other => panic!("{other:?}"),
    }
}

async fn grants_kept(desk: &Desk) -> u64 {
    e::grants::Entity::find().count(desk.engine.store.read()).await.expect("a count")
}

#[tokio::test]
async fn a_link_is_looked_at_begun_and_used_up_by_one_sign_in() {
    let (desk, user, mailbox, _) = lost("owner").await;
    let console = desk.engine.console();
    let token = link(&console, mailbox, LinkFor::Same).await;
    let row = e::sign_in_link::Entity::find().one(desk.engine.store.read()).await.expect("a question").expect("a row");
    assert!(!row.token_hash.windows(8).any(|w| token.as_bytes().windows(8).any(|t| t == w)));
    for _ in 0..3 {
        let page = console.links.page(token.clone()).await.expect("a page");
        assert_eq!((page.expected.as_deref(), page.state), (Some(&*user.email), LinkState::Made));
        assert_eq!(page.asker.expect("an asker").0, "Ada Lindqvist");
        assert!(page.trouble.is_some() && page.incoming && page.outgoing);
    }
    assert_eq!(state(&console, mailbox).await, LinkState::Made, "looking changes nothing");
    assert_eq!(console.links.page("x".repeat(43)).await, Err(Refusal::NotFound));

    let person = Person::new(&user.email, &user.password);
    let url = console.links.begin("theirs".into(), By::Token(token.clone())).await.expect("it sets out");
    assert!(matches!(state(&console, mailbox).await, LinkState::Opened(_)));
    let callback = Browser::new().sign_in(&url, &person).await;
    let arrival = console.signins.complete("theirs".into(), callback.clone()).await.expect("an arrival");
    let Arrival::ByLink(id) = arrival else { panic!("{arrival:?}") };
    assert_eq!(console.signins.complete("theirs".into(), callback).await, Ok(Arrival::ByLink(id)), "a reload");
    let result = console.links.result("theirs".into(), id).await.expect("a result");
    assert_eq!((result.refused, result.works, result.account.as_deref()), (None, true, Some(&*user.email)));
    assert_eq!(console.links.result("another".into(), id).await, Err(Refusal::NotFound));

    assert!(matches!(state(&console, mailbox).await, LinkState::Completed(_)));
    assert_eq!(console.links.begin("theirs".into(), By::Token(token)).await, Err(Fault::LinkEnded.into()));
    for direction in Direction::BOTH {
        assert!(side(&desk, mailbox, direction).await.failing_since.is_none());
    }
    assert_eq!(
        console.links.make(&agent(), mailbox, LinkForm { who: LinkFor::Anyone, letter: None }).await,
        Err(Refusal::NotAllowed)
    );
}

#[tokio::test]
async fn who_was_not_asked_is_refused_and_may_try_again() {
    let (desk, user, mailbox, _) = lost("asked").await;
    let console = desk.engine.console();
    let other = desk.rig.user("other", At::Microsoft).await;
    let kept = grants_kept(&desk).await;
    let token = link(&console, mailbox, LinkFor::Same).await;
    let wrong = by_link(&console, "b", By::Token(token), &Person::new(&other.email, &other.password)).await;
    let result = console.links.result("b".into(), wrong).await.expect("a result");
    assert_eq!((result.refused, result.open), (Some(CallbackRefusal::WrongAccount), true));
    assert!(matches!(state(&console, mailbox).await, LinkState::Refused(_)));
    assert_eq!(grants_kept(&desk).await, kept, "nobody's tokens are kept");
    assert_eq!(console.signins.adopt(&admin(), wrong).await, Err(Conflict::AlreadyDone.into()), "nothing to take over");
    assert!(side(&desk, mailbox, Direction::Incoming).await.failing_since.is_some());

    let again = by_link(&console, "b", By::Again(wrong), &Person::new(&user.email, &user.password)).await;
    assert_eq!(console.links.result("b".into(), again).await.expect("a result").refused, None);
    assert_eq!(console.links.begin("b".into(), By::Again(wrong)).await, Err(Fault::LinkEnded.into()));
    assert_eq!(console.links.begin("c".into(), By::Again(wrong)).await, Err(Refusal::NotFound));
}

#[tokio::test]
async fn anyone_who_can_open_the_mailbox_and_nobody_else() {
    let desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let (anna, ben) = (desk.rig.user("anna", At::Microsoft).await, desk.rig.user("ben", At::Microsoft).await);
    let stranger = desk.rig.user("stranger", At::Microsoft).await;
    let shared = desk.rig.shared("support", &[&anna, &ben]).await;
    let id = draft(&desk, &shared.email, At::Microsoft).await;
    sign_in(&desk, id, Intent::Connect, &Person::new(&anna.email, &anna.password)).await;
    let grant = GrantId(side(&desk, id, Direction::Incoming).await.grant_id.expect("a grant"));
    lose(&desk, &anna, grant).await;
    let before = side(&desk, id, Direction::Incoming).await;
    let console = desk.engine.console();
    let token = link(&console, id, LinkFor::Anyone).await;

    let refused =
        by_link(&console, "s", By::Token(token.clone()), &Person::new(&stranger.email, &stranger.password)).await;
    let result = console.links.result("s".into(), refused).await.expect("a result");
    assert_eq!(result.refused, Some(CallbackRefusal::CannotOpen));
    assert!(result.said.is_some_and(|said| !said.is_empty()), "the server's own words");
    assert_eq!(side(&desk, id, Direction::Incoming).await, before, "nothing changed");

    let done = by_link(&console, "b", By::Token(token), &Person::new(&ben.email, &ben.password)).await;
    assert_eq!(console.links.result("b".into(), done).await.expect("a result").refused, None);
    assert_eq!(side(&desk, id, Direction::Outgoing).await.user_name.as_deref(), Some(&*ben.email));

    // Named: the one person and nobody else.
    let token = link(&console, id, LinkFor::Named(anna.email.to_uppercase())).await;
    let wrong = by_link(&console, "w", By::Token(token.clone()), &Person::new(&ben.email, &ben.password)).await;
    assert_eq!(
        console.links.result("w".into(), wrong).await.expect("a result").refused,
        Some(CallbackRefusal::WrongAccount)
    );
    let right = by_link(&console, "w", By::Token(token), &Person::new(&anna.email, &anna.password)).await;
    assert_eq!(console.links.result("w".into(), right).await.expect("a result").refused, None);
    assert_eq!(side(&desk, id, Direction::Outgoing).await.user_name.as_deref(), Some(&*anna.email));
}

#[tokio::test]
async fn a_link_ends_when_revoked_declined_old_or_not_needed() {
    let (desk, user, mailbox, _) = lost("ends").await;
    let console = desk.engine.console();
    let revoked = link(&console, mailbox, LinkFor::Same).await;
    // Set out before it was taken back: the answer comes too late.
    let url = console.links.begin("r".into(), By::Token(revoked.clone())).await.expect("it sets out");
    let callback = Browser::new().sign_in(&url, &Person::new(&user.email, &user.password)).await;
    let newest = console.links.list(&admin(), Some(mailbox)).await.expect("links")[0].id;
    assert_eq!(console.links.revoke(&admin(), newest).await, Ok(mailbox));
    let Ok(Arrival::ByLink(id)) = console.signins.complete("r".into(), callback).await else { panic!("no arrival") };
    assert_eq!(console.links.result("r".into(), id).await.expect("a result").refused, Some(CallbackRefusal::LinkEnded));
    assert!(side(&desk, mailbox, Direction::Incoming).await.failing_since.is_some(), "nothing was swapped");
    assert_eq!(console.links.begin("r".into(), By::Token(revoked)).await, Err(Fault::LinkEnded.into()));

    let declined = link(&console, mailbox, LinkFor::Same).await;
    console.links.decline(declined.clone()).await.expect("it ends");
    assert!(matches!(state(&console, mailbox).await, LinkState::Ended(LinkEnd::Declined, _)));
    assert_eq!(console.links.begin("r".into(), By::Token(declined)).await, Err(Fault::LinkEnded.into()));

    let old = link(&console, mailbox, LinkFor::Same).await;
    let id = console.links.list(&admin(), Some(mailbox)).await.expect("links")[0].id;
    let past =
        e::sign_in_link::ActiveModel { id: Set(id.0), expires_at: Set(engine::clock::now().0), ..Default::default() };
    e::sign_in_link::Entity::update(past).exec(desk.engine.store.write()).await.expect("an update");
    assert!(matches!(state(&console, mailbox).await, LinkState::Expired(_)));
    assert_eq!(console.links.begin("r".into(), By::Token(old)).await, Err(Fault::LinkEnded.into()));

    let spare = link(&console, mailbox, LinkFor::Same).await;
    sign_in(&desk, mailbox, Intent::Reauthorize, &Person::new(&user.email, &user.password)).await;
    assert!(matches!(state(&console, mailbox).await, LinkState::Ended(LinkEnd::NotNeeded, _)));
    assert!(!console.links.page(spare).await.expect("a page").state.is_open());
}

#[tokio::test]
async fn a_link_is_mailed_through_another_mailbox_never_the_one_in_trouble() {
    let (desk, user, mailbox, _) = lost("mailed").await;
    let console = desk.engine.console();
    let letter = |to: &str| LinkForm {
        who: LinkFor::Same,
        letter: Some(LinkLetter {
            to: to.into(),
            subject: "Please sign in once".into(),
            text: format!("Here:\n\n{LINK_PLACE}\n"),
        }),
    };
    assert_eq!(console.links.offer(&admin(), mailbox).await.expect("an offer").sent_from, None);
    let not = console.links.make(&admin(), mailbox, letter("mia@customer.example")).await.expect("a link");
    assert!(!not.sent && console.links.list(&admin(), Some(mailbox)).await.expect("links")[0].not_sent);

    let healthy = desk.rig.user("healthy", At::Litware).await;
    let through = desk.mailbox(&healthy, Chosen::default()).await;
    evidence::proved(&desk.engine, through, Direction::Outgoing).await.expect("a proof");
    let to = format!("owner-{}@litware.example", unique());
    desk.rig.call("/users", json!({ "email": to, "name": "Owner", "imap_password": "owner-pass" })).await;
    assert_eq!(console.links.offer(&admin(), mailbox).await.expect("an offer").sent_from, Some(healthy.email.clone()));
    let sent = console.links.make(&admin(), mailbox, letter(&to)).await.expect("a link");
    assert!(sent.sent, "a server took it");
    assert!(matches!(state(&console, mailbox).await, LinkState::Sent(_)));
    let raw = until("the mail arrives", Duration::from_secs(20), || async {
        let list = desk.rig.call("/mail/list", json!({ "user": to, "folder": "INBOX" })).await;
        let uid = list["messages"][0]["uid"].as_u64()?;
        let got = desk.rig.call("/mail/get", json!({ "user": to, "folder": "INBOX", "uid": uid })).await;
        got["messages"][0]["raw"].as_str().map(str::to_owned)
    })
    .await;
    let raw = raw.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=");
    assert!(raw.contains(&sent.url) && raw.contains(&healthy.email), "{raw}");
    assert!(!raw.contains(&format!("From: {}", user.email)));
    let bad = console.links.make(&admin(), mailbox, letter("nobody")).await;
    assert_eq!(bad.map(|_| ()), Err(Fault::AddressMalformed.into()));
    let named = LinkForm { who: LinkFor::Named(" ".into()), letter: None };
    assert_eq!(console.links.make(&admin(), mailbox, named).await.map(|_| ()), Err(Fault::AccountMissing.into()));
}

#[tokio::test]
async fn of_two_admins_at_once_the_second_learns_who_repaired_it() {
    let (desk, user, mailbox, grant) = lost("twice").await;
    let console = desk.engine.console();
    let person = Person::new(&user.email, &user.password);
    let mut ben = admin();
    ben.person = domain::id::PersonId(2);
    let first = console.signins.begin(&admin(), "a".into(), mailbox, Intent::Reauthorize, false).await.expect("out");
    let second = console.signins.begin(&ben, "b".into(), mailbox, Intent::Reauthorize, false).await.expect("out");
    let at_provider = async |url: &str| -> Callback { Browser::new().sign_in(url, &person).await };
    let (first, second) = (at_provider(&first).await, at_provider(&second).await);
    // Both answers at the same moment: whoever commits second finds it repaired.
    let (one, two) =
        tokio::join!(console.signins.complete("a".into(), first), console.signins.complete("b".into(), second));
    let mut results = Vec::new();
    for arrival in [one, two] {
        let Ok(Arrival::Result(id)) = arrival else { panic!("{arrival:?}") };
        results.push(console.signins.result(&admin(), id).await.expect("a result"));
    }
    results.sort_by_key(|r| r.refused.is_some());
    assert_eq!((results[0].state, results[0].refused), (SignInState::Completed, None));
    assert_eq!(results[1].refused, Some(CallbackRefusal::AlreadyRepaired));
    let by = results[1].repaired.clone().expect("who was quicker");
    assert!(
        ["Ada Lindqvist", "Ben Okafor"].contains(&by.by.as_deref().unwrap_or_default()) && by.account == user.email
    );
    let row = self::grant(&desk, grant).await;
    assert!(row.lost_at.is_none());
    assert_eq!(episodes(&desk, mailbox).await, (0, 2));

    // Healthy, anybody may sign in again; nobody is told that it was done.
    let again = sign_in(&desk, mailbox, Intent::Reauthorize, &person).await;
    assert_eq!((again.state, again.refused), (SignInState::Completed, None));
    assert_eq!(
        console.signins.repaired(&admin(), mailbox).await.expect("an answer").map(|r| r.account),
        Some(user.email)
    );
}
