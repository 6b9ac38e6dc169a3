//! A stored source, read into what a ticket needs.
//!
//! Invariants: reading never panics outwards, never blocks another message and never loses the
//! source; every text that leaves here is free of NUL (PostgreSQL keeps none) and bounded. Bytes of
//! attachments stay in the source and are cut out of it again by [`part`].

mod authentic;
mod automatic;
mod body;
mod forward;
mod heading;
mod identity;
mod markup;
mod parties;
mod parts;
mod quote;
mod report;
mod returned;
mod tangle;
mod text;

pub use authentic::{Proof, Vouched, proof};
pub use automatic::Automatic;
pub use forward::{Inline, Written, Zone, alike, inline, wordless};
pub use heading::{Heading, headings};
pub use identity::{Identity, headline, identify, message_key};
pub use markup::to_text;
pub use parties::Party;
pub use parts::{Part, file_name, file_type, part};
pub use report::{Action, FailedRecipient, Report};

use domain::Time;
use mail_parser::MessageParser;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// The version of this parser: raised when it learns to read what it could not. What an older one
/// gave up on is read again.
pub const PARSER: i64 = 1;

/// How long one message may take before it counts as broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// The stack of a reading thread. The parser follows `message/rfc822` in `message/rfc822` without
/// a bound, and its drop recurses once a level.
const STACK: usize = 128 << 20;

/// Levels above this are nobody's mail, and would outgrow [`STACK`].
const LEVELS: usize = 20_000;

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub identity: Identity,
    /// Keys of In-Reply-To and References, the nearest ancestor first, each once.
    pub ancestors: Vec<String>,
    pub from: Option<Party>,
    pub reply_to: Vec<Party>,
    pub to: Vec<Party>,
    pub cc: Vec<Party>,
    /// Where servers say it was delivered (Delivered-To, X-Original-To): for plus addresses.
    pub delivered_to: Vec<String>,
    pub subject: String,
    /// What the Date field says; not to be trusted.
    pub date: Option<Time>,
    /// The writer's clock, in minutes east of UTC.
    pub zone: i32,
    /// The readable text without quotations.
    pub text: String,
    pub quoted: Option<String>,
    /// As it came; cleaned whenever it is shown.
    pub html: Option<String>,
    pub remote_images: u32,
    pub parts: Vec<Part>,
    pub automatic: Automatic,
    /// What the servers on the way say about its sender.
    pub vouched: Vouched,
    /// A list's mail, bulk, or mail that asks for no automatic reply.
    pub hushed: bool,
    /// A delivery report (RFC 3464), or mail that says the same in words.
    pub report: Option<Report>,
    /// By which it is known to be what a forward repeated ([`alike`]); `None`: nothing in it could be told from
    /// another.
    pub alike: Option<Vec<u8>>,
}

impl Mail {
    /// What it says with its quotations, as a forward repeats it.
    pub fn words(&self) -> String {
        match &self.quoted {
            Some(quoted) => format!("{}\n{quoted}", self.text),
            None => self.text.clone(),
        }
    }
}

/// Why a source can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("it is empty, or has no header")]
    Empty,
    #[error("its parts are nested too deeply")]
    TooDeep,
    #[error("the parser gave up on it")]
    Panicked,
    #[error("reading it took too long")]
    TooSlow,
    #[error("the program ended three times while reading it")]
    Killed,
}

/// Reads a source on a thread of its own.
///
/// # Errors
/// [`Broken`]; the source is to be kept and the message quarantined.
pub async fn read(source: Vec<u8>) -> Result<Mail, Broken> {
    isolated(move || read_now(&source)).await?
}

/// Runs work on hostile bytes apart: with a deep stack, a deadline, and a net under its panics.
pub(crate) async fn isolated<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Broken> {
    let (done, result) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("mime".into()).stack_size(STACK);
    let spawned = thread.spawn(move || {
        let _ = done.send(catch_unwind(AssertUnwindSafe(work)).map_err(|_| Broken::Panicked));
    });
    if spawned.is_err() {
        return Err(Broken::TooSlow);
    }
    match tokio::time::timeout(PATIENCE, result).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Broken::Panicked),
        // The thread ends by itself; nobody waits for it.
        Err(_) => Err(Broken::TooSlow),
    }
}

