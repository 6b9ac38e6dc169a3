//! What agents and admins read on tickets and in the outbox, and that hostile mail stays text.

#![allow(clippy::unwrap_used)]

mod fake;
#[path = "tickets/moving.rs"]
mod moving;
#[path = "tickets/waiting.rs"]
mod waiting;

use app::components::composer::{Composer, Trouble};
use app::components::message::{self, Around, delivery};
use app::domain::console::outbox::{DeliveryLine, Told};
use app::domain::console::tickets::{Draft, File, MessageView, TicketPage, Upload};
use app::domain::id::{AttachmentId, DeliveryId, MailboxId, MessageId, PersonId, TicketId, UploadId};
use app::domain::outbox::DeliveryState;
use app::domain::ticket::{MessageKind, TicketStatus};
use app::domain::time::Span;
use app::domain::{Address, Diagnosis, Time};
use app::wording::times::Clock;
use axum::body::{Body, to_bytes};
use fake::{Scene, router};
use http::{Method, Request, StatusCode};
use leptos::prelude::*;
use tower::ServiceExt;

const HOSTILE: &str =
    "<script>alert(1)</script>\n\n\"><img src=x onerror=alert(1)> see https://evil.example/?a=1&b=<b>.";

fn now() -> Time {
    Time::from_date(2026, 11, 24).expect("a day") + Span::minutes(14 * 60 + 5)
}

fn clock() -> Clock {
    Clock { now: now(), offset: 0 }
}

fn around(admin: bool) -> Around {
    Around {
        ticket: TicketId(4118),
        clock: clock(),
        admin,
        mailbox: Some((MailboxId(3), "support@contoso.example".into())),
        told: None,
        images: None,
        moving: None,
    }
}

fn mail(kind: MessageKind) -> MessageView {
    MessageView {
        id: MessageId(7),
        kind,
        author: "Hanna <b>Virtanen</b>".into(),
        from: Some("hanna@litware.example".into()),
        to: vec!["support@contoso.example".into()],
        cc: Vec::new(),
        at: now() - Span::hours(3),
        text: HOSTILE.into(),
        quoted: Some(HOSTILE.into()),
        html_url: Some("/messages/7/body?k=abc".into()),
        html_with_images_url: Some("/messages/7/body?k=abc&images=1".into()),
        remote_images: 3,
        files: vec![File {
            id: AttachmentId(1),
            name: "\"><svg onload=alert(1)>.log".into(),
            mime: "text/plain".into(),
            bytes: 184_000,
            url: "/files/abc".into(),
        }],
        way: None,
        shortened: false,
        delivery: None,
    }
}

fn line(state: DeliveryState) -> DeliveryLine {
    DeliveryLine {
        id: DeliveryId(5),
        state,
        held: None,
        look: false,
        at: now() - Span::minutes(3),
        next_at: None,
        attempts: 0,
        server: Some("smtp.contoso.example".into()),
        refused: Vec::new(),
        recipients: 1,
        said: None,
    }
}

fn page() -> TicketPage {
    TicketPage {
        now: now(),
        id: TicketId(4118),
        subject: "Sensor reads 0".into(),
        status: TicketStatus::Open,
        requester: "Hanna Virtanen".into(),
        requester_address: "hanna@litware.example".into(),
        mailbox: Address::parse("support@contoso.example").ok().map(|a| (MailboxId(3), a)),
        assignee: None,
        agents: vec![(PersonId(2), "Jonas Weber".into())],
        created_at: now() - Span::days(1),
        messages: vec![mail(MessageKind::Incoming)],
        first_new: None,
        newest: Some(MessageId(7)),
        earlier: Vec::new(),
        draft: Draft::default(),
        reply_from: Address::parse("support@contoso.example").ok(),
        reply_to: "hanna@litware.example".into(),
        reply_all_cc: "it@litware.example, boss@litware.example".into(),
        held_since: None,
        no_outgoing: false,
    }
}

/// Renders as the server does.
fn html(view: impl IntoView + 'static) -> String {
    let owner = Owner::new();
    owner.with(|| view.into_view().to_html())
}

fn composer(page: TicketPage, trouble: Option<Trouble>) -> String {
    html(view! { <Composer page clock=clock() note=false trouble/> })
}

/// No element and no attribute that the mail brought along.
fn assert_harmless(html: &str) {
    for bad in ["<script", "<img", "<svg onload", "<b>Virtanen", "<b>."] {
        assert!(!html.contains(bad), "{bad} in {html}");
    }
}

