//! Returned mail without a machine part: qmail, Exim, old Postfix and sendmail, Exchange, and what
//! webmail providers write in words. What can be told is told as in a report (RFC 3464).
//!
//! Nothing is guessed from an ordinary mail: it must come from a mail system and say that
//! something did not arrive.

use super::parties::{self, Party};
use super::report::{Action, FailedRecipient, Report, about};
use super::{automatic, identity, text};
use domain::Address;
use mail_parser::Message;

/// Recipients of one returned mail that are read.
const MOST: usize = 20;
/// Lines that are read for recipients and reasons.
const LINES: usize = 120;
/// Bytes of the text that are looked at.
const LOOKED: usize = 64 << 10;

/// Local parts of mail systems.
const SYSTEMS: [&str; 6] = ["mailer-daemon", "mail-daemon", "postmaster", "mailerdaemon", "mail.daemon", "mmdf"];

/// What such mail says in its subject or text, lower case, in the languages that servers speak.
const RETURNED: [&str; 34] = [
    "undeliver",
    "not delivered",
    "not be delivered",
    "wasn't able to deliver",
    "was not able to deliver",
    "unable to deliver",
    "couldn't be delivered",
    "delivery fail",
    "delivery has failed",
    "delivery status notification",
    "delivery to the following",
    "delivery incomplete",
    "delivery delayed",
    "mail delivery failed",
    "mail delivery system",
    "failure notice",
    "returned mail",
    "returned to sender",
    "address not found",
    "message delayed",
    "unzustellbar",
    "nicht zugestellt",
    "konnte nicht zustellen",
    "zustellung fehlgeschlagen",
    "non remis",
    "n'a pas pu être remis",
    "échec de la remise",
    "no se pudo entregar",
    "no se ha podido entregar",
    "mancata consegna",
    "non recapitabile",
    "niet bezorgd",
    "não entregue",
    "niedostarcz",
];

/// It is still tried.
const DELAYED: [&str; 7] = [
    "delayed",
    "will be retried",
    "will keep trying",
    "still being tried",
    "will continue to try",
    "no action is required",
    "verzögert",
];

/// Behind these lines stands what was returned: nobody's reason.
const COPY: [&str; 10] = [
    "below this line is a copy",
    "this is a copy of the message",
    "this is a copy of your message",
    "original message headers",
    "original message ---",
    "original message follows",
    "message headers follow",
    "header of the original message",
    "unsent message below",
    "return-path:",
];

/// Reads mail from a mail system that says in words what did not arrive; `None`: it is none.
pub fn of(message: &Message<'_>, from: Option<&Party>) -> Option<Report> {
    let failed = message.header_raw("X-Failed-Recipients").map(|value| value.trim().to_owned());
    let local = from.and_then(|p| p.address.split('@').next()).unwrap_or_default();
    if failed.is_none() && !SYSTEMS.contains(&local) {
        return None;
    }
    // Behind this address people sit too: they are believed to be a machine where they name what came back.
    let a_person = failed.is_none() && local == "postmaster" && !automatic::by_a_program(message);
    let body = message.body_text(0).unwrap_or_default();
    let body = text::lines(&body, LOOKED).replace('\u{2019}', "'");
    let subject = message.subject().unwrap_or_default().to_lowercase();
    let told: Vec<&str> = body
        .lines()
        .take(LINES)
        .take_while(|line| {
            let line = line.to_lowercase();
            !COPY.iter().any(|mark| line.contains(mark))
        })
        .collect();
    // In its own words alone: the copy is ours, and may say anything.
    let folded = told.join("\n").to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| subject.contains(word) || folded.contains(word));
    if failed.is_none() && !says(&RETURNED) {
        return None;
    }
    // Who got the report wrote the message; the daemon did not fail itself.
    let mut not: Vec<String> = parties::of(message.to()).into_iter().map(|p| p.address).collect();
    not.extend(from.map(|p| p.address.clone()));
    let action = if says(&DELAYED) { Action::Delayed } else { Action::Failed };
    let mut recipients: Vec<FailedRecipient> = Vec::new();
    let mut add = |address: String, said: String| {
        if recipients.len() < MOST && !not.contains(&address) && !recipients.iter().any(|r| r.address == address) {
            recipients.push(FailedRecipient { last: address.clone(), address, action, status: status(&said), said });
        }
    };
    for (at, line) in told.iter().enumerate() {
        for address in addresses(line) {
            add(address, reason(&told, at));
        }
    }
    for address in failed.as_deref().unwrap_or_default().split([',', ' ', '\r', '\n', '\t']).flat_map(addresses) {
        add(address, reason(&told, 0));
    }
    let mut named = about(message);
    // A copy in the text names itself.
    for line in body.lines() {
        let Some((name, id)) = line.trim_start_matches(['>', ' ']).split_once(':') else { continue };
        if name.eq_ignore_ascii_case("message-id") && id.contains('@') {
            named.push(identity::message_key(id));
        }
    }
    let told_by_code = recipients.iter().any(|recipient| !recipient.status.is_empty());
    let believed =
        if a_person { told_by_code && !named.is_empty() } else { !recipients.is_empty() || !named.is_empty() };
    believed.then_some(Report { recipients, about: named })
}

