//! The options of a `<select>`, for its `inner_html`: a desk may have a thousand mailboxes, and as many elements of their
//! own took longer to draw than the rest of a page.

use std::fmt::Write as _;

/// The markup of options: value, words, whether it is chosen.
pub fn choices(all: impl IntoIterator<Item = (String, String, bool)>) -> String {
    let mut html = String::new();
    for (value, words, chosen) in all {
        let (value, words) = (escaped(&value), escaped(&words));
        let chosen = if chosen { " selected" } else { "" };
        let _ = write!(html, "<option value=\"{value}\"{chosen}>{words}</option>");
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_from_stays_text() {
        let one = |value: &str, words: &str, chosen| (value.into(), words.into(), chosen);
        let html = choices([one("", "All", false), one("\"><b>", "</select><script>&", true)]);
        assert_eq!(
            html,
            "<option value=\"\">All</option>\
             <option value=\"&quot;&gt;&lt;b&gt;\" selected>&lt;/select&gt;&lt;script&gt;&amp;</option>"
        );
    }
}
