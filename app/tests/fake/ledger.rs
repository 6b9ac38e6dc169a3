//! Received messages, what was compared, unreadable mail, and test mails.

use super::{HOSTILE, address, ago};
use async_trait::async_trait;
use domain::console::ledger::*;
use domain::console::quarantine::{Numbers, QuarantinePage, Replayed, Unreadable};
use domain::console::received::{Received, ReceivedPage, Window};
use domain::console::test_mails::{Outcome, TestMail};
use domain::console::{Actor, Forwarders, Ledger, Quarantine, Receipts, TestMails};
use domain::folder::FolderRole;
use domain::id::{FolderId, MailboxId, TicketId};
use domain::ledger::{Gap, Sum};
use domain::receipt::Disposition;
use domain::time::Span;
use domain::{Address, Answer, Diagnosis, Fault, Refusal};

pub struct Fake;

#[async_trait]
impl Receipts for Fake {
    async fn received(&self, actor: &Actor, id: MailboxId, window: Window) -> Answer<ReceivedPage> {
        actor.admin()?;
        if id.0 > 15 {
            return Err(Refusal::NotFound);
        }
        let row = |at: usize, disposition: Disposition| {
            let known = !matches!(disposition, Disposition::Stored | Disposition::Own | Disposition::Ignored);
            let reason = match disposition {
                Disposition::TooLarge => Some("too_large".to_owned()),
                Disposition::Forward => {
                    Some("forwarded by jonas@contoso.example: 2 new tickets, 1 known already".into())
                }
                _ => None,
            };
            Received {
                uid: 47_748 - at as u32,
                arrived_at: ago(Span::minutes(380 * 60 - 7 * at as i64)),
                stored_at: ago(Span::days(13)),
                late: at < 6,
                disposition,
                reason,
                from: known.then(|| if at == 1 { HOSTILE.into() } else { "Hanna Lind".into() }),
                subject: known.then(|| "Which size fits".into()),
                ticket: known.then_some(TicketId(4_100 + at as i64)),
            }
        };
        let all = Disposition::ALL.into_iter().enumerate().map(|(at, d)| row(at, d)).collect();
        let rows = if window.from.is_some_and(|from| from > ago(Span::hours(1))) { vec![] } else { all };
        Ok(ReceivedPage { address: address("support@contoso.example"), rows, more: window.from.is_none() })
    }
}

