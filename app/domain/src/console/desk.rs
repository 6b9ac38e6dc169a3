//! What every page shows around its content, and the desk's settings.

use crate::banner::Banner;
use crate::console::people::Actor;
use crate::home::Silent;
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// The frame of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The server's clock, by which the page words its times.
    pub now: Time,
    pub desk_name: String,
    pub open_tickets: u64,
    /// Replies that wait or are held, as in the outbox.
    pub outbox: u64,
    pub held: u64,
    /// Mailboxes that need a person; zero for agents.
    pub need_you: u64,
    /// All of them, the worst first. Agents get them too and see other words.
    pub banners: Vec<Banner>,
    /// The demo: no mail leaves this machine.
    pub demo: bool,
    /// This is a copy that sends, fetches, deletes and refreshes nothing.
    pub silent: Option<Silent>,
}

/// One line of the server page: a setting, its value, where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingLine {
    pub name: String,
    pub value: String,
    pub meaning: String,
    /// Deserves a second look: private addresses allowed, plain HTTP, ...
    pub caution: bool,
}

/// The server page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerPage {
    pub version: String,
    pub started_at: Time,
    pub database: String,
    pub settings: Vec<SettingLine>,
    pub desk_name: String,
}

/// The desk as a whole.
#[async_trait]
pub trait Desk: Send + Sync {
    async fn frame(&self, actor: &Actor) -> Answer<Frame>;
    async fn server(&self, actor: &Actor) -> Answer<ServerPage>;
    /// Names the desk.
    async fn rename(&self, actor: &Actor, desk_name: String) -> Answer<()>;
    /// Changed things, for the WebSocket of open tabs: keys like `ticket:12`, `tickets`,
    /// `mailbox:3`, `mailboxes`, `outbox`. A lagging reader gets `everything`.
    fn changes(&self) -> changes::Changes;
}

/// A stream of changed keys, without naming a runtime: the engine gives the receiving end.
pub mod changes {
    use std::future::Future;
    use std::pin::Pin;

    /// Waits for the next batch of changed keys; `None` when the server stops.
    pub trait Next: Send {
        fn next(&mut self) -> Pin<Box<dyn Future<Output = Option<Vec<String>>> + Send + '_>>;
    }

    pub type Changes = Box<dyn Next>;
}
