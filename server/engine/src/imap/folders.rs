//! Folders and what they are for.

use super::command::{Session, quoted};
use crate::login::Fault;
use async_imap::imap_proto::{MailboxDatum, NameAttribute, Response, StatusAttribute};

/// A folder as LIST names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// As the server writes it (RFC 3501 5.1.3); give it back unchanged.
    pub name: String,
    pub selectable: bool,
    /// RFC 6154 `\Sent`.
    pub sent: bool,
    /// RFC 6154 `\Junk`.
    pub junk: bool,
}

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
                let has = |mark: &NameAttribute<'_>| list.name_attributes.contains(mark);
                found.push(Listed {
                    name: list.name.to_string(),
                    selectable: !has(&NameAttribute::NoSelect),
                    sent: has(&NameAttribute::Sent),
                    junk: has(&NameAttribute::Junk),
                });
            }
        })
        .await?;
        Ok(found)
    }

    /// The folder of sent mail: as marked, else by its usual names.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn sent_folder(&mut self) -> Result<Option<String>, Fault> {
        let all = self.list().await?;
        if let Some(marked) = all.iter().find(|f| f.sent && f.selectable) {
            return Ok(Some(marked.name.clone()));
        }
        let named = SENT.iter().find_map(|name| all.iter().find(|f| f.selectable && f.name.eq_ignore_ascii_case(name)));
        Ok(named.map(|f| f.name.clone()))
    }

    /// How many messages another folder holds, without opening it.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn status(&mut self, folder: &str) -> Result<Option<u32>, Fault> {
        let mut messages = None;
        self.run(&format!("STATUS {} (MESSAGES UIDNEXT)", quoted(folder)), |response| {
            if let Response::MailboxData(MailboxDatum::Status { status, .. }) = response {
                for attribute in status {
                    if let StatusAttribute::Messages(count) = attribute {
                        messages = Some(*count);
                    }
                }
            }
        })
        .await?;
        Ok(messages)
    }
}
