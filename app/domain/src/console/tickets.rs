//! Tickets and their messages.

use crate::address::Address;
use crate::console::outbox::DeliveryLine;
use crate::console::people::Actor;
use crate::id::{AttachmentId, MailboxId, MessageId, PersonId, TicketId, UploadId};
use crate::refusal::Answer;
use crate::ticket::{MessageKind, TicketStatus};
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What the list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketFilter {
    /// `None`: all of them, as search does.
    pub status: Option<TicketStatus>,
    pub mailbox: Option<MailboxId>,
    pub assignee: Option<PersonId>,
    /// Words to search for in subjects, bodies and addresses.
    pub words: String,
    /// Continue after this row: the `cursor` of the page before.
    pub after: Option<String>,
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRow {
    pub id: TicketId,
    pub subject: String,
    pub requester: String,
    pub requester_address: String,
    pub mailbox: Option<Address>,
    pub status: TicketStatus,
    pub assignee: Option<String>,
    /// A reply is held since then.
    pub held_since: Option<Time>,
    /// A reply needs a person: uncertain or refused.
    pub reply_trouble: bool,
    /// Not opened by this person since the last message of the customer.
    pub unread: bool,
    pub updated_at: Time,
    /// Where the words were found, for a search: plain text.
    pub excerpt: Option<String>,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketList {
    pub now: Time,
    pub rows: Vec<TicketRow>,
    pub open: u64,
    pub waiting: u64,
    pub closed: u64,
    /// To ask for the next page.
    pub cursor: Option<String>,
}

/// A file of a message. Its bytes come from `/files/{key}`, a short-lived address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub id: AttachmentId,
    pub name: String,
    pub mime: String,
    pub bytes: u64,
    pub url: String,
}

/// What is to be known of the way that a message came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// Somebody who may forwarded it.
    Forwarded { by: String, at: Time },
    /// Its From is one of the desk's, and nothing proves that it came from there.
    Unproved,
    /// It points at this ticket, in which its sender takes no part: a ticket of its own until a
    /// person moves it.
    PossibleReply { ticket: TicketId },
}

/// A message in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    pub id: MessageId,
    pub kind: MessageKind,
    /// Who wrote it.
    pub author: String,
    pub from: Option<String>,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub at: Time,
    /// The readable text, quotations cut off.
    pub text: String,
    /// The quoted rest, folded.
    pub quoted: Option<String>,
    /// Where the formatted body is shown from, in a sandboxed frame.
    pub html_url: Option<String>,
    /// The same with remote images.
    pub html_with_images_url: Option<String>,
    /// Remote images that are not loaded.
    pub remote_images: u32,
    pub files: Vec<File>,
    pub way: Option<Way>,
    /// It is over the size limit: its header and the beginning of its text are here.
    pub shortened: bool,
    /// For replies.
    pub delivery: Option<DeliveryLine>,
}

/// A line between messages: the mailbox's sign-in expired, the ticket was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierTicket {
    pub id: TicketId,
    pub subject: String,
    pub status: TicketStatus,
    pub at: Time,
}

/// A reply that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub text: String,
    pub to: String,
    pub cc: String,
    pub uploads: Vec<Upload>,
    /// When it was last kept; `None` while there is nothing to keep.
    pub kept_at: Option<Time>,
    /// Of a new ticket only.
    pub subject: String,
    pub mailbox: Option<MailboxId>,
}

/// The ticket that a new one's draft and files wait at until it is there.
pub const NO_TICKET: TicketId = TicketId(0);

/// A draft to be kept. What is `None` stays as it was kept before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftForm {
    pub ticket: TicketId,
    pub text: String,
    pub to: String,
    pub cc: String,
    pub subject: Option<String>,
    pub mailbox: Option<MailboxId>,
}

impl DraftForm {
    /// A reply's draft.
    pub fn of_reply(ticket: TicketId, text: String, to: String, cc: String) -> Self {
        Self { ticket, text, to, cc, subject: None, mailbox: None }
    }
}

/// A file that waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    pub id: UploadId,
    pub name: String,
    pub bytes: u64,
}

/// The conversation page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketPage {
    pub now: Time,
    pub id: TicketId,
    pub subject: String,
    pub status: TicketStatus,
    pub requester: String,
    pub requester_address: String,
    pub mailbox: Option<(MailboxId, Address)>,
    pub assignee: Option<(PersonId, String)>,
    pub agents: Vec<(PersonId, String)>,
    pub created_at: Time,
    pub messages: Vec<MessageView>,
    /// The first message that this person has not seen, unless all of them are new.
    pub first_new: Option<MessageId>,
    /// The newest message on the page; given back with a reply, so that newer ones warn.
    pub newest: Option<MessageId>,
    pub earlier: Vec<EarlierTicket>,
    pub draft: Draft,
    /// The address that a reply leaves from.
    pub reply_from: Option<Address>,
    pub reply_to: String,
    pub reply_all_cc: String,
    /// A reply written now is held, since then.
    pub held_since: Option<Time>,
    /// Nothing can be sent from here: no outgoing direction.
    pub no_outgoing: bool,
}

/// A reply, as the composer sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyForm {
    pub ticket: TicketId,
    pub text: String,
    /// Comma-separated addresses; names are allowed.
    pub to: String,
    pub cc: String,
    /// Internal note: nobody outside gets it.
    pub note: bool,
    pub close: bool,
    /// The newest message that the writer saw.
    pub seen: Option<MessageId>,
    /// Send although something newer came.
    pub anyway: bool,
    /// The key of the composer that sends. A second reply by the same person with the same key
    /// *and* the same text is the same reply, from a double click or a reload: it is answered
    /// with the first one's id. With another text (back, then on) it is a reply of its own.
    pub once: String,
    /// The uploaded files that the composer showed. Others of this person stay where they wait:
    /// they may belong to a composer in another tab.
    pub files: Vec<UploadId>,
}

/// A new ticket that begins with our mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTicketForm {
    pub mailbox: MailboxId,
    pub to: String,
    pub cc: String,
    pub subject: String,
    pub text: String,
    /// As in [`ReplyForm`]: the same key with the same text makes one ticket.
    pub once: String,
    /// As in [`ReplyForm`].
    pub files: Vec<UploadId>,
}

#[async_trait]
pub trait Tickets: Send + Sync {
    async fn list(&self, actor: &Actor, filter: TicketFilter) -> Answer<TicketList>;
    async fn show(&self, actor: &Actor, id: TicketId) -> Answer<TicketPage>;
    /// Sends a reply or keeps a note. `Conflict(NewerMessage)` when something newer came.
    async fn reply(&self, actor: &Actor, form: ReplyForm) -> Answer<MessageId>;
    async fn create(&self, actor: &Actor, form: NewTicketForm) -> Answer<TicketId>;
    /// What this person is writing for a ticket that is not there yet.
    async fn new_draft(&self, actor: &Actor) -> Answer<Draft>;
    async fn keep_draft(&self, actor: &Actor, draft: DraftForm) -> Answer<()>;
    async fn set_status(&self, actor: &Actor, id: TicketId, status: TicketStatus) -> Answer<()>;
    async fn assign(&self, actor: &Actor, id: TicketId, to: Option<PersonId>) -> Answer<()>;
    /// Moves a message from outside into another ticket, with what its answers are known by.
    /// Gives the ticket it was in.
    async fn move_message(&self, actor: &Actor, message: MessageId, to: TicketId) -> Answer<TicketId>;
    async fn drop_upload(&self, actor: &Actor, ticket: TicketId, upload: UploadId) -> Answer<()>;
}
