//! An engine with mailboxes whose mail is laid straight into the store: no server is needed.
//!
//! `MAILKEEP_TEST_DATABASE` as in `desk.rs`.

use domain::Time;
use domain::console::people::{Actor, Role};
use domain::console::tickets::ReplyForm;
use domain::id::{MailboxId, MessageId, PersonId, TicketId};
use domain::time::Span;
use engine::config::{Config, Limits, NetworkRules};
use engine::store::{entity as e, nodes};
use engine::vault::Vault;
use engine::{Engine, clock, intake};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio_util::sync::CancellationToken;

/// The address of the first mailbox.
pub const SUPPORT: &str = "support@desk.example";

/// An agent's reply, whatever came in meanwhile.
pub fn reply_form(ticket: TicketId, to: &str, text: &str) -> ReplyForm {
    ReplyForm {
        ticket,
        text: text.into(),
        to: to.into(),
        cc: String::new(),
        note: false,
        close: false,
        seen: None,
        anyway: true,
        once: String::new(),
        files: Vec::new(),
    }
}

pub struct Inbox {
    pub engine: Arc<Engine>,
    pub support: MailboxId,
    /// When the servers took the mail that is laid in; `None`: now.
    pub arrived: Option<Time>,
    uid: AtomicI64,
    place: Place,
}

enum Place {
    Folder(PathBuf),
    Postgres { server: String, name: String },
}

impl Inbox {
    pub async fn open() -> Self {
        let server = std::env::var("MAILKEEP_TEST_DATABASE").unwrap_or_else(|_| "sqlite".into());
        let unique = crate::rig::unique();
        let (place, database) = if server == "sqlite" {
            let folder = std::env::temp_dir().join(format!("mailkeep-inbox-{unique}"));
            std::fs::create_dir_all(&folder).expect("a temporary folder");
            let database = format!("sqlite:{}", folder.join("mailkeep.db").display());
            (Place::Folder(folder), database)
        } else {
            let name = format!("mailkeep_inbox_{unique}");
            let admin = sea_orm::Database::connect(&server).await.expect("the PostgreSQL server answers");
            admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
            admin.close().await.expect("it closes");
            let mut url = url::Url::parse(&server).expect("a URL");
            url.set_path(&name);
            (Place::Postgres { server, name }, url.to_string())
        };
        let config = Config {
            database,
            key: Vault::fresh_key(),
            key_file: None,
            providers_file: None,
            network: NetworkRules::default(),
            public_address: None,
            demo: false,
            limits: Limits { reply_bytes: 1 << 20, ..Limits::default() },
            second_refusal_after: Span::seconds(2),
            node_name: "test".into(),
            shown: Vec::new(),
        };
        let engine = Engine::open(config).await.expect("the engine opens");
        let node = nodes::enter(&engine.store, "test", true).await.expect("a node");
        engine.node.set(Some(node));
        let mut inbox = Self { engine, support: MailboxId(0), arrived: None, uid: AtomicI64::new(1), place };
        inbox.support = inbox.mailbox(SUPPORT).await;
        inbox
    }

    /// A mailbox with one folder and both directions, on a password.
    pub async fn mailbox(&self, address: &str) -> MailboxId {
        let db = self.engine.store.write();
        let row = e::mailbox::ActiveModel {
            address: Set(address.into()),
            name: Set("Support".into()),
            provider_key: Set("other".into()),
            draft: Set(false),
            created_at: Set(clock::now().0),
            delete_after_fetch: Set(false),
            import_mode: Set("beginning".into()),
            from_name: Set("Support".into()),
            signature: Set(String::new()),
            epoch: Set(0),
            ..Default::default()
        };
        let id = e::mailbox::Entity::insert(row).exec(db).await.expect("a mailbox").last_insert_id;
        let folder = e::folder::ActiveModel {
            mailbox_id: Set(id),
            name: Set("INBOX".into()),
            role: Set("inbox".into()),
            cursor: Set(0),
            import_before: Set(0),
            ..Default::default()
        };
        e::folder::Entity::insert(folder).exec(db).await.expect("its folder");
        for direction in ["incoming", "outgoing"] {
            let row = e::direction::ActiveModel {
                mailbox_id: Set(id),
                direction: Set(direction.into()),
                used: Set(true),
                host: Set(Some("mail.desk.example".into())),
                port: Set(Some(993)),
                tls: Set(Some("implicit".into())),
                credential: Set(Some("password".into())),
                user_name: Set(Some(address.into())),
                proved_at: Set(Some(clock::now().0)),
                failing_definite: Set(false),
                failures: Set(0),
                generation: Set(1),
                ..Default::default()
            };
            e::direction::Entity::insert(row).exec_without_returning(db).await.expect("a direction");
        }
        MailboxId(id)
    }

    /// The first mailbox is at Gmail, whose word on senders counts.
    pub async fn at_google(&self) {
        e::direction::Entity::update_many()
            .col_expr(e::direction::Column::Host, sea_orm::sea_query::Expr::value("imap.gmail.com"))
            .filter(e::direction::Column::MailboxId.eq(self.support.0))
            .exec(self.engine.store.write())
            .await
            .expect("another host");
    }

    /// Another address of the first mailbox.
    pub async fn own_address(&self, address: &str) {
        let row = e::own_address::ActiveModel {
            mailbox_id: Set(self.support.0),
            address: Set(address.into()),
            ..Default::default()
        };
        e::own_address::Entity::insert(row)
            .exec_without_returning(self.engine.store.write())
            .await
            .expect("an address");
    }

