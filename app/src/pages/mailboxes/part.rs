//! The part of a long list that one page shows.

use crate::api::mailboxes::LIST;
use crate::api::response::with;
use crate::wording::counts::count;
use domain::console::mailboxes::MailboxRow;
use domain::id::MailboxId;
use leptos::prelude::*;
use std::ops::Range;

/// Rows of a page.
const PAGE: usize = 100;

/// One page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    from: usize,
    all: usize,
}

impl Part {
    /// The page that begins at or before row `from`; that of the first marked row where there are any.
    pub fn of(found: &[&MailboxRow], from: usize, marked: &[MailboxId]) -> Self {
        let at = found.iter().position(|row| marked.contains(&row.id)).unwrap_or(from);
        Self::at(at, found.len())
    }

    fn at(row: usize, all: usize) -> Self {
        let last = all.saturating_sub(1);
        Self { from: row.min(last) / PAGE * PAGE, all }
    }

    pub fn range(self) -> Range<usize> {
        self.from..self.all.min(self.from + PAGE)
    }

    /// Which rows these are, and the ways on and back; nothing where all are on one page.
    pub fn pager(self, show: Option<&str>, words: &str) -> Option<AnyView> {
        if self.all <= PAGE {
            return None;
        }
        let Range { start, end } = self.range();
        let to = |from: usize| {
            let from = (from > 0).then(|| from.to_string());
            let asked = [("show", show), ("q", Some(words).filter(|w| !w.is_empty())), ("from", from.as_deref())];
            let asked = asked.into_iter().filter_map(|(name, value)| Some((name, value?)));
            asked.fold(LIST.to_owned(), |address, (name, value)| with(&address, name, value))
        };
        let back = (start > 0).then(|| view! { <a class="button" href=to(start - PAGE)>"Previous"</a> });
        let on = (end < self.all).then(|| view! { <a class="button" href=to(end)>"Next"</a> });
        let words = format!("{} to {} of {}", count(start as u64 + 1), count(end as u64), count(self.all as u64));
        Some(
            view! {
                <nav class="row apart pager" aria-label="Pages">
                    <span class="quiet num">{words}</span>
                    <span class="row">{back}{on}</span>
                </nav>
            }
            .into_any(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_begins_at_a_hundred_and_is_never_beyond_the_end() {
        for (row, all, range) in [
            (0, 0, 0..0),
            (0, 100, 0..100),
            (0, 101, 0..100),
            (99, 250, 0..100),
            (100, 250, 100..200),
            (249, 250, 200..250),
            (usize::MAX, 250, 200..250),
        ] {
            assert_eq!(Part::at(row, all).range(), range, "{row} of {all}");
        }
    }
}
