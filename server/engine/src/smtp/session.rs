//! A session with an outgoing server: opened step by step, signed in, ready to send.

use super::features::Features;
use super::finding;
use super::reply::Reply;
use super::wire::{Lost, Wire};
use super::{auth, limits};
use crate::login::{Access, Fault, Login};
use crate::net::{Deadlines, Net, Protocol, Steps, note};
use domain::diagnosis::{Certainty, Stage};
use domain::probe::Step;
use domain::provider::{ProviderKind, Tls};
use lettre::transport::smtp::commands;
use lettre::transport::smtp::extension::ClientId;
use std::time::Duration;
use tokio::time::Instant;

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
            let began = Instant::now();
            match auth::sign_in(&mut wire, &features, login).await {
                Ok(reply) if reply.is_positive() => {
                    note(steps, Step::Authentication, began, &Ok(how(login)));
                    // A login that worked after another was refused is the step's result.
                    return Ok(Self { wire, features, provider: access.provider, user: login.user.clone() });
                }
                Ok(reply) => {
                    let fault = finding::of_reply(access.provider, Stage::Authentication, &reply);
                    let next = may_try_next(&fault);
                    let refused = fault.finding.certainty != Certainty::Passing;
                    let transcript = wire.transcript();
                    if first_refusal.is_none() {
                        note(steps, Step::Authentication, began, &Err(fault.clone()));
                    }
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
                    let fault = finding::of_lost(&lost);
                    if first_refusal.is_none() {
                        note(steps, Step::Authentication, began, &Err(fault.clone()));
                    }
                    return Err(first_refusal.unwrap_or_else(|| not_opened(fault, &wire)));
                }
            }
        }
        if let Some((wire, _)) = open {
            quit(wire).await;
        }
        Err(first_refusal.unwrap_or_else(|| NotOpened {
            fault: Fault { finding: crate::net::finding(domain::Diagnosis::Unknown), said: "no login is set".into() },
            refused: false,
            transcript: Vec::new(),
        }))
    }

    /// Whether a rested session can be used again.
    pub async fn is_alive(&mut self) -> bool {
        self.reset().await.is_ok()
    }

    /// Says goodbye; nobody waits long for the answer.
    pub async fn close(self) {
        quit(self.wire).await;
    }

    pub fn transcript(&self) -> Vec<String> {
        self.wire.transcript()
    }

    /// The name that the server gives itself.
    pub fn server(&self) -> &str {
        &self.features.name
    }

    /// What the link's end means.
    pub fn lost(&self, lost: &Lost) -> Fault {
        finding::of_lost(lost)
    }

    /// A fault of this session's server, from its answer.
    pub fn fault(&self, stage: Stage, reply: &Reply) -> Fault {
        finding::of_reply(self.provider, stage, reply)
    }
}

/// Ours are for each command; the stream's own only keep a forgotten wait from lasting for ever.
fn deadlines() -> Deadlines {
    let longest = limits::DATA_END + Duration::from_secs(10);
    Deadlines { read: longest, write: limits::BLOCK + Duration::from_secs(10), ..Deadlines::default() }
}

/// Up to the capabilities under TLS.
async fn greet(net: &Net, access: &Access, steps: &mut Steps) -> Result<(Wire, Features), NotOpened> {
    // A second visit for the next login is not told again.
    let mut unheard = Steps::default();
    let steps = if steps.iter().any(|s| s.step == Step::Greeting) { &mut unheard } else { steps };
    let stream = net
        .connect(&access.endpoint, Protocol::Smtp, &deadlines(), steps)
        .await
        .map_err(|fault| NotOpened { fault, refused: false, transcript: Vec::new() })?;
    let mut wire = Wire::new(stream);
    let result = match access.endpoint.tls {
        Tls::StartTls => start_tls(net, access, &mut wire, steps).await,
        Tls::Implicit => Ok(()),
    };
    let began = Instant::now();
    let features = match result {
        Ok(()) => capabilities(access, &mut wire).await,
        Err(fault) => return Err(not_opened(fault, &wire)),
    };
    let told = features.as_ref().map(|f| format!("{}: {}", f.name, f.summary())).map_err(Clone::clone);
    note(steps, Step::Greeting, began, &told);
    match features {
        Ok(features) => Ok((wire, features)),
        Err(fault) => Err(not_opened(fault, &wire)),
    }
}

/// What the server offers under TLS: nothing that it said before counts (RFC 3207 4.2).
async fn capabilities(access: &Access, wire: &mut Wire) -> Result<Features, Fault> {
    if access.endpoint.tls == Tls::Implicit {
        accepted(wire.reply(limits::GREETING).await, access, Stage::Greeting)?;
    }
    Ok(Features::read(&accepted(hello(wire).await, access, Stage::Tls)?))
}

/// Greeting, EHLO, STARTTLS (RFC 3207). A server that does not offer it gets nothing from us.
async fn start_tls(net: &Net, access: &Access, wire: &mut Wire, steps: &mut Steps) -> Result<(), Fault> {
    let began = Instant::now();
    if let Err(fault) = ask_for_tls(access, wire).await {
        note(steps, Step::Tls, began, &Err(fault.clone()));
        return Err(fault);
    }
    net.start_tls(wire.stream(), &access.endpoint.host, &deadlines(), steps).await
}

async fn ask_for_tls(access: &Access, wire: &mut Wire) -> Result<(), Fault> {
    accepted(wire.reply(limits::GREETING).await, access, Stage::Greeting)?;
    let offered = Features::read(&accepted(hello(wire).await, access, Stage::Tls)?);
    if !offered.starttls {
        return Err(Fault {
            finding: crate::net::finding(domain::Diagnosis::TlsNotOffered),
            said: "the server does not offer STARTTLS".into(),
        });
    }
    accepted(wire.ask(commands::Starttls, limits::COMMAND).await, access, Stage::Tls)?;
    if wire.is_ahead() {
        // Words slipped in before the encryption began (CVE-2011-0411).
        let said = "the server spoke on after STARTTLS before the encryption began".into();
        return Err(Fault { finding: crate::net::finding(domain::Diagnosis::TlsMismatch), said });
    }
    Ok(())
}

/// The reply, if it is a good one.
fn accepted(reply: Result<Reply, Lost>, access: &Access, stage: Stage) -> Result<Reply, Fault> {
    match reply {
        Ok(reply) if reply.is_positive() => Ok(reply),
        Ok(reply) => Err(finding::of_reply(access.provider, stage, &reply)),
        Err(lost) => Err(finding::of_lost(&lost)),
    }
}

/// EHLO with an address literal: we have no name that the server could check (RFC 5321 4.1.4).
async fn hello(wire: &mut Wire) -> Result<Reply, Lost> {
    wire.ask(commands::Ehlo::new(ClientId::default()), limits::COMMAND).await
}

fn not_opened(fault: Fault, wire: &Wire) -> NotOpened {
    NotOpened { fault, refused: false, transcript: wire.transcript() }
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
