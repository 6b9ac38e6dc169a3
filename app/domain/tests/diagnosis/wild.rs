//! Replies of the open: as servers, libraries and people word them, none of them from the
//! data files. They hold the rules, not the tables, to account.

use crate::cases::kind;
use domain::diagnosis::{Protocol, Stage, diagnose_oauth, diagnose_reply};

const WILD: &str = include_str!("../cases/wild.tsv");

#[test]
fn replies_of_the_open_have_their_class() {
    let (mut wrong, mut all) = (Vec::new(), 0);
    for line in WILD.lines().skip(1) {
        let [protocol, provider, class, text]: [&str; 4] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let (provider, text) = (kind(provider), text.replace("\\r\\n", "\r\n"));
        let found = match protocol {
            "imap" => diagnose_reply(Protocol::Imap, provider, Stage::Any, &text),
            "smtp" => diagnose_reply(Protocol::Smtp, provider, Stage::Any, &text),
            _ => diagnose_oauth(&text, None, provider),
        };
        all += 1;
        if found.diagnosis.remedy_class() != class {
            wrong.push(format!("{line}\n    {:?}, code {:?}, known {}", found.diagnosis, found.code, found.known));
        }
    }
    assert!(all >= 150, "{all} replies");
    assert!(wrong.is_empty(), "{} of {all} wrong\n{}", wrong.len(), wrong.join("\n"));
}
