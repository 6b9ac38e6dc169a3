//! The rig's control, as the tests use it. `MAILKEEP_RIG` names the env file of a running rig.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A running rig.
#[derive(Clone)]
pub struct Rig {
    env: HashMap<String, String>,
    http: reqwest::Client,
}

/// Which provider a test's mailbox lives at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// contoso.example: signs in; takes a password too.
    Microsoft,
    /// northwind.example: signs in, or by app password.
    Google,
    /// litware.example: a password.
    Litware,
    /// customer.example: a password; writes to desks.
    Customer,
}

impl At {
    pub fn domain(self) -> &'static str {
        match self {
            At::Microsoft => "contoso.example",
            At::Google => "northwind.example",
            At::Litware => "litware.example",
            At::Customer => "customer.example",
        }
    }

    /// The provider's key in the providers file.
    pub fn key(self) -> &'static str {
        match self {
            At::Microsoft => "microsoft",
            At::Google => "google",
            At::Litware | At::Customer => "litware",
        }
    }
}

/// A user made for one test.
#[derive(Clone, Debug)]
pub struct User {
    pub email: String,
    /// At the identity provider and at the mail server alike.
    pub password: String,
    pub at: At,
}

/// Access and refresh token of a user, made without a browser.
#[derive(Clone, Debug)]
pub struct Minted {
    pub access: String,
    pub refresh: String,
    /// Seconds.
    pub expires_in: i64,
}

/// A word that no other test uses, in this process or another.
pub fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").subsec_nanos();
    format!("{:x}{:x}{:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed), nanos)
}

impl Rig {
    /// The rig named by `MAILKEEP_RIG`.
    pub fn from_env() -> Self {
        let path = std::env::var("MAILKEEP_RIG").expect(
            "these tests need a running rig: start one (end2end/rig/rig start) and set MAILKEEP_RIG to the path of its env file",
        );
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|e| panic!("MAILKEEP_RIG names {path}, which can't be read: {e}; does the rig run?"));
        let env = text
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.trim_matches('"').to_owned()))
            .collect();
        // The process has no default; reqwest asks for one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A connection for each call: one that rests is closed by the rig, perhaps just when it is used again.
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().expect("a client");
        Self { env, http }
    }

    pub fn env(&self, key: &str) -> &str {
        self.env.get(key).unwrap_or_else(|| panic!("the rig's env file has no {key}"))
    }

    pub fn port(&self, key: &str) -> u16 {
        self.env(key).parse().expect("a port")
    }

    /// Turns one of the control's switches; panics with its refusal.
    pub async fn call(&self, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.env("RIG_CONTROL"));
        let answer = self.http.post(url).json(&body).timeout(Duration::from_secs(30)).send().await;
        let answer = answer.unwrap_or_else(|e| panic!("the rig's control does not answer: {e}"));
        let status = answer.status();
        let value: Value = answer.json().await.expect("the control speaks JSON");
        assert!(status.is_success(), "{path} {body}: {value}");
        value
    }

    /// A fresh user with a mailbox, at the identity provider too where there is one.
    pub async fn user(&self, name: &str, at: At) -> User {
        let email = format!("{name}-{}@{}", unique(), at.domain());
        let password = format!("pass-{}", unique());
        let mut user = json!({ "email": email, "name": name, "imap_password": password });
        if matches!(at, At::Microsoft | At::Google) {
            user["password"] = json!(password);
            user["oauth"] = json!(true);
        }
        if at == At::Google {
            user["app_password"] = json!(password);
        }
        self.call("/users", user).await;
        User { email, password, at }
    }

    /// A shared mailbox at Microsoft, opened and written from by these people.
    pub async fn shared(&self, name: &str, people: &[&User]) -> User {
        let email = format!("{name}-{}@{}", unique(), At::Microsoft.domain());
        let emails: Vec<&str> = people.iter().map(|p| p.email.as_str()).collect();
        self.call(
            "/users",
            json!({ "email": email, "name": name, "shared": true, "delegates": emails, "send_as": emails }),
        )
        .await;
        User { email, password: String::new(), at: At::Microsoft }
    }

    /// Tokens for a user.
    pub async fn mint(&self, user: &User) -> Minted {
        let tokens = self.call("/idp/mint", json!({ "account": user.email })).await;
        // One account may come as itself or as a list of one.
        let tokens = tokens.get("tokens").and_then(|t| t.get(0)).cloned().unwrap_or(tokens);
        let text = |key: &str| tokens[key].as_str().unwrap_or_else(|| panic!("no {key} in {tokens}")).to_owned();
        Minted {
            access: text("access_token"),
            refresh: text("refresh_token"),
            expires_in: tokens["expires_in"].as_i64().unwrap_or(60),
        }
    }

    /// So many mails, each with its own Message-ID.
    pub async fn send_all(&self, to: &User, subject: &str, count: usize, more: Value) -> Vec<String> {
        let mut mail = json!({
            "from": "Mia Lind <mia@customer.example>", "to": to.email, "subject": subject,
            "text": "Hello, where is my order?\n", "count": count,
        });
        merge(&mut mail, more);
        let sent = self.call("/mail/send", mail).await;
        let ids = sent["messageIds"].as_array().cloned().unwrap_or_default();
        ids.iter().map(|id| id.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Straight into the Maildir: quick, and without the Received lines of a delivery.
    pub async fn append(&self, to: &User, folder: &str, count: usize, more: Value) {
        let mut mail = json!({ "user": to.email, "folder": folder, "count": count });
        merge(&mut mail, more);
        self.call("/mail/append", mail).await;
    }

    /// What a folder holds: uid, messageId, subject, flags, ...
    pub async fn list(&self, user: &User, folder: &str) -> Vec<Value> {
        let list = self.call("/mail/list", json!({ "user": user.email, "folder": folder })).await;
        list["messages"].as_array().cloned().unwrap_or_default()
    }

    /// The raw text of one message, by UID.
    pub async fn raw(&self, user: &User, folder: &str, uid: u64) -> String {
        let found = self.call("/mail/get", json!({ "user": user.email, "folder": folder, "uid": uid })).await;
        found["messages"][0]["raw"].as_str().expect("the message").to_owned()
    }

    /// Arms a fault for this user's sessions only.
    pub async fn fault(&self, user: &User, fault: Value) -> Value {
        let mut body = json!({ "user": user.email });
        merge(&mut body, fault);
        self.call("/front/fault", body).await
    }

    /// Takes this user's faults away and lets stalled sessions go on.
    pub async fn heal(&self, user: &User) {
        self.call("/front/fault", json!({ "user": user.email, "clear": true })).await;
    }

    /// Cuts or restores the network for one user.
    pub async fn network(&self, user: &User, down: bool) {
        self.call("/front/network", json!({ "user": user.email, "down": down })).await;
    }

    /// Sign-ins, refusals and commands of one user, as the front counted them.
    pub async fn stats(&self, user: &User) -> Value {
        self.call("/front/stats", json!({ "user": user.email })).await
    }
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// Asks again and again until the answer is there; panics after the deadline. For state that no
/// event announces.
pub async fn until<T, F>(what: &str, deadline: Duration, mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let end = tokio::time::Instant::now() + deadline;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(tokio::time::Instant::now() < end, "after {deadline:?} still not: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
