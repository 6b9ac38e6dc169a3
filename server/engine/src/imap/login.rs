//! From an endpoint and its logins to a signed-in session.

use super::command::{Session, quoted};
use super::fault::{self, Stage};
use crate::Engine;
use crate::login::{Access, Fault, Login, Proof};
use crate::net::{Deadlines, Protocol, Steps, Stream, Transcript, finding, note, of_io};
use async_imap::Client;
use async_imap::error::Error;
use async_imap::imap_proto::{Response, Status};
use domain::Diagnosis;
use domain::credential::CredentialKind;
use domain::diagnosis::{Certainty, Finding};
use domain::probe::Step;
use domain::provider::{ProviderKind, Tls};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Opens a session, with the first login that the server takes.
///
/// # Errors
/// The [`Fault`] of the last login tried, or of the way to the server.
pub async fn open(engine: &Engine, access: &Access) -> Result<Session, Fault> {
    let mut shown = Shown::default();
    let deadlines = Deadlines { read: engine.config.limits.answer_within, ..Deadlines::default() };
    open_shown(engine, access, &deadlines, &mut shown).await
}

/// What a check shows of an attempt, however it ended.
#[derive(Default)]
pub struct Shown {
    pub steps: Steps,
    pub transcript: Vec<String>,
}

/// As [`open`], keeping the evidence.
pub async fn open_shown(
    engine: &Engine,
    access: &Access,
    deadlines: &Deadlines,
    shown: &mut Shown,
) -> Result<Session, Fault> {
    let mut last = Fault { finding: finding(Diagnosis::Unknown), said: "there is no login".into() };
    for login in &access.logins {
        shown.steps.clear();
        let mut transcript = None;
        let opened = one(engine, access, login, deadlines, &mut shown.steps, &mut transcript).await;
        if let Some(transcript) = transcript {
            shown.transcript.extend(transcript.lock().unwrap_or_else(PoisonError::into_inner).lines());
        }
        match opened {
            Ok(session) => return Ok(session),
            Err(fault) => {
                // Only a refused login is worth the next one.
                let reached = shown.steps.last().is_some_and(|s| s.step == Step::Authentication);
                last = if reached { named(engine, access, login, deadlines, fault).await } else { fault };
                if !reached {
                    break;
                }
            }
        }
    }
    Err(last)
}

/// A token refused for somebody else's address: where it opens its owner's own mailbox, the token
/// is good and the right is missing (R10). Exchange says `AUTHENTICATE failed` to both.
async fn named(engine: &Engine, access: &Access, login: &Login, deadlines: &Deadlines, fault: Fault) -> Fault {
    let refused = fault.finding.diagnosis.seen_with(CredentialKind::Grant) == Diagnosis::TokenRefused;
    let Some(owner) = access.owner.as_ref().filter(|owner| refused && !owner.login.eq_ignore_ascii_case(&login.user))
    else {
        return fault;
    };
    let own = Login { user: owner.login.clone(), proof: login.proof.clone() };
    match one(engine, access, &own, deadlines, &mut Steps::new(), &mut None).await {
        Ok(session) => {
            session.logout().await;
            let finding = Finding { certainty: Certainty::Definite, ..finding(Diagnosis::SharedAddressRefused) };
            Fault { finding, said: fault.said }
        }
        Err(_) => fault,
    }
}

type Kept = Option<Arc<Mutex<Transcript>>>;

