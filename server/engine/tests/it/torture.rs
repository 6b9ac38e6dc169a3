//! The torture set: whatever comes, a ticket that can be read, or a quarantine with its source and a
//! ticket by hand.

use crate::access::admin;
use crate::inbox::Inbox;
use domain::console::people::Role;
use encoding_rs::Encoding;
use engine::store::entity as e;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
        // The parser loses the part to which the boundary led.
        "part-id-lost" => ("ticket", Readable::File("part-1.eml")),
        // Its whole header is one line to us.
        "bare-cr" => ("quarantined", Readable::Text("jams")),
        // Two bytes a letter, as they claim; and the encoding of which nothing is to be shown.
        "high-UTF-16LE" => ("ticket", Readable::Text("桔")),
        "high-UTF-16BE" => ("ticket", Readable::Text("周")),
        "high-replacement" => ("ticket", Readable::Text("\u{fffd}")),
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

/// What every mail of [`CHARSETS`] begins with; the bytes above ASCII follow.
const LOW: &str = "The printer jams. ";

/// Where the parser's tables are others than those of WHATWG: encoding, byte, what is shown.
const DIFFERS: &[(&str, u8, char)] = &[
    // The edition of 1987: euro, drachma and ypogegrammeni came in 2003.
    ("ISO-8859-7", 0xa4, '\u{fffd}'),
    ("ISO-8859-7", 0xa5, '\u{fffd}'),
    ("ISO-8859-7", 0xaa, '\u{fffd}'),
    // The parser takes the two quotation marks for each other.
    ("ISO-8859-16", 0xa5, '\u{ab}'),
    ("ISO-8859-16", 0xab, '\u{201e}'),
    // A point that the code page got later.
    ("windows-1255", 0xca, '\u{fffd}'),
    // As RFC 2319 has it; WHATWG gives the place of two box drawings to Belarusian.
    ("KOI8-U", 0xae, '\u{255d}'),
    ("KOI8-U", 0xbe, '\u{256c}'),
    // Mac Roman before the euro, with a private apple, two accents missing and a second ohm sign.
    ("macintosh", 0xc6, '\u{394}'),
    ("macintosh", 0xcd, '\u{2126}'),
    ("macintosh", 0xdb, '\u{a4}'),
    ("macintosh", 0xf0, '\u{e01e}'),
    ("macintosh", 0xf6, '\u{fffd}'),
    ("macintosh", 0xf7, '\u{fffd}'),
];

/// What one byte of an encoding is shown as.
fn shown(encoding: &'static Encoding, byte: u8) -> char {
    if let Some((.., shown)) = DIFFERS.iter().find(|(name, at, _)| *name == encoding.name() && *at == byte) {
        return *shown;
    }
    let bytes = [byte];
    let (text, _) = encoding.decode_without_bom_handling(&bytes);
    let letter = text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
    // Nothing is assigned there: WHATWG passes a control character on, the parser says so.
    let unassigned = encoding.name().starts_with("windows-125") && letter.is_control();
    if unassigned { char::REPLACEMENT_CHARACTER } else { letter }
}

/// The text of a charset's mail as browsers read it, without what shows nothing; `None`: WHATWG has no such charset.
fn as_browsers_read(charset: &str) -> Option<String> {
    let encoding = Encoding::for_label(charset.as_bytes())?;
    let text: String = if encoding.is_single_byte() {
        LOW.chars().chain((0x80..=0xff_u8).map(|byte| shown(encoding, byte))).collect()
    } else {
        let bytes: Vec<u8> = LOW.bytes().chain(0x80..=0xff_u8).collect();
        encoding.decode_without_bom_handling(&bytes).0.into_owned()
    };
    let hidden =
        |c: &char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let text: String = text.chars().filter(|c| !hidden(c)).map(|c| if c == '\u{a0}' { ' ' } else { c }).collect();
    Some(text.trim().to_owned())
}

