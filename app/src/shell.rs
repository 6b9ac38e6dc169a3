//! The HTML document around every page.

use crate::api::context;
use crate::components::hands::Hands;
use crate::components::live::Live;
use crate::routes::App;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// The document. Inline scripts carry the nonce of the response; there are no inline styles.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=context::theme()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/style/favicon.svg" type="image/svg+xml"/>
                <link rel="preload" href="/style/fonts/inter.woff2" r#as="font" r#type="font/woff2" crossorigin=""/>
                <link rel="stylesheet" href="/style/css/mailkeep.css"/>
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