#[test]
fn hostile_mail_stays_text() {
    let html = html(message::view(mail(MessageKind::Incoming), &around(false)));
    assert_harmless(&html);
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
    assert!(html.contains("rel=\"noopener noreferrer nofollow\""), "{html}");
}

#[test]
fn a_formatted_body_stands_in_a_frame_without_scripts_and_images() {
    let plain = html(message::view(mail(MessageKind::Incoming), &around(false)));
    assert!(plain.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\""), "{plain}");
    assert!(plain.contains("src=\"/messages/7/body?k=abc\""), "{plain}");
    assert!(!plain.contains("images=1"), "{plain}");
    assert!(plain.contains("3 remote images are blocked."));
    assert!(plain.contains("href=\"/tickets/4118?images=7#m7\""));

    let asked =
        html(message::view(mail(MessageKind::Incoming), &Around { images: Some(MessageId(7)), ..around(false) }));
    assert!(asked.contains("images=1") && asked.contains(" open"), "{asked}");
    assert!(!asked.contains("blocked"));
}

#[test]
fn a_held_reply_says_why_and_how_it_leaves() {
    let held =
        DeliveryLine { held: Some((now() - Span::hours(3), Diagnosis::SignInExpired)), ..line(DeliveryState::Waiting) };
    let agent = html(delivery::view(held.clone(), &around(false)));
    assert!(agent.contains("This reply is held"));
    assert!(agent.contains("The sign-in of support@contoso.example ended, today at 11:05."), "{agent}");
    assert!(agent.contains("It leaves by itself, once"));
    let old = html(delivery::view(DeliveryLine { look: true, ..held.clone() }, &around(false)));
    assert!(old.contains("leaves after somebody has looked at it") && !old.contains("by itself"), "{old}");
    assert!(agent.contains("Take back") && !agent.contains("/admin/"), "{agent}");
    let admin = html(delivery::view(held, &around(true)));
    assert!(admin.contains("href=\"/admin/channels/email/3\""), "{admin}");
}

#[test]
fn an_uncertain_reply_asks_for_a_verdict_and_nothing_else_is_done() {
    let html = html(delivery::view(line(DeliveryState::Uncertain), &around(false)));
    assert!(html.contains("Being checked: was it sent?"));
    assert!(html.contains("value=\"arrived\"") && html.contains("value=\"send_again\""), "{html}");
    assert!(html.contains("action=\"/api/outbox/settle\""), "{html}");
    assert!(!html.contains("Take back"), "{html}");
}

#[test]
fn refused_recipients_are_named_with_the_servers_words() {
    let refused = DeliveryLine {
        refused: vec![("gone@litware.example".into(), "550 5.1.1 <no such user>".into())],
        recipients: 3,
        ..line(DeliveryState::Sent)
    };
    let html = html(delivery::view(refused, &around(false)));
    assert!(html.contains("Refused for 1 of 3 recipients"), "{html}");
    assert!(html.contains("gone@litware.example") && html.contains("550 5.1.1 &lt;no such user"), "{html}");
}

#[test]
fn the_composer_warns_of_something_newer_and_keeps_the_text() {
    let trouble =
        Trouble { title: "Something newer came. Nothing was sent".into(), sentence: "Hanna wrote".into(), newer: true };
    let draft = Draft { text: "My </textarea><script>".into(), kept_at: Some(now()), ..Draft::default() };
    let html = composer(TicketPage { draft, ..page() }, Some(trouble));
    assert!(html.contains("Send anyway") && html.contains("role=\"alert\""), "{html}");
    assert!(html.contains("My &lt;/textarea"), "{html}");
    assert!(html.contains("Draft kept 14:05"), "{html}");
    assert!(html.contains("name=\"seen\" value=\"7\""), "{html}");
    assert_harmless(&html);
}

#[test]
fn the_composer_says_beforehand_that_a_reply_will_be_held() {
    let html = composer(TicketPage { held_since: Some(now()), ..page() }, None);
    assert!(html.contains("Will be held until the mailbox works again"), "{html}");
    assert!(!composer(page(), None).contains("Will be held"));
}

