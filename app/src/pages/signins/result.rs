//! `/admin/sign-ins/:id`: who signed in, a probe per direction, what was found.

use super::refused::{advice, nothing_changed};
use crate::api::mailboxes::{LIST, path};
use crate::api::post_to;
use crate::api::signins::Adopt;
use crate::components::button::{Act, SignIn};
use crate::components::call::Said;
use crate::components::frame::{Gate, Head, Place, Sheet, email_crumbs};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::probe::Probe;
use crate::components::remedy::{RemedyCard, Trouble};
use crate::components::send_card::Sending;
use crate::components::state::Tone;
use crate::components::untold::untold;
use crate::pages::connect::{Step, Wizard, waits};
use crate::pages::mailbox::again;
use crate::pages::page;
use crate::pages::switch::report;
use crate::wording::banners::is_r1;
use crate::wording::counts::{list, of};
use crate::wording::diagnoses;
use crate::wording::times::Clock;
use domain::Refusal;
use domain::console::signins::{DirectionResult, Repaired, SignInResult};
use domain::credential::CredentialKind;
use domain::direction::Direction;
use domain::id::SignInId;
use domain::provider::ProviderKind;
use domain::signin::{CallbackRefusal, Intent, SignInState};
use leptos::prelude::*;

/// The logo's family, by the provider's key.
fn kind(key: &str) -> ProviderKind {
    match key {
        "microsoft" => ProviderKind::Microsoft,
        "google" => ProviderKind::Google,
        _ => ProviderKind::Other,
    }
}

#[component]
pub fn SignInResultPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: SignInId = here.place.id("id")?;
        let result = here.console.signins.result(&here.actor, id).await?;
        let refused = here.place.refused();
        if result.refused == Some(CallbackRefusal::WrongAccount) {
            return Ok(wrong_account(result, refused));
        }
        if let (Some(CallbackRefusal::AlreadyRepaired), Some(by)) = (result.refused, result.repaired.clone()) {
            return Ok(already_repaired(result, by, here.clock));
        }
        if result.refused.is_some() || result.state != SignInState::Completed {
            return Ok(not_completed(result));
        }
        let clock = here.clock;
        let connect = result.intent == Intent::Connect;
        let address = result.mailbox_address.clone();
        let title = if connect { "New support email".to_owned() } else { address.clone() };
        let sub = format!("{address}, {}", result.provider_name);
        let mailbox = result.mailbox;
        let switched = match result.intent {
            Intent::Switch | Intent::Adopt => here.console.switches.report(&here.actor, mailbox).await?,
            Intent::Connect | Intent::Reauthorize => None,
        };
        let switched =
            switched.filter(|_| result.directions.iter().any(|d| d.swapped)).map(|r| report(mailbox, &r, clock));
        let left = here.frame.banners.iter().filter(|b| is_r1(b.ask)).flat_map(|b| &b.concerned);
        let left = left.filter(|c| c.mailbox != mailbox).count();
        let body = completed(result, left, switched.map(IntoAny::into_any), clock);
        let import = here.console.imports.show(&here.actor, mailbox).await?.filter(|_| connect);
        let import = import.map(|import| waits(mailbox, &import));
        let nobody = untold(&here.console, &here.actor, mailbox).await;
        Ok(view! {
            <Sheet here title=format!("{address}: signed in") place=Place::Email acts=true>
                <Head title crumbs=email_crumbs(true) sub/>
                {connect.then(|| view! { <Wizard at=Step::Result id=Some(mailbox)/> })}
                <div class="stack loose"><Refused refused/>{body}{import}{nobody}</div>
            </Sheet>
        }
        .into_any())
    })
}

fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
    }
}

