//! The doctor's letters and lines: the announced test mail, the card for whoever can help, and an
//! address that has no mailbox of its own.

use super::counts::list;
use super::diagnoses;
use super::times::Clock;
use domain::console::doctor::{Card, TestMail, TestOutcome};
use domain::credential::CredentialKind;
use domain::provider::ProviderKind;
use domain::remedy::Remedy;
use domain::{Diagnosis, Direction};

/// What a card speaks of.
#[derive(Clone)]
pub struct Trouble {
    pub direction: Direction,
    pub diagnosis: Diagnosis,
    pub credential: CredentialKind,
    pub provider: ProviderKind,
    pub short: String,
    pub address: String,
    /// Who signed in, where it is somebody else than the address.
    pub person: Option<String>,
    /// What else is true: the other direction works, what waits.
    pub also: String,
    pub said: Option<String>,
    /// Other mailboxes that the same cause has stopped.
    pub others: Vec<String>,
}

impl Trouble {
    /// `Outgoing does not work: SMTP AUTH is off`
    pub fn title(&self) -> String {
        let title = diagnoses::title(self.diagnosis, &self.short);
        match (self.direction, self.others.len()) {
            (_, others @ 1..) => format!("{} mailboxes do not work: {title}", others + 1),
            (Direction::Incoming, 0) => format!("Incoming does not work: {title}"),
            (Direction::Outgoing, 0) => format!("Outgoing does not work: {title}"),
        }
    }

    /// What happened, and what else is true.
    pub fn sentence(&self) -> String {
        let others = match self.others.len() {
            0 => String::new(),
            _ => format!(" The same stops {}; one remedy mends them all.", list(&self.others, 6)),
        };
        let sentence = diagnoses::sentence(self.diagnosis, &self.short);
        format!("{sentence} {}{others}", self.also).trim().to_owned()
    }

    /// What must happen.
    pub fn remedy(&self) -> Remedy {
        self.diagnosis.remedy(self.credential)
    }

    /// The organisation.
    pub fn domain(&self) -> String {
        self.address.rsplit('@').next().unwrap_or(&self.address).to_owned()
    }

    /// The steps and lines, with the person's name where it is known.
    pub fn steps(&self) -> Option<diagnoses::Steps> {
        let mut steps = diagnoses::steps(self.diagnosis, self.provider, &self.address)?;
        if let Some(person) = self.person.as_deref().filter(|person| is_plain(person)) {
            for (_, line) in &mut steps.lines {
                *line = line.replace("<person>", person);
            }
        }
        Some(steps)
    }

    /// An address that is no mailbox of its own, and the three ways out (R10).
    pub fn no_mailbox(&self) -> Option<(String, [String; 3])> {
        let person = self.person.as_deref()?;
        let about = matches!(self.diagnosis, Diagnosis::SharedAddressRefused | Diagnosis::MailboxUnreachable);
        (about && self.direction == Direction::Incoming).then(|| {
            let address = &self.address;
            (
                format!(
                    "{person} is signed in, so the likely cause besides a missing right is the address itself: an alias, a group or a distribution list has no mailbox of its own that could be opened."
                ),
                [
                    format!("Connect the mailbox in which mail to {address} arrives, and add {address} there as a further address: replies leave from it."),
                    format!("Or have an admin make {address} a shared mailbox, with full access and Send As for {person}."),
                    format!("Or have an admin forward {address} to a mailbox that is connected here already."),
                ],
            )
        })
    }
}

/// Goes into a line that somebody pastes into a shell.
fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-+@".contains(c))
}

/// The card as a letter: everything that the page says, in plain text.
pub fn card(trouble: &Trouble) -> Card {
    let (who, not) = diagnoses::who(trouble.diagnosis, trouble.remedy(), &trouble.short, &trouble.domain());
    let mut lines = vec![
        format!("{}: {}", trouble.address, trouble.title()),
        String::new(),
        trouble.sentence(),
        String::new(),
        format!("Who can fix it: {who} {}", not.unwrap_or_default()).trim().to_owned(),
    ];
    if let Some(steps) = trouble.steps() {
        lines.extend([String::new(), "What to do:".to_owned()]);
        lines.extend(steps.steps.iter().enumerate().map(|(at, step)| format!("{}. {step}", at + 1)));
        for (place, line) in &steps.lines {
            lines.extend([String::new(), format!("{place}:"), line.clone()]);
        }
        if let Some(after) = steps.after {
            lines.extend([String::new(), after.to_owned()]);
        }
    }
    if let Some((cause, ways)) = trouble.no_mailbox() {
        lines.extend([String::new(), cause]);
        lines.extend(ways.iter().map(|way| format!("- {way}")));
    }
    if let Some(said) = &trouble.said {
        lines.extend([String::new(), "What the server said:".to_owned(), said.clone()]);
    }
    lines.extend([
        String::new(),
        "Mailkeep, the email of the help desk, checks by itself once this is done.".to_owned(),
    ]);
    Card {
        subject: format!("{}: {}", trouble.address, diagnoses::title(trouble.diagnosis, &trouble.short)),
        text: lines.join("\n"),
    }
}

