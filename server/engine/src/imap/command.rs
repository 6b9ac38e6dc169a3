//! A signed-in session and its commands. Each reads up to its tagged line and believes only that.

use super::fault::is_refusal;
use super::wire::Wire;
use crate::login::Fault;
use async_imap::imap_proto::{MailboxDatum, Response, ResponseCode, Status};
use domain::Time;
use domain::provider::ProviderKind;
use std::time::Duration;
use tokio::time::timeout;

/// No command may take longer, however steadily its bytes drip.
const COMMAND: Duration = Duration::from_secs(15 * 60);

/// A signed-in session.
pub struct Session {
    pub(super) wire: Wire,
    pub(super) provider: ProviderKind,
    /// As the server listed them after the sign-in, in capitals.
    pub(super) capabilities: Box<str>,
    /// How long the server may say nothing while something is awaited.
    pub(super) answer_within: Duration,
    /// The user name that signed in.
    pub user: String,
    /// Messages in the selected folder, as last told.
    pub exists: u32,
    /// The server told of a new message since this was last cleared.
    pub news: bool,
}

/// An open folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Zero where the server names none: its UIDs mean nothing beyond this session.
    pub uid_validity: u32,
    /// The UID that the next message will have, where the server says so.
    pub uid_next: Option<u32>,
    /// Messages in it.
    pub exists: u32,
}

impl Session {
    /// Whether the server listed this capability.
    pub fn can(&self, capability: &str) -> bool {
        offers(&self.capabilities, capability)
    }

    /// Whose rules hold here.
    pub fn provider(&self) -> ProviderKind {
        self.provider
    }

    /// The session's lines so far, redacted.
    pub fn lines(&self) -> Vec<String> {
        self.wire.told().lines()
    }

    /// Runs one command; `each` sees every response before the tagged one.
    pub(super) async fn run(&mut self, command: &str, each: impl FnMut(&Response<'_>)) -> Result<(), Fault> {
        self.run_within(COMMAND, command, each).await
    }

    pub(super) async fn run_within(
        &mut self,
        longest: Duration,
        command: &str,
        each: impl FnMut(&Response<'_>),
    ) -> Result<(), Fault> {
        match timeout(longest, self.send_and_read(command, each)).await {
            Ok(done) => done,
            Err(_) => Err(crate::net::of_io(&std::io::ErrorKind::TimedOut.into())),
        }
    }

    async fn send_and_read(&mut self, command: &str, each: impl FnMut(&Response<'_>)) -> Result<(), Fault> {
        let tag = self.wire.command(command).await?;
        self.read_to(&tag, each).await
    }

    /// Reads up to the tagged line of a command that was sent.
    pub(super) async fn read_to(&mut self, tag: &str, mut each: impl FnMut(&Response<'_>)) -> Result<(), Fault> {
        let (exists, news) = (&mut self.exists, &mut self.news);
        let heard = |response: &Response<'_>| {
            Self::hear(exists, news, response);
            each(response);
        };
        self.wire.read_to(tag, heard).await
    }

    /// What a server may say at any time (RFC 9051 7).
    pub(super) fn hear(exists: &mut u32, news: &mut bool, response: &Response<'_>) {
        match response {
            Response::MailboxData(MailboxDatum::Exists(count)) => {
                *news |= *count > *exists;
                *exists = *count;
            }
            Response::MailboxData(MailboxDatum::Recent(count)) => *news |= *count > 0,
            Response::Expunge(_) => *exists = exists.saturating_sub(1),
            _ => {}
        }
    }

    /// Opens a folder: for reading only, unless something is to be changed in it.
    ///
    /// # Errors
    /// A [`Fault`]; the folder may be gone.
    pub async fn enter(&mut self, folder: &str, writes: bool) -> Result<Selected, Fault> {
        if writes { self.select(folder).await } else { self.examine(folder).await }
    }

    /// Opens a folder for reading and marking.
    ///
    /// # Errors
    /// A [`Fault`]; the folder may be gone.
    pub async fn select(&mut self, folder: &str) -> Result<Selected, Fault> {
        self.open("SELECT", folder).await
    }

    /// Opens a folder for reading only.
    ///
    /// # Errors
    /// A [`Fault`]; the folder may be gone.
    pub async fn examine(&mut self, folder: &str) -> Result<Selected, Fault> {
        self.open("EXAMINE", folder).await
    }

    async fn open(&mut self, verb: &str, folder: &str) -> Result<Selected, Fault> {
        let mut selected = Selected { uid_validity: 0, uid_next: None, exists: 0 };
        self.run(&format!("{verb} {}", quoted(folder)), |response| {
            if let Response::Data { status: Status::Ok, outcome } = response {
                match outcome.code {
                    Some(ResponseCode::UidValidity(n)) => selected.uid_validity = n,
                    Some(ResponseCode::UidNext(n)) => selected.uid_next = Some(n),
                    _ => {}
                }
            }
        })
        .await?;
        selected.exists = self.exists;
        self.news = false;
        Ok(selected)
    }

    /// UIDs from `first` to `last` (`None`: the highest) that the open folder holds, in order; listed
    /// where the server refuses to search.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn uids(&mut self, first: u32, last: Option<u32>) -> Result<Vec<u32>, Fault> {
        let refusal = match self.search_uids(first, last).await {
            Err(fault) if is_refusal(&fault) => fault,
            found => return found,
        };
        match self.list_uids(first, last).await {
            // What it says of the usual way tells more.
            Err(fault) if is_refusal(&fault) => Err(refusal),
            listed => listed,
        }
    }

    /// The same, as SEARCH alone tells it.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn search_uids(&mut self, first: u32, last: Option<u32>) -> Result<Vec<u32>, Fault> {
        let end = last.map_or("*".to_owned(), |n| n.to_string());
        let mut found = self.search(&format!("UID {first}:{end}")).await?;
        // `n:*` always holds the highest UID, even one below n (RFC 9051 9, seq-range).
        found.retain(|uid| *uid >= first);
        Ok(found)
    }

    /// UIDs of what may have arrived since a time: by whole days of the server's zone, so look at each
    /// one's own. All there are where the server refuses to search.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn maybe_since(&mut self, time: Time) -> Result<Vec<u32>, Fault> {
        match self.search(&format!("SINCE {}", super::date::since(time))).await {
            Err(fault) if is_refusal(&fault) => self.uids(1, None).await,
            found => found,
        }
    }

