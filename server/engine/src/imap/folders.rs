//! Folders and what they are for.

use super::command::{Session, quoted};
use crate::login::Fault;
use async_imap::imap_proto::{MailboxDatum, NameAttribute, Response, StatusAttribute};
use domain::folder::FolderRole;

/// A folder as LIST names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// As the server writes it (RFC 3501 5.1.3); give it back unchanged.
    pub name: String,
    pub selectable: bool,
    /// As marked (RFC 6154), else by its usual names.
    pub role: FolderRole,
    /// The role is the server's own word, not a guess by the name.
    pub marked: bool,
}

/// What STATUS tells of a folder that is not open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderStatus {
    pub messages: u32,
    pub uid_validity: u32,
    pub uid_next: u32,
}

/// What folders of unwanted mail are called, lower-case, where the server does not mark them.
const JUNK: [&str; 12] = [
    "junk",
    "junk email",
    "junk e-mail",
    "junk-e-mail",
    "spam",
    "bulk mail",
    "inbox.junk",
    "inbox.spam",
    "[gmail]/spam",
    "courrier ind&aok-sirable",
    "posta indesiderata",
    "ongewenste e-mail",
];
const TRASH: [&str; 8] = [
    "trash",
    "deleted items",
    "deleted messages",
    "papierkorb",
    "gel&apy-schte elemente",
    "[gmail]/trash",
    "inbox.trash",
    "bin",
];
const DRAFTS: [&str; 5] = ["drafts", "entw&apw-rfe", "[gmail]/drafts", "inbox.drafts", "brouillons"];

/// What folders of sent mail are called where the server does not say which it is; Exchange names
/// it in the language of the mailbox's first sign-in. The IMAP spelling of ` &-` and umlauts.
const SENT: [&str; 22] = [
    "Sent Items",
    "Sent",
    "Sent Messages",
    "Sent Mail",
    "[Gmail]/Sent Mail",
    "INBOX.Sent",
    "INBOX.Sent Items",
    "Gesendete Elemente",
    "Gesendet",
    "Gesendete Objekte",
    "&AMk-l&AOk-ments envoy&AOk-s",
    "Messages envoy&AOk-s",
    "Elementos enviados",
    "Enviados",
    "Itens Enviados",
    "Posta inviata",
    "Inviati",
    "Verzonden items",
    "Verzonden",
    "Skickat",
    "Sendte elementer",
    "Elementy wys&AUI-ane",
];

/// What a folder is for: the marks first, then its name. And whether a mark said so.
fn role(marks: &[NameAttribute<'_>], name: &str) -> (FolderRole, bool) {
    let has = |mark: NameAttribute<'_>| marks.contains(&mark);
    let marked = [
        (NameAttribute::Sent, FolderRole::Sent),
        (NameAttribute::Junk, FolderRole::Junk),
        (NameAttribute::Trash, FolderRole::Trash),
        (NameAttribute::Drafts, FolderRole::Drafts),
        (NameAttribute::All, FolderRole::View),
        (NameAttribute::Flagged, FolderRole::View),
    ];
    if let Some((_, role)) = marked.into_iter().find(|(mark, _)| has(mark.clone())) {
        return (role, true);
    }
    // RFC 8457; the parser knows no name for it.
    if marks.iter().any(|m| matches!(m, NameAttribute::Extension(word) if word.eq_ignore_ascii_case("\\Important"))) {
        return (FolderRole::View, true);
    }
    let lower = name.to_ascii_lowercase();
    let named = |names: &[&str]| names.contains(&lower.as_str());
    let role = match () {
        () if lower == "inbox" => FolderRole::Inbox,
        () if SENT.iter().any(|sent| sent.eq_ignore_ascii_case(name)) => FolderRole::Sent,
        () if named(&JUNK) => FolderRole::Junk,
        () if named(&TRASH) => FolderRole::Trash,
        () if named(&DRAFTS) => FolderRole::Drafts,
        () => FolderRole::Other,
    };
    (role, false)
}

/// The folder of sent mail: as marked, else by its usual names in their order.
fn sent_among(all: &[Listed]) -> Option<&str> {
    all_sent_among(all).first().copied()
}

/// Folders of sent mail that are watched, and looked into for one message.
const SENT_FOLDERS: usize = 4;

/// Folders that may hold sent mail, the likeliest first: some servers have one that they mark and
/// another that a program made, and only looking tells where copies really land.
pub fn all_sent_among(all: &[Listed]) -> Vec<&str> {
    let mut sent: Vec<&Listed> = all.iter().filter(|f| f.role == FolderRole::Sent && f.selectable).collect();
    let place = |f: &Listed| SENT.iter().position(|name| f.name.eq_ignore_ascii_case(name)).unwrap_or(SENT.len());
    sent.sort_by_key(|f| (!f.marked, place(f)));
    sent.into_iter().take(SENT_FOLDERS).map(|f| f.name.as_str()).collect()
}

/// Folders without a meaning that are looked into.
const OTHERS: usize = 30;

/// Which folders a message that was sent is looked for in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Where<'a> {
    /// Where one was found before.
    pub known: &'a [String],
    /// Also where neither a mark nor a name says so: only looking tells.
    pub anywhere: bool,
}