/// The card as a link that opens the reader's own mail program (RFC 6068).
pub fn mailto(card: &Card) -> String {
    // Longer links are cut by some programs.
    let text: String = card.text.chars().take(1_500).collect();
    format!("mailto:?subject={}&body={}", percent(&card.subject), percent(&text.replace('\n', "\r\n")))
}

fn percent(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if plain(b) { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}

/// The test mail itself. Nobody should have to read it; whoever does, learns what it is.
pub fn test_letter(address: &str, person: Option<&str>) -> Card {
    let person = person.unwrap_or(address);
    Card {
        subject: format!("Mailkeep tests whether it may send as {address}"),
        text: format!(
            "Mailkeep sent this message from {address} to itself, signed in as {person}, because an admin of the help desk asked for it.\n\nIt is removed as soon as it has arrived. There is nothing to do."
        ),
    }
}

/// What is about to be sent, before it is.
pub fn announce(address: &str, person: &str) -> String {
    format!(
        "Whether {person} may send as {address} shows only when a message is really sent. Mailkeep sends one from {address} to itself, knows it when it arrives, makes no ticket of it and removes it."
    )
}

/// What became of the test mail: whether it went well (`None`: it is under way), in how many
/// milliseconds, and a line.
pub fn test_seen(test: &TestMail, receives: bool, clock: Clock) -> (Option<bool>, Option<u32>, String) {
    let sent = clock.time(test.at);
    match &test.outcome {
        TestOutcome::Sending => (None, None, format!("Being sent since {sent}")),
        TestOutcome::Refused { said, .. } => (Some(false), None, said.clone()),
        TestOutcome::Unsure { said } => (None, None, format!("Handed over at {sent}, but no answer came. {said}")),
        TestOutcome::Accepted { server } => match (test.arrived_at, test.removed_at) {
            (Some(arrived), removed) => {
                let took = u32::try_from(arrived.since(test.at).0).ok();
                let removed = if removed.is_some() { ", and removed" } else { "" };
                (Some(true), took, format!("Sent at {sent}, arrived and recognised, no ticket{removed}"))
            }
            (None, _) if receives => (None, None, format!("Taken by {server} at {sent}, not arrived yet")),
            (None, _) => (
                Some(true),
                None,
                format!("Taken by {server} at {sent}; this mailbox fetches nothing, so its arrival is not seen"),
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(diagnosis: Diagnosis) -> Trouble {
        Trouble {
            direction: Direction::Incoming,
            diagnosis,
            credential: CredentialKind::Grant,
            provider: ProviderKind::Microsoft,
            short: "Microsoft".into(),
            address: "support@contoso.example".into(),
            person: Some("anna@contoso.example".into()),
            also: String::new(),
            said: Some("NO AUTHENTICATE failed.".into()),
            others: Vec::new(),
        }
    }

    #[test]
    fn the_card_says_what_the_page_says() {
        let card = card(&trouble(Diagnosis::SharedAddressRefused));
        for part in [
            "Who can fix it: An admin of contoso.example at Microsoft.",
            "Add-MailboxPermission -Identity support@contoso.example -User anna@contoso.example -AccessRights FullAccess",
            "an alias, a group or a distribution list",
            "NO AUTHENTICATE failed.",
        ] {
            assert!(card.text.contains(part), "{part} in {}", card.text);
        }
        let link = mailto(&card);
        assert!(
            link.starts_with("mailto:?subject=support%40contoso.example%3A%20") && !link.contains(['\n', ' ', '"'])
        );
    }

    #[test]
    fn one_cause_is_one_card() {
        let mut trouble = trouble(Diagnosis::ClientSecretExpired);
        trouble.others = vec!["returns@contoso.example".into()];
        assert!(trouble.title().starts_with("2 mailboxes do not work"));
        assert!(trouble.sentence().contains("The same stops returns@contoso.example"));
    }

    #[test]
    fn a_person_with_a_strange_name_does_not_reach_the_shell() {
        let mut trouble = trouble(Diagnosis::SharedAddressRefused);
        trouble.person = Some("x; Remove-Mailbox y".into());
        assert!(trouble.steps().expect("steps").lines.iter().all(|(_, line)| !line.contains("Remove-Mailbox")));
    }
}
