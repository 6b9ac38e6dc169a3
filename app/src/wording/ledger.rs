//! Whether all mail is here: what was compared, what can't be explained, why a mail is no ticket.

use super::counts::{count, of};
use super::received;
use domain::console::ledger::{Found, Why};
use domain::folder::{FolderRole, readable};
use domain::ledger::Gap;
use domain::mailbox::Unexplained;
use domain::receipt::Disposition;
use domain::silence::Silence;

pub const TITLE: &str = "Is all mail here?";
pub const LOOKUP: &str = "Why is this mail not a ticket?";
pub const COMPARE: &str = "Compare now";

/// Under the title of the page.
pub const ABOUT: &str =
    "Every night the server's messages are compared with what became of them here. Each has to be explained.";

/// `3 messages can't be explained`
pub fn unexplained(n: usize) -> String {
    of(n as u64, "message can't be explained", "messages can't be explained")
}

/// `2 messages can't be read`
pub fn unreadable(n: u32) -> String {
    of(n.into(), "message can't be read", "messages can't be read")
}

/// What is missing of a message, in a sentence.
pub fn gap(gap: Gap) -> &'static str {
    match gap {
        Gap::NoReceipt => "It lies on the server, and nothing here says what became of it.",
        Gap::NoSource => "It came in, and its stored message is gone.",
        Gap::NoTicket => "It became a ticket, and that ticket is gone.",
        Gap::NotRead => "It was stored over an hour ago, and was never read.",
    }
}

/// One line per UID, for letters.
pub fn uids(what: &[Unexplained]) -> String {
    const SHOWN: usize = 20;
    let mut lines: Vec<String> = what
        .iter()
        .take(SHOWN)
        .map(|(name, uid, why)| format!("UID {uid} in {}: {}", folder(name), gap(*why)))
        .collect();
    if what.len() > SHOWN {
        lines.push(format!("And {} more.", count((what.len() - SHOWN) as u64)));
    }
    lines.join("\n")
}

/// A silence in a letter, up to its time.
pub fn silence(how: Silence, who: &str) -> String {
    match how {
        Silence::NoPass => format!("Nothing was fetched from {who} since"),
        Silence::NoMail => format!("No mail came to {who} since"),
    }
}

/// What may be behind it.
pub fn silence_hint(how: Silence) -> &'static str {
    match how {
        Silence::NoPass => {
            "The server does not answer as it should. New mail waits there, and comes in by itself as soon as it does."
        }
        Silence::NoMail => {
            "That is longer than is usual here, and nothing is refused. A rule, a forward or an MX record may have changed: send a mail to the address and see whether it arrives."
        }
    }
}

pub const STAYS: &str = "Mail stays on the server";

/// What a server can't do, by the sweep's word.
pub fn stays(folder: &str, word: &str) -> String {
    let means = match word {
        "uidplus" => {
            "This server can't delete single messages (it lacks UIDPLUS): deleting would take along what other programs marked"
        }
        "refused" => "The server refuses to mark, move or delete messages here",
        _ => "This server can't move messages (it lacks MOVE and UIDPLUS)",
    };
    format!("{means}. Mail in {} is left as it is; everything is stored here all the same.", self::folder(folder))
}

pub const VANISHED: &str = "Something else takes mail from this mailbox";

/// What vanished, and what may have taken it.
pub fn vanished(messages: u32) -> String {
    format!(
        "{} and was gone before it could be fetched. Another program deletes or moves mail here, or a rule does: look for a second mail client that fetches by POP3, or for a rule at the provider.",
        of(messages.into(), "message came", "messages came")
    )
}

/// `UIDs 4 to 6`
pub fn range(first: u32, last: u32) -> String {
    let (from, to) = (count(u64::from(first)), count(u64::from(last)));
    if first == last { format!("UID {from}") } else { format!("UIDs {from} to {to}") }
}

/// A folder's name where people read it.
pub fn folder(name: &str) -> String {
    if name.eq_ignore_ascii_case("INBOX") { "Inbox".into() } else { readable(name) }
}

/// What becomes of a folder that is counted only.
pub fn elsewhere(role: FolderRole) -> &'static str {
    match role {
        FolderRole::Sent => "Looked through for answers from other programs",
        _ => "Not fetched from",
    }
}

/// Why a mail is, or is not, a ticket.
pub fn why(found: &Found) -> String {
    let place = found.spot.as_ref().map_or_else(|| "another folder".to_owned(), |spot| folder(&spot.folder));
    match &found.why {
        Why::Receipt { disposition, reason } => {
            let more = received::why(reason.as_deref());
            let first = disposition_sentence(*disposition, found.ticket.is_some());
            more.map_or_else(|| first.to_owned(), |more| format!("{first} {more}"))
        }
        Why::BeforeImport => "It arrived before the date from which this mailbox is imported.".into(),
        Why::NotWatched { role: FolderRole::Junk } => {
            format!("The mail provider took it for junk: it lies in {place}, which is not fetched from.")
        }
        Why::NotWatched { role: FolderRole::Trash } => format!("Somebody deleted it: it lies in {place}."),
        Why::NotWatched { role: FolderRole::Sent | FolderRole::Drafts } => {
            format!("It was written here: it lies in {place}.")
        }
        Why::NotWatched { .. } => format!("It lies in {place}, which is not fetched from."),
        Why::OnItsWay => "It has just arrived, and is fetched with the next look.".into(),
        Why::Unexplained => "It should have been fetched, and nothing here says what became of it.".into(),
    }
}

fn disposition_sentence(disposition: Disposition, ticket: bool) -> &'static str {
    match (disposition, ticket) {
        (Disposition::Ticket | Disposition::Reply | Disposition::TooLarge | Disposition::AnsweredOutside, false) => {
            "It became a ticket that is not there any more."
        }
        (Disposition::Stored, _) => "It is stored, and read in a moment.",
        (Disposition::Ticket, _) => "It is a ticket.",
        (Disposition::Reply, _) => "It joined a ticket as a reply.",
        (Disposition::AnsweredOutside, _) => "Somebody of the desk answered by another program; it joined the ticket.",
        (Disposition::Duplicate, _) => "The same message came another way before.",
        (Disposition::Automatic, true) => "An automatic mail; it is kept in a ticket as a note.",
        (Disposition::Automatic, false) => "An automatic mail.",
        (Disposition::Bounce, _) => "A delivery report.",
        (Disposition::Quarantined, _) => "It can't be read; it is kept as it came.",
        (Disposition::TooLarge, _) => "It is a ticket, of its header and the beginning of its text.",
        (Disposition::Ignored, _) => "It was left out.",
        (Disposition::BeforeImport, _) => "It arrived before the date from which this mailbox is imported.",
        (Disposition::Own, _) => "It is a mail of ours.",
        (Disposition::Forward, _) => "It was a forward; the messages in it became tickets of those who wrote them.",
    }
}

/// How a heap of messages on the server is called.
pub fn heap(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Stored => "stored, read in a moment",
        Disposition::Ticket => "tickets",
        Disposition::Reply => "replies",
        Disposition::AnsweredOutside => "answered outside",
        Disposition::Duplicate => "known already",
        Disposition::Automatic => "automatic",
        Disposition::Bounce => "delivery reports",
        Disposition::Quarantined => "unreadable",
        Disposition::TooLarge => "too large",
        Disposition::Ignored => "left out",
        Disposition::BeforeImport => "before the import",
        Disposition::Own => "our own",
        Disposition::Forward => "forwards",
    }
}
