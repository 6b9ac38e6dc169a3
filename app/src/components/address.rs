//! An email address in a narrow place.

use leptos::prelude::*;

/// Breaks after the `@` where it must, not inside a name.
pub fn view(address: &str) -> AnyView {
    match address.split_once('@') {
        Some((local, domain)) => view! { {format!("{local}@")}<wbr/>{domain.to_owned()} }.into_any(),
        None => address.to_owned().into_any(),
    }
}
