//! Sign-ins by number: 1 connected, 2 half connected, 3 wrong account, 4 declined, 5 unfinished,
//! 6 reauthorized, 7 repaired by somebody else, 8 another mailbox of the account still fails.

use super::mailboxes::{SMTP_SAID, bad, good, provider};
use super::now;
use async_trait::async_trait;
use domain::console::signins::{
    Arrival, Callback, DirectionResult, NotRepaired, Repaired, RepairedAccount, SignInResult,
};
use domain::console::{Actor, SignIns};
use domain::direction::Direction;
use domain::id::{AccountId, MailboxId, SignInId};
use domain::signin::{CallbackRefusal, Intent, SignInState};
use domain::time::Span;
use domain::{Answer, Diagnosis, Refusal};

pub struct Fake;

#[async_trait]
impl SignIns for Fake {
    async fn begin(&self, actor: &Actor, _: String, _: MailboxId, _: Intent, _: bool) -> Answer<String> {
        actor.admin()?;
        Ok("https://login.example/authorize".into())
    }
    async fn complete(&self, _: String, _: Callback) -> Answer<Arrival> {
        Ok(Arrival::Refused(CallbackRefusal::Forged))
    }
    async fn result(&self, actor: &Actor, id: SignInId) -> Answer<SignInResult> {
        actor.admin()?;
        let p = provider("microsoft");
        let fine = |direction| DirectionResult { report: good(direction), swapped: true, kept_until: None };
        let mut r = SignInResult {
            id,
            mailbox: MailboxId(12),
            mailbox_address: "service@contoso.example".into(),
            provider_key: p.key,
            provider_name: p.name,
            provider_short: p.short,
            intent: Intent::Connect,
            state: SignInState::Completed,
            account: Some("it@contoso.example".into()),
            expected: None,
            refused: None,
            said: None,
            directions: Direction::BOTH.map(fine).into(),
            backlog: Some(8_412),
            released: 0,
            also_repaired: vec![],
            not_repaired: vec![],
            repaired: None,
            adopt: None,
        };
        match id.0 {
            1 => {}
            2 => {
                r.directions[1] = DirectionResult {
                    report: bad(Direction::Outgoing, Diagnosis::SmtpAuthDisabledMailbox, SMTP_SAID),
                    swapped: true,
                    kept_until: Some(now() + Span::days(7)),
                }
            }
            3 => {
                (r.intent, r.state, r.refused) =
                    (Intent::Reauthorize, SignInState::Refused, Some(CallbackRefusal::WrongAccount));
                (r.account, r.expected, r.adopt) =
                    (Some("jonas.weber@contoso.example".into()), Some("it@contoso.example".into()), Some(AccountId(5)));
                r.directions.clear();
            }
            4 => {
                (r.state, r.refused, r.said) = (
                    SignInState::Refused,
                    Some(CallbackRefusal::Declined),
                    Some("access_denied: the resource owner denied the request".into()),
                );
                r.directions.clear();
            }
            5 => (r.state, r.directions) = (SignInState::Expired, vec![]),
            6 => {
                (r.intent, r.released, r.also_repaired) =
                    (Intent::Reauthorize, 4, vec!["returns@contoso.example".into()])
            }
            7 => {
                (r.intent, r.state, r.refused) =
                    (Intent::Reauthorize, SignInState::Refused, Some(CallbackRefusal::AlreadyRepaired));
                r.repaired =
                    Some(Repaired { at: now(), by: Some("Ben Okafor".into()), account: "it@contoso.example".into() });
                r.directions.clear();
            }
            8 => {
                r.intent = Intent::Reauthorize;
                r.not_repaired = vec![NotRepaired {
                    mailbox: MailboxId(2),
                    address: "billing@contoso.example".into(),
                    direction: Direction::Outgoing,
                    diagnosis: Diagnosis::SmtpAuthDisabledMailbox,
                }];
            }
            _ => return Err(Refusal::NotFound),
        }
        Ok(r)
    }
    async fn adopt(&self, actor: &Actor, _: SignInId) -> Answer<SignInId> {
        actor.admin()?;
        Ok(SignInId(6))
    }
    async fn repaired(&self, actor: &Actor, _: MailboxId) -> Answer<Option<Repaired>> {
        actor.admin()?;
        Ok(Some(Repaired { at: now(), by: Some("Ben Okafor".into()), account: "it@contoso.example".into() }))
    }
    async fn lately(&self, actor: &Actor) -> Answer<Vec<RepairedAccount>> {
        actor.admin()?;
        let repaired =
            Repaired { at: now(), by: Some("Ada Lindqvist".into()), account: "care@northwind.example".into() };
        let mailboxes = vec![(MailboxId(99), "care@northwind.example".into(), 12, 4)];
        Ok(vec![RepairedAccount { repaired, mailboxes }])
    }
}
