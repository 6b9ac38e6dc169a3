//! An engine of its own for each test, on a fresh database.
//!
//! `MAILKEEP_TEST_DATABASE`: `sqlite` (default, a file in a temporary folder) or the URL of a
//! PostgreSQL server, in which each test makes and drops a database.

use crate::rig::{Rig, User, unique};
use domain::Direction;
use domain::id::{GrantId, MailboxId};
use domain::provider::{Endpoint, Tls};
use domain::time::Span;
use engine::config::{Config, Limits, NetworkRules};
use engine::login::{Access, Login, Proof};
use engine::secret::Secret;
use engine::store::entity as e;
use engine::vault::Vault;
use engine::{Engine, Running, clock};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How a mailbox proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Password,
    Token,
}

/// What the admin chose.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub by: By,
    pub delete_after_fetch: bool,
    /// `now`, `date` or `beginning`.
    pub import_mode: &'static str,
    pub import_from: Option<i64>,
    pub folder: &'static str,
    /// Instead of the provider's own server.
    pub incoming: Option<Endpoint>,
    pub outgoing: Option<Endpoint>,
}

impl Default for Chosen {
    fn default() -> Self {
        Self {
            by: By::Password,
            delete_after_fetch: false,
            import_mode: "beginning",
            import_from: None,
            folder: "INBOX",
            incoming: None,
            outgoing: None,
        }
    }
}

/// An engine with its database.
pub struct Desk {
    pub rig: Rig,
    pub engine: Arc<Engine>,
    running: Option<Running>,
    pub config: Config,
    place: Place,
}

enum Place {
    Folder(PathBuf),
    Postgres { server: String, name: String },
}