async fn one(
    engine: &Engine,
    access: &Access,
    login: &Login,
    deadlines: &Deadlines,
    steps: &mut Steps,
    kept: &mut Kept,
) -> Result<Session, Fault> {
    let mut client = greeted(engine, access, deadlines, steps, kept).await?;
    let provider = access.provider;
    let transcript = client.get_ref().transcript();
    let began = Instant::now();
    // SASL has several turns, each with its own time-out on reading.
    let longest = deadlines.read * 3;
    let signed_in =
        match timeout(longest, sign_in(client_capabilities(&mut client, provider).await?, client, login, provider))
            .await
        {
            Ok(done) => done,
            Err(_) => Err(of_io(&std::io::ErrorKind::TimedOut.into())),
        };
    note(
        steps,
        Step::Authentication,
        began,
        &signed_in.as_ref().map_err(Clone::clone).map(|(_, how)| (*how).to_owned()),
    );
    let (inner, _) = signed_in?;
    let mut session = Session {
        inner,
        transcript,
        provider,
        capabilities: Vec::new(),
        user: login.user.clone(),
        answer_within: deadlines.read,
        exists: 0,
        news: false,
    };
    session.run_within(longest, "CAPABILITY", |_| ()).await?;
    session.capabilities = listed(&session.transcript);
    if session.can("ID") {
        // NetEase opens no folder for a stranger; Exchange and Gmail note it in their logs.
        let polite = format!("ID (\"name\" \"Mailkeep\" \"version\" {})", quoted(env!("CARGO_PKG_VERSION")));
        let refused = session.run_within(longest, &polite, |_| ()).await;
        if let Err(fault) = refused
            && fault.finding.diagnosis == Diagnosis::TimedOut
        {
            return Err(fault);
        }
    }
    Ok(session)
}

/// A session that has greeted us, encrypted.
async fn greeted(
    engine: &Engine,
    access: &Access,
    deadlines: &Deadlines,
    steps: &mut Steps,
    kept: &mut Kept,
) -> Result<Client<Stream>, Fault> {
    let (net, endpoint) = (&engine.net, &access.endpoint);
    let stream = net.connect(endpoint, Protocol::Imap, deadlines, steps).await?;
    *kept = Some(stream.transcript());
    let began = Instant::now();
    let mut client = Client::new(stream);
    let greeting = match greeting(&mut client, access.provider).await {
        Err(fault) => Err(net.silent(endpoint, Protocol::Imap, deadlines, fault).await),
        fine => fine,
    };
    note(steps, Step::Greeting, began, &greeting);
    greeting?;
    if endpoint.tls == Tls::Implicit {
        return Ok(client);
    }
    // RFC 9051 6.2.1. A refusal is final: nothing is sent in clear.
    let asked = timeout(deadlines.read, client.run_command_and_check_ok("STARTTLS", None)).await;
    match asked {
        Ok(Ok(())) => {}
        Ok(Err(Error::No(_) | Error::Bad(_))) => {
            let said = client.get_ref().told().answer().to_owned();
            let fault = Fault { finding: finding(Diagnosis::TlsNotOffered), said };
            note(steps, Step::Tls, began, &Err(fault.clone()));
            return Err(fault);
        }
        Ok(Err(error)) => return Err(of_error(error, &client, access.provider, Stage::Tls)),
        Err(_) => return Err(of_io(&std::io::ErrorKind::TimedOut.into())),
    }
    let mut stream = client.into_inner();
    net.start_tls(&mut stream, &endpoint.host, deadlines, steps).await?;
    Ok(Client::new(stream))
}

