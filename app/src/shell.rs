//! The HTML document around every page.

use crate::api::context;
use crate::components::hands::Hands;
use crate::components::live::Live;
use crate::routes::App;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// The style sheets; `tokens` fixes the order of the layers and comes first.
const STYLES: [&str; 20] = [
    "tokens", "reset", "base", "layout", "button", "field", "state", "banner", "panel", "table", "steps", "chart",
    "ticket", "gate", "overlay", "prose", "pages", "console", "desk", "guide",
];

/// The document. Inline scripts carry the nonce of the response; there are no inline styles.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let styles = STYLES.map(|name| view! { <link rel="stylesheet" href=format!("/style/css/{name}.css")/> });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=context::theme()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/style/favicon.svg" type="image/svg+xml"/>
                <link rel="preload" href="/style/fonts/inter.woff2" r#as="font" r#type="font/woff2" crossorigin=""/>
                {styles.into_iter().collect_view()}
                <HydrationScripts options islands=true/>
                <MetaTags/>
            </head>
            <body>
                <App/>
                <Hands/>
                <Live/>
            </body>
        </html>
    }
}
