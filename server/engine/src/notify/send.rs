//! Deliveries leave, each once.

use super::{link, ways, webhook};
use crate::compose::notice::{Notice, notice};
use crate::net::Steps;
use crate::smtp::{Mail, RecipientAnswer, Session};
use crate::store::notice_way::{self, Row as Ways};
use crate::store::notices::{self as rows, Delivery, Row, Turn};
use crate::store::{StoreError, settings};
use crate::{Engine, clock, directions, evidence};
use domain::mailbox::MailboxFacts;
use domain::notice::{Audience, Content, Letter, Sheet};
use domain::{Address, Time, backoff};
use futures::StreamExt as _;
use std::time::Duration;

/// Deliveries under way at a time.
const ABREAST: usize = 4;
/// A webhook or a server that refuses for now is tried so often; two hours apart in the end.
const TRIES: i64 = 16;
/// While nobody can be told, a way out is looked for this often.
const NO_WAY: domain::time::Span = domain::time::Span::minutes(1);

/// What all deliveries of one turn share.
struct Turns<'a> {
    engine: &'a Engine,
    ways: Ways,
    facts: Vec<MailboxFacts>,
    desk_name: String,
    address: String,
}

/// What became of one attempt.
enum After {
    Sent {
        via: String,
        said: Option<String>,
    },
    /// Perhaps it went.
    Uncertain {
        via: String,
        said: String,
    },
    Failed(String),
    Later {
        said: String,
        no_way: bool,
    },
}

/// Sends what is due; says how long nothing will be.
pub async fn due(engine: &Engine) -> Result<Duration, StoreError> {
    let due = rows::due(&engine.store, clock::now()).await?;
    if !due.is_empty() {
        let turns = Turns {
            engine,
            ways: notice_way::get(&engine.store).await?,
            facts: evidence::facts(engine).await?,
            desk_name: settings::get(&engine.store, settings::DESK_NAME).await?.unwrap_or_default(),
            address: engine.public_address().await?,
        };
        let turns = &turns;
        futures::stream::iter(due)
            .for_each_concurrent(ABREAST, |(delivery, notice)| async move {
                if let Err(error) = turns.one(&delivery, &notice).await {
                    tracing::error!(delivery = delivery.id, %error, "a notice's delivery can't be written down");
                }
            })
            .await;
        engine.changes.tell("notices");
    }
    let next = rows::next_due(&engine.store).await?;
    let wait = next.map_or(3_600_000, |at| at.since(clock::now()).0);
    Ok(Duration::from_millis(u64::try_from(wait).unwrap_or(0).max(250)))
}

