//! The desk port: the frame of every page, and the desk's settings.

use crate::store::settings;
use crate::{Engine, clock, evidence};
use async_trait::async_trait;
use domain::banner::banners;
use domain::console::desk::*;
use domain::console::people::{Actor, Role};
use domain::mailbox::{Group, state};
use domain::{Answer, Fault};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

/// What the desk is called before anybody named it.
pub(super) const UNNAMED: &str = "Help desk";

#[async_trait]
impl Desk for Port {
    async fn frame(&self, actor: &Actor) -> Answer<Frame> {
        let engine = &self.0;
        let now = clock::now();
        let facts = evidence::shown(engine).await?;
        let admin = actor.role == Role::Admin;
        let need_you = facts.iter().filter(|f| state(f).group() == Group::NeedsYou).count() as u64;
        let desk = evidence::desk_shown(engine).await?;
        let shown = crate::notify::not_put_off(engine, actor, &facts, now).await?;
        Ok(Frame {
            now,
            desk_name: desk.name.clone().unwrap_or_else(|| UNNAMED.into()),
            open_tickets: desk.open_tickets,
            outbox: desk.outbox,
            held: facts.iter().map(|f| u64::from(f.held)).sum(),
            need_you: if admin { need_you } else { 0 },
            banners: banners(&shown, now),
            demo: engine.config.demo,
            silent: desk.silent.clone(),
        })
    }

    async fn server(&self, actor: &Actor) -> Answer<ServerPage> {
        actor.admin()?;
        let engine = &self.0;
        Ok(ServerPage {
            version: env!("CARGO_PKG_VERSION").into(),
            started_at: engine.started_at,
            database: if engine.store.is_sqlite() { "SQLite, one file" } else { "PostgreSQL" }.into(),
            settings: engine.config.shown.clone(),
            desk_name: settings::get(&engine.store, settings::DESK_NAME).await?.unwrap_or_else(|| UNNAMED.into()),
        })
    }

    async fn rename(&self, actor: &Actor, desk_name: String) -> Answer<()> {
        actor.admin()?;
        let name = desk_name.trim();
        if name.is_empty() {
            return Err(Fault::NameMissing.into());
        }
        if name.chars().count() > 100 {
            return Err(Fault::TextTooLong.into());
        }
        settings::set(&self.0.store, settings::DESK_NAME, name).await?;
        Ok(())
    }

    fn changes(&self) -> changes::Changes {
        Box::new(self.0.changes.subscribe())
    }
}
