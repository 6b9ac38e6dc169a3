//! What the address of the list asks for, and the addresses of its neighbours.

use crate::api::response::with;
use crate::pages::here::Address as Place;
use domain::console::tickets::TicketFilter;
use domain::id::{MailboxId, PersonId};
use domain::ticket::TicketStatus;

/// The query of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// `None`: all of them; only a search may ask for that.
    pub status: Option<TicketStatus>,
    pub mailbox: Option<MailboxId>,
    pub assignee: Option<PersonId>,
    pub words: String,
    pub after: Option<String>,
}

impl Ask {
    pub fn of(place: &Place) -> Self {
        Self::read(|name| place.query(name).map(str::to_owned))
    }

    /// Values that make no sense are left out: an address from a mail may be cut off.
    fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let words: String = value("q").map(|w| w.trim().chars().take(200).collect()).unwrap_or_default();
        let status = value("status").and_then(|s| TicketStatus::from_key(&s));
        Self {
            status: match (status, &words) {
                (None, words) if words.is_empty() => Some(TicketStatus::Open),
                (status, _) => status,
            },
            mailbox: value("mailbox").and_then(|id| id.parse().ok()),
            assignee: value("assignee").and_then(|id| id.parse().ok()),
            words,
            after: value("after"),
        }
    }

    pub fn filter(&self) -> TicketFilter {
        TicketFilter {
            status: self.status,
            mailbox: self.mailbox,
            assignee: self.assignee,
            words: self.words.clone(),
            after: self.after.clone(),
        }
    }

    pub fn filtered(&self) -> bool {
        self.mailbox.is_some() || self.assignee.is_some()
    }

    /// The first page of another state, all else alike.
    pub fn with_status(&self, status: Option<TicketStatus>) -> String {
        Self { status, after: None, ..self.clone() }.address()
    }

    /// The first page.
    pub fn newest(&self) -> String {
        Self { after: None, ..self.clone() }.address()
    }

    /// The page after this one.
    pub fn older(&self, cursor: &str) -> String {
        Self { after: Some(cursor.to_owned()), ..self.clone() }.address()
    }

    fn address(&self) -> String {
        // What is the case anyway does not stand in the address.
        let usual = if self.words.is_empty() { Some(TicketStatus::Open) } else { None };
        let status = self.status.filter(|s| Some(*s) != usual).map(|s| s.key().to_owned());
        let parts = [
            ("status", status),
            ("mailbox", self.mailbox.map(|id| id.to_string())),
            ("assignee", self.assignee.map(|id| id.to_string())),
            ("q", Some(self.words.clone()).filter(|w| !w.is_empty())),
            ("after", self.after.clone()),
        ];
        let mut address = "/tickets".to_owned();
        for (name, value) in parts {
            if let Some(value) = value {
                address = with(&address, name, &value);
            }
        }
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(pairs: &[(&str, &str)]) -> Ask {
        Ask::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_list_begins_with_open_tickets_and_a_search_with_all() {
        assert_eq!(ask(&[]).status, Some(TicketStatus::Open));
        assert_eq!(ask(&[("q", "T-40")]).status, None);
        assert_eq!(ask(&[("q", "T-40"), ("status", "closed")]).status, Some(TicketStatus::Closed));
        assert_eq!(ask(&[("status", "nonsense"), ("mailbox", "x")]), ask(&[]));
    }

    #[test]
    fn addresses_are_short_and_keep_the_filter() {
        assert_eq!(ask(&[]).newest(), "/tickets");
        let filtered = ask(&[("mailbox", "3"), ("q", "a b&c"), ("after", "x")]);
        assert_eq!(filtered.with_status(Some(TicketStatus::Open)), "/tickets?status=open&mailbox=3&q=a%20b%26c");
        assert_eq!(filtered.older("9.4"), "/tickets?mailbox=3&q=a%20b%26c&after=9.4");
    }
}
