use super::*;
use crate::mime::read_now;
use domain::Time;

/// A mail of `tests/mail`, read and looked into.
fn sample(name: &str) -> Option<Inline> {
    let path = format!("{}/tests/mail/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    let source = std::fs::read_to_string(&path).expect(name).replace("\r\n", "\n").replace('\n', "\r\n");
    let mail = read_now(source.as_bytes()).expect(name);
    let whole = [Some(mail.text), mail.quoted].into_iter().flatten().collect::<Vec<_>>().join("\n");
    inline(&mail.subject, &whole)
}

fn mia() -> Party {
    Party { name: "Mia Lind".into(), address: "mia@customer.example".into() }
}

#[test]
fn gmail_and_outlook_say_who_wrote() {
    for (name, lead) in [
        ("forward-gmail-plain", "Can you look into this?"),
        ("forward-gmail-html", ""),
        ("forward-gmail-older", ""),
        ("forward-outlook-desktop", "From the old inbox."),
        ("forward-outlook-web", ""),
        ("forward-outlook-plain", ""),
    ] {
        let found = sample(name).unwrap_or_else(|| panic!("{name} is a forward"));
        assert_eq!(found.from, mia(), "{name}");
        assert_eq!(found.subject, "The lamp is broken", "{name}");
        assert_eq!(found.lead, lead, "{name}");
        assert!(found.to.iter().any(|p| p.address == "support@desk.example"), "{name}: {:?}", found.to);
        assert!(found.text.starts_with("Hello,") && found.text.contains("switch"), "{name}: {}", found.text);
        let written = found.written.unwrap_or_else(|| panic!("{name} has a date"));
        let original = Time::from_date(2026, 11, 2).expect("a day") + domain::time::Span::minutes(14 * 60 + 4);
        assert!(written.may_be(original), "{name}: {written:?}");
        let words = "Hello,\n\nthe lamp that I bought has a broken switch.\nOrder 4711, see https://shop.example/o/4711.\n\nMia";
        assert_eq!(
            alike(&found.from.address, &found.subject, &found.text),
            alike("Mia@customer.example", "Re: The lamp is broken", words),
            "{name}: {}",
            found.text
        );
    }
}

#[test]
fn what_only_looks_like_a_forward_is_none() {
    let block = "From: Mia <mia@x.example>\nSent: Monday, November 2, 2026 3:04 PM\nTo: a@b.example\nSubject: S\n\nHi";
    assert!(inline("FW: S", block).is_some());
    for (subject, text) in [
        ("RE: S", block.to_owned()),
        ("S", block.to_owned()),
        ("Re: S", format!("---------- Forwarded message ---------\n{block}")),
        ("FW: S", "From: Mia\nSent: Monday, November 2, 2026 3:04 PM\nTo: a@b.example\nSubject: S\n\nHi".to_owned()),
        ("FW: S", "From: Mia <mia@x.example>\nTo: a@b.example\nSubject: S\n\nHi".to_owned()),
        ("FW: S", "From: Mia <mia@x.example>\nSent: Monday, November 2, 2026 3:04 PM\n\nHi".to_owned()),
        ("FW: S", "From here: a look at mia@x.example".to_owned()),
        ("FW: S", String::new()),
        ("Fwd: S", format!("> {}", block.replace('\n', "\n> "))),
    ] {
        assert_eq!(inline(subject, &text), None, "{subject} {text}");
    }
}

#[test]
fn people_are_read_in_every_spelling() {
    let party = |name: &str, address: &str| Party { name: name.into(), address: address.into() };
    for (line, expected) in [
        ("Mia Lind <mia@x.example>", vec![party("Mia Lind", "mia@x.example")]),
        ("mia@x.example", vec![party("", "mia@x.example")]),
        ("<Mia@X.example>", vec![party("", "mia@x.example")]),
        ("Mia Lind [mailto:mia@x.example]", vec![party("Mia Lind", "mia@x.example")]),
        ("Mia <mia@x.example<mailto:mia@x.example>>", vec![party("Mia", "mia@x.example")]),
        ("*Mia* <mia@x.example>", vec![party("Mia", "mia@x.example")]),
        (
            "Mia <mia@x.example>; Jo <jo@y.example>, kim@z.example",
            vec![party("Mia", "mia@x.example"), party("Jo", "jo@y.example"), party("", "kim@z.example")],
        ),
        ("Lind, Mia <mia@x.example>", vec![party("Mia", "mia@x.example")]),
        ("undisclosed", vec![]),
        ("<<<[[[", vec![]),
    ] {
        assert_eq!(parties(line), expected, "{line}");
    }
}

#[test]
fn words_are_the_same_whatever_programs_do_to_them() {
    let one = alike("a@x", "Lamp", "See <https://x.example/a> the [image: lamp.png] *lamp*\n here");
    assert_eq!(one, alike("A@x", "Fwd: Lamp", "See the lamp here"));
    assert_ne!(one, alike("b@x", "Lamp", "See the lamp here"));
    assert_ne!(one, alike("a@x", "Lamps", "See the lamp here"));
    assert_ne!(one, alike("a@x", "Lamp", "See the lamp there"));
}
