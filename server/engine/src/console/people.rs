//! The people port: who may work in the console.

use crate::password::{self, Brake};
use crate::store::{StoreError, commit, people, sessions, set, settings};
use crate::{Engine, clock, vault};
use async_trait::async_trait;
use domain::console::people::*;
use domain::id::{PersonId, SessionId};
use domain::time::Span;
use domain::{Address, Answer, Fault, Refusal, Time};
use std::sync::Arc;

/// How long a link waits for its person.
const INVITED_FOR: Span = Span::days(7);
const RESET_FOR: Span = Span::hours(24);

pub struct Port {
    pub engine: Arc<Engine>,
    /// Tries per peer, and per address.
    brake: Brake,
}

impl Port {
    pub fn new(engine: &Arc<Engine>) -> Self {
        Self { engine: engine.clone(), brake: Brake::default() }
    }

    async fn row(&self, id: PersonId) -> Answer<people::Row> {
        people::get(self.engine.store.read(), id).await?.ok_or(Refusal::NotFound)
    }

    async fn hand_out(&self, person: PersonId, kind: &str, lasts: Span) -> Answer<PersonLink> {
        let token = vault::token();
        let expires_at = clock::now() + lasts;
        people::add_link(self.engine.store.write(), person, kind, vault::token_hash(&token), expires_at).await?;
        let base = self.engine.public_address().await?;
        Ok(PersonLink { url: format!("{base}/welcome/{token}"), expires_at })
    }

    /// The last admin stays one.
    async fn not_the_last_admin(&self, id: PersonId) -> Answer<()> {
        match people::other_admins(self.engine.store.read(), id).await? {
            0 => Err(Fault::LastAdmin.into()),
            _ => Ok(()),
        }
    }
}

fn name_of(text: &str) -> Answer<String> {
    let name = text.trim();
    match name.chars().count() {
        0 => Err(Fault::NameMissing.into()),
        n if n > 100 => Err(Fault::TextTooLong.into()),
        _ => Ok(name.to_owned()),
    }
}

fn email_of(text: &str) -> Answer<String> {
    Address::parse(text).map(String::from).map_err(|_| Fault::AddressMalformed.into())
}

fn taken(error: StoreError) -> Refusal {
    match error {
        StoreError::Taken => Fault::EmailTaken.into(),
        other => other.into(),
    }
}

fn view(row: people::Row) -> Person {
    Person {
        id: PersonId(row.id),
        role: Role::from_key(&row.role).unwrap_or(Role::Agent),
        invited: row.password_hash.is_none(),
        disabled_at: row.disabled_at.map(Time),
        seen_at: row.seen_at.map(Time),
        name: row.name,
        email: row.email,
    }
}

/// The columns of one person that stay as they are.
fn change(id: PersonId) -> people::ActiveModel {
    people::ActiveModel { id: set(id.0), ..Default::default() }
}

#[async_trait]
impl People for Port {
    async fn first_start(&self) -> Answer<bool> {
        Ok(people::count(self.engine.store.read()).await? == 0)
    }

    async fn create_first(&self, token: String, name: String, email: String, password: String) -> Answer<PersonId> {
        self.brake.take("first", clock::now())?;
        let (name, email) = (name_of(&name)?, email_of(&email)?);
        password::check(&password)?;
        let store = &self.engine.store;
        let wanted = settings::get(store, settings::FIRST_TOKEN).await?;
        if wanted.as_deref() != Some(&*crate::hex(&vault::token_hash(token.trim()))) {
            return Err(Fault::TokenWrong.into());
        }
        let hash = password::hash(password).await?;
        let tx = store.begin().await?;
        if people::count(&tx).await? > 0 {
            return Err(domain::refusal::Conflict::AlreadyDone.into());
        }
        let id =
            people::insert(&tx, &name, &email, Role::Admin.key(), Some(hash), clock::now()).await.map_err(taken)?;
        commit(tx).await?;
        settings::remove(store, settings::FIRST_TOKEN).await?;
        Ok(id)
    }

    async fn sign_in(&self, email: String, password: String, peer: String) -> Answer<PersonId> {
        let now = clock::now();
        let email = email.trim().to_lowercase();
        self.brake.take(&format!("peer {peer}"), now)?;
        self.brake.take(&format!("email {email}"), now)?;
        let row = people::by_email(&self.engine.store, &email).await?;
        let hash = row.as_ref().filter(|r| r.disabled_at.is_none()).and_then(|r| r.password_hash.clone());
        let fits = password::fits(password, hash).await?;
        match row.filter(|_| fits) {
            Some(row) => {
                self.brake.forget(&format!("peer {peer}"));
                self.brake.forget(&format!("email {email}"));
                let id = PersonId(row.id);
                people::update(
                    self.engine.store.write(),
                    people::ActiveModel { seen_at: set(Some(now.0)), ..change(id) },
                )
                .await?;
                Ok(id)
            }
            None => Err(Fault::EmailOrPasswordWrong.into()),
        }
    }

