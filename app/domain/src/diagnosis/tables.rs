//! The two tables of providers' words, embedded and parsed once.
//! Tab-separated, a header line first; a row that does not parse is left out, and a test
//! counts the rows, so that none is lost unseen.
//!
//! `data/aadsts.tsv`: Microsoft's codes (entra-docs, *reference-error-codes*, and codes seen
//! elsewhere). `data/replies.tsv`: replies of mail servers, word for word.

use std::sync::OnceLock;

use super::{Diagnosis, Protocol};
use crate::provider::ProviderKind;

/// One of Microsoft's numbered sign-in errors.
#[derive(Clone, Copy, Debug)]
pub struct AadstsRow {
    /// The number behind `AADSTS`.
    pub code: u32,
    /// The `error` it comes with, alternatives split by `|`; mostly an inference.
    pub oauth_error: &'static str,
    /// What it tells.
    pub diagnosis: Diagnosis,
    /// The class named in the file; the test compares it with the diagnosis.
    pub class: &'static str,
    /// What happened, in one sentence.
    pub sentence: &'static str,
}

/// One reply of a mail server or token endpoint.
#[derive(Clone, Copy, Debug)]
pub struct ReplyRow {
    /// Who says so.
    pub provider: &'static str,
    /// `imap`, `smtp` or `oauth`.
    pub protocol: &'static str,
    /// The reply, word for word.
    pub reply: &'static str,
    /// What it tells.
    pub diagnosis: Diagnosis,
    /// The class named in the file; the test compares it with the diagnosis.
    pub class: &'static str,
    /// What happened, in one sentence.
    pub sentence: &'static str,
}

impl ReplyRow {
    /// The kind of provider the row was seen at.
    pub fn kind(&self) -> ProviderKind {
        if self.provider.starts_with("Exchange") || self.provider.starts_with("Outlook") {
            ProviderKind::Microsoft
        } else if self.provider.starts_with("Gmail") {
            ProviderKind::Google
        } else {
            ProviderKind::Other
        }
    }

    /// The part that stays the same: without `- gsmtp`, links and anything left out as `...`.
    pub(super) fn fixed_part(&self) -> &'static str {
        let end = [" - gsmtp", " https://", " Visit https://", "...", "<https://"]
            .iter()
            .filter_map(|mark| self.reply.find(mark))
            .min()
            .unwrap_or(self.reply.len());
        self.reply[..end].trim_end()
    }
}

/// Microsoft's codes, in the order of their numbers.
pub fn aadsts_rows() -> &'static [AadstsRow] {
    static ROWS: OnceLock<Vec<AadstsRow>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let mut rows: Vec<AadstsRow> = columns(include_str!("../../data/aadsts.tsv"))
            .filter_map(|[code, oauth_error, diagnosis, class, sentence]| {
                let (code, diagnosis) = (code.parse().ok()?, Diagnosis::from_name(diagnosis)?);
                Some(AadstsRow { code, oauth_error, diagnosis, class, sentence })
            })
            .collect();
        rows.sort_by_key(|row| row.code);
        rows
    })
}

/// Replies of mail servers, in the order of the file.
pub fn reply_rows() -> &'static [ReplyRow] {
    static ROWS: OnceLock<Vec<ReplyRow>> = OnceLock::new();
    ROWS.get_or_init(|| {
        columns(include_str!("../../data/replies.tsv"))
            .filter_map(|[provider, protocol, reply, diagnosis, class, sentence]| {
                let diagnosis = Diagnosis::from_name(diagnosis)?;
                Some(ReplyRow { provider, protocol, reply, diagnosis, class, sentence })
            })
            .collect()
    })
}

fn columns<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines().skip(1).filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

/// The row of a number.
pub(super) fn aadsts(code: u32) -> Option<&'static AadstsRow> {
    let rows = aadsts_rows();
    rows.binary_search_by_key(&code, |row| row.code).ok().map(|at| &rows[at])
}

/// The row whose reply one of these forms begins with; the longest wins, and among equals
/// the one of the same provider. `true` beside it when the row is more than a bare code.
pub(super) fn reply(protocol: Protocol, provider: ProviderKind, forms: &[String]) -> Option<(&'static ReplyRow, bool)> {
    let wanted = match protocol {
        Protocol::Imap => "imap",
        Protocol::Smtp => "smtp",
    };
    let mut best: Option<(usize, bool, &ReplyRow, bool)> = None;
    for row in reply_rows().iter().filter(|row| row.protocol == wanted) {
        let fixed = folded(row.fixed_part());
        let worded = fixed.contains(char::is_alphabetic) && !fixed.ends_with(']');
        // A bare code of one provider means nothing elsewhere.
        if !worded && row.kind() != provider && row.kind() != ProviderKind::Other {
            continue;
        }
        if fixed.len() < 8 || !forms.iter().any(|form| begins(form, &fixed, worded)) {
            continue;
        }
        let rank = (fixed.len(), row.kind() == provider);
        if best.is_none_or(|(len, same, ..)| rank > (len, same)) {
            best = Some((rank.0, rank.1, row, worded));
        }
    }
    best.map(|(_, _, row, worded)| (row, worded))
}

/// Begins with the row's text, and that text does not go on: what follows brings a cause of
/// its own (`535 5.7.8 Error: authentication failed: Connection lost ..`). Hosts, times, links
/// and ids do follow. Behind a bare code anything may.
fn begins(form: &str, fixed: &str, worded: bool) -> bool {
    let Some(rest) = form.strip_prefix(fixed) else {
        return false;
    };
    if rest.starts_with(|c: char| c.is_alphanumeric()) {
        return false;
    }
    let rest = rest.trim_start_matches('.').trim_start();
    let noise = ["[", "(", "<", "http", "visit http"].iter().any(|mark| rest.starts_with(mark));
    let colon = rest.starts_with([':', ',', ';']);
    !worded || noise || rest.ends_with("- gsmtp") || (!colon && !rest.contains(' '))
}

/// Lower case, single spaces, `535-5.7.8` as `535 5.7.8`, no closing full stop.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word.to_lowercase());
    }
    let bytes = out.as_bytes();
    if bytes.len() > 4 && bytes[3] == b'-' && bytes[..3].iter().all(u8::is_ascii_digit) {
        out.replace_range(3..4, " ");
    }
    out.truncate(out.trim_end_matches('.').len());
    out
}
