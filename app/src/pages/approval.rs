//! `/admin/channels/email/:id/approval`: the link to send, since when it is waited for, and what the provider showed.

use crate::api::approvals::{Ask, Shown as Show, Withdraw};
use crate::api::post_to;
use crate::components::approval::notice;
use crate::components::button::{Act, Copy, SignIn, Submit};
use crate::components::call::Said;
use crate::components::frame::{Gate, Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::Refused;
use crate::components::state::Tone;
use crate::pages::mailbox::below;
use crate::pages::{open, page};
use crate::wording::diagnoses;
use crate::wording::times::Clock;
use domain::console::approvals::{ApprovalPage as Page, Shown, Stage};
use domain::credential::CredentialKind;
use domain::id::MailboxId;
use domain::provider::ProviderKind;
use domain::refusal::{Fault, Refusal};
use domain::remedy::Remedy;
use leptos::prelude::*;

/// The page.
#[component]
pub fn ApprovalPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.approvals.page(&here.actor, id).await?;
        let clock = here.clock;
        let refused = here.place.refused();
        let title = format!("Approval at {}", data.provider_short);
        let crumbs = below(id, &data.address);
        let top = data.approval.is_some().then(|| notice(&data, clock)).flatten();
        let sub = data.address.clone();
        let link = link(&data, clock);
        let shown = shown(&data, refused, clock);
        let other = refused.filter(|r| *r != Refusal::Invalid(Fault::MessageEmpty));
        Ok(view! {
            <Sheet here title=title.clone() place=Place::Email narrow=true acts=true>
                <Head title crumbs sub/>
                <div class="stack loose" id="approval" data-live=format!("mailbox:{id}")>
                    <Refused refused=other/>
                    {top}{link}{shown}
                </div>
            </Sheet>
        }
        .into_any())
    })
}

/// Ask, or what was asked.
fn link(data: &Page, clock: Clock) -> AnyView {
    let short = data.provider_short.clone();
    let domain = data.address.rsplit('@').next().unwrap_or_default().to_owned();
    let id = vec![("id", data.mailbox.to_string())];
    if !data.can_ask {
        return view! {
            <section class="panel" aria-labelledby="ask">
                <header><h2 id="ask">"If an admin must allow it"</h2></header>
                <div class="body"><p class="soft">"A Google Workspace admin allows it in admin.google.com under Security, Access and data control, API controls, Manage third-party app access: add the client ID and choose Trusted. Then sign in again."</p></div>
            </section>
        }
        .into_any();
    }
    match &data.approval {
        Some(approval) if approval.stage() == Stage::Waiting => {
            let text = format!(
                "Hello,\n\nthe help desk of {} would like to read and answer {} with Mailkeep. In your organisation only an admin may allow that. This link opens {short}'s own page, where you can approve it for everybody:\n\n{}\n\nIt asks for IMAP and SMTP on behalf of people who sign in, and for nothing else.",
                data.desk_name, data.address, approval.link
            );
            view! {
                <section class="panel" aria-labelledby="ask">
                    <header><h2 id="ask">"Link to send"</h2><span class="quiet">"Asked for " {clock.stamp(approval.asked_at, clock.time(approval.asked_at))}</span></header>
                    <div class="body stack tight">
                        <p class="soft">{format!("For an admin of {domain} at {short}. It opens {short}'s own page; nobody needs an account here.")}</p>
                        <Copy text=approval.link.clone() what="the link to approve"/>
                        <details class="fold">
                            <summary>{Icon::Chevron.with_class("icon chevron")}"As text, for a mail"</summary>
                            <div><Copy text what="the text"/></div>
                        </details>
                        <Act action={post_to::<Withdraw>()} fields=id kind="small bare" words="Stop waiting"/>
                    </div>
                </section>
            }
            .into_any()
        }
        Some(approval) if approval.stage() == Stage::Approved => ().into_any(),
        declined => {
            // The answer below offers it as well, right under its reason.
            let kind = if data.shown.is_some() { "" } else { "primary" };
            let said = declined.as_ref().and_then(|a| a.said.clone());
            view! {
                <section class="panel" aria-labelledby="ask">
                    <header><h2 id="ask">"Ask an admin to approve"</h2></header>
                    <div class="body stack tight">
                        <p class="soft">{format!("In most organisations {short} lets only an admin allow an app that reads mail. Mailkeep makes a link for an admin of {domain}: they approve once, for all mailboxes there, and you see it here.")}</p>
                        <Act action={post_to::<Ask>()} fields=id kind words="Make the link to send" busy="Making it"/>
                        {said.map(|said| view! { <Said who=short said/> })}
                    </div>
                </section>
            }
            .into_any()
        }
    }
}

