//! Sign-in links: whoever has one signs in for a mailbox, without an account here.
//!
//! Invariants: only the hash of a token is kept; looking at a link changes nothing (scanners of
//! mail open links), a button begins; a sign-in that succeeds uses the link up, in the transaction
//! that swaps; what came of it is shown to the browser that signed in and to nobody else.

use super::begin::{Outset, current_account, set_out};
use crate::post::{self, Note};
use crate::store::sign_in_links::{self as rows, Row};
use crate::store::{accounts, directions, mailboxes, people, registrations, settings, signins};
use crate::vault::{token, token_hash};
use crate::{Engine, clock, evidence};
use domain::console::links::*;
use domain::console::signins::SignInResult;
use domain::credential::CredentialKind;
use domain::id::{AccountId, LinkId, MailboxId, PersonId, SignInId};
use domain::mailbox::{MailboxFacts, MailboxState, state};
use domain::refusal::Fault;
use domain::remedy::Remedy;
use domain::signin::{CallbackRefusal, LinkEnd, LinkFor, SignInState};
use domain::time::Span;
use domain::{Address, Answer, Direction, Refusal};

/// How long a link waits for its person.
pub const LIFE: Span = Span::days(7);
/// So many of the newest links are shown.
const SHOWN: u64 = 20;
/// A token is 32 bytes in base64url.
const TOKEN: usize = 43;

/// What the form of a new link can offer.
///
/// # Errors
/// [`Refusal::NotFound`] for a mailbox that is gone.
pub async fn offer(engine: &Engine, mailbox: MailboxId) -> Answer<LinkOffer> {
    let row = mailboxes::get(&engine.store, mailbox).await?.ok_or(Refusal::NotFound)?;
    let facts = facts(engine, mailbox).await?;
    let left = matches!(state(&facts), MailboxState::Needs { remedy: Remedy::AnotherPersonSignsIn, .. });
    let provider_key = provider_key(engine, &row, mailbox).await?;
    Ok(LinkOffer {
        mailbox,
        address: row.address,
        provider: facts.provider,
        provider_short: facts.provider_short,
        same: facts.account.map(|(_, login)| login),
        left,
        sent_from: post::way(engine, mailbox).await?.map(|(_, address)| address.to_string()),
        registered: registrations::default_of(&engine.store, &provider_key).await?.is_some(),
    })
}

/// The provider whose sign-in a mailbox gets: told by host, then by the choice made (R2).
async fn provider_key(engine: &Engine, row: &mailboxes::Row, mailbox: MailboxId) -> Answer<String> {
    let side = directions::get(engine.store.read(), mailbox, Direction::Incoming).await?;
    let host = side.and_then(|side| side.host);
    let entry = host.and_then(|host| engine.providers.by_host(&host));
    Ok(entry.map_or_else(|| row.provider_key.clone(), |entry| entry.key.clone()))
}

async fn facts(engine: &Engine, mailbox: MailboxId) -> Answer<MailboxFacts> {
    let all = evidence::facts(engine).await?;
    all.into_iter().find(|f| f.id == mailbox).ok_or(Refusal::NotFound)
}

/// Makes a link: its address, and the row. `by`: the admin who asks; `None`: the desk by itself.
///
/// # Errors
/// [`Fault::AccountMissing`], [`Fault::AddressMalformed`], [`Fault::RegistrationMissing`].
pub async fn make(
    engine: &Engine,
    mailbox: MailboxId,
    who: LinkFor,
    email: Option<&str>,
    by: Option<PersonId>,
) -> Answer<(LinkId, NewLink)> {
    let row = mailboxes::get(&engine.store, mailbox).await?.ok_or(Refusal::NotFound)?;
    let who = match who {
        LinkFor::Named(name) => {
            LinkFor::Named(Address::parse(&name).map_err(|_| Fault::AccountMissing)?.as_str().to_owned())
        }
        other => other,
    };
    let email = match email {
        Some(text) => Some(Address::parse(text).map_err(|_| Fault::AddressMalformed)?.to_string()),
        None => None,
    };
    let mut sides = Vec::new();
    for direction in Direction::BOTH {
        sides.extend(directions::get(engine.store.read(), mailbox, direction).await?);
    }
    let account = match who {
        LinkFor::Same => {
            let (account, _) = current_account(engine, &sides).await?.ok_or(Fault::AccountMissing)?;
            Some(AccountId(account.id))
        }
        LinkFor::Named(_) | LinkFor::Anyone => None,
    };
    let key = provider_key(engine, &row, mailbox).await?;
    registrations::default_of(&engine.store, &key).await?.ok_or(Fault::RegistrationMissing)?;
    let base = engine.public_address().await?;
    if base.is_empty() {
        return Err(Fault::UrlMalformed.into());
    }
    let (token, now) = (token(), clock::now());
    let new = rows::New {
        token_hash: token_hash(&token),
        mailbox,
        who,
        account,
        email,
        by,
        created_at: now,
        expires_at: now + LIFE,
    };
    let id = rows::add(engine.store.write(), new).await?;
    tracing::info!(link = id.0, mailbox = mailbox.0, "a sign-in link was made");
    engine.changes.tell(format!("mailbox:{mailbox}"));
    engine.changes.tell("mailboxes");
    Ok((id, NewLink { url: format!("{base}/s/{token}"), expires_at: now + LIFE, sent: false }))
}

