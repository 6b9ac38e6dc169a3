//! Tickets and the outbox, so that their pages can be looked at beside the others.

use super::{HOSTILE, address, ago, now};
use async_trait::async_trait;
use domain::console::outbox::{DeliveryLine, Newer, OutboxPage, OutboxRow, Queue, Told, Verdict, WaitingReply};
use domain::console::tickets::{
    Draft, DraftForm, EarlierTicket, File, MessageView, NewTicketForm, ReplyForm, TicketFilter, TicketList, TicketPage,
    TicketRow, Upload, Way,
};
use domain::console::{Actor, Outbox, Tickets};
use domain::id::{AttachmentId, DeliveryId, MailboxId, MessageId, PersonId, TicketId, UploadId};
use domain::outbox::DeliveryState;
use domain::ticket::{MessageKind, TicketStatus};
use domain::time::Span;
use domain::{Answer, Diagnosis, Fault, Refusal};

pub struct Fake(pub super::Scene);

fn line(id: i64, state: DeliveryState, held: bool) -> DeliveryLine {
    DeliveryLine {
        id: DeliveryId(id),
        state,
        held: held.then(|| (ago(Span::hours(3)), Diagnosis::SignInRevoked)),
        look: id == 6,
        at: ago(Span::minutes(41)),
        next_at: None,
        attempts: 1,
        server: Some("mx.litware.example".into()),
        refused: if state == DeliveryState::Refused {
            vec![("nobody@litware.example".into(), "550 5.1.1 no such user".into())]
        } else {
            vec![]
        },
        recipients: 1,
        said: None,
    }
}

fn row(id: i64, subject: &str, who: &str, held: bool, unread: bool) -> TicketRow {
    TicketRow {
        id: TicketId(id),
        subject: subject.into(),
        requester: who.into(),
        requester_address: "maria.keller@adatum.example".into(),
        mailbox: Some(address("support@contoso.example")),
        status: TicketStatus::Open,
        assignee: held.then(|| "Ada Lindqvist".into()),
        held_since: held.then(|| ago(Span::hours(3))),
        reply_trouble: id == 4102,
        unread,
        updated_at: ago(Span::minutes((4140 - id) * 17)),
        excerpt: None,
    }
}

fn message(id: i64, kind: MessageKind, author: &str, text: &str) -> MessageView {
    MessageView {
        id: MessageId(id),
        kind,
        author: author.into(),
        from: Some("hanna@litware.example".into()),
        to: vec!["support@contoso.example".into()],
        cc: vec![],
        at: ago(Span::minutes(400 - id * 40)),
        text: text.into(),
        quoted: None,
        html_url: None,
        html_with_images_url: None,
        remote_images: 0,
        files: vec![],
        way: None,
        shortened: false,
        delivery: None,
    }
}

/// Every kind of message and every state of a reply, and nothing to send from.
fn every_state(id: TicketId) -> TicketPage {
    let reply = |n: i64, state: DeliveryState, change: fn(&mut DeliveryLine)| {
        let mut reply =
            message(n, MessageKind::Reply, "Jonas Weber", "Hello Hanna,\n\nplease see https://contoso.example/t40.");
        let mut line = line(n, state, false);
        line.refused.clear();
        change(&mut line);
        reply.delivery = Some(line);
        reply
    };
    let mut pictures = message(1, MessageKind::Incoming, "newsletter@wingtip.example", "");
    pictures.html_url = Some("/style/favicon.svg".into());
    pictures.remote_images = 1;
    TicketPage {
        now: now(),
        id,
        subject:
            "A long subject that nobody shortened: Re: Fwd: Replacement part for the T-40 of 12 October, second try"
                .into(),
        status: TicketStatus::Closed,
        requester: "ingrid.dahl@wingtip.example".into(),
        requester_address: "ingrid.dahl@wingtip.example".into(),
        mailbox: None,
        assignee: None,
        agents: vec![(PersonId(1), "Ada Lindqvist".into())],
        created_at: ago(Span::days(30)),
        messages: vec![
            pictures,
            message(2, MessageKind::Note, "Ada Lindqvist", "She is our oldest customer. Be quick."),
            message(3, MessageKind::Outside, "Jonas Weber", "Answered from my phone."),
            message(4, MessageKind::Automatic, "Ingrid Dahl", "I am away until Monday."),
            message(5, MessageKind::Bounce, "Mail Delivery System", "The mailbox is full."),
            reply(6, DeliveryState::Sent, |l| {
                l.recipients = 3;
                l.refused = vec![("old@wingtip.example".into(), "550 5.1.1 <old@wingtip.example> no such user".into())];
            }),
            reply(7, DeliveryState::Waiting, |l| l.attempts = 0),
            reply(8, DeliveryState::Waiting, |l| {
                l.attempts = 3;
                l.next_at = Some(now() + Span::minutes(4));
                l.said = Some("451 4.7.1 Greylisted, try again later".into());
            }),
            reply(9, DeliveryState::HandingOver, |_| {}),
            reply(10, DeliveryState::Uncertain, |l| l.said = Some("connection reset by peer".into())),
            reply(11, DeliveryState::Refused, |l| {
                l.refused = vec![("ingrid.dahl@wingtip.example".into(), "552 5.2.2 mailbox full".into())];
            }),
            reply(12, DeliveryState::Cancelled, |_| {}),
        ],
        first_new: None,
        newest: Some(MessageId(5)),
        earlier: vec![],
        draft: Draft::default(),
        reply_from: None,
        reply_to: String::new(),
        reply_all_cc: String::new(),
        held_since: None,
        no_outgoing: true,
    }
}

