//! The words of tickets, conversations and the composer.

use super::counts::{count, of};
use super::times::Clock;
use domain::Time;
use domain::console::tickets::Way;
use domain::ticket::{MessageKind, TicketStatus};

pub const TICKETS: &str = "Tickets";
pub const NEW_TICKET: &str = "New ticket";
pub const SHOW: &str = "Show";
pub const SEARCH: &str = "Search tickets";
pub const ALL_MAILBOXES: &str = "All mailboxes";
pub const ANYONE: &str = "Anyone";
pub const NOBODY: &str = "Nobody";
pub const ALL: &str = "All";
pub const APPLY: &str = "Apply";
pub const OLDER: &str = "Older";
pub const NEWEST: &str = "Newest";
pub const REPLY_HELD: &str = "Reply held";
pub const REPLY_TROUBLE: &str = "Reply needs you";

/// The largest sum of files in one reply. The server refuses more.
pub const FILES_AT_MOST: &str = "25 MB in all at most";

pub fn status(status: TicketStatus) -> &'static str {
    match status {
        TicketStatus::Open => "Open",
        TicketStatus::Waiting => "Waiting",
        TicketStatus::Closed => "Closed",
    }
}

/// The line under the title while a search is on.
pub fn search_line(words: &str, rows: usize, more: bool, first: bool) -> String {
    match (rows, more || !first) {
        (0, _) => format!("Nothing matches \u{201c}{words}\u{201d}."),
        (n, false) => format!("{} for \u{201c}{words}\u{201d}, the best first.", of(n as u64, "ticket", "tickets")),
        (_, true) => format!("Tickets for \u{201c}{words}\u{201d}, the best first."),
    }
}

/// `1 to 12 of 23` on the first page; further down the place is not known.
pub fn range(rows: usize, total: u64, first: bool) -> String {
    if first {
        format!("1 to {} of {}", count(rows as u64), count(total))
    } else {
        of(rows as u64, "older ticket", "older tickets")
    }
}

/// An empty list: what it means, and what to do next.
pub fn empty(filtered: bool, searched: bool, status: Option<TicketStatus>) -> (&'static str, &'static str) {
    match (searched, filtered, status) {
        (true, _, _) => (
            "No ticket matches",
            "Search looks for whole words and their beginnings in subjects, messages and addresses.",
        ),
        (_, true, _) => ("No ticket here", "Other mailboxes or people may have some."),
        (_, _, Some(TicketStatus::Waiting)) => {
            ("No ticket waits for a customer", "An answered ticket stands here until the customer writes again.")
        }
        (_, _, Some(TicketStatus::Closed)) => {
            ("No ticket is closed yet", "A closed ticket opens again by itself when the customer writes.")
        }
        _ => ("No open tickets", "Mail to your support addresses becomes a ticket here, without a reload."),
    }
}

pub const SHOW_OPEN: &str = "Show open tickets";

/// What a message is, when it is neither a plain mail nor a plain reply.
pub fn kind(kind: MessageKind) -> Option<&'static str> {
    match kind {
        MessageKind::Incoming | MessageKind::Reply => None,
        MessageKind::Note => Some("Internal note"),
        MessageKind::Outside => Some("Answered outside Mailkeep"),
        MessageKind::Automatic => Some("Automatic mail"),
        MessageKind::Bounce => Some("Delivery report"),
    }
}

/// `hanna@litware.example to support@contoso.example, cc it@litware.example`
pub fn route(from: Option<&str>, to: &[String], cc: &[String]) -> String {
    let mut line = from.unwrap_or_default().to_owned();
    for (word, addresses) in [("to", to), ("cc", cc)] {
        if !addresses.is_empty() {
            line = format!("{line} {word} {}", addresses.join(", "));
        }
    }
    line.trim_start().to_owned()
}

pub fn new_message(kind: MessageKind, author: &str) -> String {
    match kind {
        MessageKind::Note => format!("New note by {author}"),
        MessageKind::Reply => format!("{author} replied"),
        _ => format!("New message from {author}"),
    }
}

pub fn images_blocked(n: u32) -> String {
    let (images, them) = if n == 1 { ("1 remote image is", "it") } else { ("", "them") };
    let images = if n == 1 { images.to_owned() } else { format!("{} remote images are", count(n.into())) };
    format!("{images} blocked. Loading {them} tells the sender that you read this.")
}

pub const LOAD_IMAGES: &str = "Load images";
pub const IMAGES_LOADED: &str = "Remote images are loaded. The sender may know that you read this.";
pub const FORMATTED: &str = "Show as the sender formatted it";
pub const OPEN_IN_TAB: &str = "Open in its own tab";
pub const QUOTED: &str = "Show quoted text";
pub const NO_TEXT: &str = "This message has no readable text.";

pub fn frame_title(author: &str) -> String {
    format!("Message from {author}, formatted")
}

pub const CLOSE: &str = "Close ticket";
pub const REOPEN: &str = "Reopen ticket";
pub const ASSIGN: &str = "Assign";
pub const ASSIGNED_TO: &str = "Assigned to";
pub const ABOUT: &str = "About this ticket";
pub const NO_MAILBOX: &str = "Its mailbox was removed";

/// `#3907, closed 14 Oct`
pub fn earlier(id: &str, status: TicketStatus, at: &str) -> String {
    let word = match status {
        TicketStatus::Open => "open since",
        TicketStatus::Waiting => "waiting since",
        TicketStatus::Closed => "closed",
    };
    format!("#{id}, {word} {at}")
}

pub fn earlier_from(requester: &str) -> String {
    format!("Earlier from {requester}")
}

pub fn held_from_here(hour: &str) -> String {
    format!("Replies are held since {hour}")
}

