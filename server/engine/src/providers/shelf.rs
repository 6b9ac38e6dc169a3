//! Providers that an admin added while the program runs.
//!
//! Invariant: what was lent out stays where it is. The list only grows: a changed provider is put behind its
//! former self, and the last of a key counts. Admins change one a few times in its life.

use super::ProviderEntry;
use std::sync::OnceLock;

/// The beginning of the list.
#[derive(Clone, Debug, Default)]
pub struct Shelf(OnceLock<Box<Item>>);

#[derive(Clone, Debug)]
struct Item {
    key: String,
    /// `None`: taken away.
    entry: Option<ProviderEntry>,
    rest: Shelf,
}

impl Shelf {
    /// Puts one behind all others, unless it stands there already.
    pub fn put(&self, key: &str, entry: Option<ProviderEntry>) {
        if self.get(key) == entry.as_ref() {
            return;
        }
        let mut item = Box::new(Item { key: key.to_owned(), entry, rest: Shelf::default() });
        let mut at = self;
        while let Err(back) = at.0.set(item) {
            item = back;
            // Set, or it would have taken the item.
            let Some(taken) = at.0.get() else { return };
            at = &taken.rest;
        }
    }

    pub fn get(&self, key: &str) -> Option<&ProviderEntry> {
        self.items().filter(|item| item.key == key).last()?.entry.as_ref()
    }

    /// Each once, as it is now.
    pub fn all(&self) -> impl Iterator<Item = &ProviderEntry> {
        self.items().filter_map(|item| {
            let last = !item.rest.items().any(|later| later.key == item.key);
            item.entry.as_ref().filter(|_| last)
        })
    }

    fn items(&self) -> impl Iterator<Item = &Item> {
        std::iter::successors(self.0.get(), |item| item.rest.0.get()).map(|item| &**item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(key: &str, name: &str) -> ProviderEntry {
        let text = serde_json::json!({ "key": key, "kind": "other", "name": name, "short": name });
        serde_json::from_value(text).expect("an entry")
    }

    #[test]
    fn the_last_of_a_key_counts_and_nothing_lent_is_lost() {
        let shelf = Shelf::default();
        shelf.put("own-1", Some(named("own-1", "Litware")));
        let lent = shelf.get("own-1").expect("it stands there");
        shelf.put("own-2", Some(named("own-2", "Fabrikam")));
        shelf.put("own-1", Some(named("own-1", "Litware Mail")));
        assert_eq!(lent.name, "Litware");
        let names = || shelf.all().map(|entry| entry.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(), ["Fabrikam", "Litware Mail"]);
        assert_eq!(shelf.get("own-1").map(|entry| &*entry.name), Some("Litware Mail"));
        shelf.put("own-1", Some(named("own-1", "Litware Mail")));
        assert_eq!(shelf.items().count(), 3);
        shelf.put("own-1", None);
        assert_eq!(names(), ["Fabrikam"]);
        assert_eq!(shelf.get("own-1"), None);
    }
}