/// A greeting as it is shown: whole words, without the machine that Exchange names in base64 behind them.
fn welcome(text: &str) -> String {
    let text = crate::net::redacted(text.split('[').next().unwrap_or(text));
    let mut words = String::new();
    for word in text.split_whitespace() {
        if words.chars().count() + word.chars().count() > 80 {
            words.push_str(" ...");
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    words
}

async fn greeting(client: &mut Client<Stream>, provider: ProviderKind) -> Result<String, Fault> {
    let greeting = client.read_response().await;
    let answer = client.get_ref().told().farewell().to_owned();
    match greeting {
        Ok(Some(response)) => match response.parsed() {
            Response::Data { status: Status::Ok, outcome } => {
                Ok(welcome(outcome.information.as_deref().unwrap_or("OK")))
            }
            Response::Data { status: Status::Bye, .. } => Err(fault::refused(provider, Stage::Greeting, &answer)),
            _ => Err(Fault {
                finding: finding(Diagnosis::NotAMailServer),
                said: "the greeting is not one of IMAP".into(),
            }),
        },
        Ok(None) => Err(fault::closed(provider, Stage::Greeting, &answer)),
        Err(error) => Err(fault::of_io(&error, provider, Stage::Greeting, &answer)),
    }
}

async fn client_capabilities(client: &mut Client<Stream>, provider: ProviderKind) -> Result<Vec<String>, Fault> {
    match client.run_command_and_check_ok("CAPABILITY", None).await {
        Ok(()) => Ok(listed(&client.get_ref().transcript())),
        Err(error) => Err(of_error(error, client, provider, Stage::Greeting)),
    }
}

fn listed(transcript: &Mutex<Transcript>) -> Vec<String> {
    let transcript = transcript.lock().unwrap_or_else(PoisonError::into_inner);
    transcript.capability().split_whitespace().map(str::to_owned).collect()
}

async fn sign_in(
    capabilities: Vec<String>,
    client: Client<Stream>,
    login: &Login,
    provider: ProviderKind,
) -> Result<(async_imap::Session<Stream>, &'static str), Fault> {
    if !client.get_ref().is_encrypted() {
        let said = "the session is not encrypted: nothing was sent".to_owned();
        return Err(Fault { finding: finding(Diagnosis::TlsRequired), said });
    }
    let offers = |name: &str| capabilities.iter().any(|c| c == name);
    let (done, how) = match &login.proof {
        Proof::Token(token) => {
            let message = format!("user={}\u{1}auth=Bearer {}\u{1}\u{1}", login.user, token.reveal());
            (client.authenticate("XOAUTH2", Sasl::new(message)).await, "XOAUTH2")
        }
        // PLAIN carries any character (RFC 4616); a quoted string only ASCII.
        Proof::Password(password) if offers("AUTH=PLAIN") => {
            let message = format!("\0{}\0{}", login.user, password.reveal());
            (client.authenticate("PLAIN", Sasl::new(message)).await, "PLAIN")
        }
        Proof::Password(_) if offers("LOGINDISABLED") => {
            let said = "the server takes no password".to_owned();
            return Err(Fault { finding: finding(Diagnosis::MechanismNotOffered), said });
        }
        Proof::Password(password) => (client.login(&login.user, password.reveal()).await, "LOGIN"),
    };
    match done {
        Ok(session) => Ok((session, how)),
        Err((error, client)) => Err(of_error(error, &client, provider, Stage::Authentication)),
    }
}

/// One SASL message, sent once.
struct Sasl(Option<zeroize::Zeroizing<String>>);

impl Sasl {
    fn new(message: String) -> Self {
        Self(Some(zeroize::Zeroizing::new(message)))
    }
}

impl async_imap::Authenticator for Sasl {
    type Response = zeroize::Zeroizing<Vec<u8>>;

    /// The second question is a refusal in JSON, to be answered with an empty line; the NO follows
    /// (Google's and Microsoft's XOAUTH2).
    fn process(&mut self, _challenge: &[u8]) -> Self::Response {
        zeroize::Zeroizing::new(self.0.take().map(|m| m.as_bytes().to_vec()).unwrap_or_default())
    }
}

/// The server's own words, not async-imap's rendering of them.
fn of_error(error: Error, client: &Client<Stream>, provider: ProviderKind, stage: Stage) -> Fault {
    let (said, farewell) = {
        let told = client.get_ref().told();
        (told.answer().to_owned(), told.farewell().to_owned())
    };
    match error {
        Error::No(_) | Error::Bad(_) => fault::refused(provider, stage, &said),
        Error::Io(error) => fault::of_io(&error, provider, stage, &farewell),
        _ => fault::closed(provider, stage, &farewell),
    }
}

/// How long a check may take in all.
pub const CHECK: Duration = Duration::from_secs(45);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_ends_with_a_word() {
        let machine = "UgBJAEcAMAAwADAAMABDAEEAMAAwADAAMQAuAHAAcgBvAGQALgBvAHUAdABsAG8AbwBrAA==";
        for (told, shown) in [
            (
                format!("The Microsoft Exchange IMAP4 service is ready. [{machine}]"),
                "The Microsoft Exchange IMAP4 service is ready.",
            ),
            (format!("Service ready.[{machine}]"), "Service ready."),
            ("Dovecot ready.".into(), "Dovecot ready."),
            (
                format!("{} {}", "Gimap ready".repeat(6), "requests"),
                "Gimap readyGimap readyGimap readyGimap readyGimap readyGimap ready requests",
            ),
            ("word ".repeat(30), "word word word word word word word word word word word word word word word word ..."),
        ] {
            assert_eq!(welcome(&told), shown, "{told}");
        }
    }
}
