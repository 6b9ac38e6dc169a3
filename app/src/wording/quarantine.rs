//! Mail that nobody can read.

pub const TITLE: &str = "Unreadable mail";
pub const ABOUT: &str = "Messages that can't be read are kept as they came, and no ticket is made of them. After an update of Mailkeep they are read again by themselves.";
pub const NONE: &str = "Nothing is unreadable";
pub const NONE_WHY: &str = "Every message that came could be read.";

/// What came of an act, by the word in the address: title and sentence.
pub fn done(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "still" => ("It still can't be read", "It stays here. Make a ticket by hand, or wait for an update."),
        "read" => ("It was read", "It became no ticket of its own; the ledger of its mailbox says what it was."),
        "waits" => ("It is read again", "That takes a moment longer. Load this page again to see what became of it."),
        "aside" => ("It is set aside", "It stays stored, and is listed with the received messages of its mailbox."),
        _ => return None,
    })
}

/// Why it can't be read, as a sentence.
pub fn reason(reason: &str) -> String {
    // Behind it stands the word that fetching had left.
    let reason = reason.split(" [").next().unwrap_or(reason);
    match reason {
        "unfetchable" => "The server lists it and does not hand it out.".into(),
        "the program ended three times while reading it" | "reading it took too long" => {
            format!("{} Mailkeep reads it again by itself, soon at first and then less often.", sentence(reason))
        }
        other => sentence(other),
    }
}

fn sentence(words: &str) -> String {
    let mut words = words.chars();
    let first: String = words.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", words.as_str().trim_end_matches('.'))
}
