//! To come.
use crate::pages::page;
use domain::Refusal;
use leptos::prelude::*;

/// To come.
#[component]
pub fn SignInPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}

/// To come.
#[component]
pub fn FirstStartPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}

/// To come.
#[component]
pub fn WelcomePage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}
