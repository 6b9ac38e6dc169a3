//! Notices of every kind, and every state of their way.

use super::{HOSTILE, Scene, address, ago, now};
use async_trait::async_trait;
use domain::console::Actor;
use domain::console::notices::*;
use domain::expiry::{End, Source, Step};
use domain::id::{MailboxId, PersonId};
use domain::notice::{Audience, Event};
use domain::provider::{Endpoint, Tls};
use domain::remedy::Remedy;
use domain::time::Span;
use domain::{Answer, Diagnosis, Fault};

pub struct Fake(pub Scene);

#[async_trait]
impl Notices for Fake {
    async fn page(&self, actor: &Actor) -> Answer<NoticesPage> {
        actor.admin()?;
        let end = End { at: now() + Span::days(7), begun: ago(Span::days(80)), source: Source::Told };
        let ends = Event::Ends { step: Step::First, end };
        let lost = Event::Lost {
            diagnosis: Diagnosis::SignInRevoked,
            remedy: Remedy::SignInAgain,
            since: ago(Span::hours(3)),
        };
        let mailboxes = vec![address("support@contoso.example")];
        let open = |event: &Event, mine, seen_by| OpenNotice {
            subject: "sign-in:1".into(),
            event: event.clone(),
            mailboxes: mailboxes.clone(),
            provider_short: "Microsoft".into(),
            made_at: ago(Span::hours(2)),
            mine,
            seen_by,
        };
        let sent = |event: &Event, audience, progress, said: Option<&str>| SentLine {
            at: ago(Span::hours(2)),
            event: event.clone(),
            provider_short: "Microsoft".into(),
            mailboxes: mailboxes.clone(),
            recipient: "anna@contoso.example".into(),
            audience,
            progress,
            via: Some("sales@contoso.example".into()),
            said: said.map(Into::into),
        };
        let (admin, owner) = (Some(Audience::Admin), Some(Audience::Owner));
        let way =
            |id, text: &str, works| Way { mailbox: MailboxId(id), address: address(text), works, chosen: id == 5 };
        let empty = self.0.empty;
        Ok(NoticesPage {
            now: now(),
            smtp: (!empty).then(|| SystemSmtp {
                endpoint: Endpoint { host: "smtp.contoso.example".into(), port: 587, tls: Tls::StartTls },
                user: "notices".into(),
                from: "desk@contoso.example".into(),
            }),
            ways: vec![way(1, "support@contoso.example", false), way(5, "sales@contoso.example", true)],
            webhook: (!empty).then(|| Webhook {
                url: "https://chat.example/hooks/1".into(),
                failing: Some((ago(Span::minutes(9)), HOSTILE.into())),
                delivered_at: None,
            }),
            admins: vec![Told {
                person: PersonId(1),
                name: HOSTILE.into(),
                email: "ada@contoso.example".into(),
                told: true,
            }],
            more: vec!["oncall@contoso.example".into()],
            tell_owner: true,
            untold: vec![address("support@contoso.example")],
            open: if empty {
                vec![]
            } else {
                vec![
                    open(&lost, None, vec!["Jonas Weber".into()]),
                    open(&ends, Some((Quiet::Snoozed, Some(now() + Span::days(1)))), vec![]),
                    open(&ends, None, vec![]),
                ]
            },
            sent: if empty {
                vec![]
            } else {
                vec![
                    sent(&lost, admin, Progress::Sent, None),
                    sent(&lost, owner, Progress::Waiting, Some("Nobody can be told by email")),
                    sent(&ends, None, Progress::Failed, Some(HOSTILE)),
                    sent(&ends, admin, Progress::Uncertain, Some("the link broke")),
                    sent(&Event::Recovered { since: ago(Span::hours(3)) }, admin, Progress::Dropped, None),
                    sent(&Event::Test, admin, Progress::Sending, None),
                ]
            },
        })
    }
    async fn save_smtp(&self, actor: &Actor, form: SmtpForm) -> Answer<()> {
        actor.admin()?;
        if form.host.is_empty() { Err(Fault::HostMissing.into()) } else { Ok(()) }
    }
    async fn remove_smtp(&self, actor: &Actor) -> Answer<()> {
        actor.admin()
    }
    async fn prefer(&self, actor: &Actor, _: Option<MailboxId>) -> Answer<()> {
        actor.admin()
    }
    async fn save_people(&self, actor: &Actor, form: PeopleForm) -> Answer<()> {
        actor.admin()?;
        if form.told.is_empty() { Err(Fault::NobodyTold.into()) } else { Ok(()) }
    }
    async fn save_webhook(&self, actor: &Actor, url: String) -> Answer<String> {
        actor.admin()?;
        if url.starts_with("https://") { Ok("s3cret-shown-once".into()) } else { Err(Fault::HostNotAllowed.into()) }
    }
    async fn remove_webhook(&self, actor: &Actor) -> Answer<()> {
        actor.admin()
    }
    async fn test(&self, actor: &Actor) -> Answer<()> {
        actor.admin()
    }
    async fn put_off(&self, actor: &Actor, _: String, _: Quiet) -> Answer<()> {
        actor.admin()
    }
    async fn can_tell(&self, actor: &Actor, _: MailboxId) -> Answer<bool> {
        actor.admin()?;
        Ok(!self.0.empty)
    }
}
