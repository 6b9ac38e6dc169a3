//! The public address, and approvals in every stage.

use super::{HOSTILE, Scene, ago, now};
use async_trait::async_trait;
use domain::console::addresses::{Candidate, Proposed, PublicAddress};
use domain::console::approvals::{Answered, Approval, ApprovalPage, Awaited, Shown, Stage};
use domain::console::{Actor, Addresses, Approvals, Installation};
use domain::id::MailboxId;
use domain::provider::ProviderKind;
use domain::signin::Intent;
use domain::time::Span;
use domain::{Answer, Diagnosis, Fault, Refusal};

pub struct Fake(pub Scene);

#[async_trait]
impl Installation for Fake {
    async fn take_over(&self, actor: &Actor) -> Answer<()> {
        actor.admin()
    }
    async fn stay_silent(&self, actor: &Actor) -> Answer<()> {
        actor.admin()
    }
}

#[async_trait]
impl Addresses for Fake {
    async fn show(&self, actor: &Actor) -> Answer<PublicAddress> {
        actor.admin()?;
        Ok(PublicAddress {
            address: "http://help.contoso.example".into(),
            redirect_address: "http://help.contoso.example/oauth/callback".into(),
            accepted: false,
            checked_at: None,
            candidate: Some(Candidate {
                address: "https://help.contoso.example".into(),
                link: "https://help.contoso.example/address/right".into(),
            }),
            registrations_behind: 1,
        })
    }
    async fn propose(&self, actor: &Actor, address: String, _: Option<String>) -> Answer<Proposed> {
        actor.admin()?;
        if address.starts_with("http") { Ok(Proposed::Unchecked) } else { Err(Fault::UrlMalformed.into()) }
    }
    async fn insist(&self, actor: &Actor) -> Answer<()> {
        actor.admin()
    }
    async fn forget(&self, actor: &Actor) -> Answer<()> {
        actor.admin()
    }
    async fn candidate(&self, token: String) -> Answer<String> {
        if token == "right" { Ok("https://help.contoso.example".into()) } else { Err(Refusal::NotFound) }
    }
    async fn confirm(&self, _: String, _: Option<String>) -> Answer<()> {
        Err(Fault::AddressNotReached.into())
    }
}

#[async_trait]
impl Approvals for Fake {
    async fn page(&self, actor: &Actor, mailbox: MailboxId) -> Answer<ApprovalPage> {
        actor.admin()?;
        let waiting = Approval {
            link: "https://login.microsoftonline.com/contoso.example/v2.0/adminconsent?state=x".into(),
            asked_at: ago(Span::hours(26)),
            answered_at: None,
            approved: false,
            said: None,
        };
        let shown = Shown {
            at: ago(Span::minutes(3)),
            said: format!("AADSTS90094 {HOSTILE}"),
            diagnosis: Diagnosis::AdminConsentNeeded,
            code: Some("AADSTS90094".into()),
            known: true,
        };
        Ok(ApprovalPage {
            mailbox,
            address: "returns@contoso.example".into(),
            provider_key: "microsoft".into(),
            provider_kind: ProviderKind::Microsoft,
            provider_short: "Microsoft".into(),
            desk_name: "Contoso".into(),
            intent: Intent::Reauthorize,
            can_ask: true,
            approval: (mailbox.0 % 2 == 0).then_some(waiting),
            unreturned: (mailbox.0 % 2 == 1).then(|| ago(Span::minutes(9))),
            shown: (mailbox.0 % 2 == 1).then_some(shown),
        })
    }
    async fn awaited(&self, actor: &Actor) -> Answer<Vec<Awaited>> {
        actor.admin()?;
        if self.0.empty {
            return Ok(vec![]);
        }
        let one = |id, address: &str, stage| Awaited {
            mailbox: MailboxId(id),
            address: address.into(),
            provider_short: "Microsoft".into(),
            asked_at: ago(Span::hours(26)),
            stage,
        };
        Ok(vec![
            one(101, "warranty@contoso.example", Stage::Waiting),
            one(102, "spares@contoso.example", Stage::Approved),
            one(103, "press@contoso.example", Stage::Declined),
        ])
    }
    async fn ask(&self, actor: &Actor, _: MailboxId) -> Answer<()> {
        actor.admin()
    }
    async fn withdraw(&self, actor: &Actor, _: MailboxId) -> Answer<()> {
        actor.admin()
    }
    async fn shown(&self, actor: &Actor, mailbox: MailboxId, text: String) -> Answer<Shown> {
        actor.admin()?;
        if text.is_empty() {
            return Err(Fault::MessageEmpty.into());
        }
        self.page(actor, mailbox).await?.shown.ok_or(Refusal::NotFound)
    }
    async fn answered(&self, answer: Answered) -> Answer<Option<Stage>> {
        Ok(answer.admin_consent.map(|_| if now() > ago(Span::hours(1)) { Stage::Approved } else { Stage::Declined }))
    }
}
