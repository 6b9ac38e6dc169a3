//! A check of incoming mail, step by step, as the mailbox's page shows it.

use super::login::{CHECK, Shown, open_shown};
use crate::Engine;
use crate::login::{Access, Fault};
use crate::net::{Deadlines, finding, note};
use domain::probe::{ProbeReport, Step};
use domain::{Diagnosis, Direction};
use tokio::time::{Instant, timeout};

/// Checks incoming mail up to opening the folder; the report names the login that worked.
pub async fn probe(engine: &Engine, access: &Access, folder: &str) -> ProbeReport {
    let mut shown = Shown::default();
    let done = timeout(CHECK, steps(engine, access, folder, &mut shown)).await.unwrap_or_else(|_| {
        let said = format!("the check took more than {} s", CHECK.as_secs());
        Err(Fault { finding: finding(Diagnosis::TimedOut), said })
    });
    let (found, failure) = match done {
        Ok(found) => (Some(found), None),
        Err(fault) => (None, Some(access.exact(fault).failure())),
    };
    // With STARTTLS the greeting comes before TLS; it is shown in the usual order.
    shown.steps.sort_by_key(|s| s.step);
    let (user, backlog) = found.map_or((None, None), |(user, exists)| (Some(user), Some(u64::from(exists))));
    ProbeReport {
        direction: Direction::Incoming,
        steps: shown.steps,
        failure,
        backlog,
        transcript: shown.transcript,
        user,
    }
}

async fn steps(engine: &Engine, access: &Access, folder: &str, shown: &mut Shown) -> Result<(String, u32), Fault> {
    let mut session = open_shown(engine, access, &Deadlines::check(), shown).await?;
    let began = Instant::now();
    // Exchange accepts a sign-in to a mailbox that it then does not open: this is the proof.
    let opened = session.examine(folder).await;
    let shown_as = opened.as_ref().map_err(Clone::clone).map(|s| format!("{} messages", s.exists));
    note(&mut shown.steps, Step::Folder, began, &shown_as);
    shown.transcript = session.lines();
    let user = session.user.clone();
    session.logout().await;
    Ok((user, opened?.exists))
}
