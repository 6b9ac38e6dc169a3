//! A formatted body as a document for a sandboxed frame.
//!
//! What leaves here holds no script, no form, no frame, nothing that is loaded from elsewhere
//! unless asked for. The frame's sandbox and [`csp`] hold even if the cleaning has a hole.

use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A cleaned document.
pub struct Document {
    pub html: String,
    /// Images elsewhere, whether or not they were let through.
    pub remote_images: u32,
}

/// The Content-Security-Policy of a document, for its response.
pub fn csp(images: bool) -> &'static str {
    if images {
        "default-src 'none'; img-src 'self' data: https: http:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    } else {
        "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    }
}

/// How many images a body wants from elsewhere.
pub fn count_remote(body: &str) -> u32 {
    clean(body, &HashMap::new(), false).1
}

/// The document of a body. `files` maps Content-IDs to addresses of our own.
pub fn document(body: &str, files: &HashMap<String, String>, images: bool) -> Document {
    let (cleaned, remote_images) = clean(body, files, images);
    let html = format!(
        "<!doctype html><html><head><meta charset=\"utf-8\">\
         <meta name=\"referrer\" content=\"no-referrer\"><title>Message</title>\
         <style>{STYLE}</style></head><body>{cleaned}</body></html>"
    );
    Document { html, remote_images }
}

/// Mail is written for white paper: the frame stays light in both themes.
const STYLE: &str = "html{color-scheme:light;background:#fff;color:#1a1a1a}\
body{margin:0;padding:8px;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}\
blockquote{margin:0 0 0 .5em;padding-left:.75em;border-left:2px solid #ccc;color:#555}a{color:#0b57d0}";

const TAGS: [&str; 57] = [
    "a",
    "abbr",
    "address",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];

/// Gone with everything in them.
const GONE: [&str; 14] = [
    "script", "style", "head", "title", "template", "noscript", "iframe", "object", "embed", "svg", "math", "select",
    "textarea", "button",
];

/// Nothing here takes an address or leaves its place in the flow.
const STYLES: [&str; 41] = [
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-spacing",
    "border-style",
    "border-top",
    "border-width",
    "color",
    "direction",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "vertical-align",
    "white-space",
    "width",
];

fn clean(body: &str, files: &HashMap<String, String>, images: bool) -> (String, u32) {
    let remote = Arc::new(AtomicU32::new(0));
    let counter = remote.clone();
    let files = files.clone();
    let attributes: HashMap<&str, HashSet<&str>> = HashMap::from([
        ("a", HashSet::from(["href"])),
        ("img", HashSet::from(["src", "alt", "width", "height"])),
        ("table", HashSet::from(["border", "cellpadding", "cellspacing", "width", "align", "bgcolor"])),
        ("td", HashSet::from(["colspan", "rowspan", "width", "height", "align", "valign", "bgcolor"])),
        ("th", HashSet::from(["colspan", "rowspan", "width", "height", "align", "valign", "bgcolor"])),
        ("tr", HashSet::from(["align", "valign", "bgcolor"])),
        ("col", HashSet::from(["width", "span"])),
        ("font", HashSet::from(["color", "size", "face"])),
        ("ol", HashSet::from(["start", "type"])),
    ]);
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(TAGS))
        .clean_content_tags(HashSet::from(GONE))
        .tag_attributes(attributes)
        .generic_attributes(HashSet::from(["style", "dir", "lang", "title"]))
        .filter_style_properties(HashSet::from(STYLES))
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some("noopener noreferrer"))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid", "data"]))
        // The filter below lets no relative address through but the ones it puts in.
        .url_relative(UrlRelative::Custom(Box::new(own_address)))
        .attribute_filter(move |tag, name, value| -> Option<Cow<'_, str>> {
            match (tag, name) {
                ("a", "href") => is_link(value).then_some(Cow::Borrowed(value)),
                ("img", "src") => match source(value) {
                    Source::Part(id) => files.get(&id).map(|url| Cow::Owned(url.clone())),
                    Source::Here => Some(Cow::Borrowed(value)),
                    Source::Elsewhere => {
                        counter.fetch_add(1, Ordering::Relaxed);
                        images.then_some(Cow::Borrowed(value))
                    }
                    Source::Nothing => None,
                },
                // No property above needs one.
                (_, "style") if has_address(value) => None,
                _ => Some(Cow::Borrowed(value)),
            }
        });
    let cleaned = builder.clean(body).to_string();
    let count = remote.load(Ordering::Relaxed);
    (cleaned, count)
}

fn own_address(url: &str) -> Option<Cow<'_, str>> {
    url.starts_with("/files/").then_some(Cow::Borrowed(url))
}

/// Whether a style attribute names an address, escapes read.
fn has_address(style: &str) -> bool {
    let folded = style.to_ascii_lowercase();
    folded.contains("url") || folded.contains("expression") || folded.contains("image") || folded.contains('\\')
}

fn is_link(value: &str) -> bool {
    let folded = value.trim_start().to_ascii_lowercase();
    ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| folded.starts_with(scheme))
}

/// Where an image comes from.
enum Source {
    /// A part of the message, by its Content-ID.
    Part(String),
    /// The markup itself.
    Here,
    Elsewhere,
    Nothing,
}

fn source(value: &str) -> Source {
    let value = value.trim();
    let folded = value.get(..value.len().min(40)).unwrap_or_default().to_ascii_lowercase();
    if folded.starts_with("cid:") {
        let id = value[4..].trim_matches(['<', '>']);
        return Source::Part(percent_decoded(id));
    }
    if folded.starts_with("http://") || folded.starts_with("https://") {
        return Source::Elsewhere;
    }
    let kinds = ["data:image/png", "data:image/jpeg", "data:image/jpg", "data:image/gif", "data:image/webp"];
    if kinds.iter().any(|kind| folded.starts_with(kind)) { Source::Here } else { Source::Nothing }
}

/// A Content-ID stands percent-encoded in a `cid:` address (RFC 2392).
fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let digits: Option<[u8; 2]> = (byte == b'%').then(|| bytes.as_slice_pair()).flatten();
        match digits.and_then(|d| u8::from_str_radix(std::str::from_utf8(&d).ok()?, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                bytes.nth(1);
            }
            None => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The next two bytes, without taking them.
trait Pair {
    fn as_slice_pair(&self) -> Option<[u8; 2]>;
}

impl Pair for std::str::Bytes<'_> {
    fn as_slice_pair(&self) -> Option<[u8; 2]> {
        let mut ahead = self.clone();
        Some([ahead.next()?, ahead.next()?])
    }
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