/// The title says what holds now: all, half, or nothing works with the new sign-in.
fn completed(r: SignInResult, left: usize, switched: Option<AnyView>, clock: Clock) -> AnyView {
    let account = r.account.clone().unwrap_or_default();
    let address = r.mailbox_address.clone();
    let short = r.provider_short.clone();
    let failing: Vec<&DirectionResult> = r.directions.iter().filter(|d| !d.report.ok()).collect();
    let working: Vec<&DirectionResult> = r.directions.iter().filter(|d| d.report.ok()).collect();
    let mut facts: Vec<String> = Vec::new();
    if let Some(n) = r.backlog {
        facts.push(if n == 0 {
            "No message waits in the mailbox.".into()
        } else {
            format!("{} found in the mailbox; what is new comes in now.", of(n, "message", "messages"))
        });
    }
    if r.released > 0 {
        facts.push(format!("{} now.", of(u64::from(r.released), "held reply leaves", "held replies leave")));
    }
    if !r.also_repaired.is_empty() {
        facts.push(format!("Also repaired: {}.", list(&r.also_repaired, 6)));
    }
    let facts = facts.join(" ");
    let others = others(&r);
    let signed = format!("Signed in with {short} as {account}.");
    let buttons = {
        let page = path(r.mailbox);
        // One sign-in per account: the queue knows which is next.
        let next = move || {
            (left > 0).then(|| view! { <a class="button primary" href="/admin/channels/email/queue">"Go on to the next sign-in"</a> })
        };
        move || view! { <div class="row">{next()}<a class="button" href=page>"Go to the mailbox"</a><a class="button bare" href=LIST>"All support emails"</a></div> }
    };
    let notice = if failing.is_empty() {
        let title = match r.intent {
            Intent::Connect => format!("Saved: {address} is connected"),
            Intent::Switch => format!("Saved: {address} signs in with {short} now"),
            Intent::Reauthorize | Intent::Adopt => format!("Saved: {address} works again"),
        };
        let moved = if r.intent == Intent::Switch { " Same mailbox, same tickets." } else { "" };
        view! { <Notice outcome=true tone=Tone::Ok title><p>{signed} {moved} " " {facts}</p>{buttons()}</Notice> }
            .into_any()
    } else if !r.directions.iter().any(|d| d.swapped || d.kept_until.is_some()) {
        view! {
            <Notice outcome=true tone=Tone::Warning title="Signed in, but nothing was switched">
                <p>{signed} " Address and provider change only when every direction works there. Fetching and replies go on as before. " {facts}</p>{buttons()}
            </Notice>
        }
        .into_any()
    } else if let Some(works) = working.first() {
        let works = way(works.report.direction);
        view! {
            <Notice outcome=true tone=Tone::Warning title=format!("Saved: signed in, but only {works} works")>
                <p>{signed} " " {format!("Half connected: {works} is in use now. ")} {facts}</p>{buttons()}
            </Notice>
        }
        .into_any()
    } else {
        view! {
            <Notice outcome=true tone=Tone::Warning title="Signed in, but neither direction works yet">
                <p>{signed} " What worked before goes on. " {facts}</p>{buttons()}
            </Notice>
        }
        .into_any()
    };
    // A draft that works nowhere has no mailbox yet to send the card about.
    let connected = !working.is_empty();
    let card = failing.first().map(|d| {
        let failure = d.report.failure.clone();
        let kept = d
            .kept_until
            .map(|at| format!("The sign-in is kept until {}; Check again needs no second one.", clock.day(at)));
        let mailbox = r.mailbox;
        let action = move || again(mailbox, "check", "Check again");
        failure.map(|failure| {
            let trouble = Trouble {
                direction: d.report.direction,
                diagnosis: failure.diagnosis,
                credential: CredentialKind::Grant,
                provider: kind(&r.provider_key),
                short: short.clone(),
                address: address.clone(),
                person: r.account.clone().filter(|account| !account.eq_ignore_ascii_case(&address)),
                also: "The sign-in is fine.".into(),
                said: Some(failure.said).filter(|s| !s.is_empty()),
                others: Vec::new(),
            };
            let sending = connected.then_some(Sending { mailbox, sent: None, refused: None });
            match kept {
                Some(next) => view! { <RemedyCard trouble action next sending/> }.into_any(),
                None => view! { <RemedyCard trouble action sending/> }.into_any(),
            }
        })
    });
    let panels = r
        .directions
        .iter()
        .cloned()
        .map(|d| {
            let foot = match (d.swapped, d.report.ok(), &d.report.user) {
                (true, true, Some(user)) => format!("In use now, as {user}."),
                (true, true, None) => "In use now.".into(),
                (true, false, _) => "Kept; in use as soon as it works.".into(),
                (false, true, _) => "Works; the present one stays in use.".into(),
                (false, false, _) => "Not in use. What worked before is not replaced.".into(),
            };
            view! { <Probe report=d.report short=short.clone() foot/> }
        })
        .collect_view();
    view! { {notice}{switched}{card}{others}<div class="halves">{panels}</div> }.into_any()
}

/// Mailboxes of the same account that were proved too and do not work, each with its reason.
fn others(r: &SignInResult) -> Option<AnyView> {
    if r.not_repaired.is_empty() {
        return None;
    }
    let short = &r.provider_short;
    let lines = r
        .not_repaired
        .iter()
        .map(|o| {
            let what = format!("{}: {}", way(o.direction), diagnoses::title(o.diagnosis, short));
            view! { <li><div><a class="plain value" href=path(o.mailbox)>{o.address.clone()}</a><span class="sub">{what}</span></div><a class="button small" href=format!("{}/check", path(o.mailbox))>"Show remedy"<span class="vh">" for " {o.address.clone()}</span></a></li> }
        })
        .collect_view();
    Some(
        view! {
            <section class="panel" aria-labelledby="not-repaired">
                <header><h2 id="not-repaired">"Not repaired by this sign-in"</h2></header>
                <ul class="lines">{lines}</ul>
                <footer>"Each mailbox of the account was tried on its own."</footer>
            </section>
        }
        .into_any(),
    )
}

