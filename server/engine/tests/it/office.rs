//! A desk with a mailbox that sends, an agent who writes, and a customer who gets it.

use crate::desk::{By, Chosen, Desk};
use crate::inbox::reply_form;
use crate::rig::{At, Rig, User, unique, until};
use domain::console::outbox::DeliveryLine;
use domain::console::people::{Actor, Role};
use domain::console::tickets::{NewTicketForm, ReplyForm};
use domain::id::{MailboxId, PersonId, TicketId, UploadId};
use domain::outbox::DeliveryState;
use engine::clock;
use engine::store::entity as e;
use sea_orm::{ActiveValue::Set, EntityTrait};
use std::time::Duration;

pub const SOON: Duration = Duration::from_secs(20);

pub struct Office {
    pub desk: Desk,
    pub agent: Actor,
    pub mailbox: MailboxId,
    pub user: User,
    pub customer: User,
}

impl Office {
    pub async fn open(at: At, by: By) -> Self {
        let desk = Desk::open().await;
        let user = desk.rig.user("desk", at).await;
        Self::on(desk, user, by).await
    }

    pub async fn on(desk: Desk, user: User, by: By) -> Self {
        let customer = desk.rig.user("mia", At::Customer).await;
        let mailbox = desk.mailbox(&user, Chosen { by, import_mode: "now", ..Chosen::default() }).await;
        let row = e::person::ActiveModel {
            name: Set("Bob".into()),
            email: Set(format!("bob-{}@desk.example", unique())),
            role: Set(Role::Agent.key().into()),
            created_at: Set(clock::now().0),
            ..Default::default()
        };
        let id = e::person::Entity::insert(row).exec(desk.engine.store.write()).await.expect("a person").last_insert_id;
        let agent = Actor { person: PersonId(id), name: "Bob".into(), role: Role::Agent };
        Self { desk, agent, mailbox, user, customer }
    }

    pub fn rig(&self) -> &Rig {
        &self.desk.rig
    }

    /// A new ticket that begins with our mail.
    pub async fn write(&self, to: &str, subject: &str, text: &str) -> TicketId {
        let form = NewTicketForm {
            mailbox: self.mailbox,
            to: to.into(),
            cc: String::new(),
            subject: subject.into(),
            text: text.into(),
            once: String::new(),
            files: Vec::new(),
        };
        self.desk.engine.console().tickets.create(&self.agent, form).await.expect("a ticket")
    }

    pub async fn reply(&self, ticket: TicketId, text: &str) {
        self.reply_with(ticket, text, Vec::new()).await;
    }

    pub async fn reply_with(&self, ticket: TicketId, text: &str, files: Vec<UploadId>) {
        let form = ReplyForm { files, ..reply_form(ticket, &self.customer.email, text) };
        self.desk.engine.console().tickets.reply(&self.agent, form).await.expect("a reply");
    }

    /// The lines of a ticket's replies, oldest first.
    pub async fn lines(&self, ticket: TicketId) -> Vec<DeliveryLine> {
        let mut rows = self.desk.engine.console().outbox.page(&self.agent).await.expect("the page").rows;
        rows.retain(|row| row.ticket == ticket);
        rows.sort_by_key(|row| row.line.id);
        rows.into_iter().map(|row| row.line).collect()
    }

    pub async fn line(&self, ticket: TicketId, what: &str, wanted: impl Fn(&DeliveryLine) -> bool) -> DeliveryLine {
        until(what, SOON, || async {
            let lines = self.lines(ticket).await;
            lines.into_iter().next_back().filter(|line| wanted(line))
        })
        .await
    }

    pub async fn state(&self, ticket: TicketId, state: DeliveryState) -> DeliveryLine {
        self.line(ticket, &format!("{state:?}"), |line| line.state == state).await
    }

    /// What the customer got so far.
    pub async fn arrived(&self) -> Vec<serde_json::Value> {
        self.rig().list(&self.customer, "INBOX").await
    }

    pub async fn arrives(&self, count: usize) -> Vec<serde_json::Value> {
        until(&format!("{count} messages at the customer"), SOON, || async {
            let all = self.arrived().await;
            (all.len() >= count).then_some(all)
        })
        .await
    }

    pub async fn subjects(&self) -> Vec<String> {
        self.arrived().await.iter().map(|m| m["subject"].as_str().unwrap_or_default().to_owned()).collect()
    }
}
