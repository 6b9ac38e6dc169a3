//! From a delivery's rows to its bytes.

use crate::Engine;
use crate::compose::{self, ComposeError, File, Letter};
use crate::net::MemoryShare;
use crate::store::{StoreError, deliveries, mailboxes, uploads};
use domain::id::{DeliveryId, UploadId};
use domain::ticket::MessageKind;
use domain::{Address, Time};

/// What is handed to a server.
pub struct Composed {
    pub from: Address,
    pub bytes: Vec<u8>,
    /// Held as long as the bytes are.
    _share: MemoryShare,
}

/// A file is there as it is, then in base64, and once more in the whole; handed over block by block.
const COPIES: u64 = 4;
/// What text and headers take at most.
const TEXT: u64 = 1 << 20;

/// Why a reply has no bytes.
#[derive(Debug, thiserror::Error)]
pub enum NoLetter {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The same at every attempt.
    #[error("{0}")]
    Compose(#[from] ComposeError),
    #[error("its ticket or mailbox is gone")]
    Gone,
}

/// The reply as it goes out: the same bytes at every attempt.
pub async fn compose(engine: &Engine, id: DeliveryId) -> Result<Composed, NoLetter> {
    let parts = deliveries::parts(&engine.store, id).await?.ok_or(NoLetter::Gone)?;
    let address = |text: Option<&String>| text.and_then(|text| Address::parse(text).ok());
    // The address that the customer wrote to, if the writer's page did not say another.
    // An address from before a switch only receives: the new server would not let it send.
    let left = mailboxes::receives_only(&engine.store).await?;
    let from = address(parts.message.from_address.as_ref())
        .or_else(|| address(parts.ticket.reply_from.as_ref()))
        .filter(|from| !left.contains(from))
        .or_else(|| address(Some(&parts.mailbox.address)))
        .ok_or(NoLetter::Gone)?;
    let size: u64 = parts.files.iter().map(|file| u64::try_from(file.bytes).unwrap_or(0)).sum();
    let share = engine.net.memory(COPIES * size + TEXT).await;
    let mut files = Vec::new();
    for file in &parts.files {
        let Some(upload) = file.upload_id else { continue };
        let bytes = uploads::bytes(&engine.store, UploadId(upload)).await?;
        files.push(File { name: file.name.clone(), mime: file.mime.clone(), bytes });
    }
    let incoming = [MessageKind::Incoming.key(), MessageKind::Outside.key()];
    let answered = parts.message.in_reply_to.clone().or_else(|| {
        let newest = |wanted: &dyn Fn(&str) -> bool| {
            parts.earlier.iter().rev().find(|(kind, _)| wanted(kind)).map(|(_, id)| id.clone())
        };
        newest(&|kind| incoming.contains(&kind)).or_else(|| newest(&|_| true))
    });
    let references = match parts.message.reference_list.as_deref().map(str::trim) {
        Some(list) if !list.is_empty() => list.split_whitespace().map(str::to_owned).collect(),
        _ => parts.earlier.iter().map(|(_, id)| id.clone()).collect(),
    };
    let subject = match parts.message.subject.trim() {
        "" => parts.ticket.subject.clone(),
        subject => subject.to_owned(),
    };
    let letter = Letter {
        from_name: parts.mailbox.from_name.clone(),
        from: from.clone(),
        reply_to: answers_to(engine, &parts, &from).await?,
        to: compose::people(&parts.message.to_list),
        cc: compose::people(&parts.message.cc_list),
        subject: if answered.is_some() { compose::reply_subject(&subject) } else { subject },
        header_id: parts.delivery.header_id.clone(),
        references,
        in_reply_to: answered,
        at: Time(parts.message.created_at),
        text: parts.message.text.clone(),
        signature: parts.mailbox.signature.clone(),
        files,
        automatic: parts.message.kind == MessageKind::Automatic.key(),
    };
    // Encoding tens of megabytes is no work for the threads that keep sessions going.
    let bytes = tokio::task::spawn_blocking(move || compose::compose(&letter)).await.map_err(|_| NoLetter::Gone)??;
    Ok(Composed { from, bytes, _share: share })
}

/// Where the answers to a reply go that leaves through another mailbox than its ticket's (R4): to
/// the ticket's, unless that one's mail arrives where the sender's does.
async fn answers_to(engine: &Engine, parts: &deliveries::Parts, from: &Address) -> Result<Option<Address>, StoreError> {
    if parts.mailbox.replies_through == Some(mailboxes::SYSTEM) {
        return Ok(Address::parse(&parts.mailbox.address).ok().filter(|home| home != from));
    }
    let Some(home) = parts.ticket.mailbox_id.filter(|id| *id != parts.mailbox.id) else { return Ok(None) };
    if parts.mailbox.arrives_at == Some(home) {
        return Ok(None);
    }
    let home = mailboxes::get(&engine.store, domain::id::MailboxId(home)).await?;
    Ok(home.and_then(|row| Address::parse(&row.address).ok()).filter(|home| home != from))
}
