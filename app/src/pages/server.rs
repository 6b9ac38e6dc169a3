//! To come.
use crate::pages::page;
use domain::Refusal;
use leptos::prelude::*;

/// To come.
#[component]
pub fn ServerPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}
