//! A session with an outgoing server: opened step by step, signed in, ready to send.

use super::features::Features;
use super::finding::{self, Stage};
use super::wire::{Lost, Reply, Wire};
use super::{auth, limits, link};
use crate::login::{Access, Fault, Login};
use crate::net::Net;
use domain::diagnosis::Certainty;
use domain::probe::{Step, StepResult};
use domain::provider::{ProviderKind, Tls};
use lettre::transport::smtp::commands;
use lettre::transport::smtp::extension::ClientId;
use std::time::Instant;

/// What was reached on the way, for a check's report.
#[derive(Debug, Default)]
pub struct Steps {
    pub done: Vec<StepResult>,
    began: Option<Instant>,
}

impl Steps {
    pub fn begin(&mut self) {
        self.began = Some(Instant::now());
    }

    pub fn end(&mut self, step: Step, ok: bool, evidence: impl Into<String>) {
        let millis = self.began.take().map_or(0, |began| began.elapsed().as_millis());
        let millis = u32::try_from(millis).unwrap_or(u32::MAX);
        self.done.push(StepResult { step, ok, millis, evidence: evidence.into() });
    }
}

/// A session that signed in.
pub struct Session {
    pub(super) wire: Wire,
    pub features: Features,
    pub provider: ProviderKind,
    /// The login that the server took.
    pub user: String,
}

/// Why there is no session.
#[derive(Debug)]
pub struct NotOpened {
    pub fault: Fault,
    /// The server looked at the credential and refused it: a token is worth one refresh.
    pub refused: bool,
    pub transcript: Vec<String>,
}

impl Session {
    /// Connects, encrypts, and signs in with the first login that the server takes.
    ///
    /// # Errors
    /// [`NotOpened`], whose fault is of the first login that was refused: for a shared mailbox
    /// that is the person's, the one that Exchange wants.
    pub async fn open(net: &Net, access: &Access, steps: &mut Steps) -> Result<Self, NotOpened> {
        let mut first_refusal: Option<NotOpened> = None;
        let mut open: Option<(Wire, Features)> = None;
        for login in &access.logins {
            let (mut wire, features) = match open.take() {
                Some(open) => open,
                None => greet(net, access, steps).await?,
            };
            steps.begin();
            match auth::sign_in(&mut wire, &features, login).await {
                Ok(reply) if reply.is_positive() => {
                    steps.end(Step::Authentication, true, how(login));
                    return Ok(Self { wire, features, provider: access.provider, user: login.user.clone() });
                }
                Ok(reply) => {
                    let fault = finding::of_reply(access.provider, Stage::Authentication, &reply);
                    let next = may_try_next(&fault);
                    let refused = fault.finding.certainty != Certainty::Passing;
                    let transcript = wire.transcript().to_vec();
                    // A server that hangs up after a refusal is asked anew.
                    if reply.code != 421 && wire.ask(commands::Noop, limits::RESTED).await.is_ok() {
                        open = Some((wire, features));
                    }
                    first_refusal.get_or_insert(NotOpened { fault, refused, transcript });
                    if !next {
                        break;
                    }
                }
                Err(lost) => {
                    steps.end(Step::Authentication, false, lost.to_string());
                    return Err(first_refusal.unwrap_or_else(|| not_opened(finding::of_lost(&lost), &wire)));
                }
            }
        }
        if let Some((wire, _)) = open {
            quit(wire).await;
        }
        let refusal = first_refusal.unwrap_or_else(|| NotOpened {
            fault: Fault { finding: finding::passing(domain::Diagnosis::Unknown), said: "no login is set".into() },
            refused: false,
            transcript: Vec::new(),
        });
        steps.end(Step::Authentication, false, refusal.fault.said.clone());
        Err(refusal)
    }

    /// Whether a rested session can be used again.
    pub async fn is_alive(&mut self) -> bool {
        self.reset().await.is_ok()
    }

    /// Says goodbye; nobody waits long for the answer.
    pub async fn close(self) {
        quit(self.wire).await;
    }

    pub fn transcript(&self) -> &[String] {
        self.wire.transcript()
    }

    /// A fault of this session's server, from its answer.
    pub fn fault(&self, stage: Stage, reply: &Reply) -> Fault {
        finding::of_reply(self.provider, stage, reply)
    }
}

