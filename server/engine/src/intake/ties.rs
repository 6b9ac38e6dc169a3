//! Which tickets a message points at, and whether its sender takes part in them.

use super::settle::Context;
use super::sign::signed_ticket;
use crate::Engine;
use crate::mime::Mail;
use crate::store::known::Known;
use crate::store::{StoreError, messages};
use domain::id::TicketId;
use domain::thread::{Candidate, Tie, choose, possible, subject_tag};

/// Who sent a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    Customer,
    /// A person of the desk, or one of its addresses, by another program.
    Staff,
    /// It says that it is from a person of the desk, and nothing proves that.
    Unproved,
}

/// What is known of who wrote a message. Anybody can write any address into From.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// As From says, and nothing proves it.
    Anybody,
    /// As From says.
    Proved,
    /// It lies in the folder of sent mail: somebody of the desk, whatever From says.
    TheDesk,
}

/// What a message points at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// The ticket it joins, and what its sender is there.
    pub joins: Option<(TicketId, Sender)>,
    /// The ticket it would join if its sender took part there.
    pub possible: Option<TicketId>,
}

impl Ties {
    pub fn ticket(self) -> Option<TicketId> {
        self.joins.map(|(ticket, _)| ticket)
    }
}

/// The ticket that a message joins, with what its sender is there; or the one it may be about.
pub async fn find(cx: &Context<'_>, engine: &Engine, mail: &Mail, known: &[Known], by: By) -> Result<Ties, StoreError> {
    let mut pointed: Vec<(TicketId, Tie)> = Vec::new();
    let mut add = |ticket: TicketId, tie: Tie| {
        if !pointed.iter().any(|(t, _)| *t == ticket) {
            pointed.push((ticket, tie));
        }
    };
    let places = mail.to.iter().chain(&mail.cc).map(|p| p.address.as_str());
    for address in places.chain(mail.delivered_to.iter().map(String::as_str)) {
        if let Some(ticket) = signed_ticket(&engine.vault, address) {
            add(ticket, Tie::Signed);
        }
    }
    for key in &mail.ancestors {
        if let Some(ticket) = signed_ticket(&engine.vault, key) {
            add(ticket, Tie::Signed);
        }
    }
    // The nearest ancestor first; then the message's own id, which an answer may have named before
    // the message itself came.
    for key in mail.ancestors.iter().chain([&mail.identity.key]) {
        let own_key = *key == mail.identity.key;
        for known in known.iter().filter(|k| k.key == *key && !(own_key && k.message.is_some())) {
            add(known.ticket, Tie::Known);
        }
    }
    if let Some(ticket) = subject_tag(&mail.subject) {
        add(ticket, Tie::Tagged);
    }
    let Some(from) = &mail.from else { return Ok(Ties::default()) };
    let proved = by != By::Anybody;
    let ours = by == By::TheDesk || cx.own.base(&from.address).is_some();
    let staff = ours || cx.own.is_person(&from.address);
    let mut candidates = Vec::new();
    let mut requested = Vec::new();
    let requester = if pointed.is_empty() { None } else { cx.memo.requester(cx.tx, &from.address).await? };
    // Ten tickets in one message's references are somebody's joke.
    for (ticket, tie) in pointed.into_iter().take(10) {
        let Some(began_by) = cx.memo.began_by(cx.tx, ticket).await? else { continue };
        let asked = requester.as_ref().is_some_and(|requester| requester.id == began_by);
        if asked {
            requested.push(ticket);
        }
        // A number in a subject can be guessed, a Message-ID or address of ours can't.
        let claims = staff && (proved || tie != Tie::Tagged);
        let participant = asked || claims || messages::participants(cx.tx, ticket).await?.contains(&from.address);
        candidates.push(Candidate { ticket, tie, participant });
    }
    let joins = choose(&candidates).map(|chosen| {
        // Somebody of the desk may also be a customer: of a ticket of his own.
        let customer = !staff || (requested.contains(&chosen.ticket) && !ours);
        let sender = match (customer, proved) {
            (true, _) => Sender::Customer,
            (false, true) => Sender::Staff,
            (false, false) => Sender::Unproved,
        };
        (chosen.ticket, sender)
    });
    let possible = if joins.is_none() { possible(&candidates) } else { None };
    Ok(Ties { joins, possible: possible.map(|candidate| candidate.ticket) })
}
