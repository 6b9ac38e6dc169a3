//! What a server offers, from its answer to EHLO (RFC 5321 4.1.1.1).

use super::reply::Reply;

/// The extensions that matter to us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// The name that the server gives itself.
    pub name: String,
    pub starttls: bool,
    /// Mechanisms, in capitals.
    pub auth: Vec<String>,
    /// The largest message, in bytes (RFC 1870); `None`: not said, or no limit.
    pub size: Option<u64>,
    /// RFC 1870 is spoken at all.
    pub sizes: bool,
    pub eight_bit: bool,
    pub utf8: bool,
}

impl Features {
    pub fn read(reply: &Reply) -> Self {
        let mut features = Features::default();
        let mut lines = reply.lines.iter();
        if let Some(first) = lines.next() {
            features.name = first.split_whitespace().next().unwrap_or_default().to_owned();
        }
        for line in lines {
            // `AUTH=LOGIN` is how old servers wrote it.
            let line = line.to_ascii_uppercase().replacen("AUTH=", "AUTH ", 1);
            let mut words = line.split_whitespace();
            match words.next() {
                Some("STARTTLS") => features.starttls = true,
                Some("AUTH") => features.auth.extend(words.map(str::to_owned)),
                Some("SIZE") => {
                    features.sizes = true;
                    features.size = words.next().and_then(|n| n.parse().ok()).filter(|&n| n > 0);
                }
                Some("8BITMIME") => features.eight_bit = true,
                Some("SMTPUTF8") => features.utf8 = true,
                _ => {}
            }
        }
        features
    }

    pub fn offers(&self, mechanism: &str) -> bool {
        self.auth.iter().any(|offered| offered == mechanism)
    }

    /// For the check's evidence.
    pub fn summary(&self) -> String {
        let mut parts = Vec::new();
        if !self.auth.is_empty() {
            parts.push(format!("AUTH {}", self.auth.join(" ")));
        }
        if let Some(size) = self.size {
            parts.push(format!("SIZE {size}"));
        }
        for (there, word) in [(self.eight_bit, "8BITMIME"), (self.utf8, "SMTPUTF8")] {
            if there {
                parts.push(word.to_owned());
            }
        }
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Features {
        Features::read(&Reply { code: 250, lines: lines.iter().map(|l| (*l).to_owned()).collect() })
    }

    #[test]
    fn reads_what_servers_offer() {
        let exchange = read(&[
            "AM0PR.outlook.office365.com Hello [127.0.0.1]",
            "SIZE 157286400",
            "PIPELINING",
            "DSN",
            "AUTH LOGIN XOAUTH2",
            "8BITMIME",
            "SMTPUTF8",
        ]);
        assert_eq!(exchange.name, "AM0PR.outlook.office365.com");
        assert!(exchange.offers("XOAUTH2") && !exchange.offers("PLAIN"));
        assert_eq!(exchange.size, Some(157_286_400));
        assert!(exchange.eight_bit && exchange.utf8 && !exchange.starttls);
        let old = read(&["mail.example", "auth=login plain", "size", "starttls"]);
        assert!(old.offers("LOGIN") && old.offers("PLAIN") && old.starttls);
        assert_eq!((old.sizes, old.size), (true, None));
        assert_eq!(read(&["x", "SIZE 0"]).size, None);
        assert_eq!(read(&[]), Features::default());
    }
}