/// Up to the capabilities under TLS.
async fn greet(net: &Net, access: &Access, steps: &mut Steps) -> Result<(Wire, Features), NotOpened> {
    // A second visit for the next login is not told again.
    let mut unheard = Steps::default();
    let steps = if steps.done.iter().any(|s| s.step == Step::Greeting) { &mut unheard } else { steps };
    let before = |fault: Fault| NotOpened { fault, refused: false, transcript: Vec::new() };
    let stream = link::connect(net, &access.endpoint, steps).await.map_err(before)?;
    let mut wire = Wire::new(stream);
    if access.endpoint.tls == Tls::StartTls {
        wire = start_tls(net, access, wire, steps).await?;
        steps.begin();
    } else {
        steps.begin();
        greeting(&mut wire, access, steps).await?;
    }
    let hello = hello(&mut wire).await;
    let reply = step_reply(hello, Step::Greeting, Stage::Tls, access, &wire, steps)?;
    let features = Features::read(&reply);
    let evidence = format!("{}: {}", features.name, features.summary());
    steps.end(Step::Greeting, true, evidence);
    Ok((wire, features))
}

/// Greeting, EHLO, STARTTLS (RFC 3207). A server that does not offer it gets nothing from us.
async fn start_tls(net: &Net, access: &Access, mut wire: Wire, steps: &mut Steps) -> Result<Wire, NotOpened> {
    greeting(&mut wire, access, steps).await?;
    let hello = hello(&mut wire).await;
    let reply = step_reply(hello, Step::Tls, Stage::Tls, access, &wire, steps)?;
    if !Features::read(&reply).starttls {
        let said = "the server does not offer STARTTLS";
        steps.end(Step::Tls, false, said);
        let finding = domain::diagnosis::Finding { certainty: Certainty::Definite, ..finding::passing(domain::Diagnosis::TlsNotOffered) };
        return Err(not_opened(Fault { finding, said: said.into() }, &wire));
    }
    let started = wire.ask(commands::Starttls, limits::COMMAND).await;
    step_reply(started, Step::Tls, Stage::Tls, access, &wire, steps)?;
    if wire.is_ahead() {
        // Words slipped in before the encryption began (CVE-2011-0411).
        let said = "the server spoke on after STARTTLS before the encryption began";
        steps.end(Step::Tls, false, said);
        return Err(not_opened(Fault { finding: finding::passing(domain::Diagnosis::TlsMismatch), said: said.into() }, &wire));
    }
    let (stream, transcript) = wire.into_stream();
    match link::start_tls(net, &access.endpoint, stream, steps).await {
        Ok(stream) => Ok(Wire::resume(stream, transcript)),
        Err(fault) => Err(NotOpened { fault, refused: false, transcript }),
    }
}

async fn greeting(wire: &mut Wire, access: &Access, steps: &mut Steps) -> Result<Reply, NotOpened> {
    let greeting = wire.reply(limits::GREETING).await;
    step_reply(greeting, Step::Greeting, Stage::Greeting, access, wire, steps)
}

/// EHLO with an address literal: we have no name that the server could check (RFC 5321 4.1.4).
async fn hello(wire: &mut Wire) -> Result<Reply, Lost> {
    wire.ask(commands::Ehlo::new(ClientId::default()), limits::COMMAND).await
}

fn step_reply(
    reply: Result<Reply, Lost>,
    step: Step,
    stage: Stage,
    access: &Access,
    wire: &Wire,
    steps: &mut Steps,
) -> Result<Reply, NotOpened> {
    let fault = match reply {
        Ok(reply) if reply.is_positive() => return Ok(reply),
        Ok(reply) => finding::of_reply(access.provider, stage, &reply),
        Err(lost) => finding::of_lost(&lost),
    };
    steps.end(step, false, fault.said.clone());
    Err(not_opened(fault, wire))
}

fn not_opened(fault: Fault, wire: &Wire) -> NotOpened {
    NotOpened { fault, refused: false, transcript: wire.transcript().to_vec() }
}

/// Another user name may help where this one was refused, not where a switch is off.
fn may_try_next(fault: &Fault) -> bool {
    use domain::Diagnosis::*;
    !matches!(fault.finding.diagnosis, SmtpAuthDisabledMailbox | SmtpAuthDisabledTenant)
        && fault.finding.certainty != Certainty::Passing
}

fn how(login: &Login) -> String {
    match login.proof {
        crate::login::Proof::Token(_) => format!("signed in as {} by XOAUTH2", login.user),
        crate::login::Proof::Password(_) => format!("signed in as {} by password", login.user),
    }
}

async fn quit(mut wire: Wire) {
    let _ = wire.ask(commands::Quit, limits::QUIT).await;
}
