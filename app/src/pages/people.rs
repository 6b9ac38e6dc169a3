//! To come.
use crate::pages::page;
use domain::Refusal;
use leptos::prelude::*;

/// To come.
#[component]
pub fn PeoplePage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}
