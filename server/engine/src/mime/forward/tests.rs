use super::*;
use crate::mime::read_now;
use domain::Time;

/// A mail of `tests/mail`, read and looked into.
fn sample(name: &str) -> Option<Inline> {
    let path = format!("{}/tests/mail/{name}.eml", env!("CARGO_MANIFEST_DIR"));
    let source = std::fs::read_to_string(&path).expect(name).replace("\r\n", "\n").replace('\n', "\r\n");
    let mail = read_now(source.as_bytes()).expect(name);
    let whole = [Some(mail.text), mail.quoted].into_iter().flatten().collect::<Vec<_>>().join("\n");
    inline(&mail.subject, &whole).into_iter().next()
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
        assert!(written.may_be(original, None), "{name}: {written:?}");
        let words = "Hello,\n\nthe lamp that I bought has a broken switch.\nOrder 4711, see https://shop.example/o/4711.\n\nMia";
        assert_eq!(
            alike(&found.from.address, &found.subject, &found.text),
            alike("Mia@customer.example", "Re: The lamp is broken", words),
            "{name}: {}",
            found.text
        );
    }
}

/// Every file of `tests/forward` is the same message, forwarded by another program in another
/// language: its name says which.
#[test]
fn every_program_and_language_is_the_same_message() {
    let folder = format!("{}/tests/forward", env!("CARGO_MANIFEST_DIR"));
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("the folder")
        .map(|entry| entry.expect("a file").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    for program in ["gmail", "outlook", "outlook-plain", "apple", "thunderbird"] {
        for language in ["en", "de", "fr", "es", "it", "nl", "pt", "pl"] {
            let name = format!("{program}-{language}");
            assert!(names.contains(&name), "{name} is missing");
        }
    }
    let told = Time::from_date(2026, 11, 2).expect("a day") + domain::time::Span::minutes(15 * 60 + 4);
    let words =
        "Hello,\n\nthe lamp that I bought has a broken switch.\nOrder 4711, see https://shop.example/o/4711.\n\nMia";
    let mut wrong = Vec::new();
    for name in names {
        let source = std::fs::read_to_string(format!("{folder}/{name}.eml")).expect("a file").replace('\n', "\r\n");
        let mail = read_now(source.as_bytes()).expect("it can be read");
        let whole = [Some(mail.text), mail.quoted].into_iter().flatten().collect::<Vec<_>>().join("\n");
        let found = inline(&mail.subject, &whole);
        let [one] = &found[..] else {
            wrong.push(format!("{name}: {} messages in\n{whole}", found.len()));
            continue;
        };
        let written = one.written.map(|w| if w.zoned { w.at + domain::time::Span::hours(1) } else { w.at });
        let same = alike(&one.from.address, &one.subject, &one.text)
            == alike("mia@customer.example", "The lamp is broken", words);
        let to = one.to.iter().any(|p| p.address == "support@desk.example");
        if one.from != mia() || one.lead != "Look at this." || written != Some(told) || !same || !to {
            wrong.push(format!("{name}: {one:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_whole_conversation_is_a_message_each_and_a_forward_of_a_forward_is_one() {
    let one = |who: &str, minute: u32, text: &str| {
        format!(
            "---------- Forwarded message ---------\nFrom: {who} <{who}@x.example>\nDate: Mon, Nov 2, 2026 at 3:{minute:02} PM\nSubject: S\nTo: <a@b.example>\n\n\n{text}\n\n"
        )
    };
    let all = format!("Both.\n\n{}{}{}", one("mia", 4, "First."), one("jo", 9, "Second."), one("mia", 30, "Third."));
    let found = inline("Fwd: S", &all);
    let said: Vec<(&str, &str, &str)> =
        found.iter().map(|i| (i.from.address.as_str(), i.lead.as_str(), i.text.as_str())).collect();
    assert_eq!(
        said,
        [("mia@x.example", "Both.", "First."), ("jo@x.example", "", "Second."), ("mia@x.example", "", "Third.")]
    );
    // What Mia forwarded is older than her own mail, and part of it.
    let nested = format!("{}{}", one("mia", 30, "See what Jo says."), one("jo", 9, "Inner."));
    let found = inline("Fwd: S", &nested);
    assert_eq!(found.len(), 1);
    assert!(found[0].text.starts_with("See what Jo says.") && found[0].text.ends_with("Inner."));
}

#[test]
fn what_only_looks_like_a_forward_is_none() {
    let block = "From: Mia <mia@x.example>\nSent: Monday, November 2, 2026 3:04 PM\nTo: a@b.example\nSubject: S\n\nHi";
    assert_eq!(inline("FW: S", block).len(), 1);
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
        assert_eq!(inline(subject, &text), [], "{subject} {text}");
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
