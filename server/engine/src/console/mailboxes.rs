//! The mailboxes port: the list, one mailbox, setting one up, and changing it.

mod check;
mod page;
mod row;
mod timeline;

pub(crate) use check::check as examine;

use crate::store::{StoreError, commit, directions, events, folders, mailboxes, people, set};
use crate::{Engine, clock, ending, evidence, lookup, signins};
use async_trait::async_trait;
use domain::console::mailboxes::*;
use domain::console::people::Actor;
use domain::id::{MailboxId, PersonId};
use domain::provider::Provider;
use domain::refusal::Conflict;
use domain::{Address, Answer, Direction, Fault, Refusal, Time};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

impl Port {
    /// The half that is elsewhere is at a mailbox of ours, and not at this one.
    async fn elsewhere(&self, id: MailboxId, wanted: &Use) -> Answer<()> {
        let through = match wanted.replies_through {
            Some(Through::System) if !wanted.outgoing && page::system_sender(&self.0).await?.is_none() => {
                return Err(Refusal::NotFound);
            }
            Some(Through::Mailbox(other)) => Some(other),
            Some(Through::System) | None => None,
        };
        for other in [through, wanted.arrives_at].into_iter().flatten() {
            if other == id || mailboxes::get(&self.0.store, other).await?.is_none_or(|row| row.draft) {
                return Err(Refusal::NotFound);
            }
        }
        Ok(())
    }

    async fn mailbox(&self, id: MailboxId) -> Answer<mailboxes::Row> {
        mailboxes::get(&self.0.store, id).await?.ok_or(Refusal::NotFound)
    }

    fn told(&self, id: MailboxId) {
        self.0.wake.mailbox(id);
        self.0.wake.outbox.notify_one();
        self.0.changes.tell(format!("mailbox:{id}"));
        self.0.changes.tell("mailboxes");
    }
}

fn text(text: &str, longest: usize) -> Answer<String> {
    let text = text.trim();
    if text.chars().count() > longest {
        return Err(Fault::TextTooLong.into());
    }
    Ok(text.to_owned())
}

fn taken(error: StoreError) -> Refusal {
    match error {
        StoreError::Taken => Fault::AddressTaken.into(),
        other => other.into(),
    }
}

/// The columns of a mailbox that stand for a choice of use.
fn used(id: MailboxId, wanted: &Use) -> mailboxes::ActiveModel {
    let (mode, from) = match wanted.import {
        ImportFrom::Now => ("now", None),
        ImportFrom::Date(time) => ("date", Some(time.0)),
        ImportFrom::Beginning => ("beginning", None),
    };
    let (tidy, tidy_folder) = match &wanted.after_fetch.tidy {
        Tidy::Leave => ("leave", String::new()),
        Tidy::MarkRead => ("read", String::new()),
        Tidy::MoveTo(folder) => ("move", folder.clone()),
    };
    mailboxes::ActiveModel {
        id: set(id.0),
        // What is not fetched is not deleted; the half that is here needs no other mailbox.
        delete_after_fetch: set(wanted.delete_after_fetch && wanted.incoming),
        grace_days: set(wanted.after_fetch.grace_days.into()),
        after_fetch: set(tidy.to_owned()),
        after_fetch_folder: set(tidy_folder),
        replies_through: set(wanted.replies_through.filter(|_| !wanted.outgoing).map(mailboxes::through_column)),
        arrives_at: set(wanted.arrives_at.filter(|_| !wanted.incoming).map(|m| m.0)),
        import_mode: set(mode.to_owned()),
        import_from: set(from),
        ..Default::default()
    }
}

#[async_trait]
impl Mailboxes for Port {
    async fn list(&self, actor: &Actor) -> Answer<MailboxList> {
        actor.admin()?;
        let rows = evidence::rows_shown(&self.0, |engine| Box::pin(row::all(engine))).await?;
        Ok(MailboxList { now: clock::now(), rows })
    }

    async fn show(&self, actor: &Actor, id: MailboxId) -> Answer<MailboxPage> {
        actor.admin()?;
        page::page(&self.0, self.mailbox(id).await?).await
    }

    async fn providers(&self, actor: &Actor) -> Answer<Vec<Provider>> {
        actor.admin()?;
        let known = &self.0.providers;
        let mut all: Vec<Provider> = known.all().filter(|p| p.authorize_url.is_some()).map(|p| p.view()).collect();
        all.push(known.view(crate::providers::OTHER));
        Ok(all)
    }

