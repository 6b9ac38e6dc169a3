//! The live regions of the open page, and how they take on a fresh one.

use super::Said;
use leptos::prelude::{document, window};
use leptos::wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, NodeList};

/// Whether a region of this page names one of the keys. One that names none shows counts: it is
/// concerned by everything but a single ticket or mailbox, which never comes without its list.
pub fn concerned(keys: &[String]) -> bool {
    all(document().query_selector_all("[data-live]").ok()).any(|region| {
        let names = region.get_attribute("data-live").unwrap_or_default();
        keys.iter().any(|key| match names.as_str() {
            "" => !key.contains(':'),
            names => key == "everything" || names.split_whitespace().any(|name| name == key),
        })
    })
}

/// Exchanges what differs. Answers with what is new and wants to be said.
pub fn exchange(fresh: &Document) -> Option<Said> {
    let focus = document().active_element();
    let place = focus.as_ref().and_then(|f| f.closest("[data-live]").ok().flatten()).map(|region| region.id());
    let mut said = None;
    for old in all(document().query_selector_all("[data-live]").ok()) {
        let Some(new) = fresh.get_element_by_id(&old.id()) else { continue };
        if busy(&old, focus.as_ref()) {
            continue;
        }
        take_on(&old, &new, &mut said);
    }
    refocus(focus, place.as_deref());
    said
}

/// The children, matched by id: a row changes in place, the others stay the nodes they are.
fn each(old: &Element, new: &Element, said: &mut Option<Said>) {
    for child in children(old) {
        if by_id(new, &child.id()).is_none() {
            child.remove();
        }
    }
    let mut at = old.first_element_child();
    for child in children(new) {
        let known = by_id(old, &child.id());
        match known {
            Some(known) => {
                if at.as_ref().is_some_and(|at| at.is_same_node(Some(&known))) {
                    at = known.next_element_sibling();
                } else {
                    let _ = old.insert_before(&known, at.as_ref().map(AsRef::as_ref));
                }
                take_on(&known, &child, said);
            }
            None => {
                let _ = old.insert_before(&child, at.as_ref().map(AsRef::as_ref));
                if let Some(words) = child.get_attribute("data-said") {
                    *said = Some(Said { words, place: child.id() });
                }
            }
        }
    }
}

/// One element takes on its fresh version. Addresses of files are short-lived and differ each
/// time: elements that carry the same stamp are the same, and only take over the addresses.
fn take_on(old: &Element, new: &Element, said: &mut Option<Said>) {
    if old.has_attribute("data-each") && new.has_attribute("data-each") {
        return each(old, new, said);
    }
    let stamp = old.get_attribute("data-stamp");
    if stamp.is_some() && stamp == new.get_attribute("data-stamp") {
        for link in all(new.query_selector_all("a[id]").ok()) {
            if let (Some(known), Some(href)) = (by_id_within(old, &link.id()), link.get_attribute("href")) {
                let _ = known.set_attribute("href", &href);
            }
        }
        return;
    }
    for fold in all(old.query_selector_all("details[id]").ok()) {
        if let Some(other) = by_id_within(new, &fold.id()) {
            let _ = other.toggle_attribute_with_force("open", fold.has_attribute("open"));
        }
    }
    if !old.is_equal_node(Some(new)) {
        let _ = old.replace_with_with_node_1(new);
    }
}

/// Somebody edits a field or selects text in there.
fn busy(region: &Element, focus: Option<&Element>) -> bool {
    let editing = focus
        .is_some_and(|f| matches!(f.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") && region.contains(Some(f)));
    let selecting = window()
        .get_selection()
        .ok()
        .flatten()
        .is_some_and(|selection| !selection.is_collapsed() && region.contains(selection.anchor_node().as_ref()));
    editing || selecting
}

/// The focus goes back to where it was, or to the same link or button in the new version of its region.
fn refocus(focus: Option<Element>, place: Option<&str>) {
    let Some(was) = focus.filter(|f| f.tag_name() != "BODY") else { return };
    let now = document().active_element();
    if now.is_some_and(|now| now.is_same_node(Some(&was))) {
        return;
    }
    let again = if was.is_connected() {
        Some(was)
    } else if !was.id().is_empty() {
        document().get_element_by_id(&was.id())
    } else {
        let same = |other: &Element| {
            other.tag_name() == was.tag_name()
                && other.get_attribute("href") == was.get_attribute("href")
                && other.text_content() == was.text_content()
        };
        place
            .and_then(|id| document().get_element_by_id(id))
            .and_then(|region| all(region.query_selector_all("a[href], button, summary").ok()).find(same))
    };
    if let Some(element) = again.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

fn by_id(parent: &Element, id: &str) -> Option<Element> {
    children(parent).into_iter().find(|child| !id.is_empty() && child.id() == id)
}

fn by_id_within(parent: &Element, id: &str) -> Option<Element> {
    all(parent.query_selector_all("[id]").ok()).find(|element| element.id() == id)
}

fn children(parent: &Element) -> Vec<Element> {
    let mut found = Vec::new();
    let mut next = parent.first_element_child();
    while let Some(child) = next {
        next = child.next_element_sibling();
        found.push(child);
    }
    found
}

fn all(list: Option<NodeList>) -> impl Iterator<Item = Element> {
    let length = list.as_ref().map_or(0, NodeList::length);
    (0..length).filter_map(move |n| list.as_ref()?.get(n)?.dyn_into().ok())
}
