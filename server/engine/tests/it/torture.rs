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
    assert!(uids.len() > 40);
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
