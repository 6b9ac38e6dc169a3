//! What a script adds to every page: buttons that say they are busy, copying, the reader's zone.
//!
//! One island listens for the whole document. Without it forms, links and times work all the same.

use leptos::prelude::*;

/// Listens once, at the end of the document.
#[island]
pub fn Hands() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| browser::listen());
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::ev::{click, submit};
    use leptos::prelude::{document, set_timeout, window, window_event_listener, window_event_listener_untyped};
    use std::time::Duration;
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::{Element, HtmlButtonElement, HtmlDocument, HtmlElement, SubmitEvent, js_sys};

    pub fn listen() {
        if let Some(root) = document().document_element() {
            // Shows what only a script can serve.
            let _ = root.set_attribute("data-script", "");
        }
        tell_zone();
        window_event_listener(submit, |event: SubmitEvent| {
            if !event.default_prevented() {
                let button = event.submitter().and_then(|b| b.dyn_into::<HtmlButtonElement>().ok());
                if let Some(button) = button {
                    busy(&button);
                }
            }
        });
        window_event_listener(click, |event| {
            let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
            if let Some(button) = target.and_then(|t| t.closest("[data-copy]").ok().flatten()) {
                copy(&button);
            }
        });
        // A page that comes back from the browser's cache is not busy any more.
        window_event_listener_untyped("pageshow", |_| rest());
    }

    /// The server words times in this zone from the next page on.
    fn tell_zone() {
        let east = -js_sys::Date::new_0().get_timezone_offset() as i32;
        if let Ok(document) = document().dyn_into::<HtmlDocument>() {
            let _ = document.set_cookie(&format!("tz={east}; Path=/; Max-Age=31536000; SameSite=Lax"));
        }
    }

    fn words(button: &Element) -> Option<HtmlElement> {
        button.query_selector("[data-words]").ok().flatten()?.dyn_into().ok()
    }

    /// Other words for a while; the first ones are kept in the attribute.
    fn say(words: &HtmlElement, said: &str) {
        let _ = words.set_attribute("data-words", &words.inner_text());
        words.set_inner_text(said);
    }

    fn unsay(words: &HtmlElement) {
        if let Some(first) = words.get_attribute("data-words").filter(|w| !w.is_empty()) {
            words.set_inner_text(&first);
        }
    }

    /// Says so, and swallows a second click; the form itself goes its way.
    fn busy(button: &HtmlButtonElement) {
        let _ = button.set_attribute("aria-busy", "true");
        if let (Some(words), Some(said)) = (words(button), button.get_attribute("data-busy")) {
            say(&words, &said);
        }
        let button = button.clone();
        // After the browser has taken the form's values, the button's own among them.
        set_timeout(move || button.set_disabled(true), Duration::ZERO);
    }

    fn rest() {
        let Ok(all) = document().query_selector_all("button[aria-busy]") else { return };
        for at in 0..all.length() {
            let Some(button) = all.get(at).and_then(|n| n.dyn_into::<HtmlButtonElement>().ok()) else { continue };
            button.set_disabled(false);
            let _ = button.remove_attribute("aria-busy");
            if let Some(words) = words(&button) {
                unsay(&words);
            }
        }
    }

    fn copy(button: &Element) {
        let Some(text) = button.get_attribute("data-copy") else { return };
        let navigator = window().navigator();
        let clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"));
        // Absent over plain http: then the line is selected, ready for the keyboard.
        if clipboard.is_ok_and(|c| c.is_undefined()) {
            let line = button.parent_element().and_then(|p| p.query_selector("code").ok().flatten());
            if let (Some(line), Ok(Some(selection))) = (line, window().get_selection()) {
                let _ = selection.select_all_children(&line);
            }
            return;
        }
        let _ = navigator.clipboard().write_text(&text);
        if let (Some(words), Some(done)) = (words(button), button.get_attribute("data-done")) {
            if words.inner_text() != done {
                say(&words, &done);
            }
            set_timeout(move || unsay(&words), Duration::from_secs(2));
        }
    }
}
