//! What the islands need of the browser, over `web-sys` alone: the wasm stays small.

use leptos::prelude::window;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::js_sys::futures::JsFuture;

/// Asks the server; nothing when it can't be reached.
pub async fn fetch(address: &str, init: &web_sys::RequestInit) -> Option<web_sys::Response> {
    let promise = window().fetch_with_str_and_init(address, init);
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

/// The body of an answer, as a document that runs nothing.
pub async fn parse(response: &web_sys::Response) -> Option<web_sys::Document> {
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let parser = web_sys::DomParser::new().ok()?;
    parser.parse_from_string(&text, web_sys::SupportedType::TextHtml).ok()
}

/// Posts a form's fields. Redirects are followed, so the answer is the page after the action.
pub async fn post(address: &str, body: &JsValue, page: bool) -> Option<web_sys::Response> {
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(body);
    let headers = web_sys::Headers::new().ok()?;
    headers.set("Accept", if page { "text/html" } else { "application/json" }).ok()?;
    init.set_headers(&headers);
    fetch(address, &init).await
}
