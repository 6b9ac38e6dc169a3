//! What the tests of sign-ins and grants share: an app registration of their own, drafts, sign-ins.

use crate::browser::{Browser, Person};
use crate::desk::Desk;
use crate::rig::{At, User, unique};
use domain::Direction;
use domain::console::people::{Actor, Role};
use domain::console::registrations::RegistrationForm;
use domain::console::signins::{Arrival, SignInResult};
use domain::id::{GrantId, MailboxId, PersonId, RegistrationId};
use domain::signin::Intent;
use engine::clock;
use engine::store::entity as e;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

pub fn admin() -> Actor {
    Actor { person: PersonId(1), name: "Ada".into(), role: Role::Admin }
}

pub fn agent() -> Actor {
    Actor { person: PersonId(2), name: "Ben".into(), role: Role::Agent }
}

/// An app of this test's own at the provider.
pub struct App {
    pub id: RegistrationId,
    pub client_id: String,
    pub secret: String,
    pub key: &'static str,
}

impl App {
    pub async fn register(desk: &Desk, at: At) -> Self {
        let hex = format!("{:0>32}", unique());
        let hex = &hex[hex.len() - 32..];
        let client_id = format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
        let secret = format!("Kx8Q~{}", unique());
        desk.rig
            .call(
                "/idp/client",
                json!({ "provider": at.key(), "client_id": client_id, "client_secret": secret, "name": "Mailkeep" }),
            )
            .await;
        let form = RegistrationForm {
            provider_key: at.key().into(),
            client_id: client_id.clone(),
            tenant: "organizations".into(),
            secret: secret.clone(),
            ..Default::default()
        };
        let id = desk.engine.console().registrations.save(&admin(), form).await.expect("it is saved");
        Self { id, client_id, secret, key: at.key() }
    }

    /// Gives the desk a new secret, as the admin does.
    pub async fn renew(&self, desk: &Desk, secret: &str) {
        let form = RegistrationForm {
            id: Some(self.id),
            provider_key: self.key.into(),
            client_id: self.client_id.clone(),
            tenant: "organizations".into(),
            secret: secret.into(),
            ..Default::default()
        };
        desk.engine.console().registrations.save(&admin(), form).await.expect("it is saved");
    }

    pub async fn row(&self, desk: &Desk) -> e::registration::Model {
        e::registration::Entity::find_by_id(self.id.0)
            .one(desk.engine.store.read())
            .await
            .expect("a question")
            .expect("a row")
    }
}

/// A mailbox whose set-up has come as far as the choice of directions.
pub async fn draft(desk: &Desk, address: &str, at: At) -> MailboxId {
    let db = desk.engine.store.write();
    let row = e::mailbox::ActiveModel {
        address: Set(address.into()),
        name: Set("Support".into()),
        provider_key: Set(at.key().into()),
        draft: Set(true),
        created_at: Set(clock::now().0),
        delete_after_fetch: Set(false),
        import_mode: Set("now".into()),
        from_name: Set("Support".into()),
        signature: Set(String::new()),
        epoch: Set(0),
        ..Default::default()
    };
    let id = e::mailbox::Entity::insert(row).exec(db).await.expect("a mailbox").last_insert_id;
    for direction in Direction::BOTH {
        let row = e::direction::ActiveModel {
            mailbox_id: Set(id),
            direction: Set(direction.key().into()),
            used: Set(true),
            failing_definite: Set(false),
            failures: Set(0),
            generation: Set(0),
            ..Default::default()
        };
        e::direction::Entity::insert(row).exec_without_returning(db).await.expect("a direction");
    }
    MailboxId(id)
}

/// Begins, signs in at the provider, comes back.
pub async fn sign_in(desk: &Desk, mailbox: MailboxId, intent: Intent, person: &Person<'_>) -> SignInResult {
    sign_in_with(desk, &mut Browser::new(), mailbox, intent, person).await
}

pub async fn sign_in_with(
    desk: &Desk,
    browser: &mut Browser,
    mailbox: MailboxId,
    intent: Intent,
    person: &Person<'_>,
) -> SignInResult {
    let console = desk.engine.console();
    let url = console.signins.begin(&admin(), "browser".into(), mailbox, intent, false).await.expect("it sets out");
    let callback = browser.sign_in(&url, person).await;
    match console.signins.complete("browser".into(), callback).await.expect("it comes back") {
        Arrival::Result(id) | Arrival::ByLink(id) => console.signins.result(&admin(), id).await.expect("a result"),
        Arrival::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

/// A mailbox of a fresh user, connected by sign-in.
pub async fn connected(desk: &Desk, name: &str, at: At) -> (User, MailboxId, GrantId) {
    let user = desk.rig.user(name, at).await;
    let mailbox = draft(desk, &user.email, at).await;
    let result = sign_in(desk, mailbox, Intent::Connect, &Person::new(&user.email, &user.password)).await;
    assert!(result.directions.iter().all(|d| d.swapped && d.report.ok()), "{result:?}");
    let grant = side(desk, mailbox, Direction::Incoming).await.grant_id.expect("a grant");
    (user, mailbox, GrantId(grant))
}

pub async fn side(desk: &Desk, mailbox: MailboxId, direction: Direction) -> e::direction::Model {
    e::direction::Entity::find_by_id((mailbox.0, direction.key().to_owned()))
        .one(desk.engine.store.read())
        .await
        .expect("a question")
        .expect("a direction")
}

pub async fn grant(desk: &Desk, id: GrantId) -> e::grants::Model {
    e::grants::Entity::find_by_id(id.0).one(desk.engine.store.read()).await.expect("a question").expect("a grant")
}

pub async fn mailbox(desk: &Desk, id: MailboxId) -> e::mailbox::Model {
    e::mailbox::Entity::find_by_id(id.0).one(desk.engine.store.read()).await.expect("a question").expect("a mailbox")
}

/// The episodes of a mailbox that still run, and those that ended.
pub async fn episodes(desk: &Desk, id: MailboxId) -> (usize, usize) {
    let all = e::episode::Entity::find()
        .filter(e::episode::Column::MailboxId.eq(id.0))
        .all(desk.engine.store.read())
        .await
        .expect("a question");
    let ended = all.iter().filter(|row| row.ended_at.is_some()).count();
    (all.len() - ended, ended)
}

/// Makes the access token at hand too old, as if its life were over.
pub async fn wear_out(desk: &Desk, id: GrantId) {
    let row = e::grants::ActiveModel { id: Set(id.0), access_expires_at: Set(clock::now().0), ..Default::default() };
    e::grants::Entity::update(row).exec(desk.engine.store.write()).await.expect("an update");
}

/// So many requests of this kind the provider counted for an account.
pub async fn asked(desk: &Desk, account: &str, kind: &str) -> i64 {
    desk.rig.call("/idp/stats", json!({ "account": account })).await["hits"][kind].as_i64().unwrap_or(0)
}
