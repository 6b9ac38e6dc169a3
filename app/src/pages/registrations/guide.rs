//! The guide to an app registration: in the console with the form below, or alone for whoever may make it.

use super::{PAGE, form};
use crate::api::console;
use crate::api::response::go;
use crate::components::button::{Copy, Submit, logo};
use crate::components::field::Choice;
use crate::components::frame::{Gate, Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::Notice;
use crate::components::state::Tone;
use crate::pages::{open, page};
use domain::console::registrations::GuidePage as Page;
use domain::guide::{GuideStep, Line, Whose};
use domain::id::MailboxId;
use domain::provider::is_own;
use leptos::prelude::*;

/// `/admin/registrations/guide/:provider`
#[component]
pub fn GuidePage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let provider = here.place.param("provider").unwrap_or_default();
        let whose = here.place.query("whose").and_then(Whose::from_key);
        if is_own(&provider) {
            // Nobody has written down its clicks: its own page says what it needs.
            let mailbox = here.place.query("mailbox").and_then(|id| id.parse().ok());
            go(&crate::api::own_providers::page(Some(&provider), mailbox));
            return Ok(().into_any());
        }
        let data = here.console.registrations.guide(provider.clone(), whose).await?;
        let (short, redirect_refused) = (data.provider_short.clone(), data.redirect_refused);
        let mailbox = here.place.query("mailbox").and_then(|id| id.parse::<MailboxId>().ok());
        let title = format!("Register Mailkeep at {short}");
        let sub = format!("Once, about ten minutes; then every mailbox there signs in by it. {}", checked(&data));
        let choices = data
            .guide
            .choices
            .iter()
            .map(|c| view! { <Choice name="whose" value=c.whose.key() title=c.title.clone() hint=c.hint.clone() chosen=c.whose == data.whose/> })
            .collect_view();
        let tenant = data.guide.choice(data.whose).map(|c| c.tenant.clone()).unwrap_or_default();
        let refused = here.place.refused();
        let form = (!redirect_refused).then(|| {
            let start = form::Start {
                provider: Some(provider.clone()),
                guided: Some(data.whose),
                tenant,
                mailbox,
                ..Default::default()
            };
            form::view(start, refused)
        });
        let crumbs =
            vec![("Admin".into(), None), ("App registrations".into(), Some(PAGE.into())), (short.clone(), None)];
        let send = send(&data);
        let body = body(&data);
        Ok(view! {
            <Sheet here title=title.clone() place=Place::Registrations narrow=true>
                <Head title crumbs sub/>
                <div class="stack loose">
                    {mailbox.map(|_| view! {
                        <Notice tone=Tone::Calm title=format!("{short} does not know this server yet")>
                            <p>"Make the registration once, enter it below, and the sign-in goes on from there. The mailbox waits meanwhile; nothing is lost."</p>
                        </Notice>
                    })}
                    {redirect_refused.then(|| view! {
                        <Notice tone=Tone::Warning title="The public address comes first">
                            <p>{format!("{short} sends people back only to an https address or to localhost, and the redirect address is part of the registration.")}</p>
                            <div class="row"><a class="button primary" href="/admin/server">"Set the public address"</a></div>
                        </Notice>
                    })}
                    <form class="form" method="get" action=format!("{PAGE}/guide/{provider}")>
                        {mailbox.map(|id| view! { <input type="hidden" name="mailbox" value=id.to_string()/> })}
                        <fieldset><legend class="label">"Whose mailboxes?"</legend><div class="choices gap">{choices}</div></fieldset>
                        <div class="row"><Submit words="Show these steps" kind=""/></div>
                    </form>
                    {send}
                    {body}
                    {form}
                    <p class="quiet">"Made already? "<a href=format!("{PAGE}?new={provider}#form")>"Enter a registration that exists"</a></p>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

/// `/app-guide/:provider`: the same without the console around it. It holds no secret and takes none.
#[component]
pub fn OpenGuidePage() -> impl IntoView {
    open(|place| async move {
        let provider = place.param("provider").unwrap_or_default();
        let whose = place.query("whose").and_then(Whose::from_key);
        let data = console()?.registrations.guide(provider, whose).await?;
        let short = data.provider_short.clone();
        let desk = data.desk_name.clone();
        let title = format!("Register an app at {short} for {desk}");
        let body = body(&data);
        let checked = checked(&data);
        Ok(view! {
            <Gate title=title.clone() wide=true foot=ViewFn::from(|| view! { <span>"Mailkeep, the email channel of a help desk"</span> })>
                <div class="stack tight">
                    <h1>{title}</h1>
                    <p class="soft">{format!("{desk} reads and answers its support mailboxes with Mailkeep. For that {short} must know it as an app. {}", data.guide.who)}</p>
                    <p class="quiet">{checked}</p>
                </div>
                {body}
                <Notice tone=Tone::Calm title="Then pass three values on">
                    <p>{format!("The Client ID, at Microsoft the Tenant, and the Client secret with the day it ends go to whoever sent you this page at {desk}. Pass the secret on by a way that only the two of you read; this page neither holds nor takes it.")}</p>
                </Notice>
            </Gate>
        }
        .into_any())
    })
}

fn checked(data: &Page) -> String {
    format!("{}; its words were checked on {}.", data.guide.console, data.guide.checked)
}

fn send(data: &Page) -> impl IntoView + use<> {
    let text = format!("{}\n{}", data.link, data.guide.text());
    view! {
        <section class="panel" aria-labelledby="who">
            <header><h2 id="who">"Who may do this"</h2></header>
            <div class="body stack tight">
                <p class="soft">{data.guide.who.clone()}</p>
                <h3>"Somebody else? Send this page"</h3>
                <p class="soft">"It opens without an account and holds no secret."</p>
                <Copy text=data.link.clone() what="the link to this guide"/>
                <details class="fold">
                    <summary>{Icon::Chevron.with_class("icon chevron")}"As text, for a mail"</summary>
                    <div><pre class="code">{text}</pre></div>
                </details>
            </div>
        </section>
    }
}

/// The steps, what the choices mean, the scripts.
fn body(data: &Page) -> impl IntoView + use<> {
    let guide = &data.guide;
    let steps = guide.steps.iter().map(step).collect_view();
    let meanings = guide
        .meanings
        .iter()
        .map(|(title, text)| view! { <dt>{title.clone()}</dt><dd class="soft">{text.clone()}</dd> })
        .collect_view();
    let scripts = guide
        .scripts
        .iter()
        .map(|script| {
            view! {
                <details class="fold">
                    <summary>{Icon::Chevron.with_class("icon chevron")}{script.title.clone()}</summary>
                    <div class="stack tight">
                        <p class="quiet">{script.needs.clone()}</p>
                        <Copy text=script.text.clone() what=format!("the lines for {}", script.title)/>
                    </div>
                </details>
            }
        })
        .collect_view();
    let no_script = guide.no_script.clone();
    view! {
        <section class="panel" aria-labelledby="steps">
            <header><h2 id="steps">{format!("In {}", guide.console)}</h2>
                <a href=guide.address.clone() rel="noreferrer" target="_blank" class="button small provider">{logo(data.provider_kind)}"Open the console"</a>
            </header>
            <ol class="guide">{steps}</ol>
        </section>
        {(!guide.meanings.is_empty()).then(|| view! {
            <section class="panel" aria-labelledby="means">
                <header><h2 id="means">"Internal, published or Testing"</h2></header>
                <div class="body"><dl class="facts stacked">{meanings}</dl></div>
            </section>
        })}
        <section class="panel" aria-labelledby="script">
            <header><h2 id="script">"The same as a script"</h2></header>
            <div class="body stack tight">
                {(!no_script.is_empty()).then(|| view! { <p class="soft">{no_script}</p> })}
                {scripts}
            </div>
        </section>
    }
}

fn step(step: &GuideStep) -> impl IntoView + use<> {
    let lines = step
        .lines
        .iter()
        .map(|line| match line.clone() {
            Line::Click(words) => view! { <p>{words}</p> }.into_any(),
            Line::Copy(field, value) => view! {
                <div class="pair"><span class="quiet">{field.clone()}</span><Copy text=value what=field/></div>
            }
            .into_any(),
            Line::Choose(field, value) => view! {
                <div class="pair"><span class="quiet">{field}</span><b>{value}</b></div>
            }
            .into_any(),
            Line::Care(words) => view! {
                <p class="state light" data-tone="warning">{Icon::Warning.view()}<span>{words}</span></p>
            }
            .into_any(),
        })
        .collect_view();
    view! { <li><div class="stack tight"><h3>{step.title.clone()}</h3>{lines}</div></li> }
}
