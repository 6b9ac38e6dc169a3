//! SMTP. This module and those below it are, with `compose`, the only ones that name lettre.

use crate::Engine;
use crate::login::Access;
use domain::Direction;
use domain::probe::ProbeReport;

/// Checks outgoing mail step by step, up to MAIL FROM; the report names the login that worked.
pub async fn probe(_engine: &Engine, _access: &Access) -> ProbeReport {
    ProbeReport { direction: Direction::Outgoing, steps: vec![], failure: None, backlog: None, transcript: vec![], user: None }
}
