//! What the writer wrote, apart from what the program quoted below it.
//!
//! When in doubt nothing is cut: a folded answer is worse than a long one.

use super::markup;

/// How programs mark the quotation in a formatted body.
const MARKS: [&str; 10] = [
    "class=\"gmail_quote",
    "class=gmail_quote",
    "id=\"divrplyfwdmsg\"",
    "id=\"appendonsend\"",
    "class=\"moz-cite-prefix\"",
    "blockquote type=\"cite\"",
    "class=\"yahoo_quoted",
    "id=\"mail-editor-reference-message-container\"",
    "id=\"isforwardcontent\"",
    "class=\"protonmail_quote\"",
];

/// Cuts a formatted body at its program's mark, as (text, quotation).
pub fn split_html(html: &str) -> Option<(String, String)> {
    let folded = html.to_ascii_lowercase();
    let mark = MARKS.iter().filter_map(|mark| folded.find(mark)).min()?;
    let cut = folded[..mark].rfind('<')?;
    let (text, quoted) = (markup::to_text(&html[..cut]), markup::to_text(&html[cut..]));
    let forwarded = quoted.lines().take(3).any(is_forward_line);
    if text.trim().is_empty() || quoted.trim().is_empty() || forwarded {
        return None;
    }
    // Outlook and Gmail write who wrote above the mark.
    let (text, attribution) = match split(&text) {
        (text, Some(attribution)) => (text, attribution + "\n"),
        (text, None) => (text, String::new()),
    };
    Some((text, attribution + &quoted))
}

/// Cuts a plain text, as (text, quotation).
pub fn split(text: &str) -> (String, Option<String>) {
    let lines: Vec<&str> = text.lines().collect();
    let whole = || (text.trim().to_owned(), None);
    let Some((at, kind)) = (0..lines.len()).find_map(|at| Some((at, mark(&lines, at)?))) else {
        return whole();
    };
    let above = lines[..at].join("\n");
    match kind {
        Mark::Forward => whole(),
        Mark::Rest => {
            if above.trim().is_empty() {
                return whole();
            }
            (above.trim().to_owned(), Some(lines[at..].join("\n").trim().to_owned()))
        }
        Mark::Quoted => {
            // Where `>` ends, somebody may have answered below or between.
            let quoted = |line: &&str| line.starts_with('>');
            let first = (at..lines.len()).find(|i| quoted(&lines[*i])).unwrap_or(at);
            let end = (first..lines.len())
                .find(|i| !quoted(&lines[*i]) && !lines[*i].trim().is_empty())
                .unwrap_or(lines.len());
            let below = lines[end..].join("\n");
            let cut = lines[at..end].join("\n").trim().to_owned();
            match (above.trim().is_empty(), below.trim().is_empty()) {
                (false, true) => (above.trim().to_owned(), Some(cut)),
                (true, false) if !lines[end..].iter().any(quoted) => (below.trim().to_owned(), Some(cut)),
                _ => whole(),
            }
        }
    }
}

enum Mark {
    /// From here on everything is quoted.
    Rest,
    /// A quotation by `>`.
    Quoted,
    /// A forwarded message: it is what the writer shows.
    Forward,
}

fn mark(lines: &[&str], at: usize) -> Option<Mark> {
    let line = lines[at].trim();
    if is_forward_line(line) {
        return Some(Mark::Forward);
    }
    if line.starts_with('>') {
        return Some(Mark::Quoted);
    }
    if is_original_line(line) || is_header_block(&lines[at..]) {
        return Some(Mark::Rest);
    }
    if line.len() >= 20 && line.bytes().all(|b| b == b'_') && lines[at + 1..].iter().take(3).any(|l| is_from(l)) {
        return Some(Mark::Rest);
    }
    let lead = (1..=3).find(|n| {
        let end = (at + n).min(lines.len());
        is_attribution(&lines[at..end].iter().map(|l| l.trim()).collect::<Vec<_>>().join(" "))
    })?;
    let next = lines[(at + lead).min(lines.len())..].iter().find(|l| !l.trim().is_empty());
    Some(if next.is_some_and(|l| l.starts_with('>')) { Mark::Quoted } else { Mark::Rest })
}

fn is_forward_line(line: &str) -> bool {
    super::forward::is_mark(line)
}

fn is_original_line(line: &str) -> bool {
    let folded = line.to_lowercase();
    folded.starts_with("--")
        && [
            "original message",
            "ursprüngliche nachricht",
            "originalnachricht",
            "message d'origine",
            "mensaje original",
            "messaggio originale",
            "oorspronkelijk bericht",
        ]
        .iter()
        .any(|words| folded.contains(words))
}

fn is_from(line: &str) -> bool {
    let line = line.trim().trim_start_matches('*');
    ["From:", "Von:", "De:", "Da:", "Van:", "Från:", "Fra:", "Od:", "发件人:", "差出人:"]
        .iter()
        .any(|word| line.starts_with(word))
}

/// Outlook: *From:* and within four lines *Sent:* or *Date:*, and *To:* or *Subject:*.
fn is_header_block(lines: &[&str]) -> bool {
    if !lines.first().is_some_and(|line| is_from(line)) {
        return false;
    }
    let begins = |words: &[&str]| {
        lines.iter().skip(1).take(5).any(|line| {
            let line = line.trim().trim_start_matches('*');
            words.iter().any(|word| line.starts_with(word))
        })
    };
    begins(&[
        "Sent:",
        "Date:",
        "Gesendet:",
        "Datum:",
        "Envoyé",
        "Enviado:",
        "Inviato:",
        "Verzonden:",
        "Skickat:",
        "Sendt:",
        "发送时间:",
        "送信日時:",
    ]) && begins(&[
        "To:",
        "Subject:",
        "An:",
        "Betreff:",
        "À",
        "Objet",
        "Para:",
        "Asunto:",
        "A:",
        "Oggetto:",
        "Aan:",
        "Onderwerp:",
        "Till:",
        "Til:",
        "收件人:",
        "宛先:",
    ])
}

/// *On 3 May 2026, Anna wrote:* in the tongues that mail programs speak.
fn is_attribution(line: &str) -> bool {
    let folded = line.trim_end().to_lowercase();
    let Some(body) = folded.strip_suffix([':', '：']) else { return false };
    let body = body.trim_end();
    if body.len() > 300 || !body.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let leads = ["on ", "am ", "le ", "el ", "il ", "op ", "den ", "em ", "w dniu ", "på ", "dne ", "at "];
    let ends = [
        "wrote",
        "schrieb",
        "a écrit",
        "escribió",
        "ha scritto",
        "schreef",
        "skrev",
        "escreveu",
        "napisał",
        "napisał(a)",
        "kirjoitti",
    ];
    let ended = ends.iter().any(|end| body.ends_with(end));
    // German puts the name behind the verb: *Am 3. Mai schrieb Anna:*
    let inside = ["schrieb", "skrev", "schreef", "napisał"].iter().any(|verb| body.contains(&format!(" {verb} ")));
    leads.iter().any(|lead| body.starts_with(lead)) && (ended || inside)
}

#[cfg(test)]
#[path = "quote_tests.rs"]
mod tests;
