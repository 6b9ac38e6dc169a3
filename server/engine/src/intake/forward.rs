//! Forwards: what somebody who may sent on to the help desk becomes what its own sender wrote.
//!
//! A forward and its original are one message, whichever comes first: known by the Message-ID
//! where it was attached, else by sender, date, subject and words. A forward stands for one
//! original: once that came, a second one alike is mail of its own. In doubt about the date they
//! stay two: better one ticket too many than a message lost. Whatever else a forward holds - words,
//! files, what can't be read, our own mail - stays beside what it became.

use super::settle::{Context, Inside, settled};
use super::ties::{self, By};
use super::{Own, Proof, Told};
use crate::Engine;
use crate::mime::{self, Automatic, Identity, Inline, Mail, Part, Party, Vouched, Written, Zone};
use crate::store::forwards::{self, Came, Forwarders};
use crate::store::settling::{self, Settlement, Waiting};
use crate::store::touched::Touched;
use crate::store::{StoreError, attachments, messages, people, sources};
use domain::Time;
use domain::console::tickets::Way;
use domain::id::{MessageId, PersonId, SourceId, TicketId};
use domain::receipt::Disposition;
use domain::ticket::MessageKind;
use domain::time::Span;

/// How far two clocks may stand apart.
const CLOCKS: Span = Span::hours(26);

/// A message that a forward carries.
pub enum Carry {
    Attached { source: Vec<u8>, mail: Box<Mail> },
    Inline(Box<Inline>),
}

/// What a forward carries, ready to be settled.
pub struct Bundle {
    pub by: Party,
    pub carried: Vec<Carry>,
    /// What the forwarder wrote about it.
    pub lead: String,
    /// Files of the forward that are none of the carried messages.
    pub left: Vec<Part>,
}

/// What a mail is as a forward.
pub enum Forwarded {
    /// Ordinary mail.
    No,
    /// Its From may forward, and nothing proves it where the provider vouches for others: ordinary
    /// mail, and perhaps a forged one.
    Unproved,
    Yes(Bundle),
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
pub async fn forwarded(
    engine: &Engine,
    own: &Own,
    may: &Forwarders,
    waiting: &Waiting,
    mail: &Mail,
) -> Result<Forwarded, StoreError> {
    let Some(by) = mail.from.clone().filter(|from| may.may(waiting.mailbox, &from.address)) else {
        return Ok(Forwarded::No);
    };
    if mail.automatic != Automatic::No {
        return Ok(Forwarded::No);
    }
    let Some(bundle) = bundle(engine, own, waiting, mail, by).await? else { return Ok(Forwarded::No) };
    Ok(match own.proof(waiting.mailbox, mail) {
        Proof::Proved => Forwarded::Yes(bundle),
        // A server that never vouches for anybody leaves no choice.
        Proof::Unknown if !own.vouches(waiting.mailbox) => Forwarded::Yes(bundle),
        Proof::Unknown | Proof::Failed => Forwarded::Unproved,
    })
}

async fn bundle(
    engine: &Engine,
    own: &Own,
    waiting: &Waiting,
    mail: &Mail,
    by: Party,
) -> Result<Option<Bundle>, StoreError> {
    let ours = |from: Option<&Party>| from.is_none_or(|from| own.base(&from.address).is_some());
    let mut left: Vec<Part> = mail.parts.iter().filter(|part| !part.inline).cloned().collect();
    let mut carried: Vec<Carry> = Vec::new();
    let message = |part: &Part| part.mime == "message/rfc822" || part.name.to_lowercase().ends_with(".eml");
    if let (true, Some(source)) = (mail.parts.iter().any(message), waiting.source) {
        let bytes = settling::source_bytes(&engine.store, source).await?.unwrap_or_default();
        for one in mime::carried(bytes).await.unwrap_or_default() {
            if !ours(one.mail.from.as_ref()) {
                left.retain(|part| part.index != one.index);
                carried.push(Carry::Attached { source: one.source, mail: Box::new(one.mail) });
            }
        }
    }
    let mut lead = mail.text.trim().to_owned();
    let (subject, words) = (mail.subject.clone(), mail.words());
    let inline = mime::isolated(move || mime::inline(&subject, &words)).await.unwrap_or_default();
    if inline.iter().any(|one| !ours(Some(&one.from))) {
        lead = inline.first().map(|first| first.lead.clone()).unwrap_or_default();
        for one in inline {
            if ours(Some(&one.from)) {
                // Our own words in a forwarded conversation.
                lead = format!("{lead}\n\n{}:\n{}", one.from.line(), one.text).trim().to_owned();
            } else {
                carried.push(Carry::Inline(Box::new(one)));
            }
        }
    }
    Ok((!carried.is_empty()).then_some(Bundle { by, carried, lead, left }))
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
        // What it carries was not looked up.
        self.memo.forwarded();
        let mut became: Vec<(Became, MessageId)> = Vec::new();
        for carry in &bundle.carried {
            let one = self.carried(engine, mail, bundle, carry).await?;
            told.tickets.extend(Some(one.0.ticket()).filter(|t| !told.tickets.contains(t)));
            became.push(one);
        }
        self.remember_forward(mail, &became).await?;
        self.beside(mail, bundle, &became).await?;
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
        let first = became.first();
        let (ticket, message) = (first.map(|(b, _)| b.ticket()), first.map(|(_, message)| *message));
        Ok(settled(Disposition::Forward, Some(&reason), ticket, message))
    }

