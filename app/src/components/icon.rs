//! The icon set, as inline SVG on a 16 px grid. The shapes are those of the design's `icons.svg`.

use leptos::prelude::*;

/// One icon. Its shape differs per severity, so that colour is never the only sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Ok,
    Critical,
    Warning,
    Info,
    Retry,
    Paused,
    Importing,
    Held,
    Clock,
    Stopped,
    Dash,
    Skipped,
    Mail,
    Ticket,
    Outbox,
    Inbound,
    Outbound,
    People,
    User,
    Key,
    Bell,
    Help,
    Search,
    Chevron,
    Plus,
    Close,
    Copy,
    External,
    Clip,
    NoImage,
    Lock,
    Link,
    Pulse,
    Menu,
    Dots,
    Reply,
    Gear,
    Calendar,
    Shield,
    Undo,
    File,
    Server,
}

impl Icon {
    /// The paths inside the symbol.
    fn paths(self) -> &'static str {
        match self {
            Icon::Ok => r#"<circle cx="8" cy="8" r="6.25"/><path d="m5.25 8.25 2 2 3.5-4.25"/>"#,
            Icon::Critical => {
                r#"<path d="M5.4 1.75h5.2l3.65 3.65v5.2l-3.65 3.65H5.4L1.75 10.6V5.4z"/><path d="M8 4.75v3.75M8 11.1v.05"/>"#
            }
            Icon::Warning => r#"<path d="M8 2 14.5 13.5h-13z"/><path d="M8 6.5v3.25M8 11.7v.05"/>"#,
            Icon::Info => r#"<circle cx="8" cy="8" r="6.25"/><path d="M8 7.5v3.5M8 5v.05"/>"#,
            Icon::Retry => r#"<path d="M13.75 8a5.75 5.75 0 1 1-1.9-4.3L13.75 5.5"/><path d="M13.75 2v3.5h-3.5"/>"#,
            Icon::Paused => r#"<circle cx="8" cy="8" r="6.25"/><path d="M6.5 5.75v4.5M9.5 5.75v4.5"/>"#,
            Icon::Importing => r#"<path d="M8 1.75v7.5M4.9 6.4 8 9.5l3.1-3.1"/><path d="M1.75 10.5v3.25h12.5V10.5"/>"#,
            Icon::Held => {
                r#"<path d="M1.75 9.25h3.5l1 1.75h3.5l1-1.75h3.5v4.5H1.75z"/><path d="m1.75 9.25 2-6.5h8.5l2 6.5"/>"#
            }
            Icon::Clock => r#"<circle cx="8" cy="8" r="6.25"/><path d="M8 4.5V8l2.25 1.5"/>"#,
            Icon::Stopped => r#"<circle cx="8" cy="8" r="6.25"/><path d="m3.75 12.25 8.5-8.5"/>"#,
            Icon::Dash => r#"<path d="M4 8h8"/>"#,
            Icon::Skipped => r#"<circle cx="8" cy="8" r="6.25"/><path d="M5.5 8h5"/>"#,
            Icon::Mail => {
                r#"<rect x="1.75" y="3.25" width="12.5" height="9.5" rx="1.5"/><path d="m2.25 4.5 5.75 4.5 5.75-4.5"/>"#
            }
            Icon::Ticket => {
                r#"<path d="M1.75 4.25h12.5v2.4a1.4 1.4 0 0 0 0 2.7v2.4H1.75v-2.4a1.4 1.4 0 0 0 0-2.7z"/><path d="M10 6.5v3"/>"#
            }
            Icon::Outbox => r#"<path d="M8 9.25v-7.5M4.9 4.6 8 1.5l3.1 3.1"/><path d="M1.75 9.75v4h12.5v-4"/>"#,
            Icon::Inbound => r#"<path d="M12.5 3.5 4 12M4 5.75V12h6.25"/>"#,
            Icon::Outbound => r#"<path d="M3.5 12.5 12 4M5.75 4H12v6.25"/>"#,
            Icon::People => {
                r#"<circle cx="6" cy="5.25" r="2.5"/><path d="M1.5 13.5c.2-2.6 2-4 4.5-4s4.3 1.4 4.5 4M10.75 3a2.4 2.4 0 0 1 0 4.5M12.25 9.9c1.4.6 2.2 1.8 2.3 3.6"/>"#
            }
            Icon::User => r#"<circle cx="8" cy="5" r="2.75"/><path d="M2.5 14c.3-3 2.4-4.5 5.5-4.5s5.2 1.5 5.5 4.5"/>"#,
            Icon::Key => r#"<circle cx="5" cy="11" r="3.25"/><path d="m7.4 8.6 6.1-6.1M11 5l2 2"/>"#,
            Icon::Bell => r#"<path d="M3.5 11.25V7a4.5 4.5 0 0 1 9 0v4.25l1 1h-11z"/><path d="M6.75 14.25h2.5"/>"#,
            Icon::Help => {
                r#"<circle cx="8" cy="8" r="6.25"/><path d="M6.25 6.25a1.75 1.75 0 1 1 2.6 1.5c-.6.35-.85.7-.85 1.25M8 11.2v.05"/>"#
            }
            Icon::Search => r#"<circle cx="7" cy="7" r="4.75"/><path d="m10.5 10.5 3.75 3.75"/>"#,
            Icon::Chevron => r#"<path d="m6 3.5 4.5 4.5L6 12.5"/>"#,
            Icon::Plus => r#"<path d="M8 2.75v10.5M2.75 8h10.5"/>"#,
            Icon::Close => r#"<path d="m3.5 3.5 9 9M12.5 3.5l-9 9"/>"#,
            Icon::Copy => {
                r#"<rect x="5.25" y="5.25" width="9" height="9" rx="1.5"/><path d="M10.75 5.25v-2a1.5 1.5 0 0 0-1.5-1.5h-6a1.5 1.5 0 0 0-1.5 1.5v6a1.5 1.5 0 0 0 1.5 1.5h2"/>"#
            }
            Icon::External => {
                r#"<path d="M9.5 2.25h4.25V6.5M13.5 2.5 7.5 8.5M6.5 3.25H3.25a1 1 0 0 0-1 1v8.5a1 1 0 0 0 1 1h8.5a1 1 0 0 0 1-1V9.5"/>"#
            }
            Icon::Clip => {
                r#"<path d="m13.5 7.25-5.6 5.6a3.3 3.3 0 0 1-4.7-4.7l5.9-5.9a2.2 2.2 0 0 1 3.1 3.1l-5.6 5.6a1.1 1.1 0 0 1-1.55-1.55l5.2-5.2"/>"#
            }
            Icon::NoImage => {
                r#"<path d="M5.25 2.75h7a1.5 1.5 0 0 1 1.5 1.5v7M12 13.25H3.75a1.5 1.5 0 0 1-1.5-1.5V4M2 2l12 12M2.5 11l3-3 4.5 5"/>"#
            }
            Icon::Lock => {
                r#"<rect x="2.75" y="7" width="10.5" height="7.25" rx="1.5"/><path d="M5 7V4.75a3 3 0 0 1 6 0V7"/>"#
            }
            Icon::Link => {
                r#"<path d="M6.75 9.25a3 3 0 0 0 4.25 0l2.4-2.4a3 3 0 1 0-4.25-4.25l-.9.9M9.25 6.75a3 3 0 0 0-4.25 0l-2.4 2.4a3 3 0 1 0 4.25 4.25l.9-.9"/>"#
            }
            Icon::Pulse => r#"<path d="M1.5 8.5h3l2-5.5 3 10 2-4.5h3"/>"#,
            Icon::Menu => r#"<path d="M2 4.5h12M2 8h12M2 11.5h12"/>"#,
            Icon::Dots => r#"<path d="M3.25 8v.05M8 8v.05M12.75 8v.05"/>"#,
            Icon::Reply => r#"<path d="M6.5 3.25 2 7.5l4.5 4.25M2.25 7.5h6.5c3 0 5 1.75 5 5"/>"#,
            Icon::Gear => {
                r#"<circle cx="8" cy="8" r="2.25"/><path d="M8 1.75v2M8 12.25v2M1.75 8h2M12.25 8h2M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4"/>"#
            }
            Icon::Calendar => {
                r#"<rect x="2" y="3" width="12" height="11" rx="1.5"/><path d="M2 6.75h12M5.25 1.5V4M10.75 1.5V4"/>"#
            }
            Icon::Shield => r#"<path d="M8 1.75 13.25 3.5v4c0 3.25-2 5.5-5.25 6.75C4.75 13 2.75 10.75 2.75 7.5v-4z"/>"#,
            Icon::Undo => r#"<path d="M5.5 2.75 2.25 6 5.5 9.25M2.5 6h7a4 4 0 0 1 0 8h-3"/>"#,
            Icon::File => {
                r#"<path d="M9.25 1.75H4.5A1.25 1.25 0 0 0 3.25 3v10a1.25 1.25 0 0 0 1.25 1.25h7A1.25 1.25 0 0 0 12.75 13V5.25z"/><path d="M9.25 1.75v3.5h3.5"/>"#
            }
            Icon::Server => {
                r#"<rect x="2" y="2.25" width="12" height="4.75" rx="1.25"/><rect x="2" y="9" width="12" height="4.75" rx="1.25"/><path d="M4.75 4.65v.05M4.75 11.4v.05"/>"#
            }
        }
    }

    /// The icon beside words: hidden from screen readers.
    pub fn view(self) -> AnyView {
        self.with_class("icon")
    }

    /// The same with another class, as in `icon chevron`.
    pub fn with_class(self, class: &'static str) -> AnyView {
        view! { <svg class=class viewBox="0 0 16 16" aria-hidden="true" inner_html=self.paths()></svg> }.into_any()
    }
}

/// Our own mark.
pub fn mark() -> AnyView {
    view! {
        <svg class="icon mark" viewBox="0 0 20 20" aria-hidden="true">
            <path d="M2 17.25V3.5h3.6v2.4h2.6V3.5h3.6v2.4h2.6V3.5H18v13.75z"></path>
            <path d="m2.25 9 7.75 5 7.75-5"></path>
        </svg>
    }
    .into_any()
}