impl Turns<'_> {
    async fn one(&self, delivery: &Delivery, notice: &Row) -> Result<(), StoreError> {
        let (store, owner) = (&self.engine.store, &self.engine.notify.owner);
        let Ok(content) = serde_json::from_str::<Content>(&notice.content) else {
            if rows::claim(store, delivery.id, owner, clock::now()).await? {
                self.settle(delivery, After::Failed("the notice can't be read".into())).await?;
            }
            return Ok(());
        };
        let audience = super::audience_of(delivery);
        if !rows::claim(store, delivery.id, owner, clock::now()).await? {
            return Ok(());
        }
        let after = match audience {
            None => self.post(delivery, notice, &content).await,
            Some(audience) => self.mail(delivery, notice, &content, audience).await?,
        };
        let Some(after) = after else { return Ok(()) };
        self.settle(delivery, after).await
    }

    async fn settle(&self, delivery: &Delivery, after: After) -> Result<(), StoreError> {
        let now = clock::now();
        let tries = delivery.attempts + 1;
        let (state, via, said, due_at) = match after {
            After::Sent { via, said } => (rows::SENT, Some(via), said, None),
            After::Uncertain { via, said } => (rows::UNCERTAIN, Some(via), Some(said), None),
            After::Failed(said) => (rows::FAILED, None, Some(said), None),
            After::Later { said, no_way: true } => (rows::WAITING, None, Some(said), Some(now + NO_WAY)),
            After::Later { said, .. } if tries >= TRIES => (rows::FAILED, None, Some(said), None),
            After::Later { said, .. } => {
                let pause = backoff::OUTBOX.pause(u32::try_from(tries).unwrap_or(u32::MAX), rand::random());
                (rows::WAITING, None, Some(said), Some(now + pause))
            }
        };
        tracing::info!(delivery = delivery.id, state, "a notice's delivery");
        let turn = Turn { state, via: via.as_deref(), said: said.as_deref(), due_at };
        rows::turn(&self.engine.store, delivery.id, &self.engine.notify.owner, &turn, now).await?;
        Ok(())
    }

    /// The notice in words for somebody; `None` while nobody gave us any.
    fn letter(&self, content: &Content, to: Audience, sign_in_link: Option<&str>) -> Option<Letter> {
        let (desk_name, public_address) = (&*self.desk_name, &*self.address);
        let sheet = Sheet { to, desk_name, public_address, sign_in_link, now: clock::now() };
        self.engine.notify.letter(content, &sheet)
    }

    async fn post(&self, delivery: &Delivery, notice: &Row, content: &Content) -> Option<After> {
        let via = "webhook".to_owned();
        let Some(letter) = &self.letter(content, Audience::Admin, None) else {
            return Some(After::Later { said: "it has no words yet".into(), no_way: true });
        };
        // Where it went meanwhile: a webhook that was taken away, or moved, gets nothing more.
        if self.ways.webhook_url.as_deref() != Some(&delivery.recipient) {
            return Some(After::Failed("this webhook is not set any more".into()));
        }
        let told = webhook::Told { delivery, made_at: Time(notice.made_at), content, letter, address: &self.address };
        Some(match webhook::post(self.engine, &self.ways, &told).await {
            Ok(said) => After::Sent { via, said: Some(said) },
            Err(said) => After::Later { said, no_way: false },
        })
    }

    /// By the first way that opens.
    async fn mail(
        &self,
        delivery: &Delivery,
        row: &Row,
        content: &Content,
        audience: Audience,
    ) -> Result<Option<After>, StoreError> {
        let Ok(to) = Address::parse(&delivery.recipient) else {
            return Ok(Some(After::Failed("this is no address".into())));
        };
        let trouble: Vec<_> = content.mailboxes.iter().map(|(id, _)| *id).collect();
        let mut said = "Nobody can be told by email: no other way out works.".to_owned();
        let mut no_way = true;
        let mut refused = None;
        let mut sign_in_link: Option<String> = None;
        for way in ways::ways(&self.ways, &self.facts, &trouble) {
            let Some((access, from)) = ways::access(self.engine, &way, &self.ways).await? else { continue };
            let via = match way {
                ways::Way::System => access.endpoint.host.clone(),
                ways::Way::Mailbox(_) => from.to_string(),
            };
            let _seat = self.engine.net.seats().take(&directions::place(self.engine, &access)).await;
            let mut session = match Session::open(&self.engine.net, &access, &mut Steps::new()).await {
                Ok(session) => session,
                Err(not_opened) => {
                    (said, no_way) = (not_opened.fault.said, false);
                    continue;
                }
            };
            // A link is made when there is a way for it: it is a secret with a life of its own.
            if audience == Audience::Owner && sign_in_link.is_none() {
                sign_in_link = link::for_owner(self.engine, content, &to).await;
            }
            let Some(letter) = self.letter(content, audience, sign_in_link.as_deref()) else {
                return Ok(Some(After::Later { said: "it has no words yet".into(), no_way: true }));
            };
            let composed = notice(&Notice {
                from_name: &self.desk_name,
                from: &from,
                to: &to,
                subject: &letter.subject,
                text: &letter.text,
                header_id: &delivery.header_id,
                at: Time(row.made_at),
            });
            let bytes = match composed {
                Ok(bytes) => bytes,
                Err(error) => return Ok(Some(After::Failed(error.to_string()))),
            };
            let recipients = [to.clone()];
            let mail = Mail { from: &from, recipients: &recipients, message: &bytes };
            match self.transact(delivery, &mut session, &mail, &via).await? {
                Some(After::Later { said: why, .. }) => (said, no_way) = (why, false),
                // One server's word on this recipient: another way may be open.
                Some(After::Failed(why)) => refused = Some(why),
                after => {
                    session.close().await;
                    return Ok(after);
                }
            }
            session.close().await;
        }
        Ok(Some(match refused {
            Some(why) if no_way => After::Failed(why),
            _ => After::Later { said, no_way },
        }))
    }

    /// One transaction; *handing over* stands in the row before the message goes.
    async fn transact(
        &self,
        delivery: &Delivery,
        session: &mut Session,
        mail: &Mail<'_>,
        via: &str,
    ) -> Result<Option<After>, StoreError> {
        match session.begin(mail).await {
            Ok(answers) => match answers.into_iter().next() {
                Some(RecipientAnswer::Accepted) => {}
                Some(RecipientAnswer::Refused(said)) => return Ok(Some(After::Failed(said))),
                Some(RecipientAnswer::Later(said)) => return Ok(Some(After::Later { said, no_way: false })),
                None => return Ok(Some(After::Failed("no recipient".into()))),
            },
            Err(refused) => return Ok(Some(After::Later { said: refused.to_string(), no_way: false })),
        }
        if let Err(refused) = session.data().await {
            return Ok(Some(After::Later { said: refused.to_string(), no_way: false }));
        }
        let turn = Turn { state: rows::HANDING_OVER, via: Some(via), said: None, due_at: None };
        if !rows::turn(&self.engine.store, delivery.id, &self.engine.notify.owner, &turn, clock::now()).await? {
            // Not ours any more: the session is dropped in DATA, which sends nothing.
            return Ok(None);
        }
        let via = via.to_owned();
        Ok(Some(match session.hand_over(mail.message).await {
            Ok(reply) if reply.is_positive() => After::Sent { via, said: Some(reply.text()) },
            Ok(reply) if reply.is_passing() => After::Later { said: reply.text(), no_way: false },
            Ok(reply) => After::Failed(reply.text()),
            Err(lost) => After::Uncertain { via, said: lost.to_string() },
        }))
    }
}
