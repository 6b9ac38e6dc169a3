//! What a script adds to the composer: the draft is kept while somebody types, files go up in
//! place, Ctrl+Enter sends, and a second click does not send again.

use crate::api::tickets::{DropUpload, KeepDraft};
use crate::components::browser::{parse, post};
use crate::wording::tickets as words;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::wasm_bindgen::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use web_sys::js_sys::Date;
use web_sys::{Element, Event, FormData, HtmlElement, HtmlFormElement, HtmlInputElement, KeyboardEvent, SubmitEvent};

/// How long the typing rests before the draft is kept.
const REST: Duration = Duration::from_millis(800);

/// *Draft kept 11:02*, and the hands behind it.
#[island]
pub fn Writing(
    /// What the line says at first.
    kept: String,
) -> impl IntoView {
    let line = RwSignal::new(kept);
    // Effects run in the browser only.
    Effect::new(move |_| {
        let form = document().get_element_by_id("composer");
        if let Some(form) = form.and_then(|f| f.dyn_into().ok()) {
            Desk::start(form, line);
        }
    });
    view! { <span class="quiet" role="status">{line}</span> }
}

/// One composer and what is under way for it.
struct Desk {
    form: HtmlFormElement,
    line: RwSignal<String>,
    timer: Cell<Option<TimeoutHandle>>,
    /// Something was typed that is not kept yet.
    changed: Cell<bool>,
    /// The server is being told: a reply waits for it, so that no draft comes after its reply.
    telling: Cell<u32>,
    /// The button of the reply that waits.
    waiting: RefCell<Option<HtmlElement>>,
    sent: Cell<bool>,
}

impl Desk {
    fn start(form: HtmlFormElement, line: RwSignal<String>) {
        let desk = Rc::new(Desk {
            form,
            line,
            timer: Cell::new(None),
            changed: Cell::new(false),
            telling: Cell::new(0),
            waiting: RefCell::new(None),
            sent: Cell::new(false),
        });
        if let Some(files) = desk.field("file") {
            files.set_multiple(true);
        }
        // From here on the Cc field itself says who gets a reply to all.
        if let Some(everyone) = desk.field("everyone") {
            everyone.set_value("");
        }
        desk.on("input", |desk, event| desk.typed(&event));
        desk.on("change", |desk, event| desk.chose(&event));
        desk.on("keydown", |desk, event| desk.pressed(event.unchecked_ref()));
        desk.on("submit", |desk, event| desk.submitted(event.unchecked_ref()));
        // Back from another page, this one may come out of the browser's cache as it was left.
        let again = Rc::clone(&desk);
        let _ = window_event_listener_untyped("pageshow", move |_| again.sent.set(false));
    }

    fn on(self: &Rc<Self>, name: &str, act: fn(&Rc<Self>, Event)) {
        let desk = Rc::clone(self);
        let listener = Closure::<dyn FnMut(Event)>::new(move |event| act(&desk, event));
        // The composer lives as long as the page: the closure is never dropped.
        let _ = self.form.add_event_listener_with_callback(name, listener.into_js_value().unchecked_ref());
    }

    fn typed(self: &Rc<Self>, event: &Event) {
        if matches!(name(event).as_str(), "text" | "to" | "cc" | "subject" | "mailbox") {
            self.changed.set(true);
            self.plan();
        }
    }

    fn plan(self: &Rc<Self>) {
        let desk = Rc::clone(self);
        let next = set_timeout_with_handle(
            move || {
                if desk.changed.get() && desk.telling.get() == 0 && !desk.sent.get() {
                    leptos::task::spawn_local(desk.keep());
                }
            },
            REST,
        );
        if let Some(last) = self.timer.replace(next.ok()) {
            last.clear();
        }
    }

    async fn keep(self: Rc<Self>) {
        self.telling.set(self.telling.get() + 1);
        self.changed.set(false);
        let body = self.fields(&["ticket", "text", "to", "cc", "subject", "mailbox"]);
        let answer = post(KeepDraft::PATH, &body, false).await;
        self.line.set(if answer.is_some_and(|a| a.ok()) { kept_now() } else { words::DRAFT_NOT_KEPT.into() });
        self.told();
    }

    /// The server was told; what waited for that goes on.
    fn told(self: &Rc<Self>) {
        self.telling.set(self.telling.get().saturating_sub(1));
        let waiting = self.waiting.borrow_mut().take();
        if let Some(button) = waiting {
            let _ = self.form.request_submit_with_submitter(Some(&button));
        } else if self.changed.get() {
            self.plan();
        }
    }