/// The addresses in a line, lower case.
fn addresses(line: &str) -> Vec<String> {
    let marks = |c: char| c.is_whitespace() || "<>()[]{},;:\"'*".contains(c);
    line.split(marks)
        .map(|word| word.trim_start_matches("mailto").trim_matches(['.', '-', '=']).to_lowercase())
        .filter(|word| word.contains('@') && Address::parse(word).is_ok())
        .collect()
}

/// What the server said of the recipient on this line: the rest of it and the lines below, to the
/// next blank one or the next recipient; else the first line of all that has a code.
fn reason(lines: &[&str], at: usize) -> String {
    let behind = lines.get(at).and_then(|line| line.split_once(['>', ':'])).map_or("", |(_, rest)| rest);
    let below = lines
        .iter()
        .skip(at + 1)
        .skip_while(|line| line.trim().is_empty())
        .take_while(|line| !line.trim().is_empty() && addresses(line).is_empty())
        .take(6)
        .copied();
    let near = std::iter::once(behind).chain(below).collect::<Vec<_>>().join(" ");
    let near = near.trim_matches(|c: char| c.is_whitespace() || ":<>-".contains(c));
    let coded = |line: &&str| !status(line).is_empty() || code(line);
    let said = if coded(&near) { near } else { lines.iter().copied().find(|line| coded(line)).unwrap_or(near) };
    text::line(said, 300)
}

/// `550` or `452` as a word of its own.
fn code(line: &str) -> bool {
    line.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word.len() == 3 && word.starts_with(['4', '5']) && word.bytes().all(|b| b.is_ascii_digit()))
}

/// The enhanced status in a line (RFC 3463), or nothing.
fn status(line: &str) -> String {
    line.split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|word| word.trim_matches('.'))
        .find(|word| {
            let parts: Vec<&str> = word.split('.').collect();
            parts.len() == 3
                && matches!(parts[0], "4" | "5")
                && parts[1..].iter().all(|part| (1..=3).contains(&part.len()))
        })
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime::{Automatic, Mail, read_now};

    /// A mail of `tests/returned`, about the reply `reply@desk.example`.
    fn sample(name: &str) -> Mail {
        let path = format!("{}/tests/returned/{name}.eml", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&path).expect(name).replace("REPLY", "reply@desk.example");
        read_now(source.replace('\n', "\r\n").as_bytes()).expect(name)
    }

    #[test]
    fn servers_say_in_words_what_came_back() {
        use Action::{Delayed, Failed};
        for (name, action, status, said, named) in [
            ("qmail", Failed, "5.1.1", "User unknown", true),
            ("exim", Failed, "", "552 Mailbox full", true),
            ("exim-no-copy", Failed, "", "Unrouteable address", false),
            ("postfix-old", Failed, "", "Host or domain name not found", true),
            ("sendmail", Failed, "5.3.0", "Spam blocked", true),
            ("exchange-words", Failed, "5.1.10", "RecipientNotFound", true),
            ("web-provider-de", Failed, "5.2.2", "mailbox full", true),
            ("delayed", Delayed, "", "connection timed out", true),
        ] {
            let mail = sample(name);
            assert_eq!(mail.automatic, Automatic::Bounce, "{name}");
            let report = mail.report.unwrap_or_else(|| panic!("{name} is a report"));
            let [one] = &report.recipients[..] else { panic!("{name}: {:?}", report.recipients) };
            assert_eq!(
                (one.address.as_str(), one.action, one.status.as_str()),
                ("anna@customer.example", action, status),
                "{name}"
            );
            assert!(one.said.contains(said), "{name}: {}", one.said);
            assert_eq!(report.about.contains(&"reply@desk.example".to_owned()), named, "{name}: {:?}", report.about);
        }
    }

    #[test]
    fn a_person_who_keeps_a_mail_server_writes_mail() {
        for name in ["a-person", "a-person-about-returned-mail"] {
            let mail = sample(name);
            assert_eq!((mail.report, mail.automatic), (None, Automatic::No), "{name}");
        }
    }
}
