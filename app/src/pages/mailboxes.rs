//! To come.
use crate::pages::page;
use domain::Refusal;
use leptos::prelude::*;

/// To come.
#[component]
pub fn MailboxesPage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}

/// To come.
#[component]
pub fn QueuePage() -> impl IntoView {
    page(|_| async move { Err(Refusal::NotFound) })
}