#[test]
fn without_an_outgoing_direction_only_notes_are_written() {
    let html = composer(TicketPage { no_outgoing: true, reply_from: None, ..page() }, None);
    assert!(html.contains("value=\"note\" checked"), "{html}");
    assert!(!html.contains("value=\"reply\"") && !html.contains("name=\"to\""), "{html}");
}

#[test]
fn a_draft_to_everybody_opens_as_a_reply_to_all() {
    let fresh = composer(page(), None);
    assert!(fresh.contains("value=\"reply\" checked") && fresh.contains("value=\"all\""), "{fresh}");
    let draft = Draft { text: "x".into(), cc: page().reply_all_cc, kept_at: Some(now()), ..Draft::default() };
    let drafted = composer(TicketPage { draft, ..page() }, None);
    assert!(drafted.contains("value=\"all\" checked"), "{drafted}");
}

#[test]
fn uploads_are_chips_that_can_be_removed_without_a_script() {
    let uploads = vec![Upload { id: UploadId(9), name: "label.jpg".into(), bytes: 1_200_000 }];
    let html = composer(TicketPage { draft: Draft { uploads, ..Draft::default() }, ..page() }, None);
    assert!(html.contains("label.jpg") && html.contains("1.2 MB"), "{html}");
    assert!(html.contains("formaction=\"/api/tickets/drop_upload\""), "{html}");
    assert!(html.contains("formaction=\"/tickets/4118/uploads\""), "{html}");
}

