//! No row is lost, and the rules agree with every class of the data files.

use domain::diagnosis::{Diagnosis, Protocol, Stage, aadsts_rows, diagnose_oauth, diagnose_reply, reply_rows};
use domain::provider::ProviderKind;

const AADSTS: &str = include_str!("../facts/aadsts.tsv");
const REPLIES: &str = include_str!("../facts/replies.tsv");

fn columns<const N: usize>(text: &'static str) -> Vec<[&'static str; N]> {
    text.lines().map(|line| line.split('\t').collect::<Vec<_>>().try_into().unwrap()).collect()
}

pub fn kind(provider: &str) -> ProviderKind {
    match provider {
        "Exchange Online" | "Outlook.com (personal)" => ProviderKind::Microsoft,
        "Gmail / Google Workspace" => ProviderKind::Google,
        _ => ProviderKind::Other,
    }
}

#[test]
fn every_row_parses() {
    let lines = |text: &str| text.lines().count() - 1;
    assert_eq!(aadsts_rows().len(), lines(include_str!("../../data/aadsts.tsv")));
    assert_eq!(reply_rows().len(), lines(include_str!("../../data/replies.tsv")));
    for row in aadsts_rows() {
        assert_eq!(row.diagnosis.remedy_class(), row.class, "{}", row.code);
        assert!(row.sentence.ends_with('.') && !row.oauth_error.is_empty(), "{}", row.code);
    }
    for row in reply_rows() {
        assert_eq!(row.diagnosis.remedy_class(), row.class, "{}", row.reply);
        assert!(row.sentence.ends_with('.'), "{}", row.reply);
    }
}

#[test]
fn all_259_codes_have_their_class() {
    let facts = columns::<3>(AADSTS);
    assert_eq!(facts.len(), 259);
    for [code, error, class] in facts {
        let error = error.split('|').next().unwrap();
        let body = format!(
            r#"{{"error":"{error}","error_description":"AADSTS{code}: Words that may change. Trace ID: 0 Timestamp: 2026-11-21 10:00:00Z","error_codes":[{code}],"correlation_id":"x"}}"#
        );
        let description = format!("AADSTS{code}: Words that may change.");
        for text in [body.as_str(), description.as_str(), code] {
            let found = diagnose_oauth(text, None, ProviderKind::Microsoft);
            assert_eq!(found.diagnosis.remedy_class(), class, "{text}");
            assert!(found.known && found.sentence.is_some(), "{text}");
            assert_eq!(found.code.as_deref(), Some(format!("AADSTS{code}").as_str()));
        }
    }
}

#[test]
fn all_90_replies_have_their_class() {
    let facts = columns::<4>(REPLIES);
    assert_eq!(facts.len(), 90);
    for ([provider, protocol, reply, class], row) in facts.into_iter().zip(reply_rows()) {
        assert_eq!((provider, reply), (row.provider, row.reply));
        let found = match protocol {
            "imap" => diagnose_reply(Protocol::Imap, kind(provider), Stage::Any, reply),
            "smtp" => diagnose_reply(Protocol::Smtp, kind(provider), Stage::Any, reply),
            _ => diagnose_oauth(reply, None, kind(provider)),
        };
        assert_eq!(found.diagnosis.remedy_class(), class, "{provider}: {reply}");
        assert!(found.known, "{provider}: {reply}");
        if !row.diagnosis.name().starts_with("token_") {
            assert_eq!(found.diagnosis, row.diagnosis, "{provider}: {reply}");
        }
    }
}

/// The rules alone, without the number: how often the error and the block are enough.
#[test]
fn rules_alone_hold_for_most_codes() {
    let facts = columns::<3>(AADSTS);
    let right = facts
        .iter()
        .filter(|[_, error, class]| {
            let error = error.split('|').next().unwrap();
            let body = format!(r#"{{"error":"{error}"}}"#);
            diagnose_oauth(&body, None, ProviderKind::Microsoft).diagnosis.remedy_class() == *class
        })
        .count();
    assert!(right >= 160, "{right} of {}", facts.len());
}

/// Likewise for replies: with tags and hosts around, cut down to the codes.
#[test]
fn replies_hold_with_noise_around() {
    for [provider, protocol, reply, class] in columns::<4>(REPLIES) {
        let noisy = match protocol {
            "imap" if reply.starts_with("NO") || reply.starts_with("BAD") => {
                format!("* OK hi\r\nA0017 {reply}\r\n")
            }
            "smtp" => format!("S: {reply} [AM0PR02CA0101.eurprd02.prod.outlook.com 2026-11-24T14:04:51.182Z]\r\n"),
            _ => continue,
        };
        let protocol = if protocol == "imap" { Protocol::Imap } else { Protocol::Smtp };
        let found = diagnose_reply(protocol, kind(provider), Stage::Any, &noisy);
        assert_eq!(found.diagnosis.remedy_class(), class, "{provider}: {noisy}");
    }
}

#[test]
fn every_diagnosis_of_the_tables_is_reachable_by_name() {
    for row in reply_rows() {
        assert_eq!(Diagnosis::from_name(row.diagnosis.name()), Some(row.diagnosis));
    }
}
