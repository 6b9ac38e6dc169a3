//! What a stored raw message is known by.

pub use crate::mime::Identity as Known;
use sha2::{Digest, Sha256};

/// By which a message is known again after its folder was renumbered, read off it or its header.
pub fn known(header: &[u8]) -> Known {
    crate::mime::identify(header)
}

/// The digest of all bytes.
pub fn digest(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
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
