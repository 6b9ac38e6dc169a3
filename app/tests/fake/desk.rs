//! The frame with its banners, the server page, app registrations.

use super::{Scene, ago, mailboxes, now};
use async_trait::async_trait;
use domain::console::desk::changes::{Changes, Next};
use domain::console::desk::{Frame, ServerPage, SettingLine};
use domain::console::registrations::{GuidePage, NextSecret, Registration, RegistrationForm, RegistrationsPage};
use domain::console::{Actor, Desk, Registrations, Role};
use domain::guide::{self, Whose};
use domain::home::{Silent, Why};
use domain::id::{MailboxId, RegistrationId};
use domain::provider::ProviderKind;
use domain::registration::{Heard, Tested, verdicts};
use domain::signin::Intent;
use domain::time::Span;
use domain::{Answer, Diagnosis, Fault, Refusal, Time, banner, mailbox};
use std::future::Future;
use std::pin::Pin;

pub struct Fake(pub Scene);

fn silent() -> Silent {
    let from = Some("/var/lib/mailkeep/mailkeep.db".to_owned());
    Silent { since: ago(Span::minutes(12)), why: Why::Elsewhere, from, made_at: None, stays: false }
}

struct Never;

impl Next for Never {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Option<Vec<String>>> + Send + '_>> {
        Box::pin(std::future::pending())
    }
}

#[async_trait]
impl Desk for Fake {
    async fn frame(&self, actor: &Actor) -> Answer<Frame> {
        let facts = if self.0.empty { Vec::new() } else { mailboxes::facts() };
        let need_you = facts.iter().filter(|f| mailbox::state(f).group() == mailbox::Group::NeedsYou).count() as u64;
        Ok(Frame {
            now: now(),
            desk_name: "Contoso".into(),
            open_tickets: 23,
            outbox: if self.0.empty { 0 } else { 9 },
            held: if self.0.empty { 0 } else { 8 },
            need_you: if actor.role == Role::Admin { need_you } else { 0 },
            banners: banner::banners(&facts, now()),
            demo: self.0.demo,
            silent: self.0.copied.then(silent),
        })
    }
    async fn server(&self, actor: &Actor) -> Answer<ServerPage> {
        actor.admin()?;
        let line = |name: &str, value: &str, meaning: &str, caution| SettingLine {
            name: name.into(),
            value: value.into(),
            meaning: meaning.into(),
            caution,
        };
        Ok(ServerPage {
            version: "0.1.0".into(),
            started_at: ago(Span::hours(52)),
            database: "SQLite, /var/lib/mailkeep/mailkeep.db".into(),
            settings: vec![
                line("MAILKEEP_LISTEN", "127.0.0.1:3000", "Where the server listens.", false),
                line(
                    "MAILKEEP_DATABASE",
                    "sqlite:/var/lib/mailkeep/mailkeep.db?mode=rwc",
                    "Where everything is kept.",
                    false,
                ),
                line(
                    "MAILKEEP_ALLOW_PRIVATE",
                    "10.0.0.0/8, 127.0.0.1/32",
                    "Private networks that mail servers may be in.",
                    true,
                ),
                line(
                    "MAILKEEP_TLS_CERTIFICATE",
                    "not set",
                    "Own certificate; else plain HTTP behind a named proxy.",
                    false,
                ),
            ],
            desk_name: "Contoso".into(),
        })
    }
    async fn rename(&self, actor: &Actor, name: String) -> Answer<()> {
        actor.admin()?;
        if name.is_empty() { Err(Fault::NameMissing.into()) } else { Ok(()) }
    }
    fn changes(&self) -> Changes {
        Box::new(Never)
    }
}

fn tested() -> Tested {
    let fields = verdicts(Heard::Accepted, Heard::Refused(Diagnosis::ClientSecretWrong));
    Tested { at: ago(Span::minutes(4)), fields, said: "invalid_client: AADSTS7000215: Invalid client secret.".into() }
}

#[async_trait]
impl Registrations for Fake {
    async fn page(&self, actor: &Actor) -> Answer<RegistrationsPage> {
        actor.admin()?;
        let one = |id, key: &str, short: &str, name: &str, mailboxes| Registration {
            id: RegistrationId(id),
            provider_key: key.into(),
            provider_short: short.into(),
            name: name.into(),
            client_id: format!("6f1d2a90-0c1e-4b57-9a53-8f2f0c9d7a1{id}"),
            tenant: if key == "microsoft" { "contoso.example".into() } else { String::new() },
            secret_ends_at: Time::from_date(2027, 3, 14),
            default: id == 1,
            mailboxes,
            failing: None,
            next_secret: None,
            audience: Some(Whose::One),
            redirect_moved: false,
            tested: None,
        };
        let mut broken = one(2, "microsoft", "Microsoft", "Northwind tenant", 6);
        broken.secret_ends_at = Time::from_date(2026, 11, 24);
        broken.failing = Some((Diagnosis::ClientSecretExpired, ago(Span::hours(14))));
        broken.next_secret = Some(NextSecret {
            entered_at: ago(Span::minutes(4)),
            ends_at: Time::from_date(2028, 11, 24),
            refused: Some(Diagnosis::ClientSecretWrong),
        });
        broken.tested = Some(tested());
        let registrations = if self.0.empty {
            vec![]
        } else {
            vec![
                one(1, "microsoft", "Microsoft", "Contoso tenant", 7),
                broken,
                one(3, "google", "Google", "Workspace", 0),
            ]
        };
        Ok(RegistrationsPage {
            registrations,
            redirect_address: "http://help.contoso.example/oauth/callback".into(),
            redirect_refused: true,
            providers: vec![("microsoft".into(), "Microsoft".into()), ("google".into(), "Google".into())],
        })
    }
    async fn guide(&self, provider_key: String, whose: Option<Whose>) -> Answer<GuidePage> {
        let guide = guide::of(&provider_key).ok_or(Refusal::NotFound)?;
        let (whose, redirect) = (whose.unwrap_or(Whose::One), "https://help.contoso.example/oauth/callback");
        let google = provider_key == "google";
        Ok(GuidePage {
            guide: guide.filled(whose, redirect, "Mailkeep"),
            whose,
            provider_kind: if google { ProviderKind::Google } else { ProviderKind::Microsoft },
            provider_short: if google { "Google" } else { "Microsoft" }.into(),
            desk_name: "Contoso".into(),
            redirect_address: redirect.into(),
            redirect_refused: self.0.unregistered,
            link: format!("https://help.contoso.example/app-guide/{provider_key}?whose={}", whose.key()),
        })
    }
    async fn needed_by(&self, _: MailboxId, _: Intent) -> Answer<String> {
        Ok("microsoft".into())
    }
    async fn test(&self, actor: &Actor, _: RegistrationId) -> Answer<Tested> {
        actor.admin()?;
        Ok(tested())
    }
    async fn drop_secret(&self, actor: &Actor, _: RegistrationId) -> Answer<()> {
        actor.admin()
    }
    async fn save(&self, actor: &Actor, form: RegistrationForm) -> Answer<RegistrationId> {
        actor.admin()?;
        if form.client_id.is_empty() {
            return Err(Fault::ClientIdMalformed.into());
        }
        if form.secret.len() == 36 { Err(Fault::SecretIsAnId.into()) } else { Ok(RegistrationId(1)) }
    }
    async fn make_default(&self, actor: &Actor, _: RegistrationId) -> Answer<()> {
        actor.admin()
    }
    async fn delete(&self, actor: &Actor, _: RegistrationId) -> Answer<()> {
        actor.admin()?;
        Err(Fault::RegistrationInUse.into())
    }
}
