//! The WebSocket that tells which things changed. One a tab: browsers allow six HTTP/1.1 streams
//! a host, but far more sockets.

use super::Tab;
use leptos::prelude::*;
use leptos::wasm_bindgen::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use web_sys::js_sys;

/// The longest pause before the next attempt.
const LONGEST: u64 = 30_000;

/// Opens the socket; `attempt` counts those that failed since the last that worked.
pub fn open(tab: Rc<Tab>, attempt: u32) {
    // Pages without a person - gates - have nothing that changes.
    let Some(seen) = document().get_element_by_id("seen").and_then(|e| e.get_attribute("data-changes")) else {
        return;
    };
    let Some(socket) = address(&seen).and_then(|a| web_sys::WebSocket::new(&a).ok()) else {
        return again(tab, attempt);
    };
    let opened = Rc::new(Cell::new(false));

    let (on, t) = (Rc::clone(&opened), Rc::clone(&tab));
    let open = Closure::<dyn FnMut()>::new(move || {
        on.set(true);
        if attempt > 0 {
            t.missed();
        }
    });
    let t = Rc::clone(&tab);
    let message = Closure::<dyn FnMut(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
        t.changed(&keys(&event.data()));
    });
    let close = Closure::once_into_js(move || {
        // One that worked and broke is tried at once, as attempt 1: what was missed is fetched.
        again(tab, if opened.get() { 0 } else { attempt });
    });
    socket.set_onopen(Some(open.into_js_value().unchecked_ref()));
    socket.set_onmessage(Some(message.into_js_value().unchecked_ref()));
    socket.set_onclose(Some(close.unchecked_ref()));
}

fn address(seen: &str) -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}/live?since={seen}", location.host().ok()?))
}

fn again(tab: Rc<Tab>, attempt: u32) {
    // From half to the whole pause, so that all tabs don't come back in one instant.
    let pause = (500_u64 << attempt.min(6)).min(LONGEST);
    let jitter = 0.5 + js_sys::Math::random() / 2.0;
    let pause = Duration::from_millis((pause as f64 * jitter) as u64);
    set_timeout(move || open(tab, attempt + 1), pause);
}

/// A batch of keys: a JSON array of strings. Anything else is no key.
fn keys(data: &JsValue) -> Vec<String> {
    let parsed = data.as_string().and_then(|text| js_sys::JSON::parse(&text).ok());
    let Some(array) = parsed.and_then(|v| v.dyn_into::<js_sys::Array>().ok()) else {
        return Vec::new();
    };
    array.iter().filter_map(|key| key.as_string()).collect()
}
