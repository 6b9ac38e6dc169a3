//! To come.
use crate::pages::page;
use domain::Refusal;
use leptos::prelude::*;

/// To come.
#[component]
pub fn AddressPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}

/// To come.
#[component]
pub fn ProviderPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}

/// To come.
#[component]
pub fn UsePage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}

/// To come.
#[component]
pub fn SignInStepPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}

/// To come.
#[component]
pub fn PasswordPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}

/// To come.
#[component]
pub fn ResultPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}