    async fn start(&self, actor: &Actor, address: String, name: String) -> Answer<MailboxId> {
        actor.admin()?;
        let address = Address::parse(&address).map_err(|_| Fault::AddressMalformed)?;
        let name = text(&name, 100)?;
        if let Some(id) = mailboxes::own_addresses(&self.0.store).await?.get(&address) {
            // Coming back to one's own draft loses nothing.
            return match self.mailbox(*id).await?.draft {
                true => Ok(*id),
                false => Err(Fault::AddressTaken.into()),
            };
        }
        let found = lookup::find(&self.0, &address).await;
        let new = mailboxes::NewMailbox {
            address: &address,
            name: &name,
            provider_key: &found.provider_key,
            endpoints: found.endpoints,
            by: actor.person,
            now: clock::now(),
        };
        let tx = self.0.store.begin().await?;
        let id = mailboxes::insert(&tx, new).await.map_err(taken)?;
        events::note(&tx, id, clock::now(), &Event::Created, Some(actor.person)).await?;
        commit(tx).await?;
        self.0.changes.tell("mailboxes");
        Ok(id)
    }

    async fn choose_provider(&self, actor: &Actor, id: MailboxId, provider_key: String) -> Answer<()> {
        actor.admin()?;
        let row = self.mailbox(id).await?;
        if provider_key != crate::providers::OTHER && self.0.providers.get(&provider_key).is_none() {
            return Err(Fault::ProviderUnknown.into());
        }
        if !row.draft {
            // A connected mailbox changes its provider by the credential that proves itself.
            return Err(Conflict::NotADraft.into());
        }
        let address = Address::parse(&row.address).map_err(|_| Fault::AddressMalformed)?;
        if provider_key == row.provider_key {
            // What was found for it stays.
            return Ok(());
        }
        let endpoints = lookup::servers(&self.0, &provider_key, &address);
        let tx = self.0.store.begin().await?;
        mailboxes::update(
            &tx,
            mailboxes::ActiveModel { id: set(id.0), provider_key: set(provider_key), ..Default::default() },
        )
        .await?;
        for (direction, endpoint) in Direction::BOTH.into_iter().zip(endpoints) {
            directions::update(&tx, directions::at(directions::cleared(id, direction), endpoint)).await?;
        }
        Ok(commit(tx).await?)
    }

    async fn choose_use(&self, actor: &Actor, id: MailboxId, wanted: Use) -> Answer<()> {
        actor.admin()?;
        let row = self.mailbox(id).await?;
        if !wanted.incoming && !wanted.outgoing {
            return Err(Fault::NoDirection.into());
        }
        self.elsewhere(id, &wanted).await?;
        let names = super::folders::names(&wanted.folder, &wanted.other_folders)?;
        super::folders::not_fetched(&wanted.after_fetch.tidy, &names)?;
        let tx = self.0.store.begin().await?;
        mailboxes::update(&tx, used(id, &wanted)).await?;
        folders::choose(&tx, id, &names, (!row.draft).then(clock::now)).await?;
        for (direction, on) in [(Direction::Incoming, wanted.incoming), (Direction::Outgoing, wanted.outgoing)] {
            directions::use_it(&tx, id, direction, on).await?;
        }
        commit(tx).await?;
        self.told(id);
        Ok(())
    }

    async fn give_password(&self, actor: &Actor, id: MailboxId, form: PasswordForm) -> Answer<CheckResult> {
        actor.admin()?;
        self.mailbox(id).await?;
        let result = signins::apply_password(&self.0, actor, id, form).await?;
        self.keep(id, &result).await?;
        Ok(result)
    }

    async fn check(&self, actor: &Actor, id: MailboxId) -> Answer<CheckResult> {
        actor.admin()?;
        self.mailbox(id).await?;
        let result = check::check(&self.0, id).await?;
        self.keep(id, &result).await?;
        Ok(result)
    }

    async fn last_check(&self, actor: &Actor, id: MailboxId) -> Answer<Option<CheckResult>> {
        actor.admin()?;
        let kept = mailboxes::last_check(&self.0.store, id).await?;
        Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
    }

