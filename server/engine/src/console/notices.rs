//! The port of notices.

mod page;

use crate::notify;
use crate::secret::Secret;
use crate::store::notice_way::{self, Row};
use crate::store::notices as rows;
use crate::store::{mailboxes, people};
use crate::{Engine, clock, vault};
use async_trait::async_trait;
use domain::address::is_domain;
use domain::console::notices::*;
use domain::console::people::Actor;
use domain::id::MailboxId;
use domain::notice::{Content, may_put_off};
use domain::provider::Tls;
use domain::time::Span;
use domain::{Address, Answer, Fault, Refusal, Time};
use std::net::IpAddr;
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

impl Port {
    async fn change(&self, actor: &Actor, change: impl FnOnce(&mut Row) + Send) -> Answer<()> {
        actor.admin()?;
        let engine = &self.0;
        let mut row = notice_way::get(&engine.store).await?;
        change(&mut row);
        row.changed_at = clock::now().0;
        notice_way::put(&engine.store, row).await?;
        // There may be a way out now.
        rows::hasten(&engine.store, clock::now()).await?;
        engine.wake.notices.notify_one();
        engine.changes.tell("notices");
        Ok(())
    }
}

#[async_trait]
impl Notices for Port {
    async fn page(&self, actor: &Actor) -> Answer<NoticesPage> {
        actor.admin()?;
        page::page(&self.0, actor).await
    }

    async fn save_smtp(&self, actor: &Actor, form: SmtpForm) -> Answer<()> {
        actor.admin()?;
        let engine = &self.0;
        let host = form.host.trim().trim_end_matches('.').to_ascii_lowercase();
        let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        if host.is_empty() {
            return Err(Fault::HostMissing.into());
        }
        if literal.is_none() && !is_domain(&host) {
            return Err(Fault::HostMalformed.into());
        }
        if literal.is_some_and(|ip| !engine.config.network.reaches(&host, ip)) {
            return Err(Fault::HostNotAllowed.into());
        }
        if form.port == 0 {
            return Err(Fault::PortOutOfRange.into());
        }
        if form.user.trim().is_empty() {
            return Err(Fault::UserMissing.into());
        }
        let from = Address::parse(form.from.trim()).map_err(|_| Fault::AddressMalformed)?;
        let password = Secret::new(&form.password);
        let sealed = match password.reveal() {
            "" => {
                let old = notice_way::get(&engine.store).await?;
                // A password goes to its own server only: another host asks for it anew.
                old.password_sealed.filter(|_| old.host.as_deref() == Some(&host)).ok_or(Fault::PasswordMissing)?
            }
            _ => engine.vault.seal(notify::SMTP_PASSWORD, &password),
        };
        self.change(actor, |row| {
            row.host = Some(host);
            row.port = Some(i64::from(form.port));
            row.tls = Some(if form.tls == Tls::StartTls { "starttls" } else { "implicit" }.into());
            row.user_name = Some(form.user.trim().to_owned());
            row.from_address = Some(from.to_string());
            row.password_sealed = Some(sealed);
        })
        .await
    }

    async fn remove_smtp(&self, actor: &Actor) -> Answer<()> {
        self.change(actor, |row| {
            (row.host, row.port, row.tls, row.user_name) = (None, None, None, None);
            (row.from_address, row.password_sealed) = (None, None);
        })
        .await
    }

    async fn prefer(&self, actor: &Actor, mailbox: Option<MailboxId>) -> Answer<()> {
        actor.admin()?;
        if let Some(id) = mailbox {
            mailboxes::get(&self.0.store, id).await?.ok_or(Refusal::NotFound)?;
        }
        self.change(actor, |row| {
            row.mailbox_id = mailbox.map(|id| id.0);
        })
        .await
    }

    async fn save_people(&self, actor: &Actor, form: PeopleForm) -> Answer<()> {
        actor.admin()?;
        let mut more = Vec::new();
        for word in form.more.split([',', ';', '\n', ' ']).map(str::trim).filter(|word| !word.is_empty()) {
            more.push(Address::parse(word).map_err(|_| Fault::AddressMalformed)?.to_string());
        }
        if more.len() > 50 {
            return Err(Fault::TextTooLong.into());
        }
        let mut not_told = Vec::new();
        let mut left = !more.is_empty();
        for person in people::all(&self.0.store).await?.iter().filter(|p| p.role == "admin") {
            let told = form.told.iter().any(|id| id.0 == person.id);
            left |= told && person.disabled_at.is_none();
            if !told {
                not_told.push(person.id.to_string());
            }
        }
        if !left {
            return Err(Fault::NobodyTold.into());
        }
        self.change(actor, |row| {
            row.more_addresses = more.join(" ");
            row.not_told = not_told.join(" ");
            row.tell_owner = form.tell_owner;
        })
        .await
    }

    async fn save_webhook(&self, actor: &Actor, url: String) -> Answer<String> {
        actor.admin()?;
        let engine = &self.0;
        let url = engine.config.network.web_address(&url)?;
        let secret = Secret::new(vault::token());
        let sealed = engine.vault.seal(notify::WEBHOOK_SECRET, &secret);
        self.change(actor, |row| {
            row.webhook_url = Some(url);
            row.webhook_sealed = Some(sealed);
        })
        .await?;
        Ok(secret.reveal().to_owned())
    }

    async fn remove_webhook(&self, actor: &Actor) -> Answer<()> {
        self.change(actor, |row| {
            (row.webhook_url, row.webhook_sealed) = (None, None);
        })
        .await
    }

    async fn test(&self, actor: &Actor) -> Answer<()> {
        actor.admin()?;
        let engine = &self.0;
        let person = people::get(engine.store.read(), actor.person).await?.ok_or(Refusal::NotFound)?;
        notify::test(engine, &person.email, clock::now()).await?;
        engine.changes.tell("notices");
        Ok(())
    }

    async fn put_off(&self, actor: &Actor, subject: String, quiet: Quiet) -> Answer<()> {
        actor.admin()?;
        let (engine, now) = (&self.0, clock::now());
        let open = rows::open(&engine.store).await?;
        let notice = open.iter().rev().find(|row| row.subject == subject).ok_or(Refusal::NotFound)?;
        let content: Content = serde_json::from_str(&notice.content).map_err(|_| Refusal::Unavailable)?;
        let until: Option<Time> = match quiet {
            Quiet::Acknowledged => may_put_off(&content.event, None, now),
            // What has stopped can be seen, but not put off.
            Quiet::Snoozed => Some(may_put_off(&content.event, Some(Span::days(1)), now).ok_or(Refusal::NotFound)?),
        };
        rows::put_off(&engine.store, actor.person, notice, quiet.key(), until, now).await?;
        engine.changes.tell("notices");
        Ok(())
    }

    async fn can_tell(&self, actor: &Actor, mailbox: MailboxId) -> Answer<bool> {
        actor.admin()?;
        Ok(notify::can_tell(&self.0, mailbox).await?)
    }
}
