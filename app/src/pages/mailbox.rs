//! To come.
use crate::pages::page;
use domain::Refusal;
use leptos::prelude::*;

/// To come.
#[component]
pub fn MailboxPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}

/// To come.
#[component]
pub fn EditPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}

/// To come.
#[component]
pub fn CheckPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}

/// To come.
#[component]
pub fn DisconnectPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}
