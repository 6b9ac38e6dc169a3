//! Addresses as people write them, and as headers want them.

use domain::Address;
use lettre::message::Mailbox;

/// A recipient, perhaps with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub name: Option<String>,
    pub address: Address,
}

/// Reads `Mia Lind <mia@x.example>, jo@y.example`, or the same as a JSON list of such texts.
/// What is no address is left out.
pub fn people(list: &str) -> Vec<Person> {
    let list = list.trim();
    if list.starts_with('[')
        && let Ok(entries) = serde_json::from_str::<Vec<String>>(list)
    {
        return entries.iter().filter_map(|entry| person(entry)).collect();
    }
    split(list).iter().filter_map(|entry| person(entry)).collect()
}

/// At commas and semicolons outside quotes.
fn split(list: &str) -> Vec<String> {
    let (mut entries, mut entry, mut quoted) = (Vec::new(), String::new(), false);
    for c in list.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' | ';' | '\n' if !quoted => {
                entries.push(std::mem::take(&mut entry));
                continue;
            }
            _ => {}
        }
        entry.push(c);
    }
    entries.push(entry);
    entries
}

fn person(entry: &str) -> Option<Person> {
    let entry = entry.trim();
    let (name, address) = match entry.rsplit_once('<') {
        Some((name, rest)) => (name.trim().trim_matches('"').trim(), rest.trim_end_matches('>')),
        None => ("", entry),
    };
    let address = Address::parse(address).ok()?;
    let name = Some(name.to_owned()).filter(|n| !n.is_empty() && Address::parse(n).ok().as_ref() != Some(&address));
    Some(Person { name, address })
}

/// For a header: the domain in ASCII, because only SMTPUTF8 carries another (RFC 6532).
pub(super) fn mailbox(address: &Address, name: Option<String>) -> Option<Mailbox> {
    let email = lettre::Address::new(address.local(), ascii_domain(address.domain())).ok()?;
    Some(Mailbox::new(name, email))
}

/// A domain in ASCII (RFC 5891), as SMTP and headers want it.
pub fn ascii_domain(domain: &str) -> String {
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(ascii)) => ascii,
        _ => domain.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists_as_people_write_them() {
        let read = |list: &str| -> Vec<(String, String)> {
            people(list).into_iter().map(|p| (p.name.unwrap_or_default(), p.address.as_str().to_owned())).collect()
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            read("\"Lind, Mia\" <mia@x.example>, jo@y.example; nobody"),
            [pair("Lind, Mia", "mia@x.example"), pair("", "jo@y.example")]
        );
        assert_eq!(
            read("[\"Zoë <zoe@x.example>\",\"a@b.example\"]"),
            [pair("Zoë", "zoe@x.example"), pair("", "a@b.example")]
        );
        assert_eq!(read("mia@x.example <mia@x.example>"), [pair("", "mia@x.example")]);
        assert!(read("").is_empty());
        assert_eq!(ascii_domain("bücher.example"), "xn--bcher-kva.example");
        assert_eq!(ascii_domain("x.example"), "x.example");
    }
}
