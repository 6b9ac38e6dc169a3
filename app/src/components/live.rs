//! Live pages: what changes on the server changes in the open tab, without a reload.
//!
//! Invariant: nothing that a person is doing is disturbed - no field that is being edited, no
//! selection, no unfolded part, no scroll position; the composer is never inside a live region.
//! The page marks regions, `<section id=.. data-live="tickets ticket:12">`; a changed key that one
//! of them names fetches the page again, and the regions that differ are exchanged.

mod regions;
mod socket;

use crate::components::browser::{fetch, parse};
use crate::components::icon::Icon;
use crate::wording::tickets as words;
use leptos::prelude::*;
use leptos::wasm_bindgen::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use web_sys::js_sys::Date;

/// At most four a second (design.md): the first change is shown at once, what follows is gathered.
const GATHER: Duration = Duration::from_millis(250);
/// How long the page may take to come; then it is asked for again, after growing pauses.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the toast stays; what it says stands in the page.
const TOAST: Duration = Duration::from_secs(12);

/// Keeps this tab up to date. Stands once in the document, outside every live region.
#[island]
pub fn Live() -> impl IntoView {
    let said = RwSignal::new(None::<Said>);
    // Effects run in the browser only.
    Effect::new(move |_| Tab::start(said));
    view! {
        <div class="toasts" role="status">
            {move || {
                said.get()
                    .map(|Said { words, place }| {
                        view! {
                            <div class="toast" data-tone="calm">
                                {Icon::Mail.view()}
                                <p>{words}</p>
                                <a class="button small" href=format!("#{place}") on:click=move |_| said.set(None)>
                                    {words::SHOW}
                                </a>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

/// Something new that the page says aloud, and the id of where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    words: String,
    place: String,
}

/// What this tab is doing.
struct Tab {
    said: RwSignal<Option<Said>>,
    /// A fetch is planned.
    planned: Cell<bool>,
    /// A fetch is under way.
    fetching: Cell<bool>,
    /// Something changed while we could not look: hidden, or fetching.
    stale: Cell<bool>,
    /// When the last fetch began, in milliseconds of the browser's clock.
    began: Cell<f64>,
    /// How many failed since the last that did not.
    failed: Cell<u32>,
}

impl Tab {
    fn start(said: RwSignal<Option<Said>>) {
        let tab = Rc::new(Tab {
            said,
            planned: Cell::new(false),
            fetching: Cell::new(false),
            stale: Cell::new(false),
            began: Cell::new(0.0),
            failed: Cell::new(0),
        });
        let seen = Rc::clone(&tab);
        let visible = Closure::<dyn FnMut()>::new(move || {
            if !document().hidden() && seen.stale.get() {
                seen.plan();
            }
        });
        // The tab lives as long as the document: the closure is never dropped.
        let _ =
            document().add_event_listener_with_callback("visibilitychange", visible.into_js_value().unchecked_ref());
        socket::open(tab, 0);
    }

    /// Keys changed; fetches when one of them concerns this page.
    fn changed(self: &Rc<Self>, keys: &[String]) {
        if regions::concerned(keys) {
            self.plan();
        }
    }

    /// The socket was away: anything may have changed.
    fn missed(self: &Rc<Self>) {
        self.plan();
    }

    fn plan(self: &Rc<Self>) {
        // Ten open tabs ask for one page, not for ten: the others wait until they are looked at.
        if document().hidden() || self.fetching.get() {
            self.stale.set(true);
        } else if !self.planned.replace(true) {
            let tab = Rc::clone(self);
            set_timeout(
                move || {
                    tab.planned.set(false);
                    leptos::task::spawn_local(tab.refresh());
                },
                self.rest(),
            );
        }
    }

    /// How long it is until the next fetch may begin.
    fn rest(&self) -> Duration {
        let since = Date::now() - self.began.get();
        // 1, 2, 4 and at last 32 seconds.
        let pause = match self.failed.get() {
            0 => GATHER,
            failed => Duration::from_millis(500 << failed.min(6)),
        };
        // A clock that was put back says nothing.
        if since < 0.0 { pause } else { pause.saturating_sub(Duration::from_millis(since as u64)) }
    }

    async fn refresh(self: Rc<Self>) {
        self.began.set(Date::now());
        self.stale.set(false);
        self.fetching.set(true);
        match fresh_page().await {
            Fresh::Page(fresh) => {
                self.failed.set(0);
                if let Some(new) = regions::exchange(&fresh) {
                    self.announce(new);
                }
            }
            Fresh::Elsewhere => self.failed.set(0),
            Fresh::Failed => {
                self.failed.set(self.failed.get() + 1);
                self.stale.set(true);
            }
        }
        self.fetching.set(false);
        if self.stale.get() {
            self.plan();
        }
    }

    fn announce(&self, new: Said) {
        let said = self.said;
        said.set(Some(new.clone()));
        set_timeout(
            move || {
                if said.get_untracked().as_ref() == Some(&new) {
                    said.set(None);
                }
            },
            TOAST,
        );
    }
}

/// What came of asking for this page.
enum Fresh {
    Page(web_sys::Document),
    /// The server sends us elsewhere, as after a sign-out, or has no such page any more: this one stays as it is.
    Elsewhere,
    /// No answer, or none that says anything about the page.
    Failed,
}

/// This page as it is now.
async fn fresh_page() -> Fresh {
    let Some(response) = asked().await else { return Fresh::Failed };
    // Of the 4xx these say to come again (RFC 9110 15.5.9, RFC 8470, RFC 6585).
    let later = matches!(response.status(), 408 | 425 | 429);
    if response.redirected() || ((400..500).contains(&response.status()) && !later) {
        return Fresh::Elsewhere;
    }
    match parse(&response).await {
        Some(page) if response.ok() => Fresh::Page(page),
        _ => Fresh::Failed,
    }
}

async fn asked() -> Option<web_sys::Response> {
    let location = window().location();
    let address = format!("{}{}", location.pathname().ok()?, location.search().ok()?);
    let init = web_sys::RequestInit::new();
    let headers = web_sys::Headers::new().ok()?;
    headers.set("Accept", "text/html").ok()?;
    headers.set("X-Live", "1").ok()?;
    init.set_headers(&headers);
    init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(PATIENCE.as_millis() as u32)));
    fetch(&address, &init).await
}
