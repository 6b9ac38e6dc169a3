//! The bytes of a notice: one plain text, marked as written by a program (RFC 3834).

use super::{ComposeError, addresses, bracketed, one_line};
use domain::{Address, Time};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Message, SinglePart};
use std::time::{Duration, UNIX_EPOCH};

/// Everything that a notice's bytes follow from.
pub struct Notice<'a> {
    pub from_name: &'a str,
    pub from: &'a Address,
    pub to: &'a Address,
    pub subject: &'a str,
    pub text: &'a str,
    /// Without angle brackets.
    pub header_id: &'a str,
    pub at: Time,
}

/// The bytes, with CRLF line ends.
///
/// # Errors
/// [`ComposeError`]: the same at every attempt.
pub fn notice(notice: &Notice<'_>) -> Result<Vec<u8>, ComposeError> {
    let name = Some(one_line(notice.from_name)).filter(|name| !name.is_empty());
    let from = addresses::mailbox(notice.from, name).ok_or(ComposeError::Sender)?;
    let to = addresses::mailbox(notice.to, None).ok_or(ComposeError::Recipients)?;
    let message = Message::builder()
        .from(from)
        .to(to)
        .message_id(Some(bracketed(notice.header_id)))
        .date(UNIX_EPOCH + Duration::from_millis(u64::try_from(notice.at.0).unwrap_or(0)))
        .subject(one_line(notice.subject))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()))
        .singlepart(SinglePart::plain(notice.text.to_owned()))?;
    Ok(message.formatted())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_says_that_no_person_wrote_it() {
        let address = |text: &str| Address::parse(text).expect("an address");
        let bytes = notice(&Notice {
            from_name: "Contoso\r\nBcc: eve@evil.example",
            from: &address("desk@contoso.example"),
            to: &address("ada@contoso.example"),
            subject: "Sign-in ends\r\nBcc: eve@evil.example",
            text: "One line.",
            header_id: "notice.a.b@desk.example",
            at: Time(1_800_000_000_000),
        })
        .expect("a notice");
        let text = String::from_utf8(bytes).expect("text");
        assert!(text.contains("Auto-Submitted: auto-generated\r\n"), "{text}");
        assert!(text.contains("Message-ID: <notice.a.b@desk.example>\r\n"), "{text}");
        assert!(!text.contains("\r\nBcc:"), "{text}");
    }
}
