//! Numbers and lists in words.

/// `46,902`
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 reply`, `12 replies`
pub fn of(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// `a`, `a and b`, `a, b and c`; beyond `most` the rest is counted.
pub fn list(names: &[String], most: usize) -> String {
    let shown = names.len().min(most.max(1));
    let rest = names.len() - shown;
    let mut parts: Vec<String> = names[..shown].to_vec();
    if rest > 0 {
        parts.push(format!("{} more", count(rest as u64)));
    }
    match parts.pop() {
        None => String::new(),
        Some(last) if parts.is_empty() => last,
        Some(last) => format!("{} and {last}", parts.join(", ")),
    }
}

/// `4.2 MB`
pub fn bytes(n: u64) -> String {
    match n {
        0..1_000 => of(n, "byte", "bytes"),
        1_000..1_000_000 => format!("{} kB", n.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let said: Vec<String> = [0, 999, 1_000, 46_902, 1_234_567].map(count).into();
        assert_eq!(said, ["0", "999", "1,000", "46,902", "1,234,567"]);
        assert_eq!(of(1, "reply", "replies"), "1 reply");
        assert_eq!(bytes(48_211), "49 kB");
    }

    #[test]
    fn lists_end_in_and() {
        let names = ["a", "b", "c", "d"].map(String::from);
        assert_eq!(list(&names[..1], 2), "a");
        assert_eq!(list(&names[..2], 2), "a and b");
        assert_eq!(list(&names, 2), "a, b and 2 more");
        assert_eq!(list(&names[..3], 3), "a, b and c");
    }
}
