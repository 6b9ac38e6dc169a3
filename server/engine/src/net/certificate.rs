//! Until when a certificate is good: the one field of X.509 that a check shows.

use domain::Time;

/// The `notAfter` of a certificate in DER (RFC 5280 4.1.2.5); `None` when it is not found.
pub fn valid_until(der: &[u8]) -> Option<Time> {
    let (_, certificate, _) = element(der)?;
    let (_, mut body, _) = element(certificate)?;
    // version [0] (if there), serial, signature; then issuer; then validity.
    let (tag, _, rest) = element(body)?;
    if tag == 0xa0 {
        body = rest;
    }
    for _ in 0..3 {
        body = element(body)?.2;
    }
    let (_, validity, _) = element(body)?;
    let (_, _, after) = element(validity)?;
    let (tag, text, _) = element(after)?;
    let text = std::str::from_utf8(text).ok()?;
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    // UTCTime has two digits of the year, GeneralizedTime four.
    let (year, at) = match tag {
        0x17 => (number(0, 2).map(|y| if y < 50 { 2000 + y } else { 1900 + y })?, 2),
        0x18 => (number(0, 4)?, 4),
        _ => return None,
    };
    Time::from_date(year, u8::try_from(number(at, at + 2)?).ok()?, u8::try_from(number(at + 2, at + 4)?).ok()?)
}

/// Tag, content and what follows of one DER element.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if bytes.len() > 4 {
            return None;
        }
        (bytes.iter().fold(0, |n, b| n << 8 | usize::from(*b)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![tag, 0x82, (content.len() >> 8) as u8, content.len() as u8];
        out.extend(content);
        out
    }

    #[test]
    fn finds_the_end_among_the_fields_before_it() {
        for (tag, text, day) in [(0x17, "270811120000Z", (2027, 8, 11)), (0x18, "20991231235959Z", (2099, 12, 31))] {
            let validity = der(0x30, &[der(0x17, b"250101000000Z"), der(tag, text.as_bytes())].concat());
            for version in [vec![], der(0xa0, &[2, 1, 2])] {
                let body = [version, vec![2, 1, 7], der(0x30, b""), der(0x30, b""), validity.clone()].concat();
                let whole = der(0x30, &der(0x30, &body));
                assert_eq!(valid_until(&whole), Time::from_date(day.0, day.1, day.2));
            }
        }
        assert_eq!(valid_until(b"no certificate"), None);
        assert_eq!(valid_until(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
