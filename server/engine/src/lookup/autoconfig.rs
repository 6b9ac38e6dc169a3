//! What a domain publishes for mail programs: Thunderbird's `config-v1.1.xml`.

use super::server_name;
use crate::Engine;
use domain::provider::{Endpoint, Tls};
use domain::{Address, Direction};
use std::time::Duration;

/// All places together; a person waits for the next page.
const WAIT: Duration = Duration::from_secs(6);
/// A file above this is no such file. Bytes.
const LARGEST: usize = 64 << 10;

/// The servers that a domain publishes by HTTPS, at its own autoconfig host and under itself. The
/// address itself is not told: only the domain is asked for.
pub async fn find(engine: &Engine, address: &Address) -> [Option<Endpoint>; 2] {
    let domain = address.domain();
    let places = [
        format!("https://autoconfig.{domain}/mail/config-v1.1.xml"),
        format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"),
    ];
    let both = async {
        for place in places {
            if let Some(text) = read(engine, &place).await {
                let found = servers(&text, domain);
                if found.iter().any(Option::is_some) {
                    return found;
                }
            }
        }
        [None, None]
    };
    tokio::time::timeout(WAIT, both).await.unwrap_or([None, None])
}

async fn read(engine: &Engine, place: &str) -> Option<String> {
    let url = url::Url::parse(place).ok()?;
    // A domain such as `0x7f.1` becomes an IP address in a URL, which no resolver would look at.
    if !matches!(url.host(), Some(url::Host::Domain(_))) {
        return None;
    }
    let answer = engine.net.foreign()?.get(url).send().await.ok()?;
    if answer.status() != reqwest::StatusCode::OK {
        return None;
    }
    String::from_utf8(crate::net::body(answer, LARGEST).await?).ok()
}

/// The first usable IMAP and SMTP server of a file.
fn servers(text: &str, domain: &str) -> [Option<Endpoint>; 2] {
    Direction::BOTH.map(|direction| {
        let (tag, kind) = match direction {
            Direction::Incoming => ("incomingServer", "imap"),
            Direction::Outgoing => ("outgoingServer", "smtp"),
        };
        blocks(text, tag).into_iter().find_map(|(attributes, inner)| {
            let wanted = attributes.contains(&format!("\"{kind}\"")) || attributes.contains(&format!("'{kind}'"));
            let host = element(inner, "hostname")?.replace("%EMAILDOMAIN%", domain);
            let tls = match element(inner, "socketType")?.to_ascii_uppercase().as_str() {
                "SSL" => Tls::Implicit,
                "STARTTLS" => Tls::StartTls,
                // In clear: not proposed.
                _ => return None,
            };
            let port = element(inner, "port")?.parse().ok().filter(|port| *port > 0)?;
            wanted.then_some(Endpoint { host: server_name(&host)?, port, tls })
        })
    })
}

/// Elements of a name: their attributes and what is inside.
fn blocks<'a>(text: &'a str, tag: &str) -> Vec<(&'a str, &'a str)> {
    let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(&open) {
        rest = &rest[at + open.len()..];
        let Some((attributes, inner)) = rest.split_once('>') else { break };
        let Some((inner, after)) = inner.split_once(&close) else { break };
        found.push((attributes, inner));
        rest = after;
    }
    found
}

fn element(text: &str, tag: &str) -> Option<String> {
    let (_, inner) = text.split_once(&format!("<{tag}>"))?;
    let (inner, _) = inner.split_once(&format!("</{tag}>"))?;
    Some(inner.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_usable_server_of_each_kind_is_taken() {
        let text = r#"<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="x.example">
            <incomingServer type="pop3"><hostname>pop.x.example</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
            <incomingServer type="imap"><hostname>plain.x.example</hostname><port>143</port><socketType>plain</socketType></incomingServer>
            <incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType></incomingServer>
            <outgoingServer type="smtp"><hostname>smtp.x.example</hostname><port>587</port><socketType>STARTTLS</socketType></outgoingServer>
            </emailProvider></clientConfig>"#;
        let [incoming, outgoing] = servers(text, "x.example");
        assert_eq!(incoming, Some(Endpoint { host: "imap.x.example".into(), port: 993, tls: Tls::Implicit }));
        assert_eq!(outgoing, Some(Endpoint { host: "smtp.x.example".into(), port: 587, tls: Tls::StartTls }));
    }

    #[test]
    fn nothing_hostile_is_proposed() {
        for text in [
            "",
            "<incomingServer type=\"imap\">",
            "<incomingServer type=\"imap\"><hostname>127.0.0.1</hostname><port>993</port><socketType>SSL</socketType></incomingServer>",
            "<incomingServer type=\"imap\"><hostname>localhost</hostname><port>993</port><socketType>SSL</socketType></incomingServer>",
            "<incomingServer type=\"imap\"><hostname>a.example</hostname><port>0</port><socketType>SSL</socketType></incomingServer>",
            "<incomingServer type=\"imap\"><hostname>a.example</hostname><port>99999</port><socketType>SSL</socketType></incomingServer>",
            "<incomingServer type=\"imap\"><hostname>a.example\r\nX</hostname><port>1</port><socketType>SSL</socketType></incomingServer>",
        ] {
            assert_eq!(servers(text, "x.example"), [None, None], "{text}");
        }
    }
}
