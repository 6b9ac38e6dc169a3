//! Notices in words: the letters that leave by email, and their lines on the page.

use crate::wording::counts::{list, of};
use crate::wording::diagnoses;
use crate::wording::ends;
use crate::wording::ledger;
use crate::wording::states;
use crate::wording::times::Clock;
use domain::Address;
use domain::expiry::Kind;
use domain::notice::{Audience, Content, Event, Letter, Letters, Sheet};
use domain::provider::ProviderKind;
use domain::remedy::Remedy;

/// The state that is shown at set-up.
pub const NOBODY: &str = "If this mailbox fails, nobody can be told by email";

/// What that state means, and what to do.
pub const NOBODY_WHY: &str = "Notices never leave through the mailbox in trouble. Connect a second mailbox, or enter an SMTP server for notices.";

/// Letters in English. Times are given in UTC: nobody knows where the reader sits.
pub struct English;

impl Letters for English {
    fn letter(&self, content: &Content, sheet: &Sheet<'_>) -> Letter {
        let clock = Clock { now: sheet.now, offset: 0 };
        match (&content.event, sheet.to) {
            (Event::Test, _) => test(sheet),
            (_, Audience::Owner) => owner(content, sheet, clock),
            (_, Audience::Admin) => admin(content, sheet, clock),
        }
    }
}

fn desk(sheet: &Sheet<'_>) -> String {
    if sheet.desk_name.is_empty() { "the help desk".into() } else { sheet.desk_name.to_owned() }
}

fn addresses(content: &Content) -> String {
    let names: Vec<String> = content.mailboxes.iter().map(|(_, address)| address.to_string()).collect();
    list(&names, 6)
}

/// Paragraphs, and who sent this.
fn text(parts: &[String], sheet: &Sheet<'_>) -> String {
    let mut text: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let foot = format!("Sent by Mailkeep at {}", sheet.public_address);
    text.push("-- ");
    format!("{}\n{foot}\n", text.join("\n\n"))
}

/// Where an admin mends it.
fn page(content: &Content, sheet: &Sheet<'_>) -> String {
    let base = format!("{}/admin", sheet.public_address);
    let secret = match &content.event {
        Event::Ends { end, .. } => matches!(end.source.kind(), Kind::AppSecret | Kind::Spa),
        Event::Lost { remedy, .. } => *remedy == Remedy::FixAppRegistration,
        _ => false,
    };
    match content.mailboxes.as_slice() {
        _ if secret => format!("{base}/registrations"),
        [(id, _)] => format!("{base}/channels/email/{id}"),
        _ => format!("{base}/channels/email"),
    }
}

fn admin(content: &Content, sheet: &Sheet<'_>, clock: Clock) -> Letter {
    let (who, short) = (addresses(content), &content.provider_short);
    let link = page(content, sheet);
    let account = content.account.as_ref().map(|account| format!("Signs in there: {account}.")).unwrap_or_default();
    match &content.event {
        Event::Ends { end, .. } => Letter {
            subject: format!("{}: {who}", ends::title(end, clock)),
            text: text(
                &[
                    format!("{}: {} UTC.", ends::title(end, clock), ends::evidence(end, short, clock).trim_end_matches('.')),
                    format!("Mailboxes: {who}. {account}"),
                    "They still work. Act before, and nothing stops.".into(),
                    link,
                ],
                sheet,
            ),
        },
        Event::Lost { diagnosis, since, .. } => Letter {
            subject: format!("{}: {who}", diagnoses::title(*diagnosis, short)),
            text: text(
                &[
                    format!("{}. {}", diagnoses::title(*diagnosis, short), diagnoses::sentence(*diagnosis, short)),
                    format!("Mailboxes: {who}. {account} Since {} UTC.", clock.moment(*since)),
                    "New mail waits where it is, replies are held here. Nothing is lost: afterwards mail comes in by itself and replies leave, those over 3 days old after a look.".into(),
                    link,
                ],
                sheet,
            ),
        },
        Event::Silent { how, since } => Letter {
            subject: format!("{}: {who}", states::silence(*how)),
            text: text(
                &[
                    format!("{} {} UTC.", ledger::silence(*how, &who), clock.moment(*since)),
                    ledger::silence_hint(*how).into(),
                    link,
                ],
                sheet,
            ),
        },
        Event::Unexplained { since, what } => Letter {
            subject: format!("{}: {who}", ledger::unexplained(what.len())),
            text: text(
                &[
                    format!("The comparison of {} UTC found what it can't explain in {who}:", clock.time(*since)),
                    ledger::uids(what),
                    "Each may be a message that nobody has answered. The page says what to do about it.".into(),
                    format!("{link}/ledger"),
                ],
                sheet,
            ),
        },
        Event::Unreadable { since, messages } => Letter {
            subject: format!("{}: {who}", ledger::unreadable(*messages)),
            text: text(
                &[
                    format!("{} of {who}, since {} UTC.", ledger::unreadable(*messages), clock.time(*since)),
                    "It is stored as it came, and no ticket was made of it. Read it again, or make a ticket by hand.".into(),
                    format!("{}/admin/unreadable", sheet.public_address),
                ],
                sheet,
            ),
        },
        Event::Recovered { since } => Letter {
            subject: format!("Works again: {who}"),
            text: text(
                &[
                    format!("{who} works again. It had stopped since {} UTC.", clock.moment(*since)),
                    "What arrived meanwhile comes in by itself, and held replies leave, those over 3 days old after a look.".into(),
                    link,
                ],
                sheet,
            ),
        },
        Event::Held { by, replies, diagnosis, since } => Letter {
            subject: format!("{by} asks you to look: replies from {who} are held"),
            text: text(
                &[
                    format!(
                        "{by} works on tickets and can't mend this. {} from {who} since {} UTC.",
                        of(u64::from(*replies), "reply is held", "replies are held"),
                        clock.moment(*since)
                    ),
                    format!("{}. {} {account}", diagnoses::title(*diagnosis, short), diagnoses::sentence(*diagnosis, short)),
                    "Nothing is lost. The replies leave once the mailbox works: by themselves, or after a look where they are over 3 days old.".into(),
                    link,
                ],
                sheet,
            ),
        },
        Event::Test => test(sheet),
    }
}