/// Makes a link and mails it where that was asked. Under 20 s. A mail that does not leave is no
/// error: the admin gets the link to pass on.
///
/// # Errors
/// [`make`]'s.
pub async fn make_and_send(engine: &Engine, by: PersonId, mailbox: MailboxId, form: LinkForm) -> Answer<NewLink> {
    let to = form.letter.as_ref().map(|letter| letter.to.as_str());
    let (id, mut link) = make(engine, mailbox, form.who, to, Some(by)).await?;
    let Some(letter) = form.letter else { return Ok(link) };
    let to = Address::parse(&letter.to).map_err(|_| Fault::AddressMalformed)?;
    let note = Note { to, subject: letter.subject, text: letter.text.replace(LINK_PLACE, &link.url) };
    match post::post(engine, mailbox, &note).await {
        Ok(()) => {
            rows::sent(engine.store.write(), id, clock::now()).await?;
            link.sent = true;
        }
        Err(error) => tracing::warn!(link = id.0, mailbox = mailbox.0, %error, "a sign-in link was not mailed"),
    }
    engine.changes.tell(format!("mailbox:{mailbox}"));
    engine.changes.tell("mailboxes");
    Ok(link)
}

/// The newest links of a mailbox, or of all.
///
/// # Errors
/// The database's.
pub async fn list(engine: &Engine, mailbox: Option<MailboxId>) -> Answer<Vec<LinkRow>> {
    let now = clock::now();
    let mut found = Vec::new();
    for row in rows::list(&engine.store, mailbox, SHOWN).await? {
        found.push(LinkRow {
            id: LinkId(row.id),
            mailbox: MailboxId(row.mailbox_id),
            who: row.who(),
            expected: expected(engine, &row).await?,
            not_sent: row.not_sent,
            by: asker(engine, &row).await?.map(|(name, _)| name),
            created_at: domain::Time(row.created_at),
            expires_at: domain::Time(row.expires_at),
            state: row.state(now),
            refused: row.refused.as_deref().and_then(CallbackRefusal::from_key),
            account: row.account,
            email: row.email,
        });
    }
    Ok(found)
}

async fn expected(engine: &Engine, row: &Row) -> Answer<Option<String>> {
    Ok(match (row.who(), row.account_id) {
        (LinkFor::Named(name), _) => Some(name),
        (LinkFor::Same, Some(id)) => accounts::get(&engine.store, AccountId(id)).await?.map(|a| a.login),
        _ => None,
    })
}

async fn asker(engine: &Engine, row: &Row) -> Answer<Option<(String, String)>> {
    Ok(match row.person_id {
        Some(id) => people::get(engine.store.read(), PersonId(id)).await?.map(|p| (p.name, p.email)),
        None => None,
    })
}

/// Takes a link back.
///
/// # Errors
/// [`Refusal::NotFound`]; one that ended already is left as it is.
pub async fn revoke(engine: &Engine, link: LinkId) -> Answer<MailboxId> {
    let row = rows::get(&engine.store, link).await?.ok_or(Refusal::NotFound)?;
    rows::end(engine.store.write(), link, clock::now(), LinkEnd::Revoked).await?;
    told(engine, &row);
    Ok(MailboxId(row.mailbox_id))
}

fn told(engine: &Engine, row: &Row) {
    engine.changes.tell(format!("mailbox:{}", row.mailbox_id));
    engine.changes.tell("mailboxes");
}

async fn by_token(engine: &Engine, token: &str) -> Answer<Row> {
    if token.len() != TOKEN {
        return Err(Refusal::NotFound);
    }
    rows::by_token(&engine.store, &token_hash(token)).await?.ok_or(Refusal::NotFound)
}