    /// The forwarding mail itself is known from now on: a second copy of it is a duplicate, and an
    /// answer to it finds the ticket.
    async fn remember_forward(&self, mail: &Mail, became: &[(Became, MessageId)]) -> Result<(), StoreError> {
        let Some((first, message)) = became.first() else { return Ok(()) };
        let ticket = first.ticket();
        self.memo.remember(self.tx, &mail.identity, &[], (ticket, *message)).await
    }

    async fn carried(
        &self,
        engine: &Engine,
        outer: &Mail,
        bundle: &Bundle,
        carry: &Carry,
    ) -> Result<(Became, MessageId), StoreError> {
        let done = match carry {
            Carry::Attached { source, mail } => {
                let known = self.memo.known(self.tx, &super::settle::keys(mail)).await?;
                if let Some((ticket, message)) = self.seen_before(mail, &known).and_then(|s| s.ticket.zip(s.message)) {
                    return Ok((Became::Known(ticket), message));
                }
                // It may have come inside somebody's text before.
                if let Some(came) = self.came_inside(mail).await? {
                    self.adopt(mail, &came).await?;
                    return Ok((Became::Known(came.ticket), came.message));
                }
                let digest = crate::source::digest(source);
                let stored = sources::store(self.tx, source, digest, self.waiting.arrived_at, self.now).await?;
                let inner = self.inside(Some(stored), mail.date);
                let joined = ties::find(self, engine, mail, &known, By::Anybody).await?;
                inner.take_in(mail, joined.ticket()).await?
            }
            Carry::Inline(inline) => {
                let alike = mime::alike(&inline.from.address, &inline.subject, &inline.text);
                // A scan without words is like any other.
                let telling = !mime::wordless(&inline.text) || outer.parts.is_empty();
                let zone = zone(outer, inline.written);
                if telling && let Some((ticket, message)) = self.known_inline(inline, &alike, zone).await? {
                    return Ok((Became::Known(ticket), message));
                }
                // The files of several messages belong to none of them in particular.
                let files = if bundle.carried.len() == 1 { outer.parts.clone() } else { Vec::new() };
                let mail = mail_of(inline, outer, &alike, files);
                let inner = self.inside(self.waiting.source, mail.date);
                let joined = ties::find(self, engine, &mail, &[], By::Anybody).await?;
                let done = inner.take_in(&mail, joined.ticket()).await?;
                if let Some(written) = inline.written.filter(|_| telling) {
                    let came = Came { message: done.1, ticket: done.0.ticket(), alike, written, zone };
                    forwards::remember(self.tx, &came).await?;
                }
                done
            }
        };
        let way = Way::Forwarded { by: bundle.by.label().to_owned(), at: self.waiting.arrived_at };
        forwards::note_way(self.tx, done.1, &serde_json::to_string(&way).unwrap_or_default()).await?;
        Ok(done)
    }