    pub async fn actor(&self, name: &str, role: Role) -> Actor {
        let row = e::person::ActiveModel {
            name: Set(name.into()),
            email: Set(format!("{}@desk-people.example", name.to_lowercase())),
            role: Set(role.key().into()),
            created_at: Set(clock::now().0),
            ..Default::default()
        };
        let id = e::person::Entity::insert(row).exec(self.engine.store.write()).await.expect("a person").last_insert_id;
        Actor { person: PersonId(id), name: name.into(), role }
    }

    /// Lays a message into the first mailbox, as fetch stores it. `\n` becomes CRLF.
    pub async fn put(&self, source: &str) -> i64 {
        self.put_bytes(self.support, source.replace('\n', "\r\n").as_bytes()).await
    }

    pub async fn put_bytes(&self, mailbox: MailboxId, source: &[u8]) -> i64 {
        let db = self.engine.store.write();
        let now = clock::now().0;
        let arrived = self.arrived.map_or(now, |at| at.0);
        let uid = self.uid.fetch_add(1, Ordering::Relaxed);
        let row = e::source::ActiveModel {
            bytes: Set(source.len() as i64),
            complete: Set(true),
            arrived_at: Set(arrived),
            stored_at: Set(now),
            ..Default::default()
        };
        let id = e::source::Entity::insert(row).exec(db).await.expect("a source").last_insert_id;
        for (place, bytes) in source.chunks(1 << 20).enumerate() {
            let row = e::source_chunk::ActiveModel {
                source_id: Set(id),
                place: Set(place as i64),
                bytes: Set(bytes.to_vec()),
            };
            e::source_chunk::Entity::insert(row).exec_without_returning(db).await.expect("a chunk");
        }
        let folder = e::folder::Entity::find().filter(e::folder::Column::MailboxId.eq(mailbox.0)).one(db).await;
        let row = e::receipt::ActiveModel {
            folder_id: Set(folder.expect("a question").expect("a folder").id),
            uid_validity: Set(1),
            uid: Set(uid),
            mailbox_id: Set(mailbox.0),
            source_id: Set(Some(id)),
            disposition: Set("stored".into()),
            arrived_at: Set(arrived),
            stored_at: Set(now),
            late: Set(false),
            tries: Set(0),
            ..Default::default()
        };
        e::receipt::Entity::insert(row).exec_without_returning(db).await.expect("a receipt");
        uid
    }

    /// Runs intake until nothing waits.
    pub async fn take_in(&self) {
        let node = self.engine.node.get().expect("a node");
        nodes::claim(&self.engine.store, node, 200).await.expect("it claims");
        let (mut last, stop) = (MailboxId(0), CancellationToken::new());
        while intake::round(&self.engine, &mut last, &stop).await.expect("intake goes on") {}
        while engine::store::search::index_some(&self.engine.store, 20).await.expect("indexing goes on") > 0 {}
    }

    /// As where the process dies while intake has messages in hand: this try was counted, and nothing came of it.
    pub async fn dies(&self) {
        let tries = || async {
            let all = e::receipt::Entity::find().all(self.engine.store.read()).await.expect("receipts");
            all.iter().map(|row| row.tries).sum::<i64>()
        };
        let node = self.engine.node.get().expect("a node");
        nodes::claim(&self.engine.store, node, 200).await.expect("it claims");
        let (mut last, stop) = (MailboxId(0), CancellationToken::new());
        let before = tries().await;
        let counted = async {
            while tries().await == before {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = counted => {}
            done = intake::round(&self.engine, &mut last, &stop) => panic!("it was read before it could die: {done:?}"),
        }
    }

    /// Lays a message in, takes it in, and gives what its receipt says.
    pub async fn mail(&self, source: &str) -> Taken {
        let uid = self.put(source).await;
        self.take_in().await;
        self.taken(uid).await
    }

    pub async fn taken(&self, uid: i64) -> Taken {
        let row = e::receipt::Entity::find()
            .filter(e::receipt::Column::Uid.eq(uid))
            .one(self.engine.store.read())
            .await
            .expect("a question")
            .expect("a receipt");
        Taken {
            disposition: row.disposition,
            reason: row.reason,
            ticket: row.ticket_id.map(TicketId),
            message: row.message_id.map(MessageId),
        }
    }

    pub async fn message(&self, id: MessageId) -> e::message::Model {
        let found = e::message::Entity::find_by_id(id.0).one(self.engine.store.read()).await;
        found.expect("a question").expect("a message")
    }

    pub async fn messages(&self, ticket: TicketId) -> Vec<e::message::Model> {
        e::message::Entity::find()
            .filter(e::message::Column::TicketId.eq(ticket.0))
            .order_by_asc(e::message::Column::Id)
            .all(self.engine.store.read())
            .await
            .expect("messages")
    }

    /// An agent's reply, and how it leaves.
    pub async fn reply(&self, ticket: TicketId, to: &str) -> e::delivery::Model {
        let agent = self.actor(&format!("Agent{}", crate::rig::unique()), Role::Agent).await;
        let form = reply_form(ticket, to, "Try turning it off.");
        let message = self.engine.console().tickets.reply(&agent, form).await.expect("a reply");
        e::delivery::Entity::find()
            .filter(e::delivery::Column::MessageId.eq(message.0))
            .one(self.engine.store.read())
            .await
            .expect("a question")
            .expect("a delivery")
    }

    pub async fn status(&self, ticket: TicketId) -> String {
        let found = e::ticket::Entity::find_by_id(ticket.0).one(self.engine.store.read()).await;
        found.expect("a question").expect("a ticket").status
    }
}

/// What a receipt says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub disposition: String,
    pub reason: Option<String>,
    pub ticket: Option<TicketId>,
    pub message: Option<MessageId>,
}

impl Drop for Inbox {
    fn drop(&mut self) {
        match &self.place {
            Place::Folder(folder) => {
                let _ = std::fs::remove_dir_all(folder);
            }
            Place::Postgres { server, name } => {
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
