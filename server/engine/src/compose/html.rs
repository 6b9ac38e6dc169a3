//! The same text for programs that show plain text badly: in the reader's own font, with links.

/// A page of the text.
pub fn of_text(text: &str) -> String {
    let mut body = String::with_capacity(text.len() * 2);
    for line in text.trim_end().lines() {
        for (place, word) in line.split(' ').enumerate() {
            if place > 0 {
                body.push(' ');
            }
            push_word(&mut body, word);
        }
        body.push_str("<br>\n");
    }
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n\
         <div style=\"font-family: Arial, Helvetica, sans-serif; font-size: 14px; line-height: 1.5\">\n{body}</div>\n</body></html>\n"
    )
}

fn push_word(body: &mut String, word: &str) {
    let link = word.starts_with("https://") || word.starts_with("http://");
    let end = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '>', '"', '\'']);
    if link && url::Url::parse(end).is_ok_and(|url| url.has_host()) {
        let (link, rest) = word.split_at(end.len());
        body.push_str(&format!("<a href=\"{0}\">{0}</a>{1}", escaped(link), escaped(rest)));
    } else {
        body.push_str(&escaped(word));
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_written_becomes_markup_but_links() {
        let page = of_text("a <b> & \"c\"\nsee https://x.example/?a=1&b=2, ok\njavascript:alert(1)");
        assert!(page.contains("a &lt;b&gt; &amp; &quot;c&quot;<br>"));
        assert!(page.contains("<a href=\"https://x.example/?a=1&amp;b=2\">https://x.example/?a=1&amp;b=2</a>, ok"));
        assert!(!page.contains("href=\"javascript"));
    }
}