#[async_trait]
impl TestMails for Fake {
    async fn send(&self, actor: &Actor, mailbox: MailboxId, to: String) -> Answer<TestMail> {
        actor.admin()?;
        Address::parse(&to).map_err(|_| Refusal::Invalid(Fault::RecipientMalformed))?;
        Ok(self.last(actor, mailbox).await?.ok_or(Refusal::NotFound)?)
    }
    async fn acknowledgement(&self, actor: &Actor, mailbox: MailboxId) -> Answer<TestMail> {
        actor.admin()?;
        Ok(self.last(actor, mailbox).await?.ok_or(Refusal::NotFound)?)
    }
    async fn last(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<TestMail>> {
        actor.admin()?;
        let outcome = match mailbox.0 {
            1 => Outcome::NotSent { diagnosis: Diagnosis::SignInRevoked, said: "AADSTS50173".into() },
            5 => Outcome::Refused { diagnosis: Diagnosis::RecipientRefused, said: "550 5.1.1 <b>nobody</b>".into() },
            9 => Outcome::Accepted { server: "smtp.office365.com".into(), said: "250 2.0.0 OK".into() },
            10 => Outcome::Uncertain,
            _ => return Ok(None),
        };
        Ok(Some(TestMail { to: "ada@contoso.example".into(), at: ago(Span::minutes(3)), millis: 812, outcome }))
    }
}

#[async_trait]
impl Forwarders for Fake {
    async fn list(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Vec<Address>> {
        actor.admin()?;
        Ok(if mailbox.0 == 1 { vec![address("kim@partner.example")] } else { vec![] })
    }
    async fn allow(&self, actor: &Actor, _: MailboxId, text: String) -> Answer<()> {
        actor.admin()?;
        Address::parse(&text).map(|_| ()).map_err(|_| Fault::AddressMalformed.into())
    }
    async fn forbid(&self, actor: &Actor, _: MailboxId, _: String) -> Answer<()> {
        actor.admin()
    }
}

#[async_trait]
impl Ledger for Fake {
    async fn page(&self, actor: &Actor, id: MailboxId) -> Answer<LedgerPage> {
        actor.admin()?;
        if id.0 > 15 {
            return Err(Refusal::NotFound);
        }
        let troubled = id.0 == 1;
        let alert = |uid, gap| Alert { folder: "INBOX".into(), uid, gap, found_at: ago(Span::hours(11)) };
        let sum = Sum {
            there: if troubled { 8_416 } else { 8_413 },
            by: vec![(Disposition::Ticket, 8_410), (Disposition::Reply, 2), (Disposition::Automatic, 1)],
            unexplained: if troubled { 3 } else { 0 },
            removed: 12,
            ..Sum::default()
        };
        let report = Report {
            folders: vec![
                FolderSum { name: "INBOX".into(), sum: Some(sum) },
                FolderSum { name: "Orders".into(), sum: None },
            ],
            elsewhere: vec![("Junk".into(), FolderRole::Junk, 61), (HOSTILE.into(), FolderRole::Other, 7)],
        };
        let last = Reconciled { at: ago(Span::hours(11)), by: (!troubled).then(|| "Ada Lindqvist".into()), report };
        let vanished = Vanished {
            folder: "INBOX".into(),
            first: 47_710,
            last: 47_712,
            messages: 3,
            noticed_at: ago(Span::days(2)),
        };
        Ok(LedgerPage {
            address: address("support@contoso.example"),
            now: super::now(),
            last: (id.0 != 10).then_some(last),
            broken_off: troubled.then(|| (ago(Span::hours(1)), format!("NO {HOSTILE}"))),
            asked: (id.0 == 10).then(|| ago(Span::minutes(2))),
            alerts: if troubled {
                vec![alert(47_701, Gap::NoReceipt), alert(47_702, Gap::NoSource), alert(47_703, Gap::NoTicket)]
            } else {
                vec![]
            },
            vanished: if troubled { vec![vanished] } else { vec![] },
            unreadable: u32::from(troubled),
            stays: if id.0 == 10 { vec![("INBOX".into(), "uidplus".into())] } else { vec![] },
            next_at: ago(Span::hours(-13)),
        })
    }
    async fn reconcile(&self, actor: &Actor, _: MailboxId) -> Answer<()> {
        actor.admin()
    }
    async fn look_up(&self, actor: &Actor, _: MailboxId, words: &str) -> Answer<Lookup> {
        actor.admin()?;
        let spot = |folder: &str, uid| Some(Spot { folder: folder.into(), uid_validity: 14, uid });
        let one = |subject: &str, spot, why, ticket: Option<i64>, importable| Found {
            from: "Hanna Lind <hanna@customer.example>".into(),
            subject: subject.into(),
            at: ago(Span::hours(5)),
            spot,
            why,
            ticket: ticket.map(TicketId),
            importable,
        };
        let receipt =
            |disposition, reason: Option<&str>| Why::Receipt { disposition, reason: reason.map(str::to_owned) };
        let automatic = receipt(Disposition::Automatic, Some("an automatic answer that belongs to no ticket"));
        let found = vec![
            one("Which size fits", spot("Junk", 7), Why::NotWatched { role: FolderRole::Junk }, None, true),
            one("The parcel came back", spot("INBOX", 3), Why::BeforeImport, None, true),
            one("Which size fits", None, receipt(Disposition::Reply, None), Some(4_101), false),
            one(HOSTILE, spot("INBOX", 8), automatic, None, true),
            one("", spot("INBOX", 9), receipt(Disposition::Quarantined, Some("the parser gave up on it")), None, false),
        ];
        let found = if words == "nobody" { vec![] } else { found };
        Ok(Lookup { address: address("support@contoso.example"), found, more: false, folders: 9, not_searched: None })
    }
    async fn fetch_whole(&self, _: &Actor, message: domain::id::MessageId) -> Answer<Whole> {
        Ok(if message.0 == 1 { Whole::Here } else { Whole::Not })
    }
    async fn import(&self, actor: &Actor, _: MailboxId, spot: Spot) -> Answer<Imported> {
        actor.admin()?;
        Ok(if spot.uid == 7 { Imported::Ticket(TicketId(4_711)) } else { Imported::Gone })
    }
}

#[async_trait]
impl Quarantine for Fake {
    async fn page(&self, actor: &Actor) -> Answer<QuarantinePage> {
        actor.admin()?;
        let one = |uid, reason: &str, bytes: Option<u64>| Unreadable {
            numbers: Numbers { folder: FolderId(1), uid_validity: 14, uid },
            mailbox: MailboxId(1),
            address: address("support@contoso.example"),
            folder: "INBOX".into(),
            arrived_at: ago(Span::hours(5)),
            tried_at: ago(Span::hours(5)),
            reason: reason.into(),
            bytes,
            beginning: bytes.map(|_| format!("Received: from mx\n{HOSTILE}")).unwrap_or_default(),
            raw: bytes.map(|_| "/files/raw".into()),
        };
        let rows = vec![one(47_702, "the parser gave up on it", Some(48_211)), one(47_690, "unfetchable", None)];
        Ok(QuarantinePage { rows, more: false })
    }
    async fn replay(&self, actor: &Actor, _: Numbers) -> Answer<Replayed> {
        actor.admin()?;
        Ok(Replayed::Still)
    }
    async fn by_hand(&self, actor: &Actor, _: Numbers) -> Answer<TicketId> {
        actor.admin()?;
        Ok(TicketId(4_711))
    }
    async fn set_aside(&self, actor: &Actor, _: Numbers) -> Answer<()> {
        actor.admin()
    }
}
