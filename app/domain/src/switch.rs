//! Giving a mailbox another sign-in, address or provider: what changes, and what stays.

use crate::address::Address;
use crate::console::mailboxes::ImportFrom;
use serde::{Deserialize, Serialize};

/// What changes. Tickets stay in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// Another person, or another kind of sign-in, for the same mailbox.
    Person,
    /// The same mailbox under another address.
    Renamed,
    /// The same address at another provider, its mail copied there.
    Moved,
    /// Another mailbox takes its place.
    Different,
}

impl Case {
    pub const ALL: [Case; 4] = [Case::Person, Case::Renamed, Case::Moved, Case::Different];

    /// The word in forms and in the database.
    pub fn key(self) -> &'static str {
        match self {
            Case::Person => "person",
            Case::Renamed => "renamed",
            Case::Moved => "moved",
            Case::Different => "different",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.key() == key)
    }

    /// The mailbox gets another address; the old one stays an own address.
    pub fn renames(self) -> bool {
        matches!(self, Case::Renamed | Case::Different)
    }

    /// Its folders are others from now on: the old ones keep their receipts and their cursor.
    pub fn leaves_folders(self) -> bool {
        matches!(self, Case::Moved | Case::Different)
    }

    /// What is known from the old side is recognised on the new one.
    pub fn recognises(self) -> bool {
        self == Case::Moved
    }
}

/// A switch that was prepared, and waits for its sign-in or password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub case: Case,
    pub provider_key: String,
    /// The mailbox's address afterwards.
    pub address: Address,
    /// Of a different mailbox: from when on mail is imported.
    pub import: ImportFrom,
}

/// How the last look at the old side ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Drained {
    /// Fetched a last time: so many messages came.
    Fetched(u32),
    /// It could not be fetched; why, as the server or we say it.
    Not(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_keeps_what_it_must() {
        for (case, renames, leaves, recognises) in [
            (Case::Person, false, false, false),
            (Case::Renamed, true, false, false),
            (Case::Moved, false, true, true),
            (Case::Different, true, true, false),
        ] {
            assert_eq!(
                (case.renames(), case.leaves_folders(), case.recognises()),
                (renames, leaves, recognises),
                "{case:?}"
            );
            assert_eq!(Case::from_key(case.key()), Some(case));
        }
        assert_eq!(Case::from_key("both"), None);
    }
}
