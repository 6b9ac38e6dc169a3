//! One message that a person asked for, from whichever folder it lies in.

use super::ledger::{Hand, Ledger};
use super::pass::Run;
use super::{Broken, Care, Job, large};
use crate::Engine;
use crate::imap::Session;
use crate::store::folders::Row;
use domain::id::{FolderId, SourceId};
use std::collections::BTreeSet;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Single {
    Stored,
    /// It is not there any more.
    Gone,
    /// The server numbered the folder anew meanwhile.
    Renumbered,
}

/// Over this not even a person gets a message. Bytes.
const WHOLE: u64 = 256 << 20;

/// The whole of a message over the size limit: its source. `None`: it is not there any more, was
/// not delivered, or is too large even so.
///
/// # Errors
/// [`Broken`]; nothing was stored then.
pub async fn whole(
    engine: &Engine,
    job: &Job,
    session: &mut Session,
    row: Row,
    uid_validity: u32,
    uid: u32,
) -> Result<Option<SourceId>, Broken> {
    let selected = session.examine(&row.name).await?;
    if selected.uid_validity != uid_validity {
        return Ok(None);
    }
    let Some(one) = session.sizes(&[uid]).await?.into_iter().find(|one| one.uid == uid) else { return Ok(None) };
    let mut care = Care::default();
    let (ledger, hand) = Ledger::open(engine, job, FolderId(row.id), uid_validity, true);
    let mut run = Run::asked(engine, job, session, &mut care, row, uid_validity, hand);
    let fetching = async move { large::on_demand(&mut run, &one, WHOLE).await };
    Ok(ledger.beside(Box::pin(fetching)).await?.0)
}

/// Stores one message; intake makes a ticket of it, whatever its receipt said before.
///
/// # Errors
/// [`Broken`]; nothing was stored then.
pub async fn single(
    engine: &Engine,
    job: &Job,
    session: &mut Session,
    row: Row,
    uid_validity: u32,
    uid: u32,
) -> Result<Single, Broken> {
    let selected = session.examine(&row.name).await?;
    if selected.uid_validity != uid_validity {
        return Ok(Single::Renumbered);
    }
    if session.uids(uid, Some(uid)).await?.is_empty() {
        return Ok(Single::Gone);
    }
    let mut care = Care::default();
    let (ledger, hand) = Ledger::open(engine, job, FolderId(row.id), uid_validity, true);
    let mut run = Run::asked(engine, job, session, &mut care, row, uid_validity, hand);
    let fetching = async move {
        let sizes = run.sizes(&[uid]).await?.unwrap_or_default();
        run.fetch_sized(sizes).await
    };
    let ((), stored) = ledger.beside(Box::pin(fetching)).await?;
    Ok(if stored > 0 { Single::Stored } else { Single::Gone })
}

impl<'a> Run<'a> {
    /// Of messages that a person asked for: the cursor has nothing to do with them.
    fn asked(
        engine: &'a Engine,
        job: &'a Job,
        session: &'a mut Session,
        care: &'a mut Care,
        row: Row,
        uid_validity: u32,
        hand: Hand,
    ) -> Self {
        Self {
            engine,
            job,
            session,
            care,
            folder: FolderId(row.id),
            row,
            uid_validity,
            cursor_held: true,
            open: BTreeSet::new(),
            last: 0,
            missing: 0,
            hand,
        }
    }
}
