//! Switches: mailbox 6 was moved from a password, mailbox 1 has a plan.

use super::{HOSTILE, address, ago, now};
use async_trait::async_trait;
use domain::console::Actor;
use domain::console::mailboxes::{CheckResult, ImportFrom, PasswordForm};
use domain::console::switches::{Former, FormerDirection, SwitchForm, SwitchReport, Switches};
use domain::credential::CredentialKind;
use domain::direction::Direction;
use domain::id::MailboxId;
use domain::provider::Endpoint;
use domain::switch::{Case, Drained, Plan};
use domain::time::Span;
use domain::{Answer, Fault, Refusal};

pub struct Fake;

#[async_trait]
impl Switches for Fake {
    async fn plan(&self, actor: &Actor, id: MailboxId) -> Answer<Option<Plan>> {
        actor.admin()?;
        Ok((id.0 == 1).then(|| Plan {
            case: Case::Moved,
            provider_key: "google".into(),
            address: address("support@contoso.example"),
            import: ImportFrom::Now,
        }))
    }
    async fn prepare(&self, actor: &Actor, _: MailboxId, form: SwitchForm) -> Answer<Plan> {
        actor.admin()?;
        let address = domain::Address::parse(&form.address).map_err(|_| Refusal::Invalid(Fault::AddressMalformed))?;
        Ok(Plan { case: form.case, provider_key: form.provider_key, address, import: form.import })
    }
    async fn drop_plan(&self, actor: &Actor, _: MailboxId) -> Answer<()> {
        actor.admin()
    }
    async fn give_password(&self, actor: &Actor, id: MailboxId, _: PasswordForm) -> Answer<CheckResult> {
        self.put_back(actor, id).await
    }
    async fn former(&self, actor: &Actor, id: MailboxId) -> Answer<Vec<Former>> {
        actor.admin()?;
        if id.0 != 1 {
            return Ok(vec![]);
        }
        let directions = Direction::BOTH.map(|direction| FormerDirection {
            direction,
            endpoint: Some(Endpoint::customary("mail.old.example", direction)),
            user: Some(HOSTILE.into()),
            credential: Some(CredentialKind::Password),
            last_success_at: Some(ago(Span::days(2))),
        });
        Ok(vec![Former {
            case: Case::Person,
            address: "support@contoso.example".into(),
            provider_name: "Microsoft Office 365".into(),
            account: None,
            switched_at: ago(Span::days(2)),
            wiped_at: now() + Span::days(28),
            directions: directions.into(),
            can_return: true,
        }])
    }
    async fn report(&self, actor: &Actor, id: MailboxId) -> Answer<Option<SwitchReport>> {
        actor.admin()?;
        Ok((id.0 == 1).then(|| SwitchReport {
            case: Case::Moved,
            at: ago(Span::minutes(1)),
            address: "support@contoso.example".into(),
            former_address: "support@contoso.example".into(),
            provider_name: "Gmail".into(),
            former_provider_name: "Microsoft Office 365".into(),
            by_password_before: false,
            incoming_pause: Some(Span::millis(412)),
            stopped_since: None,
            drained: Some(Drained::Fetched(3)),
            recognised: Some((8_411, 2)),
            directions: Direction::BOTH.into(),
            wiped_at: now() + Span::days(30),
        }))
    }
    async fn put_back(&self, actor: &Actor, id: MailboxId) -> Answer<CheckResult> {
        actor.admin()?;
        Ok(CheckResult { mailbox: id, at: now(), reports: vec![], swapped: Direction::BOTH.into() })
    }
}
