//! Names and addresses in header fields.

use super::text;
use mail_parser::{Address, HeaderValue, Message};

/// Somebody in From, To, Cc or Reply-To.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    pub name: String,
    /// Lower case; not necessarily one that mail can be sent to.
    pub address: String,
}

/// More than this in one field are not kept: the source has them.
const MOST: usize = 200;

impl Party {
    /// The name, or else the address.
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.address } else { &self.name }
    }

    /// As in `Anna <anna@x.example>`, for lists of people.
    pub fn line(&self) -> String {
        if self.name.is_empty() {
            return self.address.clone();
        }
        let name = self.name.replace(['"', '<', '>', ',', ';'], " ");
        format!("{} <{}>", name.split_whitespace().collect::<Vec<_>>().join(" "), self.address)
    }
}

/// All parties of a field, in order; those without an address are left out.
pub fn of(field: Option<&Address<'_>>) -> Vec<Party> {
    let Some(field) = field else { return Vec::new() };
    field
        .iter()
        .filter_map(|addr| {
            let address = text::line(addr.address.as_deref()?, text::NAME).to_lowercase();
            let name = text::line(addr.name.as_deref().unwrap_or_default(), text::NAME);
            // "anna@x.example" <anna@x.example> says nothing twice.
            let name = if name.eq_ignore_ascii_case(&address) { String::new() } else { name };
            (!address.is_empty()).then_some(Party { name, address })
        })
        .take(MOST)
        .collect()
}

/// Where servers on the way say that it was delivered.
pub fn delivered_to(message: &Message<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for name in ["Delivered-To", "X-Original-To", "Envelope-To", "X-Delivered-To"] {
        for value in message.header_values(name) {
            let one = match value {
                HeaderValue::Text(text) => Some(text.to_string()),
                HeaderValue::Address(list) => list.first().and_then(|a| a.address()).map(str::to_owned),
                _ => None,
            };
            let one = one.map(|a| text::line(&a, text::NAME).trim_matches(['<', '>']).to_lowercase());
            found.extend(one.filter(|a| a.contains('@')));
            if found.len() >= 20 {
                return found;
            }
        }
    }
    found
}
