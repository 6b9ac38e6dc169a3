//! Notices leave, against real servers: by the next way where one refuses.

use crate::desk::By;
use crate::office::{Office, SOON};
use crate::rig::{At, User, unique, until};
use domain::Direction;
use domain::console::notices::SmtpForm;
use domain::console::people::{Actor, Role};
use domain::id::PersonId;
use domain::notice::{Content, Letter, Letters, Sheet};
use domain::provider::Endpoint;
use engine::clock;
use engine::store::{entity as e, notices as rows};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

struct Plain;

impl Letters for Plain {
    fn letter(&self, content: &Content, _: &Sheet<'_>) -> Letter {
        Letter { subject: format!("A notice: {}", content.event.step()), text: "Something is the matter.".into() }
    }
}

/// An office that sends, an admin with an inbox, and a server of the installation.
struct Desk {
    office: Office,
    admin: Actor,
    inbox: User,
    system: User,
}

impl Desk {
    async fn open() -> Self {
        let office = Office::open(At::Litware, By::Password).await;
        let inbox = office.rig().user("ada", At::Customer).await;
        let system = office.rig().user("system", At::Litware).await;
        let db = office.desk.engine.store.write();
        let row = e::person::ActiveModel {
            name: Set("Ada".into()),
            email: Set(inbox.email.clone()),
            role: Set(Role::Admin.key().into()),
            created_at: Set(clock::now().0),
            ..Default::default()
        };
        let id = e::person::Entity::insert(row).exec(db).await.expect("a person").last_insert_id;
        let admin = Actor { person: PersonId(id), name: "Ada".into(), role: Role::Admin };
        let engine = &office.desk.engine;
        engine::evidence::proved(engine, office.mailbox, Direction::Outgoing).await.expect("the mailbox sends");
        engine.notify.word(Arc::new(Plain));
        let entry = engine.providers.get(At::Litware.key()).expect("the rig's provider");
        let Endpoint { host, port, tls } = entry.outgoing.clone().expect("a server");
        let (user, from, password) = (system.email.clone(), system.email.clone(), system.password.clone());
        let form = SmtpForm { host, port, tls, user, from, password };
        engine.console().notices.save_smtp(&admin, form).await.expect("saved");
        Self { office, admin, inbox, system }
    }

    /// A test notice, once its mail is settled.
    async fn notice(&self) -> rows::Delivery {
        let engine = &self.office.desk.engine;
        engine.console().notices.test(&self.admin).await.expect("written");
        self.newest(rows::EMAIL, "the mail is settled", |d| [rows::SENT, rows::FAILED].contains(&d.state.as_str()))
            .await
    }

    async fn newest(&self, channel: &str, what: &str, wanted: impl Fn(&rows::Delivery) -> bool) -> rows::Delivery {
        until(what, SOON, || async {
            let all = rows::newest(&self.office.desk.engine.store, 20).await.expect("deliveries");
            all.into_iter().map(|(one, _)| one).find(|one| one.channel == channel).filter(|one| wanted(one))
        })
        .await
    }

    async fn got(&self, count: usize) -> Vec<serde_json::Value> {
        until(&format!("{count} notices"), SOON, || async {
            let all = self.office.rig().list(&self.inbox, "INBOX").await;
            (all.len() >= count).then_some(all)
        })
        .await
    }
}

