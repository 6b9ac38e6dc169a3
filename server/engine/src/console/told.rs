//! Telling the admins that replies are held, and when that was done last.

use crate::deliver::line;
use crate::store::deliveries::Shown;
use crate::store::{commit, events, held_told, mailboxes, notices, people};
use crate::{Engine, clock, evidence, notify};
use domain::console::mailboxes::Event as Happened;
use domain::console::outbox::{AGAIN, Told};
use domain::console::people::Actor;
use domain::id::{MailboxId, PersonId};
use domain::notice::{Content, Event};
use domain::refusal::Conflict;
use domain::{Answer, Refusal, Time};

/// When the admins were told last that this mailbox is in trouble: by a notice that left, or by somebody.
pub async fn told(engine: &Engine, mailbox: MailboxId) -> Answer<Told> {
    let by_person = held_told::last(engine.store.read(), mailbox).await?;
    let mut by_notice = None;
    for row in notices::open(&engine.store).await?.into_iter().filter(|row| row.step == "lost") {
        let about = serde_json::from_str::<Content>(&row.content)
            .is_ok_and(|content| content.mailboxes.iter().any(|(id, _)| *id == mailbox));
        if about && !notices::reached(engine.store.read(), row.id).await?.is_empty() {
            by_notice = by_notice.max(Some(row.made_at));
        }
    }
    let again_at = by_person.as_ref().map(|row| Time(row.at) + AGAIN);
    Ok(match by_person.filter(|row| by_notice.is_none_or(|at| at <= row.at)) {
        Some(row) => {
            let by = people::get(engine.store.read(), PersonId(row.person_id)).await?.map(|person| person.name);
            Told { at: Some(Time(row.at)), by, again_at }
        }
        None => Told { at: by_notice.map(Time), by: None, again_at },
    })
}

/// Writes it down, then tells everybody who gets notices.
pub async fn tell(engine: &Engine, actor: &Actor, shown: &Shown) -> Answer<()> {
    let mailbox = MailboxId(shown.row.mailbox_id);
    let facts = evidence::facts(engine).await?;
    let Some((since, diagnosis)) = line(shown, &facts).held else { return Err(Conflict::AlreadyDone.into()) };
    let of = facts.into_iter().find(|facts| facts.id == mailbox).ok_or(Refusal::NotFound)?;
    let replies = mailboxes::due_replies(&engine.store).await?.get(&mailbox.0).copied().unwrap_or(1);
    let now = clock::now();
    let tx = engine.store.begin().await?;
    mailboxes::in_line(&tx, mailbox).await?;
    if let Some(last) = held_told::last(&tx, mailbox).await? {
        let left = (Time(last.at) + AGAIN).since(now).0;
        if left > 0 {
            return Err(Refusal::Slow(u32::try_from(left / 1_000 + 1).unwrap_or(u32::MAX)));
        }
    }
    held_told::add(&tx, mailbox, actor.person, now).await?;
    events::note(&tx, mailbox, now, &Happened::AdminsTold, Some(actor.person)).await?;
    commit(tx).await?;
    let content = Content {
        event: Event::Held { by: actor.name.clone(), replies, diagnosis, since },
        mailboxes: vec![(mailbox, of.address)],
        account: of.account.map(|(_, login)| login),
        provider: of.provider,
        provider_name: of.provider_name,
        provider_short: of.provider_short,
    };
    notify::once(engine, &content, now).await?;
    tracing::info!(mailbox = mailbox.0, person = actor.person.0, "the admins were told that replies are held");
    engine.changes.tell(format!("ticket:{}", shown.row.ticket_id));
    engine.changes.tell("outbox");
    engine.changes.tell(format!("mailbox:{mailbox}"));
    Ok(())
}