#[async_trait]
impl Tickets for Fake {
    async fn list(&self, _: &Actor, filter: TicketFilter) -> Answer<TicketList> {
        let mut rows = vec![
            row(4131, "Invoice 2026-1107 was charged twice", "Maria Keller, Adatum", false, true),
            row(4130, "Where is my return label?", "Tunde Okafor", false, true),
            row(4118, "Sensor reads 0 after the update", "Hanna Virtanen, Litware", true, false),
            row(4102, "Re: Replacement part for the T-40", "Ingrid Dahl, Wingtip Toys", false, false),
            row(4099, HOSTILE, HOSTILE, false, false),
        ];
        rows[1].mailbox = Some(address("returns@contoso.example"));
        rows[2].assignee = Some("Jonas Weber".into());
        if let Some(status) = filter.status {
            rows.iter_mut().for_each(|r| r.status = status);
        }
        if !filter.words.is_empty() {
            rows.retain(|r| r.subject.to_lowercase().contains(&filter.words.to_lowercase()));
            for row in &mut rows {
                row.excerpt =
                    Some(format!("… two of our T-40 sensors report 0.0, see {HOSTILE} about {} …", filter.words));
            }
        }
        if self.0.empty || filter.status == Some(TicketStatus::Waiting) {
            rows.clear();
        }
        let cursor = (!rows.is_empty() && filter.after.is_none()).then(|| "1.2".to_owned());
        Ok(TicketList { now: now(), rows, open: 23, waiting: 11, closed: 4_108, cursor })
    }
    async fn show(&self, _: &Actor, id: TicketId) -> Answer<TicketPage> {
        if id.0 < 4_000 {
            return Err(Refusal::NotFound);
        }
        let mut ours = message(2, MessageKind::Reply, "Ada Lindqvist", "Thank you, we are looking into it.");
        ours.delivery = Some(line(1, DeliveryState::Sent, false));
        let mut held = message(4, MessageKind::Reply, "Ada Lindqvist", "Please try version 4.2.1.");
        held.delivery = Some(line(2, DeliveryState::Waiting, true));
        let mut first = message(
            1,
            MessageKind::Incoming,
            "Hanna Virtanen",
            "Hello,\n\nsince the update the sensor reads 0.\n\nHanna",
        );
        first.remote_images = 2;
        first.files = vec![File {
            id: AttachmentId(1),
            name: "sensor-log.txt".into(),
            mime: "text/plain".into(),
            bytes: 48_211,
            url: "/files/x".into(),
        }];
        first.html_url = Some("/style/favicon.svg".into());
        first.html_with_images_url = Some("/style/favicon.svg?images".into());
        first.quoted = Some("On 23 Nov support@contoso.example wrote:\nWhich firmware is it?".into());
        let mut hostile = message(3, MessageKind::Incoming, HOSTILE, HOSTILE);
        hostile.way = Some(Way::PossibleReply { ticket: TicketId(4_102) });
        if id.0 == 4117 {
            return Ok(every_state(id));
        }
        Ok(TicketPage {
            now: now(),
            id,
            subject: if id.0 == 4099 { HOSTILE.into() } else { "Sensor reads 0 after the update".into() },
            status: TicketStatus::Open,
            requester: "Hanna Virtanen".into(),
            requester_address: "hanna@litware.example".into(),
            mailbox: Some((MailboxId(1), address("support@contoso.example"))),
            assignee: Some((PersonId(1), "Ada Lindqvist".into())),
            agents: vec![(PersonId(1), "Ada Lindqvist".into()), (PersonId(2), "Jonas Weber".into())],
            created_at: ago(Span::hours(7)),
            messages: vec![first, ours, hostile, held],
            first_new: None,
            newest: Some(MessageId(4)),
            earlier: vec![EarlierTicket {
                id: TicketId(4011),
                subject: "Calibration".into(),
                status: TicketStatus::Closed,
                at: ago(Span::days(40)),
            }],
            draft: Draft {
                text: if id.0 == 4099 { HOSTILE.into() } else { "Hello Hanna,\n\nthe file is".into() },
                uploads: vec![Upload { id: UploadId(1), name: "t40-recovery-4.1.9.img".into(), bytes: 4_200_000 }],
                kept_at: Some(ago(Span::minutes(3))),
                ..Draft::default()
            },
            reply_from: Some(address("support@contoso.example")),
            reply_to: "hanna@litware.example".into(),
            reply_all_cc: "it@litware.example, lab@litware.example".into(),
            held_since: Some(ago(Span::hours(3))),
            no_outgoing: false,
        })
    }
    async fn reply(&self, _: &Actor, form: ReplyForm) -> Answer<MessageId> {
        if form.text.trim().is_empty() { Err(Fault::MessageEmpty.into()) } else { Ok(MessageId(5)) }
    }
    async fn create(&self, _: &Actor, _: NewTicketForm) -> Answer<TicketId> {
        Ok(TicketId(4132))
    }
    async fn new_draft(&self, _: &Actor) -> Answer<Draft> {
        let upload = Upload { id: UploadId(9), name: "offer.pdf".into(), bytes: 48_211 };
        Ok(Draft {
            text: format!("Half a {HOSTILE}"),
            to: "hanna@litware.example".into(),
            subject: "An offer".into(),
            uploads: vec![upload],
            kept_at: Some(ago(Span::minutes(3))),
            ..Draft::default()
        })
    }
    async fn keep_draft(&self, _: &Actor, _: DraftForm) -> Answer<()> {
        Ok(())
    }
    async fn set_status(&self, _: &Actor, _: TicketId, _: TicketStatus) -> Answer<()> {
        Ok(())
    }
    async fn assign(&self, _: &Actor, _: TicketId, _: Option<PersonId>) -> Answer<()> {
        Ok(())
    }
    async fn move_message(&self, _: &Actor, _: MessageId, to: TicketId) -> Answer<TicketId> {
        if to.0 < 4_000 { Err(Fault::TicketMissing.into()) } else { Ok(TicketId(4_118)) }
    }
    async fn drop_upload(&self, _: &Actor, _: TicketId, _: UploadId) -> Answer<()> {
        Ok(())
    }
}

