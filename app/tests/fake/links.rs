//! Sign-in links in every state. Tokens: `open`, `named`, `anyone`, `used`, `revoked`, `old`.

use super::{HOSTILE, ago, now};
use async_trait::async_trait;
use domain::console::links::*;
use domain::console::{Actor, Links};
use domain::id::{LinkId, MailboxId, SignInId};
use domain::provider::ProviderKind;
use domain::signin::{CallbackRefusal, LinkEnd, LinkFor, LinkState};
use domain::time::Span;
use domain::{Answer, Diagnosis, Refusal};

pub struct Fake;

fn row(id: i64, who: LinkFor, state: LinkState) -> LinkRow {
    LinkRow {
        id: LinkId(id),
        mailbox: MailboxId(1),
        expected: (who == LinkFor::Same).then(|| "it@contoso.example".into()),
        who,
        email: (id % 2 == 0).then(|| "it@contoso.example".into()),
        not_sent: id == 4,
        by: Some(if id == 5 { HOSTILE.into() } else { "Ada Lindqvist".into() }),
        created_at: ago(Span::hours(id)),
        expires_at: now() + Span::days(6),
        state,
        account: Some("jonas.weber@contoso.example".into()),
        refused: Some(CallbackRefusal::WrongAccount),
    }
}

#[async_trait]
impl Links for Fake {
    async fn offer(&self, actor: &Actor, mailbox: MailboxId) -> Answer<LinkOffer> {
        actor.admin()?;
        Ok(LinkOffer {
            mailbox,
            address: "support@contoso.example".into(),
            provider: ProviderKind::Microsoft,
            provider_short: "Microsoft".into(),
            same: Some("it@contoso.example".into()),
            left: mailbox.0 == 2,
            sent_from: (mailbox.0 != 2).then(|| "desk@litware.example".into()),
            registered: true,
        })
    }
    async fn make(&self, actor: &Actor, _: MailboxId, form: LinkForm) -> Answer<NewLink> {
        actor.admin()?;
        Ok(NewLink {
            url: "https://help.contoso.example/s/token".into(),
            expires_at: now() + Span::days(7),
            sent: form.letter.is_some_and(|letter| letter.text.contains(LINK_PLACE)),
        })
    }
    async fn list(&self, actor: &Actor, _: Option<MailboxId>) -> Answer<Vec<LinkRow>> {
        actor.admin()?;
        let at = ago(Span::minutes(20));
        Ok(vec![
            row(1, LinkFor::Same, LinkState::Made),
            row(2, LinkFor::Same, LinkState::Sent(at)),
            row(3, LinkFor::Anyone, LinkState::Opened(at)),
            row(4, LinkFor::Same, LinkState::Refused(at)),
            row(5, LinkFor::Named(HOSTILE.into()), LinkState::Completed(at)),
            row(6, LinkFor::Anyone, LinkState::Expired(at)),
            row(7, LinkFor::Anyone, LinkState::Ended(LinkEnd::Revoked, at)),
            row(8, LinkFor::Anyone, LinkState::Ended(LinkEnd::Declined, at)),
        ])
    }
    async fn revoke(&self, actor: &Actor, _: LinkId) -> Answer<MailboxId> {
        actor.admin()?;
        Ok(MailboxId(1))
    }
    async fn page(&self, token: String) -> Answer<LinkPage> {
        let who = match token.as_str() {
            "named" => LinkFor::Named(HOSTILE.into()),
            "anyone" => LinkFor::Anyone,
            "open" | "used" | "revoked" | "old" => LinkFor::Same,
            _ => return Err(Refusal::NotFound),
        };
        Ok(LinkPage {
            now: now(),
            desk_name: if token == "named" { HOSTILE.into() } else { "Contoso help desk".into() },
            desk_host: "help.contoso.example".into(),
            asker: Some(("Ada Lindqvist".into(), "ada@contoso.example".into())),
            address: "support@contoso.example".into(),
            provider: ProviderKind::Microsoft,
            provider_name: "Microsoft Office 365".into(),
            provider_short: "Microsoft".into(),
            incoming: true,
            outgoing: true,
            expected: match &who {
                LinkFor::Same => Some("it@contoso.example".into()),
                LinkFor::Named(name) => Some(name.clone()),
                LinkFor::Anyone => None,
            },
            who,
            trouble: Some((Diagnosis::SignInRevoked, ago(Span::hours(3)))),
            expires_at: now() + Span::days(6),
            state: match token.as_str() {
                "used" => LinkState::Completed(ago(Span::hours(1))),
                "revoked" => LinkState::Ended(LinkEnd::Revoked, ago(Span::hours(1))),
                "old" => LinkState::Expired(ago(Span::hours(1))),
                _ => LinkState::Made,
            },
        })
    }
    async fn begin(&self, _: String, _: By) -> Answer<String> {
        Ok("https://login.example/authorize".into())
    }
    async fn decline(&self, _: String) -> Answer<()> {
        Ok(())
    }
    async fn result(&self, _: String, sign_in: SignInId) -> Answer<LinkResult> {
        let refused = match sign_in.0 {
            1 => None,
            2 => Some(CallbackRefusal::WrongAccount),
            3 => Some(CallbackRefusal::CannotOpen),
            _ => return Err(Refusal::NotFound),
        };
        Ok(LinkResult {
            sign_in,
            address: "support@contoso.example".into(),
            provider: ProviderKind::Microsoft,
            provider_short: "Microsoft".into(),
            asker: Some("Ada Lindqvist".into()),
            account: Some(if refused.is_some() { HOSTILE.into() } else { "it@contoso.example".into() }),
            expected: (sign_in.0 != 3).then(|| "it@contoso.example".into()),
            refused,
            said: refused.map(|_| HOSTILE.into()),
            works: true,
            open: refused.is_some(),
        })
    }
}
