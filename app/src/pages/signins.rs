//! To come.
use crate::pages::page;
use domain::Refusal;
use leptos::prelude::*;

/// To come.
#[component]
pub fn SignInResultPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}

/// To come.
#[component]
pub fn RefusedPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}