/// What a link asks. Changes nothing.
///
/// # Errors
/// [`Refusal::NotFound`] for a token that never was, or whose mailbox is gone.
pub async fn page(engine: &Engine, token: &str) -> Answer<LinkPage> {
    let row = by_token(engine, token).await?;
    let now = clock::now();
    let facts = facts(engine, MailboxId(row.mailbox_id)).await?;
    let trouble = match state(&facts) {
        MailboxState::Needs { diagnosis, since, .. } => Some((diagnosis, since)),
        _ => None,
    };
    let address = engine.public_address().await?;
    Ok(LinkPage {
        now,
        desk_name: settings::get(&engine.store, settings::DESK_NAME).await?.unwrap_or_else(|| "The help desk".into()),
        desk_host: address.split_once("://").map_or(address.clone(), |(_, host)| host.to_owned()),
        asker: asker(engine, &row).await?,
        address: facts.address.to_string(),
        provider: facts.provider,
        provider_name: facts.provider_name.clone(),
        provider_short: facts.provider_short.clone(),
        incoming: facts.incoming.used,
        outgoing: facts.outgoing.used,
        who: row.who(),
        expected: expected(engine, &row).await?,
        trouble,
        expires_at: domain::Time(row.expires_at),
        state: row.state(now),
    })
}

/// Sets out by a link. `person`s of the desk don't matter here: whoever has the link may.
///
/// # Errors
/// [`Fault::LinkEnded`]; else as [`super::begin`]'s.
pub async fn begin(engine: &Engine, browser: &str, by: By) -> Answer<String> {
    let (row, pick) = match by {
        By::Token(token) => (by_token(engine, &token).await?, false),
        By::Again(sign_in) => (of_try(engine, browser, sign_in).await?.1, true),
    };
    let now = clock::now();
    if !row.state(now).is_open() {
        return Err(Fault::LinkEnded.into());
    }
    let mailbox = MailboxId(row.mailbox_id);
    let facts = facts(engine, mailbox).await?;
    let by_password = Direction::BOTH
        .iter()
        .any(|d| facts.direction(*d).used && facts.direction(*d).credential == Some(CredentialKind::Password));
    let intent = row.who().intent(facts.draft, by_password);
    // Who *anyone* is must be a choice, not the account that the browser happens to hold.
    let pick = pick || row.who() == LinkFor::Anyone;
    let outset = Outset { browser, mailbox, intent, pick, person: None, link: Some(&row) };
    let url = set_out(engine, outset).await?;
    rows::opened(engine.store.write(), LinkId(row.id), now).await?;
    told(engine, &row);
    Ok(url)
}

/// "It was not for me".
///
/// # Errors
/// [`Refusal::NotFound`]; one that ended already is left as it is.
pub async fn decline(engine: &Engine, token: &str) -> Answer<()> {
    let row = by_token(engine, token).await?;
    rows::end(engine.store.write(), LinkId(row.id), clock::now(), LinkEnd::Declined).await?;
    told(engine, &row);
    Ok(())
}

/// A sign-in that this browser made by a link, and the link.
async fn of_try(engine: &Engine, browser: &str, sign_in: SignInId) -> Answer<(signins::Row, Row)> {
    let row = signins::get(&engine.store, sign_in).await?.ok_or(Refusal::NotFound)?;
    let link = row.link_id.filter(|_| row.browser_hash == token_hash(browser)).ok_or(Refusal::NotFound)?;
    let link = rows::get(&engine.store, LinkId(link)).await?.ok_or(Refusal::NotFound)?;
    Ok((row, link))
}

/// What came of a sign-in by a link, for the browser that made it.
///
/// # Errors
/// [`Refusal::NotFound`] for any other browser.
pub async fn result(engine: &Engine, browser: &str, sign_in: SignInId) -> Answer<LinkResult> {
    let (row, link) = of_try(engine, browser, sign_in).await?;
    let mailbox = mailboxes::get(&engine.store, MailboxId(link.mailbox_id)).await?;
    let provider = engine.providers.view(mailbox.as_ref().map_or("", |m| m.provider_key.as_str()));
    let told: Option<SignInResult> = row.result.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let completed = SignInState::from_key(&row.state) == Some(SignInState::Completed);
    let refused = row.refused.as_deref().and_then(CallbackRefusal::from_key);
    let refused = match (completed, refused, &mailbox) {
        (true, ..) => None,
        (false, Some(why), _) => Some(why),
        (false, None, None) => Some(CallbackRefusal::MailboxGone),
        // It never came back in time.
        (false, None, Some(_)) => Some(CallbackRefusal::Stale),
    };
    Ok(LinkResult {
        sign_in,
        address: mailbox.map(|m| m.address).unwrap_or_default(),
        provider: provider.kind,
        provider_short: provider.short,
        asker: asker(engine, &link).await?.map(|(name, _)| name),
        account: told.as_ref().and_then(|r| r.account.clone()),
        expected: expected(engine, &link).await?,
        refused,
        said: told.as_ref().and_then(|r| r.said.clone()),
        works: told.is_some_and(|r| r.directions.iter().all(|d| d.report.ok())),
        open: link.state(clock::now()).is_open(),
    })
}
