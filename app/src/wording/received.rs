//! What became of a message, for the page of received messages.

use domain::receipt::Disposition;

/// In a word or two.
pub fn became(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Stored => "Stored, not read yet",
        Disposition::Ticket => "New ticket",
        Disposition::Reply => "Reply",
        Disposition::AnsweredOutside => "Answered outside",
        Disposition::Duplicate => "Known already",
        Disposition::Automatic => "Automatic mail",
        Disposition::Bounce => "Delivery report",
        Disposition::Quarantined => "Unreadable, kept as it came",
        Disposition::TooLarge => "Too large: header and text kept",
        Disposition::Ignored => "Left out",
        Disposition::BeforeImport => "Before the import",
        Disposition::Own => "Our own mail",
        Disposition::Forward => "Forward, taken apart",
    }
}

/// Why, where the engine's word says more than the disposition.
pub fn why(reason: Option<&str>) -> Option<String> {
    Some(match reason? {
        "asked" => "Imported by hand.".into(),
        "too_large" => "Over the size limit; the whole message stays in the mailbox.".into(),
        "unfetchable" => "The server does not hand it out.".into(),
        "gone" => "It was deleted in the mailbox before it could be fetched.".into(),
        other => {
            let mut words = other.chars();
            let first: String = words.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
            format!("{first}{}.", words.as_str().trim_end_matches('.'))
        }
    })
}