#[tokio::test]
async fn a_notice_that_one_server_refuses_goes_by_the_next_way() {
    let mut desk = Desk::open().await;
    desk.office.desk.start();
    let plain = desk.notice().await;
    assert_eq!(plain.state, rows::SENT, "{plain:?}");
    let from = desk.got(1).await[0]["from"].to_string();
    assert!(from.contains(&desk.system.email), "the installation's own server comes first: {from}");
    let refusals = [
        ("AUTH", "535 5.7.8 Error: authentication failed"),
        ("MAIL", "550 5.7.1 Sender not allowed here"),
        ("MAIL", "451 4.7.0 Try again later"),
        ("RCPT", "550 5.7.1 We do not relay for strangers"),
        ("RCPT", "450 4.2.0 Greylisted"),
        ("DATA", "554 5.5.1 No mail today"),
        ("BODY", "554 5.7.1 Rejected by rule 4711 of the house"),
        ("BODY", "452 4.3.1 Insufficient system storage"),
    ];
    for (n, (on, line)) in refusals.into_iter().enumerate() {
        let fault = json!({ "protocol": "smtp", "kind": "answer", "on": on, "line": line });
        desk.office.rig().fault(&desk.system, fault).await;
        let told = desk.notice().await;
        assert_eq!((told.state.as_str(), told.attempts), (rows::SENT, 1), "{on} {line}: {told:?}");
        assert_eq!(told.via.as_deref(), Some(desk.office.user.email.as_str()), "{on} {line}");
        let got = desk.got(n + 2).await;
        assert_eq!(got.len(), n + 2, "{on} {line}: it came once");
        let mail = got.iter().max_by_key(|m| m["uid"].as_u64()).expect("the newest");
        assert!(mail["from"].to_string().contains(&desk.office.user.email), "{on} {line}: {mail}");
    }
    // No way is left: it failed, and says with which words.
    let no = json!({ "protocol": "smtp", "kind": "answer", "on": "RCPT", "line": "550 5.1.1 Nobody of that name" });
    for user in [&desk.system, &desk.office.user] {
        desk.office.rig().fault(user, no.clone()).await;
    }
    let told = desk.notice().await;
    assert_eq!(told.state, rows::FAILED, "{told:?}");
    assert!(told.said.as_deref().is_some_and(|said| said.contains("Nobody of that name")), "{told:?}");
    desk.office.desk.stop().await;
}

/// A server that answers posts with these, one after the other, and keeps what it was told.
async fn answering(answers: &'static [&'static str]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/{}", listener.local_addr().expect("its address"), unique());
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = told.clone();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.expect("a caller");
            let (mut heard, mut part) = (Vec::new(), [0; 4096]);
            while !heard.ends_with(b"}") {
                let read = stream.read(&mut part).await.expect("a request");
                assert!(read > 0, "the caller went away");
                heard.extend_from_slice(&part[..read]);
            }
            kept.lock().expect("the list").push(String::from_utf8_lossy(&heard).into_owned());
            let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.expect("answered");
        }
    });
    (url, told)
}

#[tokio::test]
async fn a_webhook_that_refuses_keeps_no_mail_back_and_is_told_once_it_takes_it() {
    let mut desk = Desk::open().await;
    let (url, told) = answering(&["500 Internal Server Error", "404 Not Found", "204 No Content"]).await;
    let console = desk.office.desk.engine.console();
    console.notices.save_webhook(&desk.admin, url.clone()).await.expect("saved");
    desk.office.desk.start();
    assert_eq!(desk.notice().await.state, rows::SENT, "the mail goes its way");
    assert_eq!(desk.got(1).await.len(), 1);
    for (tries, said) in [(1, "HTTP 500"), (2, "HTTP 404")] {
        let what = format!("put off after {said}");
        let put_off = desk.newest(rows::WEBHOOK, &what, |d| d.attempts == tries && d.state == rows::WAITING).await;
        assert_eq!(put_off.said.as_deref(), Some(said), "{put_off:?}");
        assert!(put_off.due_at > clock::now().0, "{put_off:?}");
        // What any change of the ways does.
        console.notices.prefer(&desk.admin, None).await.expect("changed");
    }
    let taken = desk.newest(rows::WEBHOOK, "taken", |d| d.state == rows::SENT).await;
    assert_eq!((taken.attempts, taken.via.as_deref()), (3, Some("webhook")), "{taken:?}");
    let told = told.lock().expect("the list").clone();
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|post| post.contains(&taken.header_id)), "one notice, by one name: {told:?}");
    assert_eq!(desk.got(1).await.len(), 1, "and no second mail");
    desk.office.desk.stop().await;
}