    fn chose(self: &Rc<Self>, event: &Event) {
        match name(event).as_str() {
            "kind" => self.turn(&event_target::<HtmlInputElement>(event).value()),
            "file" => {
                if let Ok(data) = FormData::new_with_form(&self.form) {
                    let ticket = self.form.get_attribute("data-ticket").unwrap_or_default();
                    self.exchange(format!("/tickets/{ticket}/uploads"), data.into());
                }
            }
            _ => {}
        }
    }

    /// *Reply to all* puts the others into Cc, *Reply* takes them out again.
    fn turn(self: &Rc<Self>, kind: &str) {
        if let Some(text) = self.form.query_selector("textarea").ok().flatten() {
            let hint = if kind == "note" { words::WRITE_NOTE } else { words::WRITE_REPLY };
            let _ = text.set_attribute("placeholder", hint);
        }
        let all = self.form.query_selector("[data-everyone]").ok().flatten();
        let others = all.and_then(|a| a.get_attribute("data-everyone")).unwrap_or_default();
        let (Some(cc), false) = (self.field("cc"), kind == "note") else { return };
        let is_other = |a: &str| others.split(',').any(|o| o.trim().eq_ignore_ascii_case(a));
        let value = cc.value();
        let own = value.split(',').map(str::trim).filter(|a| !a.is_empty() && !is_other(a));
        let added = others.split(',').map(str::trim).filter(|a| kind == "all" && !a.is_empty());
        cc.set_value(&own.chain(added).collect::<Vec<_>>().join(", "));
        self.changed.set(true);
        self.plan();
    }

    fn pressed(&self, event: &KeyboardEvent) {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            let send = self.form.query_selector("button[value=send]").ok().flatten();
            let send = send.and_then(|b| b.dyn_into::<HtmlElement>().ok());
            let _ = self.form.request_submit_with_submitter(send.as_ref());
        }
    }

    fn submitted(self: &Rc<Self>, event: &SubmitEvent) {
        let button = event.submitter();
        let removed = button.as_ref().filter(|b| b.get_attribute("name").as_deref() == Some("upload"));
        if let Some(button) = removed {
            event.prevent_default();
            let body = self.fields(&["ticket", "text", "to", "cc"]);
            body.unchecked_ref::<web_sys::UrlSearchParams>()
                .append("upload", &button.get_attribute("value").unwrap_or_default());
            self.exchange(DropUpload::PATH.to_owned(), body);
        } else if self.sent.get() {
            event.prevent_default();
        } else if self.telling.get() > 0 {
            event.prevent_default();
            *self.waiting.borrow_mut() = button;
        } else {
            if let Some(timer) = self.timer.take() {
                timer.clear();
            }
            self.sent.set(true);
        }
    }

    /// Posts something about the files, and takes over that part of the page that answers.
    fn exchange(self: &Rc<Self>, address: String, body: JsValue) {
        self.telling.set(self.telling.get() + 1);
        self.line.set(words::UPLOADING.into());
        let desk = Rc::clone(self);
        leptos::task::spawn_local(async move {
            let fresh = match post(&address, &body, true).await {
                Some(answer) if answer.ok() => parse(&answer).await,
                _ => None,
            };
            match fresh {
                Some(page) => {
                    for id in ["composer-files", "composer-trouble"] {
                        let (old, new) = (document().get_element_by_id(id), page.get_element_by_id(id));
                        if let (Some(old), Some(new)) = (old, new) {
                            let _ = old.replace_with_with_node_1(&new);
                        }
                    }
                    desk.line.set(kept_now());
                }
                None => desk.line.set(words::NOT_UPLOADED.into()),
            }
            if let Some(files) = desk.field("file") {
                files.set_value("");
            }
            desk.told();
        });
    }

    fn field(&self, name: &str) -> Option<HtmlInputElement> {
        let found = self.form.query_selector(&format!("input[name={name}]")).ok().flatten();
        found.and_then(|e| e.dyn_into().ok())
    }

    /// Some of the form's fields, as a form sends them.
    fn fields(&self, names: &[&str]) -> JsValue {
        let Ok(params) = web_sys::UrlSearchParams::new() else { return JsValue::NULL };
        if let Ok(data) = FormData::new_with_form(&self.form) {
            for name in names {
                params.append(name, &data.get(name).as_string().unwrap_or_default());
            }
        }
        params.into()
    }
}

/// The name of the field that an event came from.
fn name(event: &Event) -> String {
    let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
    target.and_then(|t| t.get_attribute("name")).unwrap_or_default()
}

fn kept_now() -> String {
    let now = Date::new_0();
    words::draft_kept(&format!("{:02}:{:02}", now.get_hours(), now.get_minutes()))
}
