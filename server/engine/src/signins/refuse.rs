//! The end of a sign-in that changes nothing, and what every result begins with.

use super::complete::Stopped;
use super::finish::{Candidate, Frame};
use super::{LIFE, repaired};
use crate::Engine;
use crate::clock;
use crate::store::accounts::{self, Row as Account};
use crate::store::mailboxes::{self, Row as Mailbox};
use crate::store::signins::{self, Settled};
use crate::store::{StoreError, grants as grant_rows, sign_in_links};
use domain::console::signins::SignInResult;
use domain::id::AccountId;
use domain::signin::{CallbackRefusal, SignInState};
use domain::{Answer, Refusal};
use futures::future::BoxFuture;

/// Settles a sign-in that changes nothing. A wrong account's grant stays sealed for *adopt*.
pub fn refuse<'a>(
    engine: &'a Engine,
    frame: &'a Frame,
    stopped: &'a Stopped,
    wrong: Option<&'a Candidate>,
) -> BoxFuture<'a, Answer<()>> {
    // Boxed: the compiler loses sight of `Send` across these borrows otherwise.
    let keep = wrong.is_some() && frame.link.is_none();
    Box::pin(write_refusal(engine, frame, stopped, wrong, keep))
}

/// Refuses a sign-in whose tokens nobody will use. They are forgotten, never revoked: at Google that
/// would end every token of the account.
pub async fn drop_it(
    engine: &Engine,
    frame: &Frame,
    candidate: &Candidate,
    refusal: CallbackRefusal,
    said: String,
) -> Answer<()> {
    Box::pin(write_refusal(engine, frame, &Stopped { refusal, said }, Some(candidate), false)).await
}

async fn write_refusal(
    engine: &Engine,
    frame: &Frame,
    stopped: &Stopped,
    candidate: Option<&Candidate>,
    keep: bool,
) -> Answer<()> {
    let mailbox = mailboxes::get(&engine.store, frame.mailbox).await?.ok_or(Refusal::NotFound)?;
    let said = (!stopped.said.is_empty()).then(|| stopped.said.clone());
    let base = result_base(engine, frame, &mailbox, candidate.map(|c| &c.account)).await?;
    // An admin may confirm another account by name; whoever has a link may not.
    let adopt = candidate.filter(|_| keep).map(|c| AccountId(c.account.id));
    let repaired = match stopped.refusal {
        CallbackRefusal::AlreadyRepaired => repaired::after(engine, frame.mailbox, frame.set_out_at).await?,
        _ => None,
    };
    let result = SignInResult { refused: Some(stopped.refusal), said: said.clone(), adopt, repaired, ..base };
    let now = clock::now();
    let settled = Settled {
        state: SignInState::Refused,
        account: candidate.map(|c| c.account.id),
        grant: candidate.filter(|_| keep).map(|c| c.grant),
        refused: Some(stopped.refusal.key()),
        said: said.as_deref(),
        result: json(&result),
        adoptable_until: keep.then(|| now + LIFE),
    };
    signins::settle(engine.store.write(), frame.id, settled).await?;
    if let Some(link) = frame.link {
        let account = candidate.map(|c| c.account.login.as_str());
        sign_in_links::refused(engine.store.write(), link, now, stopped.refusal, account).await?;
        engine.changes.tell(format!("mailbox:{}", frame.mailbox));
        engine.changes.tell("mailboxes");
    }
    // The tokens of a wrong account that came by a link are nobody's.
    if let Some(candidate) = candidate.filter(|_| !keep) {
        grant_rows::remove(engine.store.write(), candidate.grant).await?;
    }
    tracing::info!(sign_in = frame.id.0, mailbox = frame.mailbox.0, refusal = ?stopped.refusal, "a sign-in was refused");
    Ok(())
}

pub async fn result_base(
    engine: &Engine,
    frame: &Frame,
    mailbox: &Mailbox,
    account: Option<&Account>,
) -> Result<SignInResult, StoreError> {
    let provider = engine.providers.view(&mailbox.provider_key);
    let expected = match frame.expected {
        Some(id) => accounts::get(&engine.store, id).await?.map(|a| a.login),
        None => frame.named.clone(),
    };
    Ok(SignInResult {
        id: frame.id,
        mailbox: frame.mailbox,
        mailbox_address: mailbox.address.clone(),
        provider_key: provider.key,
        provider_name: provider.name,
        provider_short: provider.short,
        intent: frame.intent,
        state: SignInState::Refused,
        account: account.map(|a| a.login.clone()),
        expected,
        refused: None,
        said: None,
        directions: Vec::new(),
        backlog: None,
        released: 0,
        also_repaired: Vec::new(),
        not_repaired: Vec::new(),
        repaired: None,
        adopt: None,
    })
}

/// A result as it is kept.
pub fn json(result: &SignInResult) -> String {
    // Plain data of ours: it always serialises.
    serde_json::to_string(result).unwrap_or_default()
}
