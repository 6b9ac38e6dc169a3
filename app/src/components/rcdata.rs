//! Text inside the two elements that the framework does not escape for us: `<textarea>` and
//! `<title>` (HTML's *escapable raw text*, also called RCDATA).
//!
//! tachys 0.2 escapes the children of every element but script, style, noscript *and textarea*
//! (`ESCAPE_CHILDREN`); leptos_meta 0.8 writes a title as it is. A draft with `</textarea>` or a
//! subject with `</title>` would leave its element.

/// The text of a title.
pub fn in_title(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The text of a textarea. The parser swallows a first line break: it gets one to swallow.
pub fn in_textarea(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\n{}", in_title(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::prelude::*;

    #[test]
    fn a_textarea_keeps_its_text_inside() {
        let text = in_textarea("</textarea><script>&amp;");
        let html = view! { <textarea>{text}</textarea> }.to_html();
        // Fails on the day that the framework escapes by itself: then this file goes.
        assert!(html.contains("\n&lt;/textarea&gt;&lt;script&gt;&amp;amp;</textarea>"), "{html}");
        assert_eq!(in_textarea(""), "");
    }
}
