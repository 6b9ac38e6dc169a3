//! From an endpoint and its logins to a signed-in session.

use super::command::{Session, offers, quoted};
use super::fault::{Stage, is_refusal};
use super::wire::Wire;
use crate::Engine;
use crate::login::{Access, Fault, Login, Proof};
use crate::net::{Deadlines, Protocol, Steps, Transcript, finding, note, of_io};
use async_imap::imap_proto::{Response, Status};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::Diagnosis;
use domain::credential::CredentialKind;
use domain::diagnosis::{Certainty, Finding};
use domain::probe::Step;
use domain::provider::Tls;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout};
use zeroize::{Zeroize as _, Zeroizing};

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
    let mut wire = greeted(engine, access, deadlines, steps, kept).await?;
    let began = Instant::now();
    let offered = capabilities(&mut wire).await?;
    // SASL has several turns, each with its own time-out on reading.
    let longest = deadlines.read * 3;
    wire.stage = Stage::Authentication;
    let signed_in = match timeout(longest, sign_in(&mut wire, &offered, login)).await {
        Ok(done) => done,
        Err(_) => Err(of_io(&std::io::ErrorKind::TimedOut.into())),
    };
    note(steps, Step::Authentication, began, &signed_in.clone().map(str::to_owned));
    signed_in?;
    wire.stage = Stage::Mailbox;
    let mut session = Session {
        wire,
        provider: access.provider,
        capabilities: Box::default(),
        user: login.user.clone(),
        answer_within: deadlines.read,
        exists: 0,
        news: false,
    };
    session.run_within(longest, "CAPABILITY", |_| ()).await?;
    session.capabilities = session.wire.told().capability().into();
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
) -> Result<Wire, Fault> {
    let (net, endpoint) = (&engine.net, &access.endpoint);
    let stream = net.connect(endpoint, Protocol::Imap, deadlines, steps).await?;
    *kept = Some(stream.transcript());
    let began = Instant::now();
    let mut wire = Wire::new(stream, access.provider, Stage::Greeting);
    let greeting = match greeting(&mut wire).await {
        Err(fault) => Err(net.silent(endpoint, Protocol::Imap, deadlines, fault).await),
        fine => fine,
    };
    note(steps, Step::Greeting, began, &greeting);
    greeting?;
    if endpoint.tls == Tls::Implicit {
        return Ok(wire);
    }
    // RFC 9051 6.2.1. A refusal is final: nothing is sent in clear.
    wire.stage = Stage::Tls;
    let asked = async {
        let tag = wire.command("STARTTLS").await?;
        wire.read_to(&tag, |_| ()).await
    };
    match timeout(deadlines.read, asked).await {
        Ok(Ok(())) => {}
        Ok(Err(fault)) if is_refusal(&fault) => {
            let fault = Fault { finding: finding(Diagnosis::TlsNotOffered), said: fault.said };
            note(steps, Step::Tls, began, &Err(fault.clone()));
            return Err(fault);
        }
        Ok(Err(fault)) => return Err(fault),
        Err(_) => return Err(of_io(&std::io::ErrorKind::TimedOut.into())),
    }
    let mut stream = wire.into_stream();
    net.start_tls(&mut stream, &endpoint.host, deadlines, steps).await?;
    Ok(Wire::new(stream, access.provider, Stage::Greeting))
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

async fn greeting(wire: &mut Wire) -> Result<String, Fault> {
    enum Said {
        Welcome(String),
        Bye,
        Else,
    }
    let said = wire.read(|response| match response {
        Response::Data { status: Status::Ok, outcome } => {
            Said::Welcome(welcome(outcome.information.as_deref().unwrap_or("OK")))
        }
        Response::Data { status: Status::Bye, .. } => Said::Bye,
        _ => Said::Else,
    });
    match said.await? {
        Said::Welcome(words) => Ok(words),
        Said::Bye => Err(wire.dismissed()),
        Said::Else => {
            Err(Fault { finding: finding(Diagnosis::NotAMailServer), said: "the greeting is not one of IMAP".into() })
        }
    }
}

async fn capabilities(wire: &mut Wire) -> Result<String, Fault> {
    let tag = wire.command("CAPABILITY").await?;
    wire.read_to(&tag, |_| ()).await?;
    Ok(wire.told().capability().to_owned())
}

/// By which mechanism it signed in.
async fn sign_in(wire: &mut Wire, offered: &str, login: &Login) -> Result<&'static str, Fault> {
    if !wire.stream().is_encrypted() {
        let said = "the session is not encrypted: nothing was sent".to_owned();
        return Err(Fault { finding: finding(Diagnosis::TlsRequired), said });
    }
    match &login.proof {
        Proof::Token(token) => {
            let message = format!("user={}\u{1}auth=Bearer {}\u{1}\u{1}", login.user, token.reveal());
            sasl(wire, "XOAUTH2", Zeroizing::new(message)).await
        }
        // PLAIN carries any character (RFC 4616); a quoted string only ASCII.
        Proof::Password(password) if offers(offered, "AUTH=PLAIN") => {
            let message = format!("\0{}\0{}", login.user, password.reveal());
            sasl(wire, "PLAIN", Zeroizing::new(message)).await
        }
        Proof::Password(_) if offers(offered, "LOGINDISABLED") => {
            let said = "the server takes no password".to_owned();
            Err(Fault { finding: finding(Diagnosis::MechanismNotOffered), said })
        }
        Proof::Password(password) => {
            let words = format!("LOGIN {} {}", quoted(&login.user), quoted(password.reveal()));
            let tag = wire.command(&Zeroizing::new(words)).await?;
            wire.read_to(&tag, |_| ()).await.map(|()| "LOGIN")
        }
    }
}

/// A SASL exchange (RFC 9051 6.2.2): the message is sent once. A second question is a refusal in JSON, to be answered
/// with an empty line; the NO follows (Google's and Microsoft's XOAUTH2).
async fn sasl(wire: &mut Wire, mechanism: &'static str, message: Zeroizing<String>) -> Result<&'static str, Fault> {
    let tag = wire.command(&format!("AUTHENTICATE {mechanism}")).await?;
    let mut answer = Zeroizing::new(format!("{}\r\n", BASE64.encode(message.as_bytes())));
    while wire.invited(&tag, |_| ()).await? {
        wire.write(answer.as_bytes()).await?;
        answer.zeroize();
        answer.push_str("\r\n");
    }
    Ok(mechanism)
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