/// The question and its answer.
fn shown(data: &Page, refused: Option<Refusal>, clock: Clock) -> impl IntoView + use<> {
    let short = data.provider_short.clone();
    let empty = refused == Some(Refusal::Invalid(Fault::MessageEmpty));
    let lead = match data.unreturned {
        Some(at) => format!("The sign-in of {} has not come back. ", clock.time(at)),
        None => String::new(),
    };
    let answer = data.shown.as_ref().map(|shown| answer(data, shown, clock));
    let hint = if data.provider_kind == ProviderKind::Microsoft {
        "The whole text, or just its number, as in AADSTS90094."
    } else {
        "The whole text, or the words after Error, as in redirect_uri_mismatch."
    };
    view! {
        <section class="panel" id="shown" aria-labelledby="shown-head">
            <header><h2 id="shown-head">{format!("What did {short} show you?")}</h2></header>
            <div class="body stack">
                {answer}
                <form class="form" method="post" action={post_to::<Show>()}>
                    <input type="hidden" name="id" value=data.mailbox.to_string()/>
                    <div class="field">
                        <label for="text">{format!("Text or number on {short}'s page")}</label>
                        <textarea class="input textarea low" id="text" name="text" rows="3" aria-describedby="text-hint" aria-invalid=empty.then_some("true")></textarea>
                        {empty.then(|| view! { <span class="error">{Icon::Critical.view()}<span>"Nothing was entered."</span></span> })}
                        <span class="hint" id="text-hint">{lead}{hint}</span>
                    </div>
                    <div class="row"><Submit words="What does it mean?" kind="" busy="Looking"/></div>
                </form>
            </div>
        </section>
    }
}

fn answer(data: &Page, shown: &Shown, clock: Clock) -> AnyView {
    let short = data.provider_short.clone();
    let domain = data.address.rsplit('@').next().unwrap_or_default();
    let remedy = shown.diagnosis.remedy(CredentialKind::Grant);
    let (who, not) = diagnoses::who(shown.diagnosis, remedy, &short, domain);
    let unknown = shown.diagnosis == domain::Diagnosis::Unknown;
    let (title, sentence) = if unknown {
        (
            "This text is not known here".to_owned(),
            format!(
                "Show it to an admin of {domain} at {short}; the time and the IDs in it find the event in their log."
            ),
        )
    } else {
        (diagnoses::title(shown.diagnosis, &short), diagnoses::sentence(shown.diagnosis, &short))
    };
    let steps = diagnoses::steps(shown.diagnosis, data.provider_kind, &data.address).map(|steps| {
        let lines = steps.steps.into_iter().map(|s| view! { <li><span>{s}</span></li> }).collect_view();
        let code = steps
            .lines
            .into_iter()
            .map(|(place, line)| view! { <h3>{place}</h3><Copy text=line what="the line"/> })
            .collect_view();
        view! { <ol class="howto">{lines}</ol>{code} }
    });
    let action = match remedy {
        Remedy::AdminConsent if data.can_ask && data.approval.is_none() => Some(
            view! { <Act action={post_to::<Ask>()} fields=vec![("id", data.mailbox.to_string())] kind="primary" words="Make the link for the admin" busy="Making it"/> }.into_any(),
        ),
        Remedy::FixAppRegistration => {
            Some(view! { <div class="row"><a class="button primary" href="/admin/registrations">"Look at the registration"</a></div> }.into_any())
        }
        Remedy::SignInAgain | Remedy::AnotherPersonSignsIn => Some(
            view! { <SignIn mailbox=data.mailbox provider=data.provider_kind intent=data.intent words=format!("Sign in with {short}")/> }.into_any(),
        ),
        _ => None,
    };
    let tone = if unknown { Tone::Calm } else { Tone::Warning };
    view! {
        <div class="stack tight" role="status">
            <p class="state" data-tone=tone.key()>{tone.icon().view()}<b>{title}</b></p>
            <p class="soft">{sentence}</p>
            {(!unknown).then(|| view! { <dl class="facts"><dt>"Who can fix it"</dt><dd><b>{who}</b>" "{not}</dd></dl> })}
            {steps}
            {action}
            <Said who=short said=shown.said.clone()/>
            <p class="quiet">"Looked up " {clock.stamp(shown.at, clock.time(shown.at))}{shown.code.clone().map(|code| format!(", by {code}"))}</p>
        </div>
    }
    .into_any()
}

/// `/approval/:stage`: what the organisation's admin sees when the provider sends them back. No account, no action.
#[component]
pub fn AnsweredPage() -> impl IntoView {
    open(|place| async move {
        let approved = place.param("stage").as_deref() == Some("approved");
        let (tone, title, sentence) = if approved {
            (
                Tone::Ok,
                "Thank you, it is approved",
                "The help desk sees it and goes on by itself: somebody who may open the mailbox signs in. There is nothing more for you to do.",
            )
        } else {
            (
                Tone::Calm,
                "It is not approved",
                "Nothing was changed in your organisation. The help desk sees that it was declined; the same link works if you change your mind.",
            )
        };
        Ok(view! {
            <Gate title>
                <div class="stack tight">
                    <span class="state" data-tone=tone.key()>{tone.icon().view()}<span>{if approved { "Approved" } else { "Declined" }}</span></span>
                    <h1>{title}</h1>
                    <p class="soft">{sentence}</p>
                    <p class="quiet">"You may close this page."</p>
                </div>
            </Gate>
        }
        .into_any())
    })
}