pub const REPLY: &str = "Reply";
pub const REPLY_ALL: &str = "Reply to all";
pub const NOTE: &str = "Internal note";
pub const WRITE_REPLY: &str = "Write a reply";
pub const WRITE_NOTE: &str = "Write a note";
pub const YOUR_TEXT: &str = "Your text";
pub const WHAT: &str = "What you write";
pub const NOTE_LINE: &str = "For colleagues only. Nobody outside gets it.";
pub const SEND: &str = "Send";
pub const SEND_CLOSE: &str = "Send and close";
pub const SEND_ANYWAY: &str = "Send anyway";
pub const KEEP_NOTE: &str = "Add note";
pub const KEEP_NOTE_CLOSE: &str = "Add and close";
pub const ATTACH: &str = "Attach";
pub const UPLOAD: &str = "Upload";
pub const FILES: &str = "Files to attach";
pub const UPLOADING: &str = "Uploading";
pub const NOT_UPLOADED: &str = "Not attached: 25 MB in all at most.";
pub const DRAFT_NOT_KEPT: &str = "Draft not kept: the server does not answer.";
pub const SENDING: &str = "Sending";
pub const WILL_BE_HELD: &str = "Will be held until the mailbox works again";
pub const SHORTCUT: &str = "Ctrl+Enter sends";

pub fn draft_kept(hour: &str) -> String {
    format!("Draft kept {hour}")
}

/// The title and sentence of the notice when something newer came while somebody wrote.
pub fn newer(author: &str, when: &str) -> (&'static str, String) {
    (
        "Something newer came. Nothing was sent",
        format!(
            "{author} wrote {when}, after you opened this ticket. Your text is still here: read theirs first, then send."
        ),
    )
}

pub const FILE_LEFT_BEHIND: (&str, &str) = (
    "Nothing was sent",
    "A file was chosen but not uploaded. Your text is still here: choose the file again, press Upload, then send.",
);
pub const NOT_SENT: &str = "Nothing was sent";

/// A closed ticket says what a reply does.
pub const CLOSED_LINE: &str = "This ticket is closed. A reply opens it again.";
pub const NO_OUTGOING: (&str, &str) = (
    "Replies can't leave from here",
    "The mailbox of this ticket has no outgoing direction. Notes can be kept; an admin can give it one.",
);

pub fn created_line(clock: Clock, at: Time) -> String {
    clock.moment(at)
}

pub const FROM: &str = "From";
pub const TO: &str = "To";
pub const CC: &str = "Cc";
pub const SUBJECT: &str = "Subject";
pub const MESSAGE: &str = "Message";
pub const OPTIONAL: &str = "optional";
pub const SEVERAL: &str = "Several addresses are separated by commas.";
pub const NEW_TICKET_LINE: &str = "Your mail begins a conversation; the answer comes back to the same ticket.";
pub const NO_MAILBOXES: (&str, &str) =
    ("There is no mailbox to send from", "A new ticket begins with a mail from one of your support addresses.");

/// Above the first message that the reader has not seen.
pub const NEW_FROM_HERE: &str = "New since you last looked";

/// A sender of the desk whom nothing proves.
pub const UNPROVED: &str = "Perhaps not from your colleague";

/// How a message came.
pub fn way(way: &Way, clock: Clock) -> String {
    match way {
        Way::Forwarded { by, at } => format!("Forwarded by {by}, {}", clock.moment(*at)),
        Way::Unproved => {
            "It bears an address of your team, and nothing proves that it came from there. Ask them before you act on it."
                .into()
        }
        Way::PossibleReply { ticket } => format!(
            "It names ticket #{ticket}, and its sender takes no part there. If it belongs there, move it; answers to it follow."
        ),
    }
}

/// A message of which only the beginning is here.
pub const SHORTENED: &str = "Over the size limit";
pub const SHORTENED_LINE: &str =
    "Its header and the beginning of its text were fetched. The whole of it, with its files, lies in the mailbox.";
pub const FETCH_WHOLE: &str = "Fetch the whole message";

pub const MOVE: &str = "Move to another ticket";
pub const MOVE_IT: &str = "Move";
pub const MOVE_BACK: &str = "Move back";
pub const TICKET_NUMBER: &str = "Ticket number";

/// The title above a message that may belong to another ticket.
pub fn possible(ticket: &str) -> String {
    format!("Possible reply to #{ticket}")
}

pub fn open_ticket(ticket: &str) -> String {
    format!("Open #{ticket}")
}

pub fn move_to(ticket: &str) -> String {
    format!("Move to #{ticket}")
}

/// The title and sentence after a move.
pub fn moved(from: &str) -> (String, &'static str) {
    (format!("Moved here from #{from}"), "Answers to it come here from now on. Both tickets hold a note of it.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_leave_out_what_is_empty() {
        let to = ["support@contoso.example".to_owned()];
        assert_eq!(route(Some("a@b.example"), &to, &[]), "a@b.example to support@contoso.example");
        assert_eq!(route(None, &to, &["c@d.example".into()]), "to support@contoso.example cc c@d.example");
        assert_eq!(route(None, &[], &[]), "");
    }

    #[test]
    fn one_image_is_one() {
        assert!(images_blocked(1).starts_with("1 remote image is blocked. Loading it"));
        assert!(images_blocked(1_200).starts_with("1,200 remote images are blocked. Loading them"));
    }

    #[test]
    fn a_search_says_how_many_when_it_knows() {
        assert_eq!(search_line("T-40", 0, false, true), "Nothing matches \u{201c}T-40\u{201d}.");
        assert_eq!(search_line("T-40", 1, false, true), "1 ticket for \u{201c}T-40\u{201d}, the best first.");
        assert_eq!(search_line("T-40", 25, true, true), "Tickets for \u{201c}T-40\u{201d}, the best first.");
    }
}
