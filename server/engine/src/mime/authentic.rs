//! Whether a message is from whom it says: what the server that took it in vouches for.
//!
//! Anybody can write any address into From, and any Authentication-Results into a message. Only
//! the topmost one counts, and only at providers that take away or outdo what came from outside
//! (RFC 8601 5): Exchange Online and Gmail. Elsewhere nothing is proved, and nothing disproved.

use domain::provider::ProviderKind;
use mail_parser::{HeaderName, Message};

/// What is known of a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The provider checked it.
    Proved,
    /// The provider says that it is not from there.
    Failed,
    Unknown,
}

/// The header fields that may vouch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vouched {
    /// The topmost Authentication-Results, folded out.
    pub results: Option<String>,
    /// `X-MS-Exchange-Organization-AuthAs: Internal`: Exchange strips it from what comes from outside.
    pub internal: bool,
}

/// Reads them.
pub fn of(message: &Message<'_>) -> Vouched {
    let named = |header: &HeaderName<'_>, name: &str| header.as_str().eq_ignore_ascii_case(name);
    let first = |name: &str| {
        let header = message.parts.first()?.headers.iter().find(|h| named(&h.name, name))?;
        let raw = message.raw_message().get(header.offset_start as usize..header.offset_end as usize)?;
        Some(super::text::line(&String::from_utf8_lossy(raw), 4_000))
    };
    let internal =
        first("X-MS-Exchange-Organization-AuthAs").is_some_and(|v| v.trim().eq_ignore_ascii_case("internal"));
    Vouched { results: first("Authentication-Results"), internal }
}

/// What a provider says about a sender.
pub fn proof(provider: ProviderKind, vouched: &Vouched, from: &str) -> Proof {
    if provider == ProviderKind::Other {
        return Proof::Unknown;
    }
    if provider == ProviderKind::Microsoft && vouched.internal {
        return Proof::Proved;
    }
    let Some(results) = vouched.results.as_deref().map(bare) else { return Proof::Unknown };
    let own = provider == ProviderKind::Microsoft || results.trim_start().starts_with("mx.google.com;");
    let Some((_, domain)) = from.rsplit_once('@').filter(|_| own) else { return Proof::Unknown };
    let methods: Vec<Vec<(&str, &str)>> = results
        .split(';')
        .map(|method| method.split_whitespace().filter_map(|word| word.split_once('=')).collect())
        .collect();
    let says = |method: &str, result: &str, property: &str| {
        methods.iter().filter(|words| words.first() == Some(&(method, result))).any(|words| {
            words.iter().skip(1).any(|(key, value)| {
                let value = value.rsplit_once('@').map_or(*value, |(_, domain)| domain);
                *key == property && value.eq_ignore_ascii_case(domain)
            })
        })
    };
    if says("dmarc", "fail", "header.from") {
        return Proof::Failed;
    }
    // Where the domain publishes no policy, its own signature or server will do, as DMARC has it.
    let proved = says("dmarc", "pass", "header.from")
        || says("dkim", "pass", "header.d")
        || says("dkim", "pass", "header.i")
        || says("spf", "pass", "smtp.mailfrom");
    if proved { Proof::Proved } else { Proof::Unknown }
}

