//! What is said of a mailbox's folders.

use super::counts::of;
use domain::console::folders::FolderChoice;
use domain::folder::FolderRole;

pub const FURTHER: &str = "Fetch these folders too";
pub const FURTHER_HINT: &str =
    "Looked into once a minute. Mail that is moved there by a rule becomes a ticket as well.";
pub const ELSEWHERE: &str = "In other folders meanwhile";
pub const ELSEWHERE_HINT: &str =
    "These folders are not fetched. An import brings in exactly what arrived there during the outage.";
pub const IMPORTED: &str = "Imported";

pub const LEAVE: &str = "Leave it as it is";
pub const MARK_READ: &str = "Mark it as read";
pub const MOVE_TO: &str = "Move it to";

pub const ACKNOWLEDGE: &str = "Off: customers hear from people only. On: who begins a ticket gets these words, once a day at most; never for mail older than four hours, imported mail, lists or automatic mail.";
pub const ACKNOWLEDGE_WORDS: &str = "{number} and {subject} stand for those of the ticket.";
pub const TRY_ACKNOWLEDGEMENT: &str = "Try the automatic reply";
pub const TRY_ACKNOWLEDGEMENT_LINE: &str =
    "The words as they are saved leave from this mailbox to your own address. No ticket begins.";
pub const SEND_TO_ME: &str = "Send it to me";

/// Beside a folder that may be chosen.
pub fn hint(choice: &FolderChoice) -> Option<&'static str> {
    match choice {
        FolderChoice { there: false, .. } => Some("The server does not have this folder any more."),
        FolderChoice { role: FolderRole::Junk, .. } => Some("Unwanted mail: every message would become a ticket."),
        _ => None,
    }
}

/// `3 messages, marked as junk by the server`
pub fn left(role: FolderRole, messages: u32) -> String {
    let count = of(messages.into(), "message", "messages");
    match role {
        FolderRole::Junk => format!("{count}, taken for junk by the server"),
        _ => count,
    }
}
