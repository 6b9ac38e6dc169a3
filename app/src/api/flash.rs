//! What is shown once, after a redirect: a link that must not stand in an address.
//!
//! It travels in a cookie that only the server reads, lives two minutes and is deleted by the
//! page that shows it.

use super::context::{cookie, is_https};
use super::response::{decode, encode};
use http::header::{HeaderValue, SET_COOKIE};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

fn set(value: &str, seconds: u32) {
    let secure = if is_https() { "; Secure" } else { "" };
    let line = format!("once={value}; Path=/admin; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    if let (Some(response), Ok(line)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&line)) {
        response.append_header(SET_COOKIE, line);
    }
}

/// Keeps a text for the next page under /admin.
pub fn keep(text: &str) {
    set(&encode(text), 120);
}

/// Takes it: the page shows it, a reload does not.
pub fn take() -> Option<String> {
    let text = cookie("once").filter(|v| !v.is_empty())?;
    set("", 0);
    Some(decode(&text))
}
