//! Forwards: what somebody who may sent on to the help desk becomes what its own sender wrote.
//!
//! A forward and its original are one message, whichever comes first: known by the Message-ID
//! where it was attached, else by sender, date, subject and words. In doubt about the date they
//! stay two: better one ticket too many than a message lost.

use super::settle::{Context, Inside, settled};
use super::ties::{self, By};
use super::{Own, Proof, Told};
use crate::Engine;
use crate::mime::{self, Automatic, Identity, Inline, Mail, Party, Vouched};
use crate::store::forwards::{self, Came, Forwarders};
use crate::store::settling::{self, Settlement, Waiting};
use crate::store::{StoreError, known, messages, people, sources, tickets};
use domain::Time;
use domain::console::tickets::Way;
use domain::id::{MessageId, PersonId, SourceId, TicketId};
use domain::receipt::Disposition;
use domain::ticket::{MessageKind, TicketStatus};
use domain::time::Span;

/// How far two clocks may stand apart.
const CLOCKS: Span = Span::hours(26);

/// A message that a forward carries.
pub enum Carry {
    Attached { source: Vec<u8>, mail: Box<Mail> },
    Inline(Inline),
}

/// What a forward carries, ready to be settled.
pub struct Bundle {
    pub by: Party,
    pub carried: Vec<Carry>,
    /// What the forwarder wrote about it.
    pub lead: String,
}

/// What became of one carried message.
enum Became {
    Ticket(TicketId),
    Reply(TicketId),
    Known(TicketId),
}

impl Became {
    fn ticket(&self) -> TicketId {
        match self {
            Became::Ticket(id) | Became::Reply(id) | Became::Known(id) => *id,
        }
    }
}

/// What a mail forwards, if its sender may and if it is one; else it is ordinary mail. Reads the
/// source once more where messages are attached.
///
/// # Errors
/// The database's.
pub async fn bundle(
    engine: &Engine,
    own: &Own,
    may: &Forwarders,
    waiting: &Waiting,
    mail: &Mail,
) -> Result<Option<Bundle>, StoreError> {
    let Some(by) = mail.from.clone().filter(|from| may.may(waiting.mailbox, &from.address)) else { return Ok(None) };
    if mail.automatic != Automatic::No || own.proof(waiting.mailbox, mail) == Proof::Failed {
        return Ok(None);
    }
    let ours = |from: Option<&Party>| from.is_none_or(|from| own.base(&from.address).is_some());
    let attached = mail.parts.iter().any(|part| part.mime == "message/rfc822" || part.name.ends_with(".eml"));
    if let (true, Some(source)) = (attached, waiting.source) {
        let bytes = settling::source_bytes(&engine.store, source).await?.unwrap_or_default();
        let carried: Vec<Carry> = mime::carried(bytes)
            .await
            .unwrap_or_default()
            .into_iter()
            .filter(|one| !ours(one.mail.from.as_ref()))
            .map(|one| Carry::Attached { source: one.source, mail: Box::new(one.mail) })
            .collect();
        if !carried.is_empty() {
            return Ok(Some(Bundle { by, carried, lead: mail.text.trim().to_owned() }));
        }
    }
    let Some(inline) = mime::inline(&mail.subject, &whole(mail)).filter(|inline| !ours(Some(&inline.from))) else {
        return Ok(None);
    };
    let lead = inline.lead.clone();
    Ok(Some(Bundle { by, carried: vec![Carry::Inline(inline)], lead }))
}

