//! What the page of notices shows.

use crate::notify;
use crate::store::notice_way;
use crate::store::notices::{self as rows, Delivery, Row};
use crate::store::people;
use crate::{Engine, clock, evidence};
use domain::console::notices::*;
use domain::console::people::Actor;
use domain::direction::State;
use domain::id::PersonId;
use domain::notice::Content;
use domain::{Address, Answer, Direction, Time};
use std::collections::HashMap;

/// Deliveries shown.
const SHOWN: u64 = 40;

pub async fn page(engine: &Engine, actor: &Actor) -> Answer<NoticesPage> {
    let now = clock::now();
    let settings = notice_way::get(&engine.store).await?;
    let facts = evidence::facts(engine).await?;
    let people = people::all(&engine.store).await?;
    let newest = rows::newest(&engine.store, SHOWN).await?;
    let not_told = notify::ids(&settings.not_told);
    let at_work = || facts.iter().filter(|f| !f.draft);
    let untold =
        at_work().filter(|f| notify::ways(&settings, &facts, &[f.id]).is_empty()).map(|f| f.address.clone()).collect();
    let names: HashMap<i64, String> = people.iter().map(|p| (p.id, p.name.clone())).collect();
    let quiets = rows::quiets(engine.store.read()).await?;
    Ok(NoticesPage {
        now,
        smtp: notify::endpoint(&settings).map(|endpoint| SystemSmtp {
            endpoint,
            user: settings.user_name.clone().unwrap_or_default(),
            from: settings.from_address.clone().unwrap_or_default(),
        }),
        ways: at_work()
            .filter(|f| f.outgoing.used)
            .map(|f| Way {
                mailbox: f.id,
                address: f.address.clone(),
                works: matches!(f.state_of(Direction::Outgoing), State::Works),
                chosen: settings.mailbox_id == Some(f.id.0),
            })
            .collect(),
        webhook: settings.webhook_url.clone().map(|url| webhook(url, &newest)),
        admins: people
            .iter()
            .filter(|p| p.role == "admin" && p.disabled_at.is_none())
            .map(|p| Told {
                person: PersonId(p.id),
                name: p.name.clone(),
                email: p.email.clone(),
                told: !not_told.contains(&p.id),
            })
            .collect(),
        more: settings.more_addresses.split_whitespace().map(str::to_owned).collect(),
        tell_owner: settings.tell_owner,
        untold,
        open: open(&rows::open(&engine.store).await?, &quiets, actor, &names, now),
        sent: newest.iter().filter_map(|(delivery, notice)| line(delivery, notice)).collect(),
    })
}

/// The newest step of every subject.
fn open(
    open: &[Row],
    quiets: &[rows::Quiet],
    actor: &Actor,
    names: &HashMap<i64, String>,
    now: Time,
) -> Vec<OpenNotice> {
    let mut found: Vec<OpenNotice> = Vec::new();
    for row in open.iter().rev() {
        let Ok(content) = serde_json::from_str::<Content>(&row.content) else { continue };
        if found.iter().any(|notice| notice.subject == row.subject) {
            continue;
        }
        let same = || quiets.iter().filter(|q| q.subject == row.subject && q.step == row.step);
        let mine = same()
            .find(|q| notify::is_quiet(q, actor.person, &row.subject, &row.step, now))
            .and_then(|q| Some((Quiet::from_key(&q.kind)?, q.until_at.map(Time))));
        let seen_by = same()
            .filter(|q| q.person_id != actor.person.0 && q.kind == Quiet::Acknowledged.key())
            .filter_map(|q| names.get(&q.person_id).cloned())
            .collect();
        found.push(OpenNotice {
            subject: row.subject.clone(),
            event: content.event,
            mailboxes: addresses(content.mailboxes),
            provider_short: content.provider_short,
            made_at: Time(row.made_at),
            mine,
            seen_by,
        });
    }
    found
}

fn addresses(mailboxes: Vec<(domain::id::MailboxId, Address)>) -> Vec<Address> {
    mailboxes.into_iter().map(|(_, address)| address).collect()
}

/// Its health follows from what became of the newest posts.
fn webhook(url: String, newest: &[(Delivery, Row)]) -> Webhook {
    let posts = || newest.iter().map(|(d, _)| d).filter(|d| d.channel == rows::WEBHOOK && d.recipient == url);
    let failing = posts()
        .find(|d| d.attempts > 0)
        .filter(|d| d.state != rows::SENT && d.state != rows::DROPPED)
        .and_then(|d| Some((Time(d.state_at), d.said.clone()?)));
    let delivered_at = posts().find(|d| d.state == rows::SENT).map(|d| Time(d.state_at));
    Webhook { url, failing, delivered_at }
}

fn line(delivery: &Delivery, notice: &Row) -> Option<SentLine> {
    let content: Content = serde_json::from_str(&notice.content).ok()?;
    let progress = match delivery.state.as_str() {
        rows::WAITING => Progress::Waiting,
        rows::SENDING | rows::HANDING_OVER => Progress::Sending,
        rows::SENT => Progress::Sent,
        rows::UNCERTAIN => Progress::Uncertain,
        rows::DROPPED => Progress::Dropped,
        _ => Progress::Failed,
    };
    Some(SentLine {
        at: Time(delivery.state_at),
        event: content.event,
        provider_short: content.provider_short,
        mailboxes: addresses(content.mailboxes),
        recipient: delivery.recipient.clone(),
        audience: notify::audience_of(delivery),
        progress,
        via: delivery.via.clone(),
        said: delivery.said.clone(),
    })
}