#[async_trait]
impl Outbox for Fake {
    async fn page(&self, _: &Actor) -> Answer<OutboxPage> {
        let row = |id, state, held, subject: &str| OutboxRow {
            queue: (id == 7).then(|| Queue {
                ahead: 64,
                per_minute: Some(30),
                leaves_at: Some(now() + Span::minutes(2)),
            }),
            line: line(id, state, held),
            ticket: TicketId(4_100 + id),
            subject: subject.into(),
            to: vec!["hanna@litware.example".into()],
            mailbox: Some((MailboxId(1), address("support@contoso.example"))),
            author: "Ada Lindqvist".into(),
            written_at: ago(Span::minutes(50)),
        };
        Ok(OutboxPage {
            now: now(),
            rows: vec![
                row(3, DeliveryState::Uncertain, false, "Re: Replacement part for the T-40"),
                row(4, DeliveryState::Refused, false, "Re: Change of our billing address"),
                row(6, DeliveryState::Waiting, false, "Re: Spare parts for the old series"),
                row(2, DeliveryState::Waiting, true, "Re: Sensor reads 0 after the update"),
                row(5, DeliveryState::Sending, false, HOSTILE),
                row(7, DeliveryState::Waiting, false, "Re: Delivery note"),
                row(1, DeliveryState::Sent, false, "Re: Calibration"),
            ]
            .into_iter()
            .filter(|_| !self.0.empty)
            .collect(),
        })
    }
    async fn waiting(&self, actor: &Actor, id: DeliveryId) -> Answer<WaitingReply> {
        let row = self.page(actor).await?.rows.into_iter().find(|row| row.line.id == id);
        let row = row.filter(|row| row.line.state == DeliveryState::Waiting).ok_or(Refusal::NotFound)?;
        let newer = Newer {
            author: "Hanna Virtanen".into(),
            at: ago(Span::hours(2)),
            text: "It works again, thank you.".into(),
        };
        Ok(WaitingReply {
            newer: if row.line.look { vec![newer] } else { Vec::new() },
            row,
            text: format!("The part left today.\n\n{HOSTILE}"),
            files: Vec::new(),
            through: vec![(MailboxId(2), address("hello@litware.example"))],
        })
    }
    async fn release(&self, _: &Actor, _: DeliveryId) -> Answer<()> {
        Ok(())
    }
    async fn send_through(&self, _: &Actor, _: DeliveryId, mailbox: MailboxId) -> Answer<()> {
        if mailbox == MailboxId(2) { Ok(()) } else { Err(Fault::NobodySends.into()) }
    }
    async fn settle(&self, _: &Actor, _: DeliveryId, _: Verdict) -> Answer<()> {
        Ok(())
    }
    async fn cancel(&self, _: &Actor, _: DeliveryId) -> Answer<TicketId> {
        Ok(TicketId(4118))
    }
    async fn retry(&self, _: &Actor, _: DeliveryId) -> Answer<()> {
        Ok(())
    }
    async fn told(&self, _: &Actor, _: MailboxId) -> Answer<Told> {
        Ok(Told { at: Some(ago(Span::hours(3))), by: None, again_at: None })
    }
    async fn tell_admins(&self, _: &Actor, _: DeliveryId) -> Answer<()> {
        Ok(())
    }
}