impl Context<'_> {
    /// Takes a forward apart.
    pub async fn forward(
        &self,
        engine: &Engine,
        mail: &Mail,
        bundle: &Bundle,
        told: &mut Told,
    ) -> Result<Settlement, StoreError> {
        let mut became: Vec<(Became, Option<MessageId>)> = Vec::new();
        for carry in &bundle.carried {
            let one = self.carried(engine, mail, bundle, carry).await?;
            known::remember_named(self.tx, std::slice::from_ref(&mail.identity.key), one.0.ticket()).await?;
            told.tickets.extend(Some(one.0.ticket()).filter(|t| !told.tickets.contains(t)));
            became.push(one);
        }
        let count = |fits: fn(&Became) -> bool| became.iter().filter(|(b, _)| fits(b)).count();
        let mut parts = Vec::new();
        for (n, one, many) in [
            (count(|b| matches!(b, Became::Ticket(_))), "new ticket", "new tickets"),
            (count(|b| matches!(b, Became::Reply(_))), "reply", "replies"),
            (count(|b| matches!(b, Became::Known(_))), "known already", "known already"),
        ] {
            match n {
                0 => {}
                1 => parts.push(format!("1 {one}")),
                n => parts.push(format!("{n} {many}")),
            }
        }
        let reason = format!("forwarded by {}: {}", bundle.by.address, parts.join(", "));
        let (ticket, message) = match became.first() {
            Some((first, message)) => (Some(first.ticket()), *message),
            None => (None, None),
        };
        Ok(settled(Disposition::Forward, Some(&reason), ticket, message))
    }

    async fn carried(
        &self,
        engine: &Engine,
        outer: &Mail,
        bundle: &Bundle,
        carry: &Carry,
    ) -> Result<(Became, Option<MessageId>), StoreError> {
        match carry {
            Carry::Attached { source, mail } => {
                let known = known::find(self.tx, &super::settle::keys(mail)).await?;
                if let Some(seen) = self.seen_before(mail, &known).and_then(|s| Some((s.ticket?, s.message))) {
                    return Ok((Became::Known(seen.0), seen.1));
                }
                let words = whole(mail);
                let alike = mime::alike(&sender(mail), &mail.subject, &words);
                // It may have come inside somebody's text before.
                if let Some(came) = self.came_inside(&alike, mail.date).await? {
                    self.adopt(mail, &came).await?;
                    return Ok((Became::Known(came.ticket), Some(came.message)));
                }
                let digest = crate::source::digest(source);
                let stored = sources::store(self.tx, source, digest, self.waiting.arrived_at, self.now).await?;
                let inner = self.inside(Some(stored), mail.date);
                let joined = ties::find(self.tx, engine, self.own, mail, &known, By::Anybody).await?;
                let done = inner.take_in(mail, joined.map(|(ticket, _)| ticket)).await?;
                self.written(outer, bundle, &done).await?;
                Ok(done)
            }
            Carry::Inline(inline) => {
                let alike = mime::alike(&inline.from.address, &inline.subject, &inline.text);
                if let Some((ticket, message)) = self.known_inline(inline, &alike).await? {
                    return Ok((Became::Known(ticket), Some(message)));
                }
                let mail = mail_of(inline, outer, &alike);
                let inner = self.inside(self.waiting.source, mail.date);
                let joined = ties::find(self.tx, engine, self.own, &mail, &[], By::Anybody).await?;
                let done = inner.take_in(&mail, joined.map(|(ticket, _)| ticket)).await?;
                if let (Some(message), Some(written)) = (done.1, inline.written) {
                    let came =
                        Came { message, ticket: done.0.ticket(), alike, written_at: written.at, zoned: written.zoned };
                    forwards::remember(self.tx, &came).await?;
                }
                self.written(outer, bundle, &done).await?;
                Ok(done)
            }
        }
    }

    /// The same context for a message inside: its own source and date.
    fn inside(&self, source: Option<SourceId>, date: Option<Time>) -> Context<'_> {
        Context { inside: Some(Inside { source, date }), ..*self }
    }

    /// As a customer's message: into the ticket it belongs to, or one of its own.
    async fn take_in(&self, mail: &Mail, joined: Option<TicketId>) -> Result<(Became, Option<MessageId>), StoreError> {
        let Some(ticket) = joined else {
            let (ticket, message) = self.begin(mail).await?;
            return Ok((Became::Ticket(ticket), Some(message)));
        };
        let message = self.write(mail, ticket, MessageKind::Incoming).await?;
        tickets::customer_wrote(self.tx, ticket, message, self.moved_at(mail), self.written_to(mail).as_deref())
            .await?;
        tickets::set_status(self.tx, ticket, TicketStatus::Open).await?;
        Ok((Became::Reply(ticket), Some(message)))
    }

    /// Notes who forwarded it, and what he wrote about it.
    async fn written(
        &self,
        outer: &Mail,
        bundle: &Bundle,
        done: &(Became, Option<MessageId>),
    ) -> Result<(), StoreError> {
        let (Some(message), ticket) = (done.1, done.0.ticket()) else { return Ok(()) };
        let way = Way::Forwarded { by: bundle.by.label().to_owned(), at: self.waiting.arrived_at };
        forwards::note_way(self.tx, message, &serde_json::to_string(&way).unwrap_or_default()).await?;
        if bundle.lead.is_empty() {
            return Ok(());
        }
        let person = people::by_email_in(self.tx, &bundle.by.address).await?;
        let at = outer.date.unwrap_or(self.waiting.arrived_at).min(self.now);
        let note = messages::New {
            person: person.map(|p| PersonId(p.id)),
            author: bundle.by.label().to_owned(),
            from_address: Some(bundle.by.address.clone()),
            ..messages::New::note(ticket, bundle.lead.clone(), at)
        };
        messages::insert(self.tx, note, self.now).await?;
        Ok(())
    }

    /// A message of the ledger that an inline forward repeats: come by itself, or forwarded before.
    async fn known_inline(&self, inline: &Inline, alike: &[u8]) -> Result<Option<(TicketId, MessageId)>, StoreError> {
        let Some(written) = inline.written else { return Ok(None) };
        for original in forwards::written_about(self.tx, &inline.from.address, written.at, CLOCKS).await? {
            if written.may_be(original.at)
                && mime::alike(&inline.from.address, &original.subject, &original.text) == alike
            {
                return Ok(Some((original.ticket, original.message)));
            }
        }
        let before = forwards::alike(self.tx, alike).await?;
        // Two forwarders' clocks: both to the minute.
        Ok(before.into_iter().find(|came| written.may_be(came.written_at)).map(|came| (came.ticket, came.message)))
    }

    /// The forward that brought this very message before, if one did.
    pub async fn came_inside(&self, alike: &[u8], date: Option<Time>) -> Result<Option<Came>, StoreError> {
        let Some(date) = date else { return Ok(None) };
        let fits = |came: &Came| mime::Written { at: came.written_at, zoned: came.zoned }.may_be(date);
        Ok(forwards::alike(self.tx, alike).await?.into_iter().find(fits))
    }

    /// An original that came after its forward: known from now on, so that answers find its ticket.
    pub async fn adopt(&self, mail: &Mail, came: &Came) -> Result<(), StoreError> {
        let mut references = mail.ancestors.clone();
        references.reverse();
        if mail.identity.given {
            forwards::adopt(self.tx, came.message, &mail.identity.key, &references).await?;
        }
        known::remember(self.tx, &mail.identity.key, &mail.identity.digest, came.ticket, came.message).await?;
        known::remember_named(self.tx, &mail.ancestors, came.ticket).await
    }
}

