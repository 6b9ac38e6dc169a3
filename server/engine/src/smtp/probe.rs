//! A check of outgoing mail, step by step, up to MAIL FROM.

use super::finding;
use super::session::Session;
use crate::Engine;
use crate::login::{Access, Fault};
use crate::net::{Steps, note};
use domain::diagnosis::Stage;
use domain::probe::{ProbeReport, Step};
use domain::{Address, Direction};
use tokio::time::Instant;

/// Checks outgoing mail step by step, up to MAIL FROM; the report names the login that worked.
pub async fn probe(engine: &Engine, access: &Access) -> ProbeReport {
    let mut steps = Steps::default();
    let mut report = ProbeReport {
        direction: Direction::Outgoing,
        steps: vec![],
        failure: None,
        backlog: None,
        transcript: vec![],
        user: None,
    };
    match Session::open(&engine.net, access, &mut steps).await {
        Ok(mut session) => {
            report.user = Some(session.user.clone());
            let began = Instant::now();
            let checked = check_sender(&mut session, &access.address).await;
            note(&mut steps, Step::Sender, began, &checked);
            report.failure = checked.err().map(|fault| fault.failure());
            report.transcript = session.transcript();
            session.close().await;
        }
        Err(not_opened) => {
            report.failure = Some(access.exact(not_opened.fault).failure());
            report.transcript = not_opened.transcript;
        }
    }
    report.steps = steps;
    report
}

/// Whether the server takes this sender: MAIL FROM, then RSET. At Exchange a missing *Send As*
/// shows only after DATA, so a yes here does not prove it.
///
/// # Errors
/// The server's refusal, or the link's end.
pub(crate) async fn check_sender(session: &mut Session, address: &Address) -> Result<String, Fault> {
    let reply = session.sender(address, vec![]).await.map_err(|lost| finding::of_lost(&lost))?;
    if !reply.is_positive() {
        return Err(session.fault(Stage::Sender, &reply));
    }
    session.reset().await.map_err(|lost| finding::of_lost(&lost))?;
    Ok(reply.text())
}
