//! Text from outside never panics, never takes long, and never calls a person by mistake.

use std::time::{Duration, Instant};

use domain::diagnosis::{Diagnosis, Protocol, Stage, correlation_id, diagnose_oauth, diagnose_reply};
use domain::provider::ProviderKind;

const PROVIDERS: [ProviderKind; 3] = [ProviderKind::Microsoft, ProviderKind::Google, ProviderKind::Other];
const STAGES: [Stage; 8] = [
    Stage::Any,
    Stage::Greeting,
    Stage::Tls,
    Stage::Authentication,
    Stage::Mailbox,
    Stage::Sender,
    Stage::Recipient,
    Stage::Data,
];

fn put(text: &str) {
    for provider in PROVIDERS {
        diagnose_oauth(text, None, provider);
        diagnose_oauth(text, Some(400), provider);
        for protocol in [Protocol::Imap, Protocol::Smtp] {
            // Stages differ in rules, not in how a long text is read.
            let stages = if text.len() > 1 << 20 { &STAGES[..1] } else { &STAGES[..] };
            for stage in stages {
                diagnose_reply(protocol, provider, *stage, text);
            }
        }
    }
    correlation_id(text);
}

#[test]
fn ten_megabytes_are_quick() {
    let mut texts: Vec<String> = [
        "A",
        "\0",
        "{\"error\":",
        "[",
        "AADSTS",
        "5",
        "é",
        "error",
        "+ ",
        "\n",
        "NO [",
        "%e",
        "\\u",
        "535-",
        "\"error_codes\":[",
    ]
    .iter()
    .map(|piece| piece.repeat(10 * 1024 * 1024 / piece.len()))
    .collect();
    texts.push(format!("A1 NO [AUTHENTICATIONFAILED] {}", "x".repeat(10 << 20)));
    texts.push(format!("535 5.7.8 {}", "€".repeat(3 << 20)));
    for text in &texts {
        let start = Instant::now();
        put(text);
        let took = start.elapsed();
        // Twelve calls, unoptimised.
        assert!(took < Duration::from_secs(4), "{took:?} for {:?}", text.chars().take(12).collect::<String>());
    }
}

#[test]
fn odd_text_never_panics() {
    let bytes: Vec<u8> = (0..=255).collect();
    let half = String::from_utf8_lossy(&bytes).into_owned();
    let mut texts = vec![
        String::new(),
        " ".into(),
        "\0".into(),
        "\u{feff}".into(),
        half,
        "+".into(),
        "+ ".into(),
        "+ =".into(),
        "334 ".into(),
        "334".into(),
        "NO".into(),
        "BAD".into(),
        "* BYE".into(),
        "535".into(),
        "535-".into(),
        "535 5.7.".into(),
        "535 99999.99999.99999".into(),
        "99999999999999999999".into(),
        "AADSTS".into(),
        "AADSTS99999999999999999999".into(),
        "error=".into(),
        "error:".into(),
        "\"error\":\"".into(),
        "{\"error\":\"\\".into(),
        "{\"error\":\"\\u".into(),
        "{\"error\":\"\\ud800\"}".into(),
        "error_codes:[".into(),
        "error_codes:]".into(),
        "error=%".into(),
        "error=%4".into(),
        "error=%zz".into(),
        "[]".into(),
        "NO []".into(),
        "NO [".into(),
        "NO ]".into(),
        "* OK [ALERT]é".into(),
        "5é5 x".into(),
        "é535 5.7.8 x".into(),
        "(535, b'5.7.8 x')".into(),
        "suggested backoff time: ".into(),
        "NO Suggested Backoff Time: 99999999999999999999999 milliseconds".into(),
        "code".into(),
        "code 5é".into(),
        "\u{130}NO LOGIN".into(),
    ];
    // Every cut of a real answer, as a torn network read leaves it.
    let real = "A1 NO [AUTHENTICATIONFAILED] Größe €uro {\"error\":\"invalid_grant\",\"error_codes\":[50173],\"suberror\":\"bad_token\"}";
    texts.extend(real.char_indices().map(|(at, _)| real[..at].to_owned()));
    texts.push("{\"error\":".repeat(5000) + &"}".repeat(5000));
    for text in &texts {
        put(text);
    }
}

/// A fixed pseudo-random walk over pieces of real answers.
#[test]
fn shuffled_pieces_never_panic() {
    let pieces = [
        "NO ",
        "BAD ",
        "* ",
        "BYE ",
        "[",
        "]",
        "UNAVAILABLE",
        "535",
        "-",
        " ",
        "5.7.8",
        "4.7.0",
        "\r\n",
        "AADSTS",
        "50173",
        "\"error\"",
        ":",
        "\"",
        "invalid_grant",
        "{",
        "}",
        "é",
        "\0",
        "=",
        "&",
        "%41",
        "\\",
        "+ ",
        "334 ",
        "eyJzdGF0dXMi",
        "password",
        "(",
        ")",
        "'",
        "code",
    ];
    let mut seed = 0x2545_f491_4f6c_dd1du64;
    for _ in 0..3000 {
        let mut text = String::new();
        for _ in 0..(seed % 23) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            text.push_str(pieces[usize::try_from(seed % pieces.len() as u64).unwrap()]);
        }
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        diagnose_oauth(&text, None, ProviderKind::Microsoft);
        diagnose_reply(Protocol::Imap, ProviderKind::Google, Stage::Any, &text);
        diagnose_reply(Protocol::Smtp, ProviderKind::Other, Stage::Any, &text);
    }
}

/// What is not understood waits; it is never taken for a refused credential.
#[test]
fn nonsense_calls_nobody() {
    for text in ["", "hello", "<p>Bad gateway</p>", "???", "{}", "[]", "null", "lorem ipsum dolor"] {
        for provider in PROVIDERS {
            let oauth = diagnose_oauth(text, None, provider);
            assert_eq!(oauth.diagnosis, Diagnosis::Unknown, "{text}");
            assert!(!oauth.known);
            for protocol in [Protocol::Imap, Protocol::Smtp] {
                let found = diagnose_reply(protocol, provider, Stage::Any, text);
                assert_eq!(found.diagnosis.remedy_class(), "transient", "{text}");
                assert!(!found.known);
            }
        }
    }
}
