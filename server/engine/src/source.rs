//! What a stored raw message is known by.

use domain::Time;
use mail_parser::{Address, Message, MessageParser};
use sha2::{Digest, Sha256};

/// By which a message is known again after its folder was renumbered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The Message-ID without brackets, at most 250 bytes; the digest where there is none.
    pub key: String,
    /// SHA-256 over the decoded Message-ID, Date, From, To and Subject. Not over the bytes: size
    /// and bytes differ between two fetches at Exchange.
    pub digest: Vec<u8>,
}

/// Reads it off a message or its header. Anything at all has one.
pub fn known(header: &[u8]) -> Known {
    // A header of any size is looked at in part: what counts stands early.
    let header = &header[..header.len().min(256 << 10)];
    let parsed = MessageParser::default().parse_headers(header);
    let id = parsed.as_ref().and_then(|m| m.message_id()).map(str::trim).unwrap_or_default().to_owned();
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text.as_bytes());
    };
    add(&id);
    if let Some(message) = &parsed {
        add(&date(message));
        for list in [message.from(), message.to()] {
            for address in addresses(list) {
                add(&address);
            }
            add("");
        }
        add(message.subject().unwrap_or_default().trim());
    }
    let digest = digest.finalize().to_vec();
    let key = match id.len() {
        0 => format!("none:{}", hex(&digest)),
        1..=250 => id,
        _ => format!("long:{}", hex(&Sha256::digest(id.as_bytes()))),
    };
    Known { key, digest }
}

fn date(message: &Message<'_>) -> String {
    message.date().map(|d| Time(d.to_timestamp().saturating_mul(1_000)).0.to_string()).unwrap_or_default()
}

fn addresses(list: Option<&Address<'_>>) -> Vec<String> {
    let all = list.into_iter().flat_map(|list| list.iter());
    all.filter_map(|a| a.address.as_deref().map(|a| a.trim().to_lowercase())).collect()
}

/// The digest of all bytes.
pub fn digest(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "Message-ID: <a@x.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\nFrom: Mia <Mia@x.example>\r\nTo: s@y.example\r\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\r\n";

    #[test]
    fn the_same_message_in_other_bytes_is_known() {
        let whole = known(format!("{MAIL}X-Spam: no\r\n\r\nText").as_bytes());
        let header =
            known(format!("{}\r\n", MAIL.replace("=?utf-8?B?R3LDvMOfZQ==?=", "=?iso-8859-1?Q?Gr=FC=DFe?=")).as_bytes());
        assert_eq!(whole, header);
        assert_eq!(whole.key, "a@x.example");
        let other = known(format!("{}\r\n", MAIL.replace("10:00", "10:01")).as_bytes());
        assert_eq!(other.key, whole.key);
        assert_ne!(other.digest, whole.digest);
    }

    #[test]
    fn anything_has_a_key() {
        for header in [&b""[..], b"\0\xff\xfe", b"Subject: no id\r\n\r\n", b"no header at all"] {
            assert!(known(header).key.starts_with("none:"), "{header:?}");
        }
        let long = known(format!("Message-ID: <{}@x>\r\n\r\n", "a".repeat(4_000)).as_bytes());
        assert!(long.key.starts_with("long:") && long.key.len() < 100);
    }
}
