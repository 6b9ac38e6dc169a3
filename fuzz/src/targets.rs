//! What each target does with its bytes, and what must hold afterwards.

use crate::net::guard::Guard;
use crate::net::transcript::{Protocol as Wire, Transcript};
use crate::smtp::features::Features;
use crate::smtp::reply::Reply;
use crate::{html, mime, oauth};
use domain::diagnosis::{Finding, Protocol, Stage, diagnose_oauth, diagnose_reply};
use domain::provider::ProviderKind;
use std::collections::HashMap;

const PROVIDERS: [ProviderKind; 3] = [ProviderKind::Microsoft, ProviderKind::Google, ProviderKind::Other];

/// The target of this name.
pub fn by_name(name: &str) -> Option<fn(&[u8])> {
    Some(match name {
        "mime" => read,
        "headers" => headers,
        "dsn" => report,
        "html" => markup,
        "oauth" => refusals,
        "replies" => replies,
        _ => return None,
    })
}

/// A whole message.
fn read(source: &[u8]) {
    let salvage = mime::salvage(source);
    assert!(!salvage.contains('\0'), "a NUL in what is salvaged");
    let _ = mime::identify(source);
    let Ok(mail) = mime::read_now(source) else { return };
    let parties = mail.from.iter().chain(&mail.reply_to).chain(&mail.to).chain(&mail.cc);
    let mut texts = vec![&mail.subject, &mail.text, &mail.identity.key];
    texts.extend(mail.quoted.iter().chain(&mail.html).chain(&mail.ancestors).chain(&mail.delivered_to));
    for party in parties {
        texts.extend([&party.name, &party.address]);
        assert!(!party.line().contains('\n'), "a party of two lines");
    }
    texts.extend(mail.parts.iter().flat_map(|part| [&part.name, &part.mime]));
    assert!(texts.iter().all(|text| !text.contains('\0')), "a NUL in a text");
    assert!(!mail.subject.contains(['\r', '\n']) && mail.subject.chars().count() <= 501, "no subject");
    assert!(mail.text.len() <= 512 << 10, "an endless text");
    assert!(mail.identity.key.len() <= 256, "an endless key");
    for part in mail.parts.iter().take(4) {
        let cut = mime::part(source, part.index).map(|bytes| bytes.len() as u64);
        assert_eq!(cut, Some(part.bytes), "a file is cut out as long as it was told");
    }
    for inline in mime::inline(&mail.subject, &mail.text) {
        let _ = mime::alike(&inline.from.address, &inline.subject, &inline.text);
    }
    for provider in PROVIDERS {
        let from = mail.from.as_ref().map_or("", |party| &party.address);
        let _ = mime::proof(provider, &mail.vouched, from);
    }
    if let Some(body) = &mail.html {
        document(body);
    }
}

/// A header alone, and before a text.
fn headers(header: &[u8]) {
    let alone = mime::identify(header);
    assert_eq!(alone, mime::identify(header), "one header, two identities");
    read(&[header, b"\r\n\r\ntext\r\n"].concat());
    read(&[b"Subject: =?utf-8?b?", header, b"?=\r\nFrom: ", header, b"\r\n\r\ntext\r\n"].concat());
}

/// The machine's part of a delivery report.
fn report(status: &[u8]) {
    const HEAD: &[u8] = b"From: MAILER-DAEMON@x.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nNo.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n";
    const ORIGINAL: &[u8] = b"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n";
    let source = [HEAD, status, ORIGINAL, status, b"\r\n--b--\r\n"].concat();
    read(&source);
    let Ok(mail) = mime::read_now(&source) else { return };
    let Some(report) = mail.report else { return };
    assert!(report.recipients.len() <= 200, "an endless report");
    for one in report.recipients {
        for text in [&one.address, &one.last, &one.status, &one.said] {
            assert!(!text.contains(['\0', '\n']) && text.len() <= 4_000, "{text:?}");
        }
    }
}

/// A formatted body.
fn markup(bytes: &[u8]) {
    let body = String::from_utf8_lossy(bytes);
    let _ = mime::to_text(&body);
    let body = [b"Content-Type: text/html; charset=utf-8\r\nFrom: a@x.example\r\n\r\n", bytes].concat();
    read(&body);
    document(&String::from_utf8_lossy(bytes));
}

/// Cleaned once, a body wants nothing from elsewhere, and holds no script.
fn document(body: &str) {
    let files = HashMap::from([("a@x".to_owned(), "/files/1".to_owned())]);
    let cleaned = html::document(body, &files, false).html;
    assert_eq!(html::count_remote(&cleaned), 0, "an image from elsewhere is left");
    let folded = cleaned.to_ascii_lowercase();
    for tag in ["<script", "<iframe", "<form", "<object", "<svg", "<base", "<link"] {
        // An attribute's value may hold the words.
        let outside = folded.split('"').step_by(2).any(|text| text.contains(tag));
        assert!(!outside || folded.matches('"').count() % 2 == 1, "{tag} is left");
    }
    let _ = html::document(body, &files, true);
}

/// What a token endpoint says.
fn refusals(bytes: &[u8]) {
    let body = String::from_utf8_lossy(bytes);
    for provider in PROVIDERS {
        for status in [None, Some(400), Some(503)] {
            told(&diagnose_oauth(&body, status, provider));
        }
    }
    let _ = domain::diagnosis::correlation_id(&body);
    let shown = oauth::refusal::redacted(&body);
    let long = |word: &str| word.chars().filter(char::is_ascii_alphanumeric).count() >= 48;
    let word = |c: char| !c.is_ascii_alphanumeric();
    assert!(!shown.split(word).any(long), "what could be a token is shown");
}

/// What a mail server says.
fn replies(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for provider in PROVIDERS {
        for (protocol, stage) in [
            (Protocol::Imap, Stage::Authentication),
            (Protocol::Imap, Stage::Mailbox),
            (Protocol::Smtp, Stage::Greeting),
            (Protocol::Smtp, Stage::Authentication),
            (Protocol::Smtp, Stage::Recipient),
            (Protocol::Smtp, Stage::Data),
        ] {
            told(&diagnose_reply(protocol, provider, stage, &text));
        }
    }
    if let Ok(reply) = Reply::read(bytes) {
        assert!((200..600).contains(&reply.code), "{}", reply.code);
        let _ = (reply.text(), Features::read(&reply).summary());
    }
    for wire in [Wire::Imap, Wire::Smtp] {
        let (mut transcript, mut guard) = (Transcript::new(wire), Guard::default());
        for piece in bytes.chunks(7) {
            if guard.look(piece, |line, continued| transcript.server(line, continued)).is_err() {
                break;
            }
            transcript.client(piece);
        }
        assert!(transcript.lines().len() <= 121, "an endless transcript");
    }
}

fn told(finding: &Finding) {
    assert!(!finding.words("Contoso").is_empty());
}