    async fn actor(&self, person: PersonId) -> Answer<Actor> {
        let row = people::get(self.engine.store.read(), person).await?.filter(|r| r.disabled_at.is_none());
        let row = row.ok_or(Refusal::SignedOut)?;
        Ok(Actor { person, name: row.name, role: Role::from_key(&row.role).unwrap_or(Role::Agent) })
    }

    async fn list(&self, actor: &Actor) -> Answer<Vec<Person>> {
        actor.admin()?;
        Ok(people::all(&self.engine.store).await?.into_iter().map(view).collect())
    }

    async fn invite(&self, actor: &Actor, name: String, email: String, role: Role) -> Answer<PersonLink> {
        actor.admin()?;
        let (name, email) = (name_of(&name)?, email_of(&email)?);
        let id = people::insert(self.engine.store.write(), &name, &email, role.key(), None, clock::now())
            .await
            .map_err(taken)?;
        self.hand_out(id, people::INVITE, INVITED_FOR).await
    }

    async fn reset(&self, actor: &Actor, person: PersonId) -> Answer<PersonLink> {
        actor.admin()?;
        let row = self.row(person).await?;
        match row.password_hash {
            Some(_) => self.hand_out(person, people::RESET, RESET_FOR).await,
            None => self.hand_out(person, people::INVITE, INVITED_FOR).await,
        }
    }

    async fn disable(&self, actor: &Actor, person: PersonId, disabled: bool) -> Answer<()> {
        actor.admin()?;
        self.row(person).await?;
        if disabled {
            self.not_the_last_admin(person).await?;
        }
        let tx = self.engine.store.begin().await?;
        let at = disabled.then(|| clock::now().0);
        people::update(&tx, people::ActiveModel { disabled_at: set(at), ..change(person) }).await?;
        if disabled {
            sessions::end(&tx, person, None, None).await?;
        }
        Ok(commit(tx).await?)
    }

    async fn change_role(&self, actor: &Actor, person: PersonId, role: Role) -> Answer<()> {
        actor.admin()?;
        self.row(person).await?;
        if role != Role::Admin {
            self.not_the_last_admin(person).await?;
        }
        let changed = people::ActiveModel { role: set(role.key().to_owned()), ..change(person) };
        Ok(people::update(self.engine.store.write(), changed).await?)
    }

    async fn welcome(&self, token: String) -> Answer<Welcome> {
        let found = people::link(self.engine.store.read(), &vault::token_hash(&token), clock::now()).await?;
        let (id, kind) = found.ok_or(Refusal::Invalid(Fault::TokenUsedOrOld))?;
        let row = self.row(id).await?;
        Ok(Welcome { name: row.name, email: row.email, new: kind == people::INVITE })
    }

    async fn accept(&self, token: String, password: String) -> Answer<PersonId> {
        password::check(&password)?;
        let (hash, now) = (vault::token_hash(&token), clock::now());
        let found = people::link(self.engine.store.read(), &hash, now).await?;
        let (id, _) = found.ok_or(Refusal::Invalid(Fault::TokenUsedOrOld))?;
        let password_hash = password::hash(password).await?;
        let tx = self.engine.store.begin().await?;
        if !people::use_link(&tx, &hash, now).await? {
            return Err(Fault::TokenUsedOrOld.into());
        }
        people::update(&tx, people::ActiveModel { password_hash: set(Some(password_hash)), ..change(id) }).await?;
        sessions::end(&tx, id, None, None).await?;
        commit(tx).await?;
        Ok(id)
    }

    async fn me(&self, actor: &Actor) -> Answer<Person> {
        Ok(view(self.row(actor.person).await?))
    }

    async fn rename(&self, actor: &Actor, name: String) -> Answer<()> {
        let changed = people::ActiveModel { name: set(name_of(&name)?), ..change(actor.person) };
        Ok(people::update(self.engine.store.write(), changed).await?)
    }

    async fn change_password(&self, actor: &Actor, old: String, new: String, session: Option<SessionId>) -> Answer<()> {
        password::check(&new)?;
        self.brake.take(&format!("person {}", actor.person), clock::now())?;
        let row = self.row(actor.person).await?;
        if !password::fits(old, row.password_hash).await? {
            return Err(Fault::PasswordWrong.into());
        }
        let hash = password::hash(new).await?;
        let tx = self.engine.store.begin().await?;
        people::update(&tx, people::ActiveModel { password_hash: set(Some(hash)), ..change(actor.person) }).await?;
        sessions::end(&tx, actor.person, None, session).await?;
        Ok(commit(tx).await?)
    }

    async fn sessions(&self, actor: &Actor, this: Option<SessionId>) -> Answer<Vec<OwnSession>> {
        let rows = sessions::of(&self.engine.store, actor.person, clock::now()).await?;
        Ok(rows
            .into_iter()
            .map(|row| OwnSession {
                id: SessionId(row.id),
                browser: row.browser,
                begun_at: Time(row.begun_at),
                seen_at: Time(row.seen_at),
                this: this == Some(SessionId(row.id)),
            })
            .collect())
    }

    async fn end_session(&self, actor: &Actor, session: SessionId) -> Answer<()> {
        match sessions::end(self.engine.store.write(), actor.person, Some(session), None).await? {
            0 => Err(Refusal::NotFound),
            _ => Ok(()),
        }
    }
}
