//! Automatic mail, known by its header (RFC 3834; provider facts 5.2).

use super::parties::Party;
use super::report::Report;
use mail_parser::{Message, MimeHeaders};

/// Whether a person wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Automatic {
    /// As far as the header tells.
    No,
    /// An answer without a person: out of office, a receipt, a complaint report.
    Answer,
    /// Written by a program for a person: a web form, a shop, a monitor.
    Generated,
    /// A delivery report or what looks like one.
    Bounce,
}

/// Only strong signals count: a list or `Precedence: bulk` is mail that a person may have written,
/// and X-Auto-Response-Suppress asks *us* for silence without saying who wrote.
pub fn of(message: &Message<'_>, from: Option<&Party>, report: Option<&Report>) -> Automatic {
    let field =
        |name: &str| -> Option<String> { message.header_raw(name).map(|value| value.trim().to_ascii_lowercase()) };
    let local = from.and_then(|p| p.address.split('@').next()).unwrap_or_default();
    let daemon = matches!(local, "mailer-daemon" | "postmaster" | "mail-daemon");
    let no_return = no_return(message);
    let submitted = field("Auto-Submitted").unwrap_or_default();
    let submitted = submitted.split([';', ' ', '(']).next().unwrap_or_default().to_owned();
    let kind = message
        .content_type()
        .filter(|t| t.ctype() == "multipart" && t.subtype() == Some("report"))
        .map(|t| t.attribute("report-type").unwrap_or_default().to_ascii_lowercase());

    if report.is_some() || kind.as_deref() == Some("delivery-status") || field("X-Failed-Recipients").is_some() {
        return Automatic::Bounce;
    }
    if kind.is_some() {
        return Automatic::Answer;
    }
    if daemon && (no_return || !submitted.is_empty()) {
        return Automatic::Bounce;
    }
    match submitted.as_str() {
        "" | "no" => {}
        "auto-replied" => return Automatic::Answer,
        _ => return Automatic::Generated,
    }
    let answers = ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From"];
    let answered = answers.iter().any(|name| field(name).is_some_and(|value| value != "no"))
        || matches!(field("Precedence").as_deref(), Some("auto_reply" | "auto-reply"));
    if answered {
        return Automatic::Answer;
    }
    if no_return {
        let replies = field("In-Reply-To").or_else(|| field("References")).is_some();
        return if replies { Automatic::Answer } else { Automatic::Generated };
    }
    Automatic::No
}

/// Whether nobody should answer it automatically: lists (RFC 2919, 2369), bulk, no return path, or
/// the sender's own wish (provider facts 5.2).
pub fn hushed(message: &Message<'_>) -> bool {
    let field =
        |name: &str| -> Option<String> { message.header_raw(name).map(|value| value.trim().to_ascii_lowercase()) };
    let lists = ["List-Id", "List-Post", "List-Unsubscribe", "List-Help", "Mailing-List", "Feedback-ID"];
    let precedence = field("Precedence").is_some_and(|value| matches!(value.as_str(), "bulk" | "list" | "junk"));
    let suppressed = field("X-Auto-Response-Suppress")
        .is_some_and(|value| value.split(',').any(|word| matches!(word.trim(), "all" | "autoreply")));
    lists.iter().any(|name| field(name).is_some()) || precedence || suppressed || no_return(message)
}

/// Whether the header says that a program sent it: no return path (RFC 5321 4.5.5), or
/// Auto-Submitted other than `no` (RFC 3834).
pub fn by_a_program(message: &Message<'_>) -> bool {
    let submitted = message.header_raw("Auto-Submitted").map(str::trim).unwrap_or_default();
    no_return(message) || !(submitted.is_empty() || submitted.eq_ignore_ascii_case("no"))
}

fn no_return(message: &Message<'_>) -> bool {
    message.header_raw("Return-Path").is_some_and(|path| matches!(path.trim(), "<>" | "" | "< >"))
}
