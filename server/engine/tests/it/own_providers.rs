//! A provider that nobody knows by name: found by its issuer, then as good as any other.

use crate::access::*;
use crate::browser::{Browser, Person};
use crate::desk::Desk;
use crate::rig::{unique, until};
use domain::console::mailboxes::{ImportFrom, Use};
use domain::console::own_providers::OwnProviderForm;
use domain::console::switches::SwitchForm;
use domain::id::{GrantId, MailboxId};
use domain::mailbox::MailboxState;
use domain::provider::{Endpoint, Tls};
use domain::refusal::Fault;
use domain::registration::{Field, Verdict};
use domain::remedy::Remedy;
use domain::signin::Intent;
use domain::switch::Case;
use domain::{Diagnosis, Direction, Refusal};
use engine::{Engine, grants};
use serde_json::json;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(40);

struct Olga {
    email: String,
    password: String,
}

/// Somebody at Litware who signs in there.
async fn olga(desk: &Desk) -> Olga {
    let (email, password) = (format!("olga-{}@litware.example", unique()), format!("pass-{}", unique()));
    desk.rig.call("/users", json!({ "email": email, "name": "Olga", "password": password, "oauth": true })).await;
    Olga { email, password }
}

/// Litware's realm, found and described; its key.
async fn litware(desk: &Desk) -> String {
    let console = desk.engine.console();
    let issuer = format!("{}/realms/litware", desk.rig.env("GOOGLE_URL"));
    let key = console.own_providers.discover(&admin(), issuer).await.expect("it is found");
    let (client_id, secret) = (format!("client-{}", unique()), format!("s/e+c r~{}", unique()).replace(' ', ""));
    let client = json!({ "provider": "google", "client_id": client_id, "client_secret": secret, "name": "Mailkeep" });
    desk.rig.call("/idp/client", client).await;
    let at = |host: &str, port: &str, tls| Some(Endpoint { host: host.into(), port: desk.rig.port(port), tls });
    let form = OwnProviderForm {
        key: key.clone(),
        name: "Litware".into(),
        client_id,
        secret,
        mail_scopes: "mail".into(),
        incoming: at("imap.litware.example", "LITWARE_IMAPS_PORT", Tls::Implicit),
        outgoing: at("smtp.litware.example", "LITWARE_SMTP_PORT", Tls::StartTls),
    };
    console.own_providers.save(&admin(), form).await.expect("it is saved");
    key
}

async fn begun(desk: &Desk, email: &str, key: &str) -> MailboxId {
    let mailboxes = desk.engine.console().mailboxes;
    let id = mailboxes.start(&admin(), email.to_owned(), String::new()).await.expect("a draft");
    mailboxes.choose_provider(&admin(), id, key.to_owned()).await.expect("chosen");
    let wanted = Use {
        after_fetch: Default::default(),
        incoming: true,
        outgoing: true,
        delete_after_fetch: false,
        folder: "INBOX".into(),
        other_folders: vec![],
        import: ImportFrom::Now,
        replies_through: None,
        arrives_at: None,
    };
    mailboxes.choose_use(&admin(), id, wanted).await.expect("chosen");
    id
}

#[tokio::test]
async fn an_issuer_that_is_none_is_refused_and_nothing_is_kept() {
    let desk = Desk::open().await;
    let console = desk.engine.console();
    let google = desk.rig.env("GOOGLE_URL").to_owned();
    let closed = format!("http://127.0.0.1:{}", desk.rig.port("CLOSED_PORT"));
    for (typed, fault) in [
        ("", Fault::IssuerMalformed),
        ("https://10.0.0.7", Fault::HostNotAllowed),
        ("http://id.example", Fault::HostNotAllowed),
        (&*closed, Fault::IssuerSilent),
        (&*format!("{google}/realms/nobody"), Fault::IssuerSilent),
        // The same host by another name is another issuer.
        (&*format!("{}/realms/litware", google.replace("127.0.0.1", "localhost")), Fault::IssuerSilent),
        (&*google, Fault::IssuerKnown),
    ] {
        let refused = console.own_providers.discover(&admin(), typed.to_owned()).await;
        let silent = typed.contains("localhost") && refused == Err(Fault::IssuerOther.into());
        assert!(silent || refused == Err(fault.into()), "{typed}: {refused:?}");
    }
    assert_eq!(console.own_providers.list(&admin()).await, Ok(vec![]));
    let issuer = format!("{google}/realms/litware");
    assert_eq!(console.own_providers.discover(&agent(), issuer).await, Err(Refusal::NotAllowed));
}