/// R28: expected, refused, nothing changed, the two ways on.
fn wrong_account(r: SignInResult, refused: Option<Refusal>) -> AnyView {
    let (short, address) = (r.provider_short.clone(), r.mailbox_address.clone());
    let signed = r.account.clone().unwrap_or_else(|| "another account".into());
    let expected = r.expected.clone().unwrap_or_else(|| "another account".into());
    let adopt = r.adopt.map(|_| {
        view! {
            <hr/>
            <div class="stack tight">
                <p class="soft">"Do you mean to change who signs in for this mailbox? Its tickets and what was fetched stay."</p>
                <Act action={post_to::<Adopt>()} fields=vec![("id", r.id.to_string())] words=format!("Use {signed} from now on") busy="Trying it"/>
            </div>
        }
    });
    view! {
        <Gate title="You signed in with another account" wide=true
            foot=ViewFn::from(|| view! { <a href="/help/wrong-account">"Why Mailkeep checks who signs in"</a> })>
            <div class="stack tight">
                {nothing_changed()}
                <h1>{format!("You signed in as {signed}; this mailbox uses {expected}")}</h1>
                <p class="soft">{format!("So that no mail of one mailbox lands in another, Mailkeep refused the sign-in for {address}.")}</p>
            </div>
            <Refused refused/>
            <ul class="probe">
                <li data-tone="ok">{Icon::Ok.view()}<span class="what value">{expected.clone()}</span><span class="took">"Expected"</span></li>
                <li data-tone="critical">{Icon::Critical.view()}<span class="what value">{signed.clone()}</span><span class="took">"Refused"</span></li>
            </ul>
            <div class="stack tight">
                <p class="soft">"Try again with "<b>"Use another account"</b>{format!(" in {short}'s list.")}</p>
                <div class="row">
                    <SignIn mailbox=r.mailbox provider=kind(&r.provider_key) intent=r.intent pick=true words="Try again" of=format!("as {expected}")/>
                    <a class="button large" href=path(r.mailbox)>"Back to the mailbox"</a>
                </div>
            </div>
            {adopt}
        </Gate>
    }
    .into_any()
}

/// Two at once: the other one was quicker.
fn already_repaired(r: SignInResult, by: Repaired, clock: Clock) -> AnyView {
    let who = by.by.clone().unwrap_or_else(|| by.account.clone());
    let as_whom = match by.by {
        Some(_) => format!(" by signing in as {}", by.account),
        None => " by a sign-in link".to_owned(),
    };
    let title = format!("Already repaired by {who}");
    view! {
        <Gate title=title.clone() wide=true>
            <div class="stack tight">
                <span class="state" data-tone="ok">{Icon::Ok.view()}<span>{format!("{} works", r.mailbox_address)}</span></span>
                <h1>{title}</h1>
                <p class="soft">{format!("It was done {}{as_whom}, while you signed in. Your sign-in was not needed and is forgotten; nothing was changed by it.", clock.when(by.at))}</p>
            </div>
            <div class="row">
                <a class="button primary large" href=path(r.mailbox)>"Go to the mailbox"</a>
                <a class="button large" href=LIST>"All support emails"</a>
            </div>
        </Gate>
    }
    .into_any()
}

/// Refused for another reason, or never came back.
fn not_completed(r: SignInResult) -> AnyView {
    let short = r.provider_short.clone();
    let (title, sentence) = match r.refused {
        Some(reason) => advice(reason, &short),
        None => {
            ("The sign-in was not finished".into(), format!("No answer came back from {short}. Nothing was changed."))
        }
    };
    let retry = !matches!(r.refused, Some(CallbackRefusal::Registration | CallbackRefusal::MailboxGone));
    view! {
        <Gate title=title.clone() wide=true>
            <div class="stack tight">
                {nothing_changed()}
                <h1>{title}</h1>
                <p class="soft">{sentence}</p>
                <p class="quiet">"For " {r.mailbox_address.clone()}</p>
            </div>
            <div class="row">
                {retry.then(|| view! { <SignIn mailbox=r.mailbox provider=kind(&r.provider_key) intent=r.intent words="Try again"/> })}
                {(r.refused == Some(CallbackRefusal::AdminConsentNeeded)).then(|| view! { <a class="button primary large" href=crate::api::approvals::path(r.mailbox)>"Ask an admin to approve"</a> })}
                {(r.refused == Some(CallbackRefusal::Registration)).then(|| view! { <a class="button primary large" href="/admin/registrations">"Look at the registration"</a> })}
                <a class="button large" href=path(r.mailbox)>"Back to the mailbox"</a>
            </div>
            {r.said.map(|said| view! { <Said who=short said/> })}
        </Gate>
    }
    .into_any()
}
