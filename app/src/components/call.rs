//! The one thing that a person must do: title, what happened and what waits, one action.

use super::state::Tone;
use leptos::prelude::*;

/// Once per page, on top. Children stand below, in full width.
#[component]
pub fn Call(
    tone: Tone,
    #[prop(into)] title: String,
    #[prop(into)] sentence: ViewFn,
    /// At the end of the first line.
    #[prop(optional, into)]
    action: Option<ViewFn>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let class = if action.is_some() { "" } else { "full" };
    view! {
        <section class="call" data-tone=tone.key() aria-labelledby="call">
            <div class=class><h2 id="call">{tone.icon().view()}<span>{title}</span></h2><p>{sentence.run()}</p></div>
            {action.map(|action| view! { <div class="row">{action.run()}</div> })}
            {children.map(|children| children())}
        </section>
    }
}

/// What the provider or server said, word for word, folded.
#[component]
pub fn Said(#[prop(into)] who: String, said: String) -> impl IntoView {
    view! {
        <div class="full">
            <details class="fold">
                <summary>{super::icon::Icon::Chevron.with_class("icon chevron")}"What " {who} " said"</summary>
                <div><code class="code">{said}</code></div>
            </details>
        </div>
    }
}
