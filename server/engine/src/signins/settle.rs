//! What becomes of a direction after its probe. Pure.

use crate::evidence;
use crate::store::directions::Row;
use domain::credential::CredentialKind;
use domain::probe::ProbeReport;
use domain::remedy::Remedy;

/// What becomes of a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settle {
    /// The new credential is in use from now on.
    Swap,
    /// The new one failed, but the old one is dead or there is none: it is in use, and failing.
    SwapFailing,
    /// The new one failed and the old one stays: the new one is kept for a later check.
    Keep,
    /// Not used, or at work and not covered by the sign-in.
    Leave,
}

/// Whether the credential in use can't work again without a person: its grant is lost, or it was
/// refused as such. A setting that stands in its way may be mended, so that does not count.
pub fn is_dead(row: &Row, grant_lost: bool) -> bool {
    let credential = row.credential_kind().unwrap_or(CredentialKind::Password);
    let refused = row.failing_definite
        && row
            .failing_diagnosis
            .as_deref()
            .and_then(evidence::diagnosis)
            .is_some_and(|d| of_credential(d.remedy(credential)));
    row.credential.is_none() || grant_lost || refused
}

/// Whether a remedy is about the credential itself.
pub fn of_credential(remedy: Remedy) -> bool {
    match remedy {
        Remedy::SignInAgain
        | Remedy::AnotherPersonSignsIn
        | Remedy::GivePassword
        | Remedy::UseAppPassword
        | Remedy::SwitchToSignIn => true,
        Remedy::Wait
        | Remedy::AdminConsent
        | Remedy::FixAppRegistration
        | Remedy::FixMailboxSettings
        | Remedy::AskAdministrator => false,
    }
}

/// The rule for a sign-in. `connected`: the mailbox is at work, or one of its directions proved
/// itself now; a draft without any is not begun by a sign-in that works nowhere.
pub fn by_sign_in(row: &Row, report: &ProbeReport, covered: bool, dead: bool, connected: bool) -> Settle {
    match (row.used, covered, report.ok(), dead && connected) {
        (false, ..) => Settle::Leave,
        // There is nothing that could be touched: half connected, and the cause is named (R3).
        (_, false, _, true) if row.credential.is_none() => Settle::SwapFailing,
        (_, false, ..) => Settle::Leave,
        (_, _, true, _) => Settle::Swap,
        (_, _, false, true) => Settle::SwapFailing,
        (_, _, false, false) => Settle::Keep,
    }
}

/// The rule for a password: one that proved itself nowhere is not taken, and not kept. Where the
/// other direction proved it, a fault here can only be a setting, and the dead one makes room.
pub fn by_password(row: &Row, report: &ProbeReport, dead: bool, proved_elsewhere: bool) -> Settle {
    let setting = report.failure.as_ref().is_some_and(|f| !of_credential(f.diagnosis.remedy(CredentialKind::Password)));
    match (row.used, report.ok(), dead && proved_elsewhere && setting) {
        (false, ..) => Settle::Leave,
        (_, true, _) => Settle::Swap,
        (_, false, true) => Settle::SwapFailing,
        (_, false, false) => Settle::Leave,
    }
}

#[cfg(test)]
mod tests {
    use super::super::prove::failed;
    use super::*;
    use domain::{Diagnosis, Direction};

    fn row(credential: Option<&str>, failing: Option<Diagnosis>) -> Row {
        Row {
            mailbox_id: 1,
            direction: "outgoing".into(),
            used: true,
            host: None,
            port: None,
            tls: None,
            credential: credential.map(Into::into),
            user_name: None,
            password_sealed: None,
            grant_id: None,
            proved_at: None,
            failing_since: failing.map(|_| 1),
            failing_diagnosis: failing.map(evidence::key),
            failing_definite: failing.is_some(),
            failing_said: None,
            failures: 0,
            refused_at: None,
            next_attempt_at: None,
            last_at: None,
            kept_grant_id: None,
            kept_user_name: None,
            kept_until: None,
            basic_retires_at: None,
            generation: 0,
        }
    }

    fn report(failure: Option<Diagnosis>) -> ProbeReport {
        let mut report = failed(Direction::Outgoing, Diagnosis::Unknown, "");
        report.failure = failure.map(|diagnosis| domain::probe::ProbeFailure::new(diagnosis, ""));
        report
    }

    #[test]
    fn a_working_direction_is_never_replaced_by_a_failing_one() {
        let off = Some(Diagnosis::SmtpAuthDisabledTenant);
        for (credential, failing, probe, connected, settled) in [
            (Some("password"), None, None, true, Settle::Swap),
            (Some("password"), None, off, true, Settle::Keep),
            (Some("grant"), Some(Diagnosis::SignInRevoked), off, true, Settle::SwapFailing),
            // The old one waits for the same setting: it may well work again.
            (Some("grant"), off, off, true, Settle::Keep),
            (None, None, off, true, Settle::SwapFailing),
            (None, None, off, false, Settle::Keep),
            (None, None, None, true, Settle::Swap),
        ] {
            let row = row(credential, failing);
            assert_eq!(
                by_sign_in(&row, &report(probe), true, is_dead(&row, false), connected),
                settled,
                "{credential:?} {failing:?} {probe:?}"
            );
        }
        let row = row(Some("grant"), None);
        assert_eq!(by_sign_in(&row, &report(None), false, true, true), Settle::Leave);
        let unticked = report(Some(Diagnosis::ConsentMissing));
        let none = self::row(None, None);
        assert_eq!(by_sign_in(&none, &unticked, false, true, true), Settle::SwapFailing);
        assert_eq!(by_sign_in(&none, &unticked, false, true, false), Settle::Leave);
        assert!(is_dead(&row, true) && !is_dead(&row, false));
    }

    #[test]
    fn a_password_must_prove_itself_somewhere() {
        let (off, wrong) = (Some(Diagnosis::SmtpAuthDisabledTenant), Some(Diagnosis::PasswordRefused));
        let empty = row(None, None);
        assert_eq!(by_password(&empty, &report(None), true, false), Settle::Swap);
        assert_eq!(by_password(&empty, &report(off), true, true), Settle::SwapFailing);
        assert_eq!(by_password(&empty, &report(off), true, false), Settle::Leave);
        assert_eq!(by_password(&empty, &report(wrong), true, true), Settle::Leave);
        assert_eq!(by_password(&row(Some("password"), None), &report(off), false, true), Settle::Leave);
    }
}
