//! Around a page: banner on top, rail at the side, one sheet; or the gate of a single question.

use super::banner::Banners;
use super::copied::Copied;
use super::icon::{Icon, mark};
use super::rcdata::in_title;
use crate::api::context::{Demo, Seen};
use crate::pages::Here;
use crate::wording::counts::{count, of};
use leptos::prelude::*;
use leptos_meta::Title;

/// Where in the rail a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Tickets,
    Outbox,
    Email,
    Ends,
    Registrations,
    Notices,
    People,
    Server,
    Help,
    Me,
    /// Nowhere: errors.
    None,
}

/// A page for people who are signed in.
#[component]
pub fn Sheet(
    here: Here,
    /// Names the tab, with our name after it.
    #[prop(into)]
    title: String,
    place: Place,
    /// For forms: at most 46 rem, flush with the same left edge.
    #[prop(optional)]
    narrow: bool,
    /// The page offers the banner's action itself, so that the banner's button goes.
    #[prop(optional)]
    acts: bool,
    children: Children,
) -> impl IntoView {
    let class = if narrow { "page narrow" } else { "page" };
    let demo = here.frame.demo;
    view! {
        <Title text=format!("{} - Mailkeep", in_title(&title))/>
        <a class="skip" href="#main">"Skip to the page"</a>
        {use_context::<Seen>().map(|Seen(n)| view! { <span id="seen" data-changes=n hidden></span> })}
        <Copied here=here.clone()/>
        <Banners here=here.clone() acts/>
        <div class="shell">
            <header class="rail">
                <a class="brand" href="/tickets">{mark()}"Mailkeep"</a>
                <button class="button bare square menu-button" type="button" popovertarget="nav" aria-label="Menu">
                    {Icon::Menu.view()}
                </button>
                <Rail here place/>
            </header>
            <div class="sheet">
                {demo.then(|| view! { <aside aria-label="Demo">{demo_line()}</aside> })}
                <main class=class id="main" tabindex="-1">{children()}</main>
            </div>
        </div>
    }
}

/// In the demo, on every page.
fn demo_line() -> impl IntoView {
    view! { <p class="demo">"Demo: no mail leaves this machine."</p> }
}

#[component]
fn Rail(here: Here, place: Place) -> impl IntoView {
    let admin = here.is_admin();
    let frame = here.frame;
    let link = move |at: Place, href: &'static str, icon: Icon, words: String, tail: Option<AnyView>| {
        view! {
            <li><a href=href aria-current=(at == place).then_some("page")>{icon.view()}<span class="cut">{words}</span>{tail}</a></li>
        }
    };
    let plain = |n: u64, after: &'static str| {
        (n > 0).then(|| view! { <span class="count">{count(n)}<span class="vh">" " {after}</span></span> }.into_any())
    };
    let outbox = if frame.held > 0 {
        Some(view! { <span class="count" title=of(frame.held, "reply held", "replies held")>{count(frame.outbox)}<span class="vh">" waiting, " {count(frame.held)} " held"</span></span> }.into_any())
    } else {
        plain(frame.outbox, "waiting")
    };
    let need_you = (frame.need_you > 0).then(|| {
        view! { <span class="count" data-tone="critical">{count(frame.need_you)}<span class="vh">" need you"</span></span> }.into_any()
    });
    view! {
        <nav class="nav" id="nav" popover="" aria-label="Main">
            <button class="button bare square menu-button" type="button" popovertarget="nav" popovertargetaction="hide" aria-label="Close menu">
                {Icon::Close.view()}
            </button>
            <div class="upper">
            <section id="rail-work" data-live="tickets outbox">
                <ul>
                    {link(Place::Tickets, "/tickets", Icon::Ticket, "Tickets".into(), plain(frame.open_tickets, "open"))}
                    {link(Place::Outbox, "/outbox", Icon::Outbox, "Outbox".into(), outbox)}
                </ul>
            </section>
            {admin.then(|| view! {
                <section id="rail-admin" data-live="mailboxes">
                    <h2>"Admin"</h2>
                    <ul>
                        {link(Place::Email, "/admin/channels/email", Icon::Mail, "Email".into(), need_you)}
                        {link(Place::Ends, "/admin/ends", Icon::Calendar, "Sign-in ends".into(), None)}
                        {link(Place::Registrations, "/admin/registrations", Icon::Key, "App registrations".into(), None)}
                        {link(Place::Notices, "/admin/notices", Icon::Bell, "Notices".into(), None)}
                        {link(Place::People, "/admin/people", Icon::People, "People".into(), None)}
                        {link(Place::Server, "/admin/server", Icon::Server, "Server".into(), None)}
                    </ul>
                </section>
            })}
            </div>
            <section class="foot">
                <ul>
                    {link(Place::Help, "/help", Icon::Help, "Help".into(), None)}
                    {link(Place::Me, "/me", Icon::User, here.actor.name, None)}
                </ul>
            </section>
        </nav>
    }
}

/// The head of a page: where it stands, its title, one line, and its actions as children.
#[component]
pub fn Head(
    #[prop(into)] title: String,
    /// Steps above, with their address where they have a page.
    #[prop(optional)]
    crumbs: Vec<(String, Option<String>)>,
    #[prop(optional, into)] sub: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let crumbs = (!crumbs.is_empty()).then(|| {
        let steps = crumbs
            .into_iter()
            .map(|(name, href)| match href {
                Some(href) => view! { <li><a class="plain" href=href>{name}</a></li> }.into_any(),
                None => view! { <li>{name}</li> }.into_any(),
            })
            .collect_view();
        view! { <nav aria-label="Breadcrumb"><ol class="crumbs">{steps}</ol></nav> }
    });
    view! {
        <div class="head">
            <div>{crumbs}<h1>{title}</h1>{sub.map(|sub| view! { <p class="num">{sub}</p> })}</div>
            {children.map(|children| view! { <div class="row">{children()}</div> })}
        </div>
    }
}

/// *Admin / Channels / Email*, the last one a link on the pages below.
pub fn email_crumbs(below: bool) -> Vec<(String, Option<String>)> {
    vec![
        ("Admin".into(), None),
        ("Channels".into(), None),
        ("Email".into(), below.then(|| "/admin/channels/email".into())),
    ]
}

/// A page with one card and one question.
#[component]
pub fn Gate(
    #[prop(into)] title: String,
    #[prop(optional)] wide: bool,
    /// The line below the card.
    #[prop(optional, into)]
    foot: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let class = if wide { "gate wide" } else { "gate" };
    let demo = use_context::<Demo>().is_some();
    view! {
        <Title text=format!("{} - Mailkeep", in_title(&title))/>
        <div class=class>
            <header><a class="brand" href="/">{mark()}"Mailkeep"</a></header>
            <main id="main"><div class="card">{children()}</div></main>
            <footer>{foot.map(|foot| foot.run())}{demo.then(demo_line)}</footer>
        </div>
    }
}
