//! IMAP folders: what each is for, and its name as people read it.

use serde::{Deserialize, Serialize};

/// What a folder is for (RFC 6154, or its usual names).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FolderRole {
    Inbox,
    /// Chosen by an admin.
    Chosen,
    Sent,
    Junk,
    Drafts,
    Trash,
    /// A view of messages that lie elsewhere (Gmail's *All Mail*, *Starred*).
    View,
    Other,
}

impl FolderRole {
    pub const ALL: [FolderRole; 8] = [
        FolderRole::Inbox,
        FolderRole::Chosen,
        FolderRole::Sent,
        FolderRole::Junk,
        FolderRole::Drafts,
        FolderRole::Trash,
        FolderRole::View,
        FolderRole::Other,
    ];

    /// The word in the database.
    pub fn key(self) -> &'static str {
        match self {
            FolderRole::Inbox => "inbox",
            FolderRole::Chosen => "chosen",
            FolderRole::Sent => "sent",
            FolderRole::Junk => "junk",
            FolderRole::Drafts => "drafts",
            FolderRole::Trash => "trash",
            FolderRole::View => "view",
            FolderRole::Other => "other",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }

    /// Whether customers' mail may lie there: neither what we wrote nor what was thrown away.
    pub fn holds_mail(self) -> bool {
        matches!(self, FolderRole::Inbox | FolderRole::Chosen | FolderRole::Junk | FolderRole::Other)
    }
}

/// A folder's name as people read it: modified UTF-7 decoded (RFC 3501 5.1.3). What is none stays
/// as it is.
pub fn readable(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('&') {
        let Some(end) = rest[at..].find('-').map(|n| at + n) else { break };
        out.push_str(&rest[..at]);
        match &rest[at + 1..end] {
            "" => out.push('&'),
            encoded => match utf16(encoded) {
                Some(text) => out.push_str(&text),
                None => out.push_str(&rest[at..=end]),
            },
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

/// Base64 with `,` in the place of `/`, without padding, over big-endian UTF-16.
fn utf16(encoded: &str) -> Option<String> {
    let (mut bits, mut have, mut bytes) = (0_u32, 0, Vec::new());
    for c in encoded.bytes() {
        let six = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b',' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0xffff;
        have += 6;
        if have >= 8 {
            have -= 8;
            bytes.push((bits >> have & 0xff) as u8);
        }
    }
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable() {
        for (name, shown) in [
            ("INBOX", "INBOX"),
            ("Entw&APw-rfe", "Entwürfe"),
            ("&AMk-l&AOk-ments envoy&AOk-s", "Éléments envoyés"),
            ("Q&-A", "Q&A"),
            ("&ZeVnLIqe-", "日本語"),
            ("&2D3eAA-", "😀"),
            ("open & ended", "open & ended"),
            ("&***-", "&***-"),
            ("&", "&"),
        ] {
            assert_eq!(readable(name), shown, "{name}");
        }
    }

    #[test]
    fn roles_have_words() {
        for role in FolderRole::ALL {
            assert_eq!(FolderRole::from_key(role.key()), Some(role));
        }
    }
}