impl Where<'_> {
    /// These folders, the likeliest first.
    fn among<'a>(&self, all: &'a [Listed]) -> Vec<&'a str> {
        let there = |folder: &&Listed| folder.selectable;
        let known = all.iter().filter(there).filter(|f| self.known.contains(&f.name)).map(|f| f.name.as_str());
        let others = all.iter().filter(there).filter(|f| self.anywhere && f.role == FolderRole::Other);
        let mut found: Vec<&str> = known.collect();
        for name in all_sent_among(all).into_iter().chain(others.take(OTHERS).map(|f| f.name.as_str())) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }
}

impl Session {
    /// All folders.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn list(&mut self) -> Result<Vec<Listed>, Fault> {
        let mut found = Vec::new();
        // Servers with SPECIAL-USE give the marks in a plain LIST too (RFC 6154 2).
        self.run("LIST \"\" \"*\"", |response| {
            if let Response::MailboxData(MailboxDatum::List(list)) = response {
                let (role, marked) = role(&list.name_attributes, &list.name);
                found.push(Listed {
                    name: list.name.to_string(),
                    selectable: !list.name_attributes.contains(&NameAttribute::NoSelect),
                    role,
                    marked,
                });
            }
        })
        .await?;
        Ok(found)
    }

    /// The folder of sent mail, if there is one.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn sent_folder(&mut self) -> Result<Option<String>, Fault> {
        Ok(sent_among(&self.list().await?).map(str::to_owned))
    }

    /// What another folder holds, without opening it.
    ///
    /// # Errors
    /// A [`Fault`]; a refusal may mean that the folder is gone.
    pub async fn status(&mut self, folder: &str) -> Result<FolderStatus, Fault> {
        let mut told = FolderStatus::default();
        self.run(&format!("STATUS {} (MESSAGES UIDNEXT UIDVALIDITY)", quoted(folder)), |response| {
            if let Response::MailboxData(MailboxDatum::Status { status, .. }) = response {
                for attribute in status {
                    match attribute {
                        StatusAttribute::Messages(n) => told.messages = *n,
                        StatusAttribute::UidNext(n) => told.uid_next = *n,
                        StatusAttribute::UidValidity(n) => told.uid_validity = *n,
                        _ => {}
                    }
                }
            }
        })
        .await?;
        Ok(told)
    }

    /// The folder of sent mail that holds a message with this Message-ID.
    ///
    /// # Errors
    /// A [`Fault`]; nothing is known then.
    pub async fn find_in_sent(&mut self, header_id: &str, where_to: &Where<'_>) -> Result<Option<String>, Fault> {
        let all = self.list().await?;
        for folder in where_to.among(&all) {
            self.examine(folder).await?;
            if !self.search_message_id(header_id).await?.is_empty() {
                return Ok(Some(folder.to_owned()));
            }
        }
        Ok(None)
    }

    /// Files a copy of what was sent, marked as read, into the folder of sent mail; without such a
    /// folder nothing happens.
    ///
    /// # Errors
    /// A [`Fault`]; the copy may or may not be there then.
    pub async fn append_sent(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        match self.sent_folder().await? {
            Some(folder) => self.append(&folder, "(\\Seen)", bytes).await,
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_told_by_its_mark_and_then_by_its_name() {
        for (marks, name, expected) in [
            (vec![NameAttribute::Junk], "Unerw&APw-nscht", FolderRole::Junk),
            (vec![NameAttribute::All], "[Gmail]/All Mail", FolderRole::View),
            (vec![], "Gesendete Elemente", FolderRole::Sent),
            (vec![], "Junk Email", FolderRole::Junk),
            (vec![], "inbox", FolderRole::Inbox),
            (vec![], "Archive", FolderRole::Other),
        ] {
            assert_eq!(role(&marks, name).0, expected, "{name}");
        }
        let listed =
            |name: &str, marked| Listed { name: name.into(), selectable: true, role: FolderRole::Sent, marked };
        let two = [listed("Sent", false), listed("Verschickt", true)];
        assert_eq!(sent_among(&two), Some("Verschickt"));
        let named = [listed("Sent", false), listed("Sent Items", false)];
        assert_eq!(sent_among(&named), Some("Sent Items"));
        assert_eq!(all_sent_among(&two), ["Verschickt", "Sent"]);
        let post = Listed { role: FolderRole::Other, ..listed("Post", false) };
        let inbox = Listed { role: FolderRole::Inbox, ..listed("INBOX", false) };
        let all = [two[0].clone(), post, inbox, two[1].clone()];
        let (sent, post) = (["Sent".to_owned()], ["Post".to_owned(), "Gone".to_owned()]);
        for (known, anywhere, expected) in [
            (&[] as &[String], false, vec!["Verschickt", "Sent"]),
            (&[], true, vec!["Verschickt", "Sent", "Post"]),
            (&sent, false, vec!["Sent", "Verschickt"]),
            (&post, true, vec!["Post", "Verschickt", "Sent"]),
        ] {
            assert_eq!(Where { known, anywhere }.among(&all), expected, "{known:?}");
        }
        assert_eq!(all_sent_among(&named), ["Sent Items", "Sent"]);
    }
}
