//! Icon and words, always both. Colour only where somebody must act or something is proved.

use super::icon::Icon;
use leptos::prelude::*;

/// How loud a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Calm,
    Ok,
    Warning,
    Critical,
}

impl Tone {
    /// The word of `data-tone`.
    pub fn key(self) -> &'static str {
        match self {
            Tone::Calm => "calm",
            Tone::Ok => "ok",
            Tone::Warning => "warning",
            Tone::Critical => "critical",
        }
    }

    /// The shape that says the same without colour.
    pub fn icon(self) -> Icon {
        match self {
            Tone::Calm => Icon::Info,
            Tone::Ok => Icon::Ok,
            Tone::Warning => Icon::Warning,
            Tone::Critical => Icon::Critical,
        }
    }
}

/// A state in words: what it is, and one line of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub tone: Tone,
    pub icon: Icon,
    pub words: String,
    pub sub: Option<String>,
}

impl Words {
    pub fn new(tone: Tone, icon: Icon, words: impl Into<String>) -> Self {
        Self { tone, icon, words: words.into(), sub: None }
    }

    #[must_use]
    pub fn second(mut self, sub: impl Into<String>) -> Self {
        self.sub = Some(sub.into());
        self
    }
}

/// A state; its second line follows as `.sub`.
#[component]
pub fn State(
    words: Words,
    /// For directions and rows that stay calm.
    #[prop(optional)]
    light: bool,
) -> impl IntoView {
    let class = if light { "state light" } else { "state" };
    view! {
        <span class=class data-tone=words.tone.key()>{words.icon.view()}<span>{words.words}</span></span>
        {words.sub.map(|sub| view! { <span class="sub">{sub}</span> })}
    }
}

/// A pill for panel heads and queues.
#[component]
pub fn Badge(words: Words) -> impl IntoView {
    view! { <span class="badge" data-tone=words.tone.key()>{words.icon.view()}{words.words}</span> }
}
