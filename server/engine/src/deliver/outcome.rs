//! What a refusal in the midst of a transaction means: for this reply, or for the whole direction.
//! Pure.

use domain::backoff::OUTBOX;
use domain::diagnosis::{Certainty, Class, Finding};
use domain::time::Span;
use domain::{Diagnosis, Time};

/// A server that puts a reply off longer than this has refused it.
pub const GIVE_UP_AFTER: Span = Span::hours(48);

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// This reply never goes; others may.
    Refuse,
    /// The same later.
    Later,
    /// No reply goes until the direction is mended.
    Direction,
}

/// After a refusal at MAIL, DATA or the message's end.
pub fn next(finding: &Finding) -> Next {
    use Diagnosis::*;
    if finding.certainty == Certainty::Passing || finding.diagnosis.class() == Class::Transient {
        return Next::Later;
    }
    match finding.diagnosis {
        RecipientRefused | TooManyRecipients | MessageTooLarge | ContentRefused | MailboxFull => Next::Refuse,
        // What is not understood is shown with the server's words instead of being tried for ever.
        _ if !finding.known => Next::Refuse,
        _ => Next::Direction,
    }
}

/// A fault of the sender's right, which signing in does not disprove.
pub fn is_about_sender(diagnosis: Diagnosis) -> bool {
    use Diagnosis::*;
    matches!(
        diagnosis,
        SendAsDenied | SenderRefused | SenderUnauthenticated | SendingBlocked | LicenceMissing | NotAuthenticated
    )
}

/// A switch at the provider: no other token or user name helps.
pub fn is_switched_off(diagnosis: Diagnosis) -> bool {
    matches!(diagnosis, Diagnosis::SmtpAuthDisabledMailbox | Diagnosis::SmtpAuthDisabledTenant)
}

/// When a reply that was put off `times` times is tried again; `None`: it was put off too long.
pub fn again_at(first: Option<Time>, times: u32, asked: Option<Span>, now: Time, jitter: f64) -> Option<Time> {
    if first.is_some_and(|first| now.since(first) >= GIVE_UP_AFTER) {
        return None;
    }
    let pause = OUTBOX.pause(times.saturating_add(1), jitter);
    Some(now + Span(pause.0.max(asked.map_or(0, |span| span.0)).min(OUTBOX.longest.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::diagnosis::{Protocol, Stage, diagnose_reply};
    use domain::provider::ProviderKind;

    #[test]
    fn refusals_are_told_apart() {
        for (stage, text, expected) in [
            (
                Stage::Sender,
                "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
                Next::Direction,
            ),
            (Stage::Data, "554 5.2.252 SendAsDenied; support@x not allowed to send as", Next::Direction),
            (Stage::Data, "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException", Next::Direction),
            (Stage::Sender, "452 4.3.1 Insufficient system storage", Next::Later),
            (Stage::Data, "451 4.7.500 Server busy", Next::Later),
            (Stage::Data, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", Next::Later),
            (Stage::Data, "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", Next::Later),
            (Stage::Data, "550 5.4.5 Daily user sending limit exceeded. - gsmtp", Next::Later),
            (Stage::Sender, "552 5.3.4 Message size exceeds fixed limit", Next::Refuse),
            (Stage::Data, "554 5.6.0 Message content rejected", Next::Refuse),
            (Stage::Data, "554 Transaction failed", Next::Refuse),
        ] {
            let finding = diagnose_reply(Protocol::Smtp, ProviderKind::Microsoft, stage, text);
            assert_eq!(next(&finding), expected, "{text}: {:?}", finding.diagnosis);
        }
    }

    #[test]
    fn two_days_are_enough() {
        let now = Time(1_000_000_000_000);
        assert_eq!(again_at(None, 0, None, now, 0.0), Some(now + Span::seconds(15)));
        assert_eq!(again_at(Some(now), 3, None, now, 0.0), Some(now + Span::seconds(120)));
        assert_eq!(again_at(Some(now), 0, Some(Span::minutes(5)), now, 0.0), Some(now + Span::minutes(5)));
        assert_eq!(again_at(Some(now - Span::hours(47)), 30, None, now, 0.0), Some(now + Span::hours(2)));
        assert_eq!(again_at(Some(now - Span::hours(48)), 30, None, now, 0.0), None);
    }
}