/// Status, where to, and the page.
async fn ask(method: Method, person: i64, path: &str, form: &str) -> (StatusCode, String, String) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()))
        .unwrap();
    let response = router(Scene::default(), Some(person)).oneshot(request).await.unwrap();
    let to = response.headers().get("location").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 8 << 20).await.unwrap();
    (status, to, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn see(person: i64, path: &str) -> String {
    let (status, _, html) = ask(Method::GET, person, path, "").await;
    assert_eq!(status, StatusCode::OK, "{path}");
    html
}

/// A form is answered by a redirect (303), so that *Back* and *Reload* repeat nothing.
async fn post(path: &str, form: &str) -> String {
    let (status, to, _) = ask(Method::POST, 2, path, form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{path} {form}");
    to
}

#[tokio::test]
async fn hostile_mail_stays_text_on_every_page() {
    for path in [
        "/tickets",
        "/tickets?q=script",
        "/tickets/4099",
        "/tickets/4117",
        "/outbox",
        "/outbox/6",
        "/outbox/2",
        "/tickets/new",
    ] {
        let html = see(1, path).await;
        assert!(!html.contains("<script>alert"), "{path}");
        assert!(html.matches("</title>").count() == 1, "{path}");
        assert_eq!(html.matches("</textarea>").count(), html.matches("<textarea").count(), "{path}");
    }
}

#[tokio::test]
async fn the_list_shows_what_is_unread_held_and_in_trouble() {
    let html = see(2, "/tickets").await;
    assert!(html.contains("Unread: ") && html.contains("Reply held") && html.contains("Reply needs you"));
    assert!(html.contains("href=\"/tickets?after=1.2\""), "the next page");
    assert!(html.contains("href=\"/tickets?status=closed\""));
    let found = see(2, "/tickets?q=sensor").await;
    assert!(found.contains("<mark>sensors") && found.contains("the best first"));
    let none = see(2, "/tickets?status=waiting").await;
    assert!(none.contains("No ticket waits for a customer") && none.contains("Show open tickets"));
}

#[tokio::test]
async fn only_admins_get_a_way_to_the_mailbox() {
    for path in ["/tickets/4118", "/outbox"] {
        assert!(see(1, path).await.contains("href=\"/admin/channels/email/1\""), "{path}");
        let agents = see(2, path).await;
        let main = agents.split_once("<main").unwrap().1;
        assert!(!main.contains("/admin/"), "{path}");
    }
}

#[tokio::test]
async fn agents_may_tell_the_admins_again_and_read_when_that_was_done() {
    for path in ["/tickets/4118", "/outbox"] {
        let agents = see(2, path).await;
        assert!(agents.contains("Tell an admin again") && agents.contains("Your admins were told today at"), "{path}");
        assert!(!see(1, path).await.contains("Tell an admin"), "{path}");
    }
}

#[test]
fn a_moment_ago_is_too_soon() {
    let told = |at: Option<i64>, by: Option<&str>, again: Option<i64>| Told {
        at: at.map(|m| now() - Span::minutes(m)),
        by: by.map(str::to_owned),
        again_at: again.map(|m| now() + Span::minutes(m)),
    };
    use app::wording::outbox::{tell, told as words};
    let by_jonas = told(Some(20), Some("Jonas"), Some(40));
    assert_eq!(words(&by_jonas, clock()), "Jonas told your admins today at 13:45.");
    assert_eq!(tell(&by_jonas, clock()), Err("They can be told again in 40 min.".to_owned()));
    assert_eq!(tell(&told(Some(90), Some("Jonas"), Some(-30)), clock()), Ok("Tell an admin again"));
    assert_eq!(words(&told(Some(90), None, None), clock()), "Your admins were told today at 12:35.");
    assert_eq!(tell(&told(None, None, None), clock()), Ok("Tell an admin"));
}

#[tokio::test]
async fn a_reply_leads_on_and_a_refused_one_back_to_its_text() {
    let form = "ticket=4118&text=Hello&to=a%40b.example&kind=reply&then=send&seen=4&once=1&file=";
    assert_eq!(post("/api/tickets/reply", form).await, "/tickets/4118#m5");
    let close = form.replace("then=send", "then=close");
    assert_eq!(post("/api/tickets/reply", &close).await, "/tickets");
    let empty = form.replace("text=Hello", "text=+").replace("kind=reply", "kind=note");
    let back = post("/api/tickets/reply", &empty).await;
    assert_eq!(back, "/tickets/4118?form=composer&kind=note&refused=invalid.MessageEmpty#composer");
    let html = see(2, &back).await;
    assert!(html.contains("Nothing was sent") && html.contains("value=\"note\" checked"));
    let file = post("/api/tickets/reply", &form.replace("file=", "file=label.jpg")).await;
    assert_eq!(file, "/tickets/4118?form=composer&file=left#composer");
    assert!(see(2, &file).await.contains("A file was chosen but not uploaded"));
}

#[tokio::test]
async fn something_newer_warns_before_anything_is_sent() {
    let html = see(2, "/tickets/4118?form=composer&refused=conflict.NewerMessage").await;
    assert!(html.contains("Something newer came. Nothing was sent"), "{html}");
    assert!(html.contains("Send anyway") && html.contains("the file is"));
}

#[tokio::test]
async fn every_button_of_a_ticket_and_of_the_outbox_leads_back() {
    for (path, form, to) in [
        ("/api/tickets/set_status", "ticket=4118&status=closed", "/tickets/4118"),
        ("/api/tickets/assign", "ticket=4118&person=2", "/tickets/4118"),
        ("/api/tickets/assign", "ticket=4118&person=", "/tickets/4118"),
        ("/api/tickets/drop_upload", "ticket=4118&upload=1&text=x&to=&cc=", "/tickets/4118#composer"),
        ("/api/tickets/create", "mailbox=1&to=a%40b.example&cc=&subject=s&text=t&once=1", "/tickets/4132"),
        ("/api/outbox/settle", "delivery=3&verdict=send_again", "/outbox"),
        ("/api/outbox/settle", "delivery=3&verdict=arrived&ticket=4102", "/tickets/4102"),
        ("/api/outbox/take_back", "delivery=2", "/tickets/4118#composer"),
        ("/api/outbox/retry", "delivery=2&ticket=4118", "/tickets/4118"),
        ("/api/tickets/move_message", "ticket=4118&message=3&to=+%234102", "/tickets/4102?moved=3&from=4118#m3"),
        (
            "/api/tickets/move_message",
            "ticket=4118&message=3&to=12",
            "/tickets/4118?form=move3&refused=invalid.TicketMissing#m3",
        ),
        (
            "/api/tickets/move_message",
            "ticket=4118&message=3&to=",
            "/tickets/4118?form=move3&refused=invalid.TicketMissing#m3",
        ),
        (
            "/api/tickets/move_message",
            "ticket=4118&message=3&to=x",
            "/tickets/4118?form=move3&refused=invalid.TicketMissing#m3",
        ),
        ("/api/outbox/tell_admins", "delivery=2&ticket=4118", "/tickets/4118"),
        ("/api/outbox/tell_admins", "delivery=2", "/outbox"),
        ("/api/outbox/release", "delivery=6", "/outbox"),
        ("/api/outbox/send_through", "delivery=6&mailbox=2", "/outbox"),
    ] {
        assert_eq!(post(path, form).await, to, "{path} {form}");
    }
}
