//! People, some of them with awkward names.

use super::{HOSTILE, Scene, ada, ago, jonas};
use async_trait::async_trait;
use domain::console::people::{OwnSession, Person, PersonLink, Welcome};
use domain::console::{Actor, People, Role};
use domain::id::{PersonId, SessionId};
use domain::time::Span;
use domain::{Answer, Fault, Refusal};

pub struct Fake(pub Scene);

fn person(id: i64, name: &str, email: &str, role: Role) -> Person {
    Person {
        id: PersonId(id),
        name: name.into(),
        email: email.into(),
        role,
        disabled_at: None,
        invited: false,
        seen_at: Some(ago(Span::minutes(id * 7))),
    }
}

#[async_trait]
impl People for Fake {
    async fn first_start(&self) -> Answer<bool> {
        Ok(self.0.first_start)
    }
    async fn create_first(&self, token: String, _: String, _: String, _: String) -> Answer<PersonId> {
        if token == "right" { Ok(PersonId(1)) } else { Err(Fault::TokenWrong.into()) }
    }
    async fn sign_in(&self, _: String, password: String, _: String) -> Answer<PersonId> {
        match password.as_str() {
            "right" => Ok(PersonId(1)),
            "often" => Err(Refusal::Slow(300)),
            _ => Err(Fault::EmailOrPasswordWrong.into()),
        }
    }
    async fn actor(&self, person: PersonId) -> Answer<Actor> {
        match person.0 {
            1 => Ok(ada()),
            2 => Ok(jonas()),
            _ => Err(Refusal::SignedOut),
        }
    }
    async fn list(&self, actor: &Actor) -> Answer<Vec<Person>> {
        actor.admin()?;
        let mut invited = person(
            3,
            "Mei-Ling Oyelaran-Schwarzenberger",
            "mei-ling.oyelaran-schwarzenberger@customer-care.contoso.example",
            Role::Agent,
        );
        (invited.invited, invited.seen_at) = (true, None);
        let mut disabled = person(4, HOSTILE, "paulo@contoso.example", Role::Agent);
        disabled.disabled_at = Some(ago(Span::days(5)));
        Ok(vec![
            person(1, "Ada Lindqvist", "ada@contoso.example", Role::Admin),
            person(2, "Jonas Weber", "jonas.weber@contoso.example", Role::Agent),
            invited,
            disabled,
        ])
    }
    async fn invite(&self, actor: &Actor, _: String, email: String, _: Role) -> Answer<PersonLink> {
        actor.admin()?;
        if !email.contains('@') {
            return Err(Fault::AddressMalformed.into());
        }
        Ok(PersonLink { url: "https://help.contoso.example/welcome/c2hvd24gb25jZQ".into(), expires_at: super::now() })
    }
    async fn reset(&self, actor: &Actor, _: PersonId) -> Answer<PersonLink> {
        actor.admin()?;
        Ok(PersonLink { url: "https://help.contoso.example/welcome/c2hvd24gb25jZQ".into(), expires_at: super::now() })
    }
    async fn disable(&self, actor: &Actor, person: PersonId, _: bool) -> Answer<()> {
        actor.admin()?;
        if person == PersonId(1) { Err(Fault::LastAdmin.into()) } else { Ok(()) }
    }
    async fn change_role(&self, actor: &Actor, _: PersonId, _: Role) -> Answer<()> {
        actor.admin()
    }
    async fn welcome(&self, token: String) -> Answer<Welcome> {
        match token.as_str() {
            "new" => Ok(Welcome { name: "Mei-Ling".into(), email: "mei@contoso.example".into(), new: true }),
            "reset" => Ok(Welcome { name: "Jonas".into(), email: "jonas.weber@contoso.example".into(), new: false }),
            _ => Err(Fault::TokenUsedOrOld.into()),
        }
    }
    async fn accept(&self, _: String, password: String) -> Answer<PersonId> {
        if password.len() < 10 { Err(Fault::PasswordShort.into()) } else { Ok(PersonId(2)) }
    }
    async fn me(&self, actor: &Actor) -> Answer<Person> {
        Ok(person(actor.person.0, &actor.name, "ada@contoso.example", actor.role))
    }
    async fn rename(&self, _: &Actor, name: String) -> Answer<()> {
        if name.is_empty() { Err(Fault::NameMissing.into()) } else { Ok(()) }
    }
    async fn change_password(&self, _: &Actor, old: String, new: String, _: Option<SessionId>) -> Answer<()> {
        if old != "right" {
            return Err(Fault::PasswordWrong.into());
        }
        if new.len() < 10 { Err(Fault::PasswordShort.into()) } else { Ok(()) }
    }
    async fn sessions(&self, _: &Actor, this: Option<SessionId>) -> Answer<Vec<OwnSession>> {
        let session = |id, browser: &str| OwnSession {
            id: SessionId(id),
            browser: browser.into(),
            begun_at: ago(Span::days(id)),
            seen_at: ago(Span::minutes(id * 11 - 11)),
            this: this == Some(SessionId(id)),
        };
        Ok(vec![session(1, "Firefox on Linux"), session(2, "Safari on iPhone")])
    }
    async fn end_session(&self, _: &Actor, _: SessionId) -> Answer<()> {
        Ok(())
    }
}
