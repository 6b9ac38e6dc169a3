//! The subject of an answer.

/// What mail programs of several languages put before a subject.
const PREFIXES: [&str; 12] = ["re", "aw", "antw", "sv", "vs", "odp", "ref", "rif", "res", "ynt", "回复", "回覆"];

/// The subject with `Re: ` before it, unless it has a prefix of the kind already.
pub fn reply_subject(subject: &str) -> String {
    let subject = subject.trim();
    let prefixed = subject.split_once([':', '：']).is_some_and(|(before, _)| {
        // `Re[2]` and `Re(2)` count, too.
        let word = before.trim().trim_end_matches(|c: char| c.is_ascii_digit() || "[]()".contains(c)).to_lowercase();
        PREFIXES.contains(&word.as_str())
    });
    if prefixed { subject.to_owned() } else { format!("Re: {subject}").trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_prefix_is_enough() {
        for (subject, answer) in [
            ("Order 12", "Re: Order 12"),
            ("Re: Order 12", "Re: Order 12"),
            ("AW: Bestellung", "AW: Bestellung"),
            ("re[2]: x", "re[2]: x"),
            ("回复：订单", "回复：订单"),
            ("Refund: please", "Re: Refund: please"),
            ("", "Re:"),
        ] {
            assert_eq!(reply_subject(subject), answer);
        }
    }
}
