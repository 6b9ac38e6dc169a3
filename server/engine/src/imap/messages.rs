//! Fetching messages, whole or in parts, never marking them as read.

use super::command::{Session, set};
use super::date::internal_date;
use crate::login::Fault;
use async_imap::imap_proto::{AttributeValue, MessageSection, Response, SectionPath};
use domain::Time;

/// What a FETCH told of one message. What was asked for and is `None` was not delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    pub uid: u32,
    pub arrived_at: Option<Time>,
    /// RFC822.SIZE: exact at honest servers, an estimate at Exchange.
    pub size: Option<u64>,
    /// The bytes that were asked for.
    pub body: Option<Vec<u8>>,
    pub header: Option<Vec<u8>>,
}

impl Session {
    /// When these messages came and how large they are.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn sizes(&mut self, uids: &[u32]) -> Result<Vec<Fetched>, Fault> {
        self.fetch(uids, "(UID INTERNALDATE RFC822.SIZE)").await
    }

    /// When these messages came.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn times(&mut self, uids: &[u32]) -> Result<Vec<Fetched>, Fault> {
        self.fetch(uids, "(UID INTERNALDATE)").await
    }

    /// UIDs from `first` to `last` (`None`: the highest) that the open folder holds, without SEARCH.
    pub(super) async fn list_uids(&mut self, first: u32, last: Option<u32>) -> Result<Vec<u32>, Fault> {
        let end = last.map_or("*".to_owned(), |n| n.to_string());
        let mut found = Vec::new();
        self.run(&format!("UID FETCH {first}:{end} (UID)"), |response| {
            if let Response::Fetch(_, attributes) = response {
                found.push(read(attributes).uid);
            }
        })
        .await?;
        // `n:*` always holds the highest UID; and the server may tell of other messages' flags meanwhile.
        found.retain(|uid| *uid >= first.max(1) && last.is_none_or(|last| *uid <= last));
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Whole messages. Call [`Session::allow`] with what may come.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn bodies(&mut self, uids: &[u32]) -> Result<Vec<Fetched>, Fault> {
        self.fetch(uids, "(UID INTERNALDATE BODY.PEEK[])").await
    }

    /// A part of one message: at most `length` bytes from `offset`; fewer mean its end.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn part(&mut self, uid: u32, offset: u64, length: u64) -> Result<Option<Vec<u8>>, Fault> {
        self.allow(length, length);
        let fetched = self.fetch(&[uid], &format!("(UID BODY.PEEK[]<{offset}.{length}>)")).await?;
        Ok(fetched.into_iter().find(|f| f.uid == uid).and_then(|f| f.body))
    }

    /// The headers by which a message is known again, with its INTERNALDATE.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn headers(&mut self, uids: &[u32]) -> Result<Vec<Fetched>, Fault> {
        self.allow(64 << 10, 64 * 1024 * uids.len() as u64);
        self.fetch(uids, "(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM TO SUBJECT)])").await
    }

    /// The whole header of one message, at most `length` bytes.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn header(&mut self, uid: u32, length: u64) -> Result<Option<Vec<u8>>, Fault> {
        self.allow(length, length);
        let fetched = self.fetch(&[uid], &format!("(UID BODY.PEEK[HEADER]<0.{length}>)")).await?;
        Ok(fetched.into_iter().find(|f| f.uid == uid).and_then(|f| f.header))
    }

    /// The first bytes of a message's text, after its header.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn text(&mut self, uid: u32, length: u64) -> Result<Option<Vec<u8>>, Fault> {
        self.allow(length, length);
        let fetched = self.fetch(&[uid], &format!("(UID BODY.PEEK[TEXT]<0.{length}>)")).await?;
        Ok(fetched.into_iter().find(|f| f.uid == uid).and_then(|f| f.body))
    }

    /// How much the next answer may announce in literals. Bytes.
    pub fn allow(&mut self, largest: u64, total: u64) {
        self.wire.stream_mut().allow(largest, total);
    }

    async fn fetch(&mut self, uids: &[u32], items: &str) -> Result<Vec<Fetched>, Fault> {
        let mut fetched: Vec<Fetched> = Vec::with_capacity(uids.len());
        for part in uids.chunks(500) {
            self.run(&format!("UID FETCH {} {items}", set(part)), |response| {
                if let Response::Fetch(_, attributes) = response {
                    let one = read(attributes);
                    // The server may tell of other messages' flags meanwhile.
                    if part.binary_search(&one.uid).is_ok() {
                        fetched.push(one);
                    }
                }
            })
            .await?;
        }
        Ok(merged(fetched))
    }
}

fn read(attributes: &[AttributeValue<'_>]) -> Fetched {
    let mut one = Fetched::default();
    // Exchange gives the items in any order, UID last among them.
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => one.uid = *uid,
            AttributeValue::Rfc822Size(size) => one.size = Some(u64::from(*size)),
            AttributeValue::InternalDate(text) => one.arrived_at = internal_date(text),
            AttributeValue::BodySection { section, data: Some(data), .. } => match section {
                Some(SectionPath::Full(MessageSection::Header)) => one.header = Some(data.to_vec()),
                _ => one.body = Some(data.to_vec()),
            },
            _ => {}
        }
    }
    one
}

/// A server may tell of one message in several responses.
fn merged(mut fetched: Vec<Fetched>) -> Vec<Fetched> {
    fetched.sort_by_key(|f| f.uid);
    fetched.dedup_by(|later, first| {
        let same = later.uid == first.uid;
        if same {
            first.arrived_at = first.arrived_at.or(later.arrived_at);
            first.size = first.size.or(later.size);
            first.body = first.body.take().or(later.body.take());
            first.header = first.header.take().or(later.header.take());
        }
        same
    });
    fetched
}
