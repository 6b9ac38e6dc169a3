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
    use leptos::prelude::{document, set_timeout, window_event_listener};
    use std::time::Duration;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlButtonElement, HtmlDocument, HtmlElement, SubmitEvent};

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
    }

    /// The server words times in this zone from the next page on.
    fn tell_zone() {
        let east = -web_sys::js_sys::Date::new_0().get_timezone_offset() as i32;
        if let Ok(document) = document().dyn_into::<HtmlDocument>() {
            let _ = document.set_cookie(&format!("tz={east}; Path=/; Max-Age=31536000; SameSite=Lax"));
        }
    }

    fn words(button: &Element) -> Option<HtmlElement> {
        button.query_selector("[data-words]").ok().flatten()?.dyn_into().ok()
    }

    /// Says so, and swallows a second click; the form itself goes its way.
    fn busy(button: &HtmlButtonElement) {
        let _ = button.set_attribute("aria-busy", "true");
        if let (Some(words), Some(said)) = (words(button), button.get_attribute("data-busy")) {
            words.set_inner_text(&said);
        }
        let button = button.clone();
        // After the browser has taken the form's values, the button's own among them.
        set_timeout(move || button.set_disabled(true), Duration::ZERO);
    }

    fn copy(button: &Element) {
        let Some(text) = button.get_attribute("data-copy") else { return };
        let clipboard = leptos::prelude::window().navigator().clipboard();
        let _ = clipboard.write_text(&text);
        if let (Some(words), Some(done)) = (words(button), button.get_attribute("data-done")) {
            let before = words.inner_text();
            words.set_inner_text(&done);
            set_timeout(move || words.set_inner_text(&before), Duration::from_secs(2));
        }
    }
}