/// For somebody who may never have heard of the help desk.
fn owner(content: &Content, sheet: &Sheet<'_>, clock: Clock) -> Letter {
    let (who, desk) = (addresses(content), desk(sheet));
    let provider = match content.provider {
        ProviderKind::Other => content.provider_name.as_str(),
        kind => kind.name(),
    };
    let account = content.account.clone().unwrap_or_default();
    let why = format!(
        "You get this mail because {desk} reads and answers the mail of {who} with your {provider} sign-in, {account}. You gave it that permission when you signed in there."
    );
    let act = match sheet.sign_in_link {
        Some(link) => format!(
            "Please open this page and sign in with {provider} as {account}. It takes a minute, and no account at {desk} is needed:\n{link}"
        ),
        None => format!(
            "Please ask whoever runs {desk} to let you sign in again, or open its page if you have an account there:\n{}",
            page(content, sheet)
        ),
    };
    let doubt = format!("If this is new to you, ask your colleagues who work with {who} before you sign in anywhere.");
    match &content.event {
        Event::Ends { end, .. } => {
            let left = ends::left(end.at, clock).unwrap_or_else(|| "a moment".into());
            Letter {
                subject: format!("Your sign-in for {who} ends in {left}"),
                text: text(
                    &[
                        format!(
                            "Your {provider} sign-in for {who} ends in {left}, on {} UTC. After that its mail is no longer answered until you sign in again.",
                            clock.time(end.at)
                        ),
                        act,
                        why,
                        doubt,
                    ],
                    sheet,
                ),
            }
        }
        Event::Lost { since, .. } => Letter {
            subject: format!("Your sign-in is needed for {who}"),
            text: text(
                &[
                    format!(
                        "Your {provider} sign-in for {who} ended: {} UTC. Its mail waits and is not lost, but nobody there can read or answer it until you sign in again.",
                        clock.moment(*since)
                    ),
                    act,
                    why,
                    doubt,
                ],
                sheet,
            ),
        },
        // The others never go to an owner.
        _ => Letter {
            subject: format!("Thank you: {who} works again"),
            text: text(&[format!("{who} works again. There is nothing left to do for you."), why], sheet),
        },
    }
}

fn test(sheet: &Sheet<'_>) -> Letter {
    Letter {
        subject: format!("Test notice from {}", desk(sheet)),
        text: text(
            &[
                "Notices reach you. This is how you are told when a mailbox stops, or its sign-in ends soon.".into(),
                format!("{}/admin/notices", sheet.public_address),
            ],
            sheet,
        ),
    }
}