    async fn change(&self, actor: &Actor, id: MailboxId, form: MailboxForm) -> Answer<()> {
        actor.admin()?;
        let row = self.mailbox(id).await?;
        if !form.wanted.incoming && !form.wanted.outgoing {
            return Err(Fault::NoDirection.into());
        }
        self.elsewhere(id, &form.wanted).await?;
        let (name, from_name, signature) =
            (text(&form.name, 100)?, text(&form.from_name, 100)?, text(&form.signature, 4_000)?);
        let names = super::folders::names(&form.wanted.folder, &form.wanted.other_folders)?;
        super::folders::not_fetched(&form.wanted.after_fetch.tidy, &names)?;
        let tx = self.0.store.begin().await?;
        folders::choose(&tx, id, &names, (!row.draft).then(clock::now)).await?;
        let changed = mailboxes::ActiveModel {
            name: set(name),
            from_name: set(from_name),
            signature: set(signature),
            acknowledge: set(form.acknowledge),
            acknowledge_text: set(text(&form.acknowledge_text, 4_000)?),
            ..used(id, &form.wanted)
        };
        mailboxes::update(&tx, changed).await?;
        for (direction, on) in
            [(Direction::Incoming, form.wanted.incoming), (Direction::Outgoing, form.wanted.outgoing)]
        {
            directions::use_it(&tx, id, direction, on).await?;
        }
        if !row.draft {
            events::note(&tx, id, clock::now(), &Event::SettingsChanged, Some(actor.person)).await?;
        }
        commit(tx).await?;
        self.told(id);
        Ok(())
    }

    async fn add_address(&self, actor: &Actor, id: MailboxId, address: String) -> Answer<()> {
        actor.admin()?;
        self.mailbox(id).await?;
        let address = Address::parse(&address).map_err(|_| Fault::AddressMalformed)?;
        if mailboxes::own_addresses(&self.0.store).await?.contains_key(&address) {
            return Err(Fault::AddressTaken.into());
        }
        mailboxes::add_address(self.0.store.write(), id, &address).await.map_err(taken)
    }

    async fn pause(&self, actor: &Actor, id: MailboxId, paused: bool) -> Answer<()> {
        actor.admin()?;
        let row = self.mailbox(id).await?;
        if row.paused_at.is_some() == paused {
            return Ok(());
        }
        let now = clock::now();
        let changed = mailboxes::ActiveModel {
            id: set(id.0),
            paused_at: set(paused.then_some(now.0)),
            paused_by: set(paused.then_some(actor.person.0)),
            ..Default::default()
        };
        let tx = self.0.store.begin().await?;
        mailboxes::update(&tx, changed).await?;
        let event = if paused { Event::Paused } else { Event::Resumed };
        events::note(&tx, id, now, &event, Some(actor.person)).await?;
        commit(tx).await?;
        self.told(id);
        Ok(())
    }

    async fn delete(&self, actor: &Actor, id: MailboxId, typed: String) -> Answer<()> {
        actor.admin()?;
        let row = self.mailbox(id).await?;
        if !typed.trim().eq_ignore_ascii_case(&row.address) {
            return Err(Fault::ConfirmationWrong.into());
        }
        for ticket in ending::delete(&self.0, actor, &row).await? {
            self.0.changes.tell(format!("ticket:{ticket}"));
        }
        self.0.wake.search.notify_one();
        self.0.changes.tell("tickets");
        self.0.changes.tell("outbox");
        tracing::info!(mailbox = id.0, person = actor.person.0, "a mailbox was deleted");
        self.told(id);
        Ok(())
    }

    async fn disconnect(&self, actor: &Actor, id: MailboxId) -> Answer<()> {
        actor.admin()?;
        self.mailbox(id).await?;
        ending::disconnect(&self.0, actor, id).await?;
        self.told(id);
        Ok(())
    }

    async fn discard(&self, actor: &Actor, id: MailboxId) -> Answer<()> {
        actor.admin()?;
        if !self.mailbox(id).await?.draft {
            return Err(Conflict::NotADraft.into());
        }
        let tx = self.0.store.begin().await?;
        for direction in Direction::BOTH {
            directions::wipe(&tx, id, direction).await?;
        }
        mailboxes::mark_deleted(&tx, id, clock::now()).await?;
        commit(tx).await?;
        self.told(id);
        Ok(())
    }

    async fn names(&self, _actor: &Actor) -> Answer<Vec<(MailboxId, Address)>> {
        Ok(evidence::names_shown(&self.0).await?)
    }

    async fn agents(&self, _actor: &Actor) -> Answer<Vec<(PersonId, String)>> {
        let rows = people::all(&self.0.store).await?;
        let active = rows.into_iter().filter(|row| row.disabled_at.is_none() && row.password_hash.is_some());
        Ok(active.map(|row| (PersonId(row.id), row.name)).collect())
    }
}

impl Port {
    async fn keep(&self, id: MailboxId, result: &CheckResult) -> Answer<()> {
        let text = serde_json::to_string(result).unwrap_or_default();
        mailboxes::keep_check(&self.0.store, id, result.at, text).await?;
        self.told(id);
        Ok(())
    }
}

/// A mailbox's time in a column.
fn time(at: Option<i64>) -> Option<Time> {
    at.map(Time)
}