    /// UIDs of messages whose Message-ID is this one.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn search_message_id(&mut self, id: &str) -> Result<Vec<u32>, Fault> {
        self.search(&format!("HEADER Message-ID {}", quoted(id))).await
    }

    /// UIDs of messages whose sender, subject or Message-ID has these words.
    ///
    /// # Errors
    /// A [`Fault`]; a refusal may be one of the charset.
    pub async fn search_words(&mut self, words: &str, utf8: bool) -> Result<Vec<u32>, Fault> {
        let words = quoted(words);
        let charset = if utf8 { "CHARSET UTF-8 " } else { "" };
        self.search(&format!("{charset}OR OR FROM {words} SUBJECT {words} HEADER Message-ID {words}")).await
    }

    /// UIDs that match, in order.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn search(&mut self, criteria: &str) -> Result<Vec<u32>, Fault> {
        let mut found = Vec::new();
        self.run(&format!("UID SEARCH {criteria}"), |response| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
                found.extend_from_slice(uids);
            }
        })
        .await?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Marks messages as deleted and expunges exactly those (RFC 4315). Needs UIDPLUS: without it
    /// EXPUNGE would take whatever others marked.
    ///
    /// # Errors
    /// A [`Fault`]; some may be gone, some not.
    pub async fn delete(&mut self, uids: &[u32]) -> Result<(), Fault> {
        for part in uids.chunks(200) {
            let set = set(part);
            self.run(&format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)"), |_| ()).await?;
            self.run(&format!("UID EXPUNGE {set}"), |_| ()).await?;
        }
        Ok(())
    }

    /// Marks messages as read.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn mark_read(&mut self, uids: &[u32]) -> Result<(), Fault> {
        self.run(&format!("UID STORE {} +FLAGS.SILENT (\\Seen)", set(uids)), |_| ()).await
    }

    /// Moves messages to another folder, which is made where it is not there. Without MOVE
    /// (RFC 6851) they are copied and deleted, which needs UIDPLUS.
    ///
    /// # Errors
    /// A [`Fault`]; some may be moved, some not.
    pub async fn move_to(&mut self, uids: &[u32], folder: &str) -> Result<(), Fault> {
        let verb = if self.can("MOVE") { "MOVE" } else { "COPY" };
        let command = format!("UID {verb} {} {}", set(uids), quoted(folder));
        if let Err(fault) = self.run(&command, |_| ()).await {
            if !fault.said.contains("[TRYCREATE]") {
                return Err(fault);
            }
            self.run(&format!("CREATE {}", quoted(folder)), |_| ()).await?;
            self.run(&command, |_| ()).await?;
        }
        if verb == "COPY" { self.delete(uids).await } else { Ok(()) }
    }

    /// Asks for nothing, to hear what is new.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn noop(&mut self) -> Result<(), Fault> {
        self.run_within(Duration::from_secs(60), "NOOP", |_| ()).await
    }

    /// Says goodbye, and does not wait long for the answer.
    pub async fn logout(mut self) {
        let _ = self.run_within(Duration::from_secs(2), "LOGOUT", |_| ()).await;
    }
}

/// Whether a list of capabilities, in capitals, has this one.
pub(super) fn offers(listed: &str, capability: &str) -> bool {
    listed.split_whitespace().any(|one| one.eq_ignore_ascii_case(capability))
}

/// A quoted string (RFC 9051 4.3). Line breaks, which can't be in one, are left out.
pub(super) fn quoted(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !matches!(c, '\r' | '\n' | '\0')).collect();
    format!("\"{}\"", clean.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `1,2,3,5` as `1:3,5`.
pub(super) fn set(uids: &[u32]) -> String {
    let mut out = String::new();
    let mut rest = uids;
    while let Some(&first) = rest.first() {
        let run = rest.iter().zip(first..=u32::MAX).take_while(|(uid, n)| *uid == n).count();
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(&first.to_string());
        if run > 1 {
            out.push_str(&format!(":{}", rest[run - 1]));
        }
        rest = &rest[run..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_short() {
        assert_eq!(set(&[]), "");
        assert_eq!(set(&[7]), "7");
        assert_eq!(set(&[1, 2, 3, 5, 9, 10]), "1:3,5,9:10");
        assert_eq!(set(&[u32::MAX - 1, u32::MAX]), "4294967294:4294967295");
    }

    #[test]
    fn a_folder_name_cannot_end_the_command() {
        assert_eq!(quoted("Sent \"x\" \\ \r\nA1 LOGOUT"), "\"Sent \\\"x\\\" \\\\ A1 LOGOUT\"");
    }
}