/// What is too long to lie in a file.
fn made() -> BTreeMap<String, Vec<u8>> {
    let mut set = BTreeMap::new();
    let begin = |name: &str| {
        format!(
            "Message-ID: <{name}@customer.example>\r\nFrom: anna@customer.example\r\nTo: support@desk.example\r\nSubject: {name}\r\n"
        )
    };
    for charset in CHARSETS.split_whitespace() {
        let name = format!("high-{charset}");
        let mut mail = format!("{}Content-Type: text/plain; charset={charset}\r\n\r\n{LOW}", begin(&name)).into_bytes();
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
    large.resize(large.len() + (60 << 20), b'A');
    large.extend_from_slice(b"\r\n--b--\r\n");
    set.insert(name.into(), large);
    set
}

/// All of it: what lies in files, and what is made.
fn whole_set() -> BTreeMap<String, Vec<u8>> {
    let mut set = made();
    for path in files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail")) {
        if path.extension().is_some_and(|end| end == "eml") {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            assert!(set.insert(name, std::fs::read(&path).expect("a message")).is_none(), "{path:?} stands for two");
        }
    }
    set
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[tokio::test]
async fn every_message_of_the_torture_set_ends_readable_or_quarantined() {
    let inbox = Inbox::open().await;
    let mut uids = BTreeMap::new();
    for (name, source) in whole_set() {
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
        let read = name.strip_prefix("high-").and_then(as_browsers_read);
        if let Some(read) = read.filter(|read| *read != text) {
            wrong.push(format!("{name}: {text:?} and not {read:?}"));
        }
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

/// What becomes of foreign mail: the words that its receipt may have.
const ENDS: [&str; 6] = ["ticket", "reply", "automatic", "bounce", "duplicate", "quarantined"];

/// `MAILKEEP_CORPUS` names a folder of foreign mail, one message a file; else it is our own set.
#[tokio::test]
async fn foreign_mail_ends_with_a_receipt() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let tickets = inbox.engine.console().tickets;
    let ours = if std::env::var_os("MAILKEEP_CORPUS").is_none() { whole_set() } else { BTreeMap::new() };
    let foreign = std::env::var_os("MAILKEEP_CORPUS").map_or_else(Vec::new, |folder| files_below(Path::new(&folder)));
    let names: Vec<String> =
        ours.keys().cloned().chain(foreign.iter().map(|path| path.display().to_string())).collect();
    assert!(!names.is_empty(), "MAILKEEP_CORPUS holds no file");
    let mut wrong = Vec::new();
    for some in names.chunks(200) {
        let mut uids = Vec::new();
        for name in some {
            let source = ours.get(name).cloned().unwrap_or_else(|| std::fs::read(name).expect("a file"));
            uids.push((name, inbox.put_bytes(inbox.support, &source).await));
        }
        inbox.take_in().await;
        for (name, uid) in uids {
            let taken = inbox.taken(uid).await;
            if !ENDS.contains(&taken.disposition.as_str()) {
                wrong.push(format!("{name}: {} {:?}", taken.disposition, taken.reason));
            }
            if taken.disposition == "quarantined" && taken.reason.is_none() {
                wrong.push(format!("{name}: quarantined, and nobody knows why"));
            }
            if let Some(ticket) = taken.ticket
                && let Err(refusal) = tickets.show(&agent, ticket).await
            {
                wrong.push(format!("{name}: its ticket can't be shown: {refusal:?}"));
            }
            let Some(message) = taken.message else { continue };
            let files = e::attachment::Entity::find()
                .filter(e::attachment::Column::MessageId.eq(message.0))
                .all(inbox.engine.store.read())
                .await
                .expect("files");
            for file in files {
                if let Err(refusal) = engine::files::bytes_of(&inbox.engine, &file).await {
                    wrong.push(format!("{name}: {} can't be read: {refusal:?}", file.name));
                }
            }
            assert!(!inbox.message(message).await.text.contains('\0'), "{name}");
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), names.len(), wrong.join("\n"));
}
