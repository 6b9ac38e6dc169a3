//! Settings of a mailbox.

use super::{elsewhere, forwarders};
use crate::api::mailboxes::{AddAddress, Change, path};
use crate::api::post_to;
use crate::api::relays::{CheckRelay, OwnServer};
use crate::api::test_mails::SendAcknowledgement;
use crate::components::button::{Act, SignIn, Submit};
use crate::components::field::{Check, Choice, Field, Select};
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::rcdata::in_textarea;
use crate::components::state::{State, Tone, Words};
use crate::pages::page;
use crate::wording::folders;
use crate::wording::times::Clock;
use domain::console::mailboxes::{MailboxPage, Through};
use domain::console::relays::Relay;
use domain::id::MailboxId;
use domain::refusal::Fault;
use domain::signin::Intent;
use leptos::prelude::*;

/// Both, incoming only, outgoing only; the half that is elsewhere gets a name. `first`: the page begins with them.
pub fn use_choices(page: &MailboxPage, first: bool) -> impl IntoView + use<> {
    let wanted = &page.wanted;
    let address = page.row.address.to_string();
    let (both, incoming, outgoing) =
        (wanted.incoming && wanted.outgoing, wanted.incoming && !wanted.outgoing, !wanted.incoming && wanted.outgoing);
    let none = !wanted.incoming && !wanted.outgoing;
    let nobody = |words: &str, chosen: bool| vec![(String::new(), words.to_owned(), chosen)];
    let mut through = nobody("Nothing yet: tickets can be read, not answered", wanted.replies_through.is_none());
    through.extend(
        page.senders
            .iter()
            .map(|(id, a)| (id.to_string(), a.to_string(), wanted.replies_through == Some(Through::Mailbox(*id)))),
    );
    through.extend(page.system_sender.as_ref().map(|(host, from)| {
        let words = format!("System SMTP: {from} by {host}");
        ("system".to_owned(), words, wanted.replies_through == Some(Through::System))
    }));
    let mut arrives = nobody("Somewhere else: answers do not come here", wanted.arrives_at.is_none());
    arrives
        .extend(page.receivers.iter().map(|(id, a)| (id.to_string(), a.to_string(), wanted.arrives_at == Some(*id))));
    view! {
        <fieldset class="stack">
            <legend class="label">"Use this mailbox for"</legend>
            <div class="choices gap">
                <Choice name="used" value="both" title="Both" hint=format!("Messages become tickets, replies leave from {address}.") chosen=both || none first/>
                <Choice name="used" value="incoming" title="Incoming only" hint="Messages become tickets. Replies leave through another mailbox or the system SMTP." chosen=incoming first/>
                <Choice name="used" value="outgoing" title="Outgoing only" hint="Replies leave from here. Its mail arrives somewhere else." chosen=outgoing first/>
            </div>
            <div class="if-incoming-only">
                <Select name="replies_through" label="Replies leave through" options=through
                    hint="They leave from that address; answers come back to this one. System SMTP is the server that notices leave by."/>
            </div>
            <div class="if-outgoing-only">
                <Select name="arrives_at" label="Its mail arrives at" options=arrives
                    hint="Forward it there at your mail provider. What was written to this address is answered from it."/>
            </div>
        </fieldset>
    }
}

/// R22: at any time, healthy or not.
fn reauthenticate(data: &MailboxPage) -> Option<AnyView> {
    if data.draft || !data.provider.signs_in {
        return None;
    }
    let (row, short) = (&data.row, data.provider.short.clone());
    let (intent, head, sentence) = if row.by_password {
        (
            Intent::Switch,
            format!("Move to {short}"),
            format!("It signs in by password now. One sign-in at {short} replaces it: same mailbox, same tickets."),
        )
    } else {
        (
            Intent::Reauthorize,
            "Reauthenticate".to_owned(),
            match &data.account {
                Some(account) => format!(
                    "Signed in as {account}. A new sign-in replaces the present one as soon as it has proved itself; mail goes on all through."
                ),
                None => "Nobody is signed in for it.".to_owned(),
            },
        )
    };
    let button = if data.registered {
        view! { <SignIn mailbox=row.id provider=data.provider.kind intent words=format!("Sign in with {short}")/> }
            .into_any()
    } else {
        view! { <a class="button" href=format!("/admin/registrations/guide/{}?mailbox={}", data.provider.key, row.id)>"Make the app registration first"</a> }.into_any()
    };
    Some(
        view! {
            <section class="panel" id="reauthenticate" aria-labelledby="reauth">
                <header><h2 id="reauth">{head}</h2></header>
                <div class="body row apart"><p class="soft">{sentence}</p>{button}</div>
            </section>
        }
        .into_any(),
    )
}