/// A field without comments, and with what is quoted as one word without marks: a semicolon in
/// there ends nothing (RFC 8601 2.2, RFC 5322 3.2).
fn bare(text: &str) -> String {
    let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let quiet = if c.is_alphanumeric() || "@.-_".contains(c) { c } else { '_' };
        match c {
            _ if std::mem::take(&mut escaped) => out.extend((depth == 0).then_some(quiet)),
            '\\' if quoted || depth > 0 => escaped = true,
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ if quoted => out.push(quiet),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_providers_own_word_counts() {
        use ProviderKind::{Google, Microsoft, Other};
        let jonas = "jonas@contoso.example";
        for (provider, results, from, expected) in [
            (
                Google,
                "mx.google.com; dkim=pass header.i=@contoso.example header.s=s1; spf=pass (google.com: x designates 1.2.3.4 as permitted sender) smtp.mailfrom=jonas@contoso.example; dmarc=pass (p=NONE) header.from=contoso.example",
                jonas,
                Proof::Proved,
            ),
            (
                Google,
                "mx.google.com; spf=pass smtp.mailfrom=a@evil.example; dmarc=fail (p=NONE) header.from=contoso.example",
                jonas,
                Proof::Failed,
            ),
            (
                Google,
                "mx.google.com; dkim=pass header.i=@evil.example; dmarc=none header.from=contoso.example",
                jonas,
                Proof::Unknown,
            ),
            (Google, "mx.evil.example; dmarc=pass header.from=contoso.example", jonas, Proof::Unknown),
            (
                Microsoft,
                "spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=contoso.example; dkim=pass (signature was verified) header.d=contoso.example;dmarc=pass action=none header.from=contoso.example;compauth=pass reason=100",
                jonas,
                Proof::Proved,
            ),
            (
                Microsoft,
                "spf=fail smtp.mailfrom=contoso.example; dkim=none header.d=none;dmarc=fail action=oreject header.from=contoso.example;compauth=fail reason=000",
                jonas,
                Proof::Failed,
            ),
            (Microsoft, "dmarc=pass action=none header.from=evil.example", jonas, Proof::Unknown),
            (Microsoft, "x (dmarc=pass header.from=contoso.example)", jonas, Proof::Unknown),
            (Other, "mail.contoso.example; dmarc=pass header.from=contoso.example", jonas, Proof::Unknown),
            (Google, "", jonas, Proof::Unknown),
            // What a sender says of himself stands in quotes.
            (
                Google,
                "mx.google.com; spf=none smtp.helo=\"x; dmarc=pass header.from=contoso.example\"",
                jonas,
                Proof::Unknown,
            ),
            (
                Google,
                "mx.google.com; spf=none smtp.helo=\"\\\"; dmarc=pass header.from=contoso.example\"",
                jonas,
                Proof::Unknown,
            ),
            (Google, "mx.google.com; spf=none (\\) ; dmarc=pass header.from=contoso.example)", jonas, Proof::Unknown),
            (Google, "mx.google.com; dmarc=pass header.from=\"contoso.example\"", jonas, Proof::Proved),
            (Google, "mx.google.com; spf=pass smtp.mailfrom=jonas@contoso.example", jonas, Proof::Proved),
            (
                Google,
                "mx.google.com; spf=pass smtp.mailfrom=x@evil.example smtp.helo=contoso.example",
                jonas,
                Proof::Unknown,
            ),
            (
                Google,
                "mx.google.com; spf=pass smtp.mailfrom=contoso.example; dmarc=fail header.from=contoso.example",
                jonas,
                Proof::Failed,
            ),
            (Google, "mx.google.com; dmarc=pass header.from=", "nobody", Proof::Unknown),
        ] {
            let vouched = Vouched { results: Some(results.into()), internal: false };
            assert_eq!(proof(provider, &vouched, from), expected, "{results}");
        }
        let internal = Vouched { results: None, internal: true };
        assert_eq!(proof(Microsoft, &internal, jonas), Proof::Proved);
        assert_eq!(proof(Google, &internal, jonas), Proof::Unknown);
    }

    #[test]
    fn the_topmost_field_counts() {
        let mail = crate::mime::read_now(
            b"Authentication-Results: mx.google.com;\r\n dmarc=fail header.from=x.example\r\nReceived: by x\r\nAuthentication-Results: mx.google.com; dmarc=pass header.from=x.example\r\nFrom: a@x.example\r\n\r\nHi\r\n",
        )
        .expect("it can be read");
        assert_eq!(mail.vouched.results.as_deref(), Some("mx.google.com; dmarc=fail header.from=x.example"));
    }
}