#[tokio::test]
async fn a_provider_found_by_its_issuer_works_like_any_other() {
    let mut desk = Desk::open().await;
    let console = desk.engine.console();
    let key = litware(&desk).await;
    let issuer = format!("{}/realms/litware", desk.rig.env("GOOGLE_URL"));
    let again = format!("{issuer}/.well-known/openid-configuration");
    assert_eq!(console.own_providers.discover(&admin(), again).await, Ok(key.clone()), "one issuer, one provider");
    let shown = console.own_providers.show(&admin(), key.clone()).await.expect("shown");
    assert_eq!((&*shown.issuer, &*shown.name, shown.unused), (&*issuer, "Litware", false));
    assert_eq!(shown.mail_scopes, ["mail"]);
    let page = console.registrations.page(&admin()).await.expect("a page");
    let registration = page.registrations.first().expect("it stands among the registrations");
    assert_eq!((&*registration.provider_key, &*registration.provider_short), (&*key, "Litware"));
    let tested = registration.tested.as_ref().expect("tested");
    for field in [Field::ClientId, Field::Secret, Field::Redirect] {
        assert!(tested.fields.contains(&(field, Verdict::Right)), "{field:?}: {tested:?}");
    }

    let olga = olga(&desk).await;
    let id = begun(&desk, &olga.email, &key).await;
    let person = Person::new(&olga.email, &olga.password);
    let result = sign_in(&desk, id, Intent::Connect, &person).await;
    assert!(result.directions.len() == 2 && result.directions.iter().all(|d| d.swapped && d.report.ok()), "{result:?}");
    // Her address stands in no id_token of this provider: it was asked for.
    assert_eq!((result.account.as_deref(), &*result.provider_short), (Some(&*olga.email), "Litware"));
    desk.start();
    let user = crate::rig::User { email: olga.email.clone(), password: String::new(), at: crate::rig::At::Litware };
    desk.rig.send_all(&user, "Where is it?", 1, json!({})).await;
    desk.stored(id, 1, SOON).await;

    // A refresh, with the secret in the header as the provider wants it.
    let grant = GrantId(side(&desk, id, Direction::Incoming).await.grant_id.expect("a grant"));
    wear_out(&desk, grant).await;
    grants::access_token(&desk.engine, grant).await.expect("refreshed");

    // Withdrawn there: diagnosed by the protocol's rules, and one sign-in repairs it.
    desk.rig.call("/idp/revoke", json!({ "account": olga.email, "access": true })).await;
    wear_out(&desk, grant).await;
    grants::access_token(&desk.engine, grant).await.expect_err("refused");
    let state = async || {
        let all = console.mailboxes.list(&admin()).await.expect("a list").rows;
        all.iter().find(|row| row.id == id).expect("the mailbox").state.clone()
    };
    until("the mailbox needs its sign-in", SOON, || async {
        matches!(
            state().await,
            MailboxState::Needs { remedy: Remedy::SignInAgain, diagnosis: Diagnosis::SignInExpired, .. }
        )
        .then_some(())
    })
    .await;
    let result = sign_in(&desk, id, Intent::Reauthorize, &person).await;
    assert!(result.directions.iter().all(|d| d.report.ok()), "{result:?}");
    until("it works again", SOON, || async { (state().await == MailboxState::Connected).then_some(()) }).await;

    // Another node, or the next start, knows it too; what is in use is not removed.
    let other = Engine::open(desk.config.clone()).await.expect("it opens");
    assert_eq!(other.providers.get(&key).map(|entry| &*entry.name), Some("Litware"));
    assert_eq!(console.own_providers.forget(&admin(), key).await, Err(Fault::ProviderInUse.into()));
}

#[tokio::test]
async fn a_mailbox_is_switched_to_a_provider_found_by_its_issuer() {
    let mut desk = Desk::open().await;
    let key = litware(&desk).await;
    let olga = olga(&desk).await;
    desk.rig.call("/users", json!({ "email": olga.email, "imap_password": "an-old-password" })).await;
    let user =
        crate::rig::User { email: olga.email.clone(), password: "an-old-password".into(), at: crate::rig::At::Litware };
    let id = desk.mailbox(&user, crate::desk::Chosen::default()).await;
    desk.start();
    let switches = desk.engine.console().switches;
    let form =
        SwitchForm { case: Case::Moved, address: String::new(), provider_key: key.clone(), import: ImportFrom::Now };
    switches.prepare(&admin(), id, form).await.expect("prepared");
    let result =
        sign_in_with(&desk, &mut Browser::new(), id, Intent::Switch, &Person::new(&olga.email, &olga.password)).await;
    assert!(result.directions.iter().all(|d| d.swapped && d.report.ok()), "{result:?}");
    assert_eq!(mailbox(&desk, id).await.provider_key, key);
}