/// What a message says with its quotations, as a forward repeats it.
pub fn whole(mail: &Mail) -> String {
    match &mail.quoted {
        Some(quoted) => format!("{}\n{quoted}", mail.text),
        None => mail.text.clone(),
    }
}

/// The address that a message is from.
pub fn sender(mail: &Mail) -> String {
    mail.from.as_ref().map(|from| from.address.clone()).unwrap_or_default()
}

/// A forwarded message as if it had come by itself; its files hang on the forward.
fn mail_of(inline: &Inline, outer: &Mail, alike: &[u8]) -> Mail {
    let date = inline.written.map(|written| written.on(outer.zone));
    let digest: Vec<u8> = alike.iter().copied().chain(date.unwrap_or_default().0.to_le_bytes()).collect();
    Mail {
        identity: Identity { key: format!("forward:{}", crate::hex(&digest)), digest, given: false },
        ancestors: Vec::new(),
        from: Some(inline.from.clone()),
        reply_to: Vec::new(),
        to: inline.to.clone(),
        cc: inline.cc.clone(),
        delivered_to: Vec::new(),
        subject: inline.subject.clone(),
        date,
        zone: 0,
        text: inline.text.clone(),
        quoted: None,
        html: None,
        remote_images: 0,
        parts: outer.parts.clone(),
        automatic: Automatic::No,
        vouched: Vouched::default(),
        hushed: false,
        report: None,
    }
}
