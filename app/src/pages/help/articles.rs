//! The articles: one per situation, in the words of the screens. Their addresses are linked from
//! banners, rows, cards and pickers, so a key never changes.

mod mail;
mod mailboxes;
mod registrations;
mod settings;
mod sign_ins;

/// A part of an article.
pub enum Block {
    Head(&'static str),
    Text(&'static str),
    Steps(&'static [&'static str]),
    List(&'static [&'static str]),
    /// Where to read on: the article's key and the words of the link.
    More(&'static str, &'static str),
}

/// One situation.
pub struct Article {
    pub key: &'static str,
    pub title: &'static str,
    pub lead: &'static str,
    pub blocks: &'static [Block],
}

/// Articles of one kind, for the index.
pub struct Chapter {
    pub title: &'static str,
    pub articles: &'static [Article],
}

use Block::{Head, Text};

const SEE: Block = Head("What you see");
const DO: Block = Head("What to do");
const WHY: Block = Head("Why it happens");
const LOST: Block = Head("Is any mail lost?");
const NOT_LOST: Block = Text(
    "No. Mail stays in the mailbox, and Mailkeep remembers the last message it took. Afterwards it fetches all that came later, however long that was, and the mailbox page shows the sum: so many arrived, so many accounted for. Held replies leave once each.",
);
const NOTHING_CHANGED: Block = Text("No. Nothing that works is replaced by something that does not.");

/// All of them, in the order of the index.
pub const CHAPTERS: &[Chapter] = &[
    Chapter { title: "Signing in", articles: sign_ins::ARTICLES },
    Chapter { title: "Settings at the provider", articles: settings::ARTICLES },
    Chapter { title: "Mailboxes", articles: mailboxes::ARTICLES },
    Chapter { title: "Mail and replies", articles: mail::ARTICLES },
    Chapter { title: "App registrations and this server", articles: registrations::ARTICLES },
];

/// The article of a key.
pub fn find(key: &str) -> Option<&'static Article> {
    CHAPTERS.iter().flat_map(|chapter| chapter.articles).find(|article| article.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::diagnoses;
    use domain::Diagnosis;
    use std::collections::HashSet;

    #[test]
    fn keys_are_unique_and_links_lead_somewhere() {
        let mut keys = HashSet::new();
        for article in CHAPTERS.iter().flat_map(|chapter| chapter.articles) {
            assert!(keys.insert(article.key), "{} stands twice", article.key);
            assert!(!article.lead.is_empty() && !article.blocks.is_empty(), "{}", article.key);
            for block in article.blocks {
                if let Block::More(to, _) = block {
                    assert!(find(to).is_some(), "{} leads to {to}", article.key);
                }
            }
        }
    }

    #[test]
    fn every_diagnosis_has_its_article() {
        for diagnosis in Diagnosis::ALL {
            let key = diagnoses::article(diagnosis);
            assert!(find(key).is_some(), "{diagnosis:?} leads to {key}");
        }
    }

    #[test]
    fn the_words_are_ours() {
        for article in CHAPTERS.iter().flat_map(|chapter| chapter.articles) {
            let mut words = format!("{} {}", article.title, article.lead);
            for block in article.blocks {
                match block {
                    Block::Head(text) | Block::Text(text) | Block::More(_, text) => words.push_str(text),
                    Block::Steps(list) | Block::List(list) => words.push_str(&list.join(" ")),
                }
            }
            // R1 and R13 quote a *please*; help does not.
            let pleading =
                words.replace("Please sign in again", "").replace("Please reauthorize your Email settings", "");
            assert!(!pleading.to_lowercase().contains("please"), "{}", article.key);
            assert!(!words.contains('!') && !words.to_lowercase().contains("oops"), "{}", article.key);
        }
    }
}