/// Below the mailbox's own page.
pub fn below(id: MailboxId, address: &str) -> Vec<(String, Option<String>)> {
    let mut crumbs = email_crumbs(true);
    crumbs.push((address.to_owned(), Some(path(id))));
    crumbs
}

/// `/admin/channels/email/:id/edit`
#[component]
pub fn EditPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let listed = here.console.folders.choices(&here.actor, id).await?;
        let at_address = (here.place.query("form") == Some("address")).then(|| here.place.refused()).flatten();
        let refused = (here.place.query("form").is_none()).then(|| here.place.refused()).flatten();
        let added = match here.place.query("done") {
            Some("address") => Some("The address is added"),
            Some("forwarder") => Some("The list of forwarders is changed"),
            _ => None,
        };
        let at_forwarder = (here.place.query("form") == Some("forwarder")).then(|| here.place.refused()).flatten();
        let may_forward = here.console.forwarders.list(&here.actor, id).await?;
        let address = data.row.address.to_string();
        let forwards = here.console.relays.list(&here.actor, id).await?;
        let clock = here.clock;
        let own = data
            .own_addresses
            .iter()
            .map(|a| match forwards.iter().find(|f| f.address == *a) {
                Some(forward) => forwarded(id, forward, clock).into_any(),
                None => view! { <li><span class="value">{a.to_string()}</span></li> }.into_any(),
            })
            .collect_view();
        let told = match here.place.query("done") {
            Some("forward") => Some(view! {
                <Notice tone=Tone::Ok title="The address belongs to this mailbox now">
                    <p>"Forward its mail here at your provider, then send a test mail below: it shows whether it arrives."</p>
                </Notice>
            }),
            _ => None,
        };
        let any_own = !data.own_addresses.is_empty();
        let choices = use_choices(&data, false);
        let tidy = elsewhere::tidy(&data.wanted.after_fetch.tidy, &listed);
        let grace = match data.wanted.after_fetch.grace_days {
            0 => String::new(),
            days => days.to_string(),
        };
        let title = format!("Edit {address}");
        let reauthenticate = reauthenticate(&data);
        Ok(view! {
            <Sheet here title place=Place::Email narrow=true>
                <Head title="Edit" crumbs=below(id, &address) sub=address.clone()/>
                <div class="stack loose">
                    {told}
                    {added.map(|title| view! { <Notice tone=Tone::Ok title/> })}
                    <form class="stack loose" method="post" action={post_to::<Change>()}>
                        <Refused refused shown=&[Fault::NameMissing, Fault::TextTooLong, Fault::DaysOutOfRange]/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <div class="form">
                            <Field name="name" label="Name of the mailbox" value=data.row.name optional=true refused faults=&[Fault::NameMissing]
                                hint="For your team, in lists."/>
                            <Field name="from_name" label="Name customers see" value=data.from_name optional=true hint="In the From line of replies."/>
                            <div class="field">
                                <label for="signature">"Signature"<span class="optional">" optional"</span></label>
                                <textarea class="textarea low" id="signature" name="signature" rows="4" aria-describedby="signature-hint">{in_textarea(&data.signature)}</textarea>
                                <span class="hint" id="signature-hint">"Stands below every reply from this mailbox."</span>
                            </div>
                        </div>
                        {choices}
                        <fieldset class="stack if-fetches">
                            <legend class="part">"Incoming"</legend>
                            <Field name="folder" label="Folder" value=data.wanted.folder refused faults=&[Fault::TextTooLong]
                                hint="Watched all the time: its mail is here within seconds."/>
                            {elsewhere::further(listed)}
                            <Check name="delete_after_fetch" title="Delete emails from the server after fetching" checked=data.wanted.delete_after_fetch
                                hint="Off: the mailbox stays as it is. On: each message is deleted only after it is stored here."/>
                            <Field name="grace_days" label="Days before it is deleted" value=grace kind="number" short=true inputmode="numeric" optional=true
                                refused faults=&[Fault::DaysOutOfRange] hint="Counts only where mail is deleted. Empty or 0: at once."/>
                            <Select name="after_fetch" label="Mail that stays on the server" options=tidy
                                hint="Done after it is stored here. Servers without the means leave it as it is, and the mailbox's page says so."/>
                        </fieldset>
                        <fieldset class="stack">
                            <legend class="part">"Automatic reply"</legend>
                            <Check name="acknowledge" title="Acknowledge new tickets" checked=data.acknowledge hint=folders::ACKNOWLEDGE/>
                            <div class="field">
                                <label for="acknowledge_text">"Its words"<span class="optional">" optional"</span></label>
                                <textarea class="textarea low" id="acknowledge_text" name="acknowledge_text" rows="4"
                                    aria-describedby="acknowledge_text-hint"
                                    placeholder=domain::acknowledge::TEXT>{in_textarea(&data.acknowledge_text)}</textarea>
                                <span class="hint" id="acknowledge_text-hint">{folders::ACKNOWLEDGE_WORDS}</span>
                            </div>
                        </fieldset>
                        <div class="form-foot">
                            <span class="quiet">"Servers and user name change with the sign-in or password."</span>
                            <span class="row"><a class="button bare" href=path(id)>"Cancel"</a><Submit words="Save" busy="Saving"/></span>
                        </div>
                    </form>
                    <section class="panel" aria-labelledby="try">
                        <header><h2 id="try">{folders::TRY_ACKNOWLEDGEMENT}</h2></header>
                        <div class="body stack">
                            <p class="soft">{folders::TRY_ACKNOWLEDGEMENT_LINE}</p>
                            <Act action={post_to::<SendAcknowledgement>()} fields=vec![("id", id.to_string())] words=folders::SEND_TO_ME busy="Sending"/>
                        </div>
                    </section>
                    <section class="panel" aria-labelledby="own">
                        <header><h2 id="own">"Other addresses of this mailbox"</h2></header>
                        {any_own.then(|| view! { <ul class="lines">{own}</ul> })}
                        <div class=if any_own { "body split" } else { "body" }>
                            <form class="form" method="post" action={post_to::<AddAddress>()}>
                                <Refused refused=at_address shown=&[Fault::AddressMalformed, Fault::AddressTaken]/>
                                <input type="hidden" name="id" value=id.to_string()/>
                                <Field name="address" label="Address" kind="email" refused=at_address faults=&[Fault::AddressMalformed, Fault::AddressTaken]
                                    hint="An alias or an older address. A reply leaves from the address that the customer wrote to."/>
                                <div class="row"><Submit words="Add the address" kind="" busy="Adding"/></div>
                            </form>
                        </div>
                    </section>
                    {forwarders::panel(id, &may_forward, at_forwarder)}
                    {reauthenticate}
                    <section class="panel" aria-labelledby="end">
                        <header><h2 id="end">"Disconnect or delete"</h2></header>
                        <div class="body row apart">
                            <p class="soft">"Disconnect: fetching and sending stop and the credentials are wiped. The mailbox stays in the list."</p>
                            <a class="button danger" href=format!("{}/disconnect", path(id))>"Disconnect"</a>
                        </div>
                        <div class="body split row apart">
                            <p class="soft">"Delete: the mailbox leaves the list and its address is free again. Tickets stay."</p>
                            <a class="button danger" href=format!("{}/delete", path(id))>"Delete"</a>
                        </div>
                    </section>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

/// An address that is forwarded here: whether its test mail arrived.
fn forwarded(id: MailboxId, forward: &Relay, clock: Clock) -> impl IntoView + use<> {
    let address = forward.address.to_string();
    let state = match (forward.sent_at, forward.seen_at) {
        (_, Some(at)) => {
            Words::new(Tone::Ok, Icon::Ok, format!("Forwarded here: a test mail arrived {}", clock.when(at)))
        }
        (Some(at), None) => {
            Words::new(Tone::Calm, Icon::Clock, format!("A test mail left {}; it has not arrived yet", clock.when(at)))
        }
        (None, None) => Words::new(Tone::Calm, Icon::Info, "Forwarded here, not tested yet".to_owned()),
    };
    let fields = vec![("id", id.to_string()), ("address", address.clone())];
    view! {
        <li id=format!("forward-{}", address.replace('@', "-at-")) data-live=format!("mailbox:{id}") class="stack tight">
            <span class="value">{address.clone()}</span>
            <State words=state/>
            <div class="row">
                <Act action={post_to::<CheckRelay>()} fields=fields.clone() words="Send a test mail" kind="small" busy="Sending" of=format!("to {address}")/>
                <Act action={post_to::<OwnServer>()} fields=fields words="Use its own mail server instead" kind="small bare" of=format!("for {address}")/>
            </div>
        </li>
    }
}