/// A notice in one line, on the page.
pub fn line(event: &Event, mailboxes: &[Address], short: &str, clock: Clock) -> String {
    let names: Vec<String> = mailboxes.iter().map(ToString::to_string).collect();
    let who = list(&names, 3);
    match event {
        Event::Ends { end, .. } => format!("{}: {who}", ends::title(end, clock)),
        Event::Lost { diagnosis, .. } => format!("{}: {who}", diagnoses::title(*diagnosis, short)),
        Event::Silent { how, .. } => format!("{}: {who}", states::silence(*how)),
        Event::Unexplained { what, .. } => {
            format!("{}: {who}. {}", ledger::unexplained(what.len()), ledger::uids(what).replace('\n', " "))
        }
        Event::Unreadable { messages, .. } => format!("{}: {who}", ledger::unreadable(*messages)),
        Event::Recovered { .. } => format!("Works again: {who}"),
        Event::Held { by, .. } => format!("{by} told you that replies are held: {who}"),
        Event::Test => "Test notice".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::expiry::{End, Source, Step};
    use domain::id::MailboxId;
    use domain::ledger::Gap;
    use domain::silence::Silence;
    use domain::time::Span;
    use domain::{Diagnosis, Time};

    const NOW: Time = Time(1_800_000_000_000);

    fn letter(event: Event, to: Audience, link: Option<&str>) -> Letter {
        let content = Content {
            event,
            mailboxes: vec![(MailboxId(3), Address::parse("support@contoso.example").expect("an address"))],
            account: Some("anna@contoso.example".into()),
            provider: ProviderKind::Microsoft,
            provider_name: "Microsoft Office 365".into(),
            provider_short: "Microsoft".into(),
        };
        let sheet = Sheet {
            to,
            desk_name: "Contoso help",
            public_address: "https://help.contoso.example",
            sign_in_link: link,
            now: NOW,
        };
        English.letter(&content, &sheet)
    }

    #[test]
    fn an_owner_reads_plain_words() {
        let lost = || Event::Lost { diagnosis: Diagnosis::SignInRevoked, remedy: Remedy::SignInAgain, since: NOW };
        let end = End { at: NOW + Span::days(3), begun: NOW - Span::days(87), source: Source::Told };
        let ends = || Event::Ends { step: Step::Second, end: end.clone() };
        for (event, subject) in [
            (lost(), "Your sign-in is needed for support@contoso.example"),
            (ends(), "Your sign-in for support@contoso.example ends in 3 days"),
        ] {
            let letter = letter(event, Audience::Owner, Some("https://help.contoso.example/link/x"));
            assert_eq!(letter.subject, subject);
            assert!(letter.text.contains("https://help.contoso.example/link/x"), "{}", letter.text);
            assert!(letter.text.contains("Contoso help reads and answers the mail of support@contoso.example"));
            for word in ["IMAP", "OAuth", "token", "grant", "AADSTS", "credential", "admin/", "mailbox "] {
                assert!(!letter.text.contains(word), "{word}: {}", letter.text);
            }
        }
    }

    #[test]
    fn what_can_not_be_explained_is_named_by_its_uid() {
        let what = vec![
            ("INBOX".to_owned(), 7, Gap::NoReceipt),
            ("Entw&APw-rfe".to_owned(), 9, Gap::NoSource),
            ("INBOX".to_owned(), 12, Gap::NoTicket),
        ];
        let told = letter(Event::Unexplained { since: NOW, what }, Audience::Admin, None);
        assert_eq!(told.subject, "3 messages can't be explained: support@contoso.example");
        for part in
            ["UID 7 in Inbox: ", "UID 9 in Entw\u{fc}rfe: ", "UID 12 in Inbox: ", "/admin/channels/email/3/ledger"]
        {
            assert!(told.text.contains(part), "{part}: {}", told.text);
        }
        let quiet = letter(Event::Silent { how: Silence::NoMail, since: NOW }, Audience::Admin, None);
        assert_eq!(quiet.subject, "No mail comes: support@contoso.example");
        assert!(quiet.text.contains("No mail came to support@contoso.example since"), "{}", quiet.text);
        let kept = letter(Event::Unreadable { since: NOW, messages: 1 }, Audience::Admin, None);
        assert!(kept.text.contains("https://help.contoso.example/admin/unreadable"), "{}", kept.text);
    }

    #[test]
    fn an_admin_reads_what_when_and_where() {
        let lost = Event::Lost { diagnosis: Diagnosis::SignInRevoked, remedy: Remedy::SignInAgain, since: NOW };
        let letter = letter(lost, Audience::Admin, None);
        assert!(letter.subject.ends_with(": support@contoso.example"), "{}", letter.subject);
        assert!(letter.text.contains("https://help.contoso.example/admin/channels/email/3"), "{}", letter.text);
        assert!(letter.text.contains("Nothing is lost"));
    }
}