    /// The same context for a message inside: its own source and date.
    fn inside(&self, source: Option<SourceId>, date: Option<Time>) -> Context<'_> {
        Context { inside: Some(Inside { source, date }), ..*self }
    }

    /// As a customer's message: into the ticket it belongs to, or one of its own.
    async fn take_in(&self, mail: &Mail, joined: Option<TicketId>) -> Result<(Became, MessageId), StoreError> {
        let Some(ticket) = joined else {
            let (ticket, message) = self.begin(mail).await?;
            return Ok((Became::Ticket(ticket), message));
        };
        let message = self.write(mail, ticket, MessageKind::Incoming).await?;
        self.memo.touch(ticket, Touched::new(self.moved_at(mail), message, self.written_to(mail), true));
        Ok((Became::Reply(ticket), message))
    }

    /// Keeps what the forwarder wrote and sent along in a note of each ticket, known ones too.
    async fn beside(&self, outer: &Mail, bundle: &Bundle, became: &[(Became, MessageId)]) -> Result<(), StoreError> {
        let files = match (&bundle.carried[..], became) {
            // They hang on the message, or hung there already when it came by itself.
            ([Carry::Inline(_)], [(Became::Known(_), message)]) => {
                self.memo.flush(self.tx).await?;
                let there = attachments::names(self.tx, *message).await?;
                let new = |part: &&Part| !there.contains(&(part.name.clone(), part.bytes));
                bundle.left.iter().filter(new).cloned().collect()
            }
            ([Carry::Inline(_)], _) => Vec::new(),
            _ => bundle.left.clone(),
        };
        if bundle.lead.is_empty() && files.is_empty() {
            return Ok(());
        }
        let person = people::by_email_in(self.tx, &bundle.by.address).await?;
        let at = outer.date.unwrap_or(self.waiting.arrived_at).min(self.now);
        let mut noted: Vec<TicketId> = Vec::new();
        for ticket in became.iter().map(|(b, _)| b.ticket()) {
            if noted.contains(&ticket) {
                continue;
            }
            noted.push(ticket);
            let note = messages::New {
                person: person.as_ref().map(|p| PersonId(p.id)),
                author: bundle.by.label().to_owned(),
                from_address: Some(bundle.by.address.clone()),
                source: self.waiting.source,
                ..messages::New::note(ticket, bundle.lead.clone(), at)
            };
            let note = self.memo.message(self.tx, note, self.now).await?;
            self.memo.parts(note, &files);
        }
        Ok(())
    }

    /// A message of the ledger that an inline forward repeats: come by itself, or forwarded before.
    async fn known_inline(
        &self,
        inline: &Inline,
        alike: &[u8],
        zone: Option<Zone>,
    ) -> Result<Option<(TicketId, MessageId)>, StoreError> {
        let Some(written) = inline.written else { return Ok(None) };
        let about = forwards::written_about(self.tx, &inline.from.address, written.at, CLOCKS).await?;
        let mut fits: Vec<_> = about
            .into_iter()
            .filter(|original| written.may_be(original.at, zone))
            .filter(|original| mime::alike(&inline.from.address, &original.subject, &original.text) == alike)
            .collect();
        // Of several alike the one at the very minute of the forwarder's clock.
        let here = written.on(zone.map_or(0, |zone| zone.minutes)).0.div_euclid(60_000);
        fits.sort_by_key(|original| (here - original.at.0.div_euclid(60_000)).abs());
        if let Some(original) = fits.first() {
            return Ok(Some((original.ticket, original.message)));
        }
        let before = forwards::alike(self.tx, alike).await?;
        let same = before.into_iter().find(|came| written.may_equal(zone, came.written, came.zone));
        Ok(same.map(|came| (came.ticket, came.message)))
    }

    /// The forward that brought this very message before, if one did and no other original came
    /// for it since.
    pub async fn came_inside(&self, mail: &Mail) -> Result<Option<Came>, StoreError> {
        let (Some(date), Some(alike)) = (mail.date, &mail.alike) else { return Ok(None) };
        if !self.memo.may_have_come_inside(alike) {
            return Ok(None);
        }
        let waiting = forwards::waiting(self.tx, alike).await?;
        Ok(waiting.into_iter().find(|came| came.written.may_be(date, came.zone)))
    }

    /// An original that came after its forward: known from now on, so that answers find its ticket.
    pub async fn adopt(&self, mail: &Mail, came: &Came) -> Result<(), StoreError> {
        let mut references = mail.ancestors.clone();
        references.reverse();
        let header_id = mail.identity.given.then_some(mail.identity.key.as_str());
        forwards::adopt(self.tx, came.message, header_id, &references, self.now).await?;
        self.memo.remember(self.tx, &mail.identity, &mail.ancestors, (came.ticket, came.message)).await
    }
}

/// The forwarder's clock. Exchange writes every Date field in UTC, which tells nothing.
fn zone(outer: &Mail, written: Option<Written>) -> Option<Zone> {
    let forwarded = outer.date.filter(|_| outer.zone != 0)?;
    Some(Zone::new(outer.zone, written?.at, forwarded))
}

/// A forwarded message as if it had come by itself; the bytes of its files are the forward's.
fn mail_of(inline: &Inline, outer: &Mail, alike: &[u8], files: Vec<Part>) -> Mail {
    let date = inline.written.map(|written| written.on(outer.zone));
    // Two forwards of alike scans are two messages.
    let parts = alike.iter().copied().chain(date.unwrap_or_default().0.to_le_bytes());
    let digest: Vec<u8> = parts.chain(outer.identity.digest.iter().copied()).collect();
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
        parts: files,
        automatic: Automatic::No,
        vouched: Vouched::default(),
        hushed: false,
        report: None,
        alike: Some(alike.to_vec()),
    }
}