/// A message that another one carries as a file, with its own bytes.
pub struct Carried {
    /// Its place among the carrying mail's parts.
    pub index: u32,
    pub source: Vec<u8>,
    pub mail: Mail,
}

/// More than this in one mail are nobody's forward.
const CARRIED: usize = 100;

/// The messages attached to a source (`message/rfc822`, or a file that ends in .eml), each read by
/// itself. What can't be read is left out: the carrying mail holds it.
///
/// # Errors
/// [`Broken`], as [`read`].
pub async fn carried(source: Vec<u8>) -> Result<Vec<Carried>, Broken> {
    isolated(move || {
        let message = MessageParser::default().parse(&source).ok_or(Broken::Empty)?;
        let files = parts::of(&message);
        let eml = |part: &&Part| part.mime == "message/rfc822" || part.name.to_lowercase().ends_with(".eml");
        let read = files.iter().filter(eml).take(CARRIED).filter_map(|part| {
            let source = parts::cut(&message, part.index)?;
            let mail = read_now(&source).ok()?;
            // A text that was only named so has neither.
            let sound = mail.from.is_some() && (mail.date.is_some() || mail.identity.given);
            sound.then_some(Carried { index: part.index, source, mail })
        });
        Ok(read.collect())
    })
    .await?
}

/// Reads a source here and now. For [`read`] and tests.
pub(crate) fn read_now(source: &[u8]) -> Result<Mail, Broken> {
    if levels(source) > LEVELS {
        return Err(Broken::TooDeep);
    }
    let message = MessageParser::default().parse(source).ok_or(Broken::Empty)?;
    if message.parts.is_empty() {
        return Err(Broken::Empty);
    }
    let from = parties::of(message.from()).into_iter().next();
    let subject = text::line(message.subject().unwrap_or_default(), text::SUBJECT);
    let forwarded = body::is_forward(&subject);
    let body = body::of(&message, forwarded);
    let parts = parts::of(&message);
    if from.is_none() && subject.is_empty() && body.text.trim().is_empty() && body.quoted.is_none() && parts.is_empty()
    {
        return Err(Broken::Empty);
    }
    let report = report::of(&message).or_else(|| returned::of(&message, from.as_ref()));
    let automatic = automatic::of(&message, from.as_ref(), report.as_ref());
    let remote_images = body.html.as_deref().map_or(0, crate::html::count_remote);
    let mut mail = Mail {
        identity: identity::of(&message, true),
        ancestors: identity::ancestors(&message),
        from,
        reply_to: parties::of(message.reply_to()),
        to: parties::of(message.to()),
        cc: parties::of(message.cc()),
        delivered_to: parties::delivered_to(&message),
        subject,
        date: message.date().and_then(identity::time),
        zone: message.date().map_or(0, |date| {
            let minutes = i32::from(date.tz_hour) * 60 + i32::from(date.tz_minute);
            if date.tz_before_gmt { -minutes } else { minutes }
        }),
        text: body.text,
        quoted: body.quoted,
        html: body.html,
        remote_images,
        parts,
        automatic,
        vouched: authentic::of(&message),
        hushed: automatic::hushed(&message),
        report,
        alike: None,
    };
    let words = mail.words();
    let from = mail.from.as_ref().map(|from| from.address.as_str()).unwrap_or_default();
    mail.alike = (!wordless(&words) || mail.parts.is_empty()).then(|| alike(from, &mail.subject, &words));
    Ok(mail)
}

/// The first lines of a source that can't be read, as they stand.
pub fn salvage(source: &[u8]) -> String {
    let head = String::from_utf8_lossy(&source[..source.len().min(4 << 10)]);
    text::lines(&head, 4 << 10).trim().to_owned()
}

/// An upper bound for the nesting of a message, told from its bytes before the parser sees them:
/// every level needs a Content-Type of its own.
fn levels(source: &[u8]) -> usize {
    const NAME: &[u8] = b"content-type";
    let starts = source.iter().enumerate().filter(|(_, byte)| matches!(byte, b'c' | b'C'));
    starts.filter(|(at, _)| source.get(*at..at + NAME.len()).is_some_and(|w| w.eq_ignore_ascii_case(NAME))).count()
}

#[cfg(test)]
#[path = "mime/hostile_tests.rs"]
mod hostile_tests;

#[cfg(test)]
#[path = "mime/tests.rs"]
mod tests;
