//! Mail that is encrypted or signed: shown as such, by what it carries.

use domain::console::tickets::File;

/// What is to be said of a message's seal: a title, and what follows from it.
pub fn of(files: &[File], text: &str) -> Option<(&'static str, &'static str)> {
    let has = |mimes: &[&str]| files.iter().any(|file| mimes.contains(&file.mime.as_str()));
    if has(&["application/pgp-encrypted"]) || text.contains("-----BEGIN PGP MESSAGE-----") {
        return Some((
            "Encrypted (OpenPGP)",
            "Mailkeep has no key to it. Whoever has the key reads it in a mail program.",
        ));
    }
    if has(&["application/pkcs7-mime", "application/x-pkcs7-mime"]) {
        return Some((
            "Encrypted or signed as a whole (S/MIME)",
            "Mailkeep can't open it. Whoever has the certificate reads the file in a mail program.",
        ));
    }
    if has(&["application/pgp-signature"]) {
        return Some(("Signed (OpenPGP)", "Mailkeep does not check the signature."));
    }
    if has(&["application/pkcs7-signature", "application/x-pkcs7-signature"]) {
        return Some(("Signed (S/MIME)", "Mailkeep does not check the signature."));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::AttachmentId;

    #[test]
    fn a_seal_is_told_by_what_a_message_carries() {
        let file = |mime: &str| File {
            id: AttachmentId(1),
            name: "x".into(),
            mime: mime.into(),
            bytes: 1,
            url: String::new(),
        };
        for (mime, text, title) in [
            ("application/pkcs7-mime", "", Some("Encrypted or signed as a whole (S/MIME)")),
            ("application/pkcs7-signature", "Hello", Some("Signed (S/MIME)")),
            ("application/pgp-encrypted", "", Some("Encrypted (OpenPGP)")),
            ("application/pgp-signature", "Hello", Some("Signed (OpenPGP)")),
            ("application/pdf", "-----BEGIN PGP MESSAGE-----", Some("Encrypted (OpenPGP)")),
            ("application/pdf", "Hello", None),
        ] {
            assert_eq!(of(&[file(mime)], text).map(|(title, _)| title), title, "{mime}");
        }
    }
}