impl Desk {
    /// A fresh desk at the rig of the environment. Nothing runs yet.
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let rig = Rig::from_env();
        let server = std::env::var("MAILKEEP_TEST_DATABASE").unwrap_or_else(|_| "sqlite".into());
        let (place, database) = if server == "sqlite" {
            let folder = std::env::temp_dir().join(format!("mailkeep-it-{}", unique()));
            std::fs::create_dir_all(&folder).expect("a temporary folder");
            let database = format!("sqlite:{}", folder.join("mailkeep.db").display());
            (Place::Folder(folder), database)
        } else {
            let name = format!("mailkeep_it_{}", unique());
            let admin = sea_orm::Database::connect(&server).await.expect("the PostgreSQL server answers");
            admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
            admin.close().await.expect("it closes");
            let mut url = url::Url::parse(&server).expect("a URL");
            url.set_path(&name);
            (Place::Postgres { server, name }, url.to_string())
        };
        let mut config = Config {
            database,
            key: Vault::fresh_key(),
            key_file: None,
            providers_file: Some(PathBuf::from(rig.env("RIG_PROVIDERS"))),
            network: NetworkRules { allow: vec!["127.0.0.1".into(), "localhost".into()] },
            public_address: Some("http://localhost:3000".into()),
            demo: false,
            limits: Limits::default(),
            shown: Vec::new(),
            second_refusal_after: Span::seconds(2),
            node_name: "test".into(),
        };
        change(&mut config);
        let engine = Engine::open(config.clone()).await.expect("the engine opens");
        Self { rig, engine, running: None, config, place }
    }

    /// Starts all loops.
    pub fn start(&mut self) {
        self.running = Some(self.engine.start().expect("nobody else works on this database"));
    }

    /// Stops the loops.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop(Duration::from_secs(10)).await;
        }
    }

    /// As after a kill: the loops are dropped where they stand, and a new engine opens the same
    /// database. Nothing runs yet.
    pub async fn crash(&mut self) {
        // Dropping the loops aborts them wherever they wait.
        drop(self.running.take());
        self.engine = Engine::open(self.config.clone()).await.expect("it opens again");
    }

    /// A connected mailbox with both directions.
    pub async fn mailbox(&self, user: &User, chosen: Chosen) -> MailboxId {
        let now = clock::now().0;
        let db = self.engine.store.write();
        let row = e::mailbox::ActiveModel {
            address: Set(user.email.clone()),
            name: Set("Support".into()),
            provider_key: Set(user.at.key().into()),
            draft: Set(false),
            created_at: Set(now),
            delete_after_fetch: Set(chosen.delete_after_fetch),
            import_mode: Set(chosen.import_mode.into()),
            import_from: Set(chosen.import_from),
            from_name: Set("Support".into()),
            signature: Set(String::new()),
            epoch: Set(0),
            ..Default::default()
        };
        let id = e::mailbox::Entity::insert(row).exec(db).await.expect("a mailbox").last_insert_id;
        let own =
            e::own_address::ActiveModel { mailbox_id: Set(id), address: Set(user.email.clone()), ..Default::default() };
        e::own_address::Entity::insert(own).exec_without_returning(db).await.expect("its address");
        let folder = e::folder::ActiveModel {
            mailbox_id: Set(id),
            name: Set(chosen.folder.into()),
            role: Set("inbox".into()),
            cursor: Set(0),
            import_before: Set(0),
            ..Default::default()
        };
        e::folder::Entity::insert(folder).exec(db).await.expect("its folder");
        let grant = match chosen.by {
            By::Password => None,
            By::Token => Some(self.grant(user).await),
        };
        let entry = self.engine.providers.get(user.at.key()).expect("the rig's provider");
        for direction in Direction::BOTH {
            let own = match direction {
                Direction::Incoming => chosen.incoming.clone(),
                Direction::Outgoing => chosen.outgoing.clone(),
            };
            let customary = match direction {
                Direction::Incoming => entry.incoming.clone(),
                Direction::Outgoing => entry.outgoing.clone(),
            };
            let endpoint = own.or(customary).expect("a server");
            let sealed = (chosen.by == By::Password).then(|| {
                self.engine
                    .vault
                    .seal(&format!("direction:{id}:{}:password", direction.key()), &Secret::new(user.password.clone()))
            });
            let row = e::direction::ActiveModel {
                mailbox_id: Set(id),
                direction: Set(direction.key().into()),
                used: Set(true),
                host: Set(Some(endpoint.host)),
                port: Set(Some(endpoint.port.into())),
                tls: Set(Some(
                    match endpoint.tls {
                        Tls::Implicit => "implicit",
                        Tls::StartTls => "starttls",
                    }
                    .into(),
                )),
                credential: Set(Some(
                    match chosen.by {
                        By::Password => "password",
                        By::Token => "grant",
                    }
                    .into(),
                )),
                user_name: Set(Some(user.email.clone())),
                password_sealed: Set(sealed),
                grant_id: Set(grant.map(|g| g.0)),
                failing_definite: Set(false),
                failures: Set(0),
                generation: Set(1),
                ..Default::default()
            };
            e::direction::Entity::insert(row).exec_without_returning(db).await.expect("a direction");
        }
        MailboxId(id)
    }

    /// A grant with tokens minted for the user, under the rig's registered app.
    pub async fn grant(&self, user: &User) -> GrantId {
        let minted = self.rig.mint(user).await;
        let now = clock::now().0;
        let db = self.engine.store.write();
        let key = user.at.key();
        let found = e::registration::Entity::find()
            .filter(e::registration::Column::ProviderKey.eq(key))
            .one(db)
            .await
            .expect("a question");
        let registration = match found {
            Some(row) => row.id,
            None => {
                let row = e::registration::ActiveModel {
                    provider_key: Set(key.into()),
                    name: Set("Rig".into()),
                    client_id: Set("mailkeep-demo".into()),
                    tenant: Set("organizations".into()),
                    secret_sealed: Set(None),
                    is_default: Set(true),
                    created_at: Set(now),
                    ..Default::default()
                };
                let id = e::registration::Entity::insert(row).exec(db).await.expect("a registration").last_insert_id;
                let sealed =
                    self.engine.vault.seal(&format!("registration:{id}:secret"), &Secret::new("demo-secret-value"));
                e::registration::Entity::update(e::registration::ActiveModel {
                    id: Set(id),
                    secret_sealed: Set(Some(sealed)),
                    ..Default::default()
                })
                .exec(db)
                .await
                .expect("its secret");
                id
            }
        };
        let account = e::account::ActiveModel {
            provider_key: Set(key.into()),
            tenant_id: Set(format!("tenant of {}", user.at.domain())),
            object_id: Set(format!("object of {}", user.email)),
            login: Set(user.email.clone()),
            name: Set("Test".into()),
            signed_in_at: Set(now),
            ..Default::default()
        };
        let account = e::account::Entity::insert(account).exec(db).await.expect("an account").last_insert_id;
        let grant = e::grants::ActiveModel {
            registration_id: Set(registration),
            account_id: Set(account),
            generation: Set(1),
            access_expires_at: Set(now + minted.expires_in * 1_000),
            scopes: Set(self.engine.providers.get(key).expect("the rig's provider").scopes_for(true, true).join(" ")),
            granted_at: Set(now),
            refreshed_at: Set(now),
            refresh_due_at: Set(now + minted.expires_in * 500),
            failed_refreshes: Set(0),
            ..Default::default()
        };
        let id = e::grants::Entity::insert(grant).exec(db).await.expect("a grant").last_insert_id;
        let seal = |what: &str, text: &str| self.engine.vault.seal(&format!("grant:{id}:{what}"), &Secret::new(text));
        e::grants::Entity::update(e::grants::ActiveModel {
            id: Set(id),
            refresh_sealed: Set(Some(seal("refresh", &minted.refresh))),
            access_sealed: Set(Some(seal("access", &minted.access))),
            ..Default::default()
        })
        .exec(db)
        .await
        .expect("its tokens");
        GrantId(id)
    }

    /// What a session of this user would be opened with, without any row.
    pub async fn access(&self, user: &User, direction: Direction, by: By) -> Access {
        let entry = self.engine.providers.get(user.at.key()).expect("the rig's provider");
        let endpoint = match direction {
            Direction::Incoming => entry.incoming.clone(),
            Direction::Outgoing => entry.outgoing.clone(),
        };
        let proof = match by {
            By::Password => Proof::Password(Secret::new(user.password.clone())),
            By::Token => Proof::Token(Secret::new(self.rig.mint(user).await.access)),
        };
        Access {
            endpoint: endpoint.expect("a server"),
            provider: entry.kind,
            address: domain::Address::parse(&user.email).expect("an address"),
            logins: vec![Login { user: user.email.clone(), proof }],
            owner: None,
        }
    }

    /// All receipts of a mailbox's first folder and of those that switches left, by UID.
    pub async fn receipts(&self, mailbox: MailboxId) -> Vec<e::receipt::Model> {
        let rows = e::folder::Entity::find()
            .filter(e::folder::Column::MailboxId.eq(mailbox.0))
            .filter(e::folder::Column::Role.eq("inbox"))
            .all(self.engine.store.read())
            .await
            .expect("folders");
        let mut all = Vec::new();
        for row in rows {
            all.extend(self.receipts_of(row.id).await);
        }
        all.sort_by_key(|r| (r.uid_validity, r.uid));
        all
    }

    /// The receipts of one folder, by UID.
    pub async fn receipts_of(&self, folder: i64) -> Vec<e::receipt::Model> {
        e::receipt::Entity::find()
            .filter(e::receipt::Column::FolderId.eq(folder))
            .order_by_asc(e::receipt::Column::UidValidity)
            .order_by_asc(e::receipt::Column::Uid)
            .all(self.engine.store.read())
            .await
            .expect("receipts")
    }

    /// Waits until the mailbox has so many receipts with a source; gives them all.
    pub async fn stored(&self, mailbox: MailboxId, count: usize, deadline: Duration) -> Vec<e::receipt::Model> {
        let what = format!("{count} stored messages");
        crate::rig::until(&what, deadline, || async {
            let receipts = self.receipts(mailbox).await;
            let stored = receipts.iter().filter(|r| r.source_id.is_some()).count();
            (stored >= count).then_some(receipts)
        })
        .await
    }

    /// The bytes of a stored source.
    pub async fn source(&self, id: i64) -> Vec<u8> {
        let chunks = e::source_chunk::Entity::find()
            .filter(e::source_chunk::Column::SourceId.eq(id))
            .order_by_asc(e::source_chunk::Column::Place)
            .all(self.engine.store.read())
            .await
            .expect("chunks");
        chunks.into_iter().flat_map(|c| c.bytes).collect()
    }

    /// The folder row of a mailbox.
    pub async fn folder(&self, mailbox: MailboxId) -> e::folder::Model {
        e::folder::Entity::find()
            .filter(e::folder::Column::MailboxId.eq(mailbox.0))
            .filter(e::folder::Column::Role.eq("inbox"))
            .filter(e::folder::Column::FormerSwitchId.is_null())
            .one(self.engine.store.read())
            .await
            .expect("a question")
            .expect("a folder")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        drop(self.running.take());
        match &self.place {
            Place::Folder(folder) => {
                let _ = std::fs::remove_dir_all(folder);
            }
            Place::Postgres { server, name } => {
                // Drop can't wait: a thread with a runtime of its own does it, and is waited for.
                let (server, sql) = (server.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                let dropping = std::thread::spawn(move || {
                    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
                        return;
                    };
                    runtime.block_on(async {
                        if let Ok(admin) = sea_orm::Database::connect(&server).await {
                            let _ = admin.execute_unprepared(&sql).await;
                        }
                    });
                });
                let _ = dropping.join();
            }
        }
    }
}
