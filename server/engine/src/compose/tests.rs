//! What a reader makes of what was composed.

use super::*;
use mail_parser::{MessageParser, MimeHeaders};

fn letter() -> Letter {
    Letter {
        from_name: "Müller & Söhne, Support".into(),
        from: Address::parse("support@bücher.example").expect("an address"),
        reply_to: None,
        to: people("\"Lind, Mïa\" <mia@customer.example>"),
        cc: people("jo@y.example, Zoë <zoe@y.example>"),
        subject: reply_subject(
            "Größe der Bestellung — 日本語のとても長い件名がここに続きますがどこかで折り返されるはずです",
        ),
        header_id: "token@xn--bcher-kva.example".into(),
        references: vec!["<first@x>".into(), "second@x".into(), "<evil\r\nBcc: a@b>".into()],
        in_reply_to: Some("second@x".into()),
        at: Time(1_795_300_000_000),
        text: "Grüße!\n.\n. a line with a dot\nFrom here on\n".into(),
        signature: "Team Söhne".into(),
        automatic: false,
        files: vec![
            File {
                name: "Übersicht – größer.pdf".into(),
                mime: "application/pdf".into(),
                bytes: (0..=255).cycle().take(70_000).collect(),
            },
            File {
                name: "../../etc/passwd\r\nX: y".into(),
                mime: "text/plain\r\nX-Evil: 1".into(),
                bytes: b"a\nb\r\nc\r".to_vec(),
            },
            File { name: "mail.eml".into(), mime: "message/rfc822".into(), bytes: b"Subject: x\n\ny".to_vec() },
        ],
    }
}

#[test]
fn what_was_written_is_what_is_read() {
    let bytes = compose(&letter()).expect("it composes");
    let read = MessageParser::default().parse(&bytes).expect("it parses");
    let from = read.from().and_then(|f| f.first()).expect("a sender");
    assert_eq!(from.name(), Some("Müller & Söhne, Support"));
    assert_eq!(from.address(), Some("support@xn--bcher-kva.example"));
    let to = read.to().and_then(|t| t.first()).expect("a recipient");
    assert_eq!((to.name(), to.address()), (Some("Lind, Mïa"), Some("mia@customer.example")));
    assert_eq!(read.cc().map(|c| c.iter().count()), Some(2));
    assert_eq!(read.subject(), Some(letter().subject.as_str()));
    assert_eq!(read.message_id(), Some("token@xn--bcher-kva.example"));
    assert_eq!(read.in_reply_to().as_text(), Some("second@x"));
    assert_eq!(read.references().as_text_list().map(|l| l.to_vec()), Some(vec!["first@x".into(), "second@x".into()]));
    assert_eq!(read.date().map(|d| d.to_timestamp()), Some(1_795_300_000));
    let text = read.body_text(0).expect("a text").replace("\r\n", "\n");
    assert_eq!(text, "Grüße!\n.\n. a line with a dot\nFrom here on\n\n-- \nTeam Söhne\n");
    assert!(read.body_html(0).expect("html").contains("Grüße!<br>"));
    let files: Vec<_> = read.attachments().collect();
    assert_eq!(files.len(), 3);
    for (file, sent) in files.iter().zip(letter().files) {
        assert_eq!(file.contents(), sent.bytes, "byte for byte");
    }
    assert_eq!(files[0].attachment_name(), Some("Übersicht – größer.pdf"));
    assert_eq!(files[1].attachment_name(), Some("passwdX: y"));
}

#[test]
fn the_wire_gets_short_ascii_lines_and_no_foreign_header() {
    let bytes = compose(&letter()).expect("it composes");
    assert!(bytes.is_ascii());
    let text = String::from_utf8(bytes).expect("ASCII");
    assert!(text.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
    let head = text.split("\r\n\r\n").next().expect("a header");
    assert!(head.split("\r\n").all(|line| line.len() <= 90), "{head}");
    for evil in ["\r\nBcc:", "\r\nX:", "\r\nX-Evil:"] {
        assert!(!text.contains(evil), "{evil:?}");
    }
}

#[test]
fn a_second_attempt_sends_the_same_bytes() {
    assert_eq!(compose(&letter()).expect("once"), compose(&letter()).expect("twice"));
}

#[test]
fn headers_cannot_be_broken_out_of() {
    let mut letter = letter();
    letter.subject = "x\r\nBcc: thief@x.example\r\n\r\nbody".into();
    letter.from_name = "a\"\r\nBcc: thief@x.example".into();
    letter.to = vec![Person {
        name: Some("b\nBcc: thief@x.example".into()),
        address: Address::parse("b@x.example").expect("an address"),
    }];
    letter.header_id = "a b\r\nBcc: x".into();
    let bytes = compose(&letter).expect("it composes");
    let read = MessageParser::default().parse(&bytes).expect("it parses");
    assert!(read.bcc().is_none());
    assert_eq!(read.subject(), Some("x Bcc: thief@x.example body"));
    assert!(!String::from_utf8_lossy(&bytes).contains("\nBcc"));
}

#[test]
fn long_conversations_keep_the_first_and_the_last_ids() {
    let known: Vec<String> = (0..100).map(|n| format!("id{n}@x")).collect();
    let ids = references(&known, Some("id98@x"));
    let ids: Vec<&str> = ids.split(' ').collect();
    assert_eq!(ids.len(), REFERENCES + 1);
    assert_eq!((ids[0], ids[REFERENCES]), ("<id0@x>", "<id98@x>"));
}
