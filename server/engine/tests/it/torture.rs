//! The torture set: whatever comes, a ticket that can be read, or a quarantine with its source and a
//! ticket by hand.

use crate::access::admin;
use crate::inbox::Inbox;
use engine::store::entity as e;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::BTreeMap;
use std::path::Path;

/// What a message of the torture set must come to.
enum Readable {
    /// The ticket shows these words.
    Text(&'static str),
    /// It says nothing, and the ticket is there.
    NoText,
    /// The ticket has this file.
    File(&'static str),
    /// No ticket: the ledger and the source keep it.
    OnlyInLedger,
}

fn expected(name: &str) -> (&'static str, Readable) {
    match name {
        "out-of-office" | "read-receipt" => ("automatic", Readable::OnlyInLedger),
        "empty" | "only-newlines" | "binary-noise" => ("quarantined", Readable::File("message.eml")),
        // What can be shown of it is shown.
        "no-header-at-all" => ("quarantined", Readable::Text("jams")),
        "empty-body" | "empty-multipart" | "header-cut-off" => ("ticket", Readable::NoText),
        "smime" => ("ticket", Readable::File("smime.p7m")),
        "pgp-encrypted" => ("ticket", Readable::File("encrypted.asc")),
        "calendar-alone" => ("ticket", Readable::File("part-0.ics")),
        "rfc2231" => ("ticket", Readable::File("Übersicht – gr.pdf")),
        "zero-length-parts" => ("ticket", Readable::File("nothing.pdf")),
        "rfc822-1000" => ("ticket", Readable::File("in.eml")),
        // Its whole header is one line to us.
        "bare-cr" => ("quarantined", Readable::Text("jams")),
        // Two bytes a letter, as they claim; and the encoding of which nothing is to be shown.
        "charset-UTF-16LE" => ("ticket", Readable::Text("桔")),
        "charset-UTF-16BE" => ("ticket", Readable::Text("周")),
        "charset-replacement" => ("ticket", Readable::Text("\u{fffd}")),
        "attachment-only" => ("ticket", Readable::File("a.pdf")),
        "digest" => ("ticket", Readable::File("one.eml")),
        // What is no base64 is shown as it stands.
        "broken-base64" => ("ticket", Readable::Text("VGhl!!")),
        // Read as it claims to be written; its source tells more.
        "charset-utf16-claimed" => ("ticket", Readable::Text("桔")),
        // Nobody who may forward: mail like any other.
        _ if name.starts_with("forward-") => ("ticket", Readable::Text("Mia Lind")),
        _ => ("ticket", Readable::Text("jams")),
    }
}

/// The encodings of WHATWG by their names, and some that nobody knows.
const CHARSETS: &str = "UTF-8 IBM866 ISO-8859-2 ISO-8859-3 ISO-8859-4 ISO-8859-5 ISO-8859-6 ISO-8859-7 ISO-8859-8 \
    ISO-8859-8-I ISO-8859-10 ISO-8859-13 ISO-8859-14 ISO-8859-15 ISO-8859-16 KOI8-R KOI8-U macintosh windows-874 \
    windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 \
    windows-1258 x-mac-cyrillic GBK gb18030 Big5 EUC-JP ISO-2022-JP Shift_JIS EUC-KR UTF-16BE UTF-16LE replacement \
    x-user-defined us-ascii utf-7 x-unknown utf-99 klingon 8bit none \"";

/// What is too long to lie in a file.
fn made() -> BTreeMap<String, Vec<u8>> {
    let mut set = BTreeMap::new();
    let begin = |name: &str| {
        format!(
            "Message-ID: <{name}@customer.example>\r\nFrom: anna@customer.example\r\nTo: support@desk.example\r\nSubject: {name}\r\n"
        )
    };
    for charset in CHARSETS.split_whitespace() {
        let name = format!("charset-{charset}");
        let mut mail = format!("{}Content-Type: text/plain; charset={charset}\r\n\r\nThe printer jams. ", begin(&name))
            .into_bytes();
        mail.extend(0x80..=0xff_u8);
        set.insert(name, mail);
    }
    let headers: String = (0..10_000).map(|n| format!("X-Header-{n}: {n}\r\n")).collect();
    set.insert("headers-10000".into(), format!("{headers}{}\r\nIt jams.\r\n", begin("headers-10000")).into_bytes());
    let mut deep = begin("multipart-1000");
    for n in 0..1_000 {
        deep += &format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
    }
    deep += "Content-Type: text/plain\r\n\r\nIt jams.\r\n";
    (0..1_000).rev().for_each(|n| deep += &format!("--b{n}--\r\n"));
    set.insert("multipart-1000".into(), deep.into_bytes());
    let forwarded = "Content-Type: message/rfc822\r\n\r\nSubject: in\r\n".repeat(1_000);
    let inner = "Content-Type: text/plain\r\n\r\nIt jams.\r\n";
    set.insert("rfc822-1000".into(), format!("{}{forwarded}{inner}", begin("rfc822-1000")).into_bytes());
    let name = "base64-on-one-line";
    let head = format!(
        "{}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nIt jams.\r\n--b\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        begin(name)
    );
    let mut large = head.into_bytes();
    large.resize(large.len() + (20 << 20), b'A');
    large.extend_from_slice(b"\r\n--b--\r\n");
    set.insert(name.into(), large);
    set
}

#[tokio::test]
async fn every_message_of_the_torture_set_ends_readable_or_quarantined() {
    let inbox = Inbox::open().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
    let mut uids = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("the set") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|end| end == "eml") {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            uids.insert(name, inbox.put_bytes(inbox.support, &std::fs::read(&path).expect("a message")).await);
        }
    }
    for (name, source) in made() {
        uids.insert(name, inbox.put_bytes(inbox.support, &source).await);
    }
    assert!(uids.len() > 110);
    inbox.take_in().await;
    let mut wrong = Vec::new();
    for (name, uid) in uids {
        let taken = inbox.taken(uid).await;
        let (disposition, readable) = expected(&name);
        let (mut text, mut files) = (String::new(), Vec::new());
        if taken.disposition == "quarantined" && taken.message.is_none() {
            let console = inbox.engine.console();
            let page = console.quarantine.page(&admin()).await.expect("the quarantine");
            let row = page.rows.iter().find(|row| i64::from(row.numbers.uid) == uid).expect("it is listed");
            assert!(!row.reason.is_empty() && row.raw.is_some(), "{name}");
            console.quarantine.by_hand(&admin(), row.numbers).await.expect("a ticket by hand");
        }
        let message = inbox.taken(uid).await.message;
        if let Some(message) = message {
            text = inbox.message(message).await.text;
            let rows = e::attachment::Entity::find()
                .filter(e::attachment::Column::MessageId.eq(message.0))
                .all(inbox.engine.store.read())
                .await
                .expect("files");
            files = rows.into_iter().map(|row| row.name).collect();
        }
        let shown = match readable {
            Readable::Text(words) => text.contains(words),
            Readable::NoText => text.trim().is_empty() && files.is_empty(),
            Readable::File(name) => files.iter().any(|file| file == name),
            Readable::OnlyInLedger => taken.message.is_none(),
        };
        if taken.disposition != disposition || !shown {
            let text: String = text.chars().take(60).collect();
            wrong.push(format!("{name}: {} {:?} {text:?} {files:?}", taken.disposition, taken.reason));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Every column holds text that both databases keep.
    for message in e::message::Entity::find().all(inbox.engine.store.read()).await.expect("messages") {
        for text in [&message.text, &message.subject, &message.author, &message.to_list] {
            assert!(!text.contains('\0'));
        }
        assert!(!message.subject.contains('\n'));
    }
}
