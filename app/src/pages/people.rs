//! People: who works here, inviting, disabling, a link for a new password.

mod carried;

use crate::api::people::{ChangeRole, Disable, Invite, Reset};
use crate::api::{flash, post_to};
use crate::components::button::{Act, Copy, Submit};
use crate::components::field::{Choice, Field};
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::state::{State, Tone, Words};
use crate::pages::page;
use crate::wording::counts::of;
use crate::wording::times::Clock;
use domain::console::Role;
use domain::console::people::Person;
use domain::id::PersonId;
use domain::refusal::Fault;
use leptos::prelude::*;

/// The list, the link that was just made, and the form to invite.
#[component]
pub fn PeoplePage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let people = here.console.people.list(&here.actor).await?;
        let carried = carried::view(&here.console.mailboxes.list(&here.actor).await?.rows);
        // Taken only where it is shown.
        let link = here.place.query("done").filter(|d| matches!(*d, "invited" | "reset")).and_then(|_| flash::take());
        let done = done(here.place.query("done"), link.is_some());
        let refused = here.place.refused();
        let at_form = here.place.refused_at("invite").filter(|_| here.place.query("form").is_some());
        let admins = people.iter().filter(|p| p.role == Role::Admin && p.disabled_at.is_none()).count();
        let sub = format!(
            "{}, {}.",
            of(people.len() as u64, "person", "people"),
            of(admins as u64, "of them an admin", "of them admins")
        );
        let (clock, me) = (here.clock, here.actor.person);
        let rows = people.into_iter().map(|person| row(person, me, clock)).collect_view();
        Ok(view! {
            <Sheet here title="People" place=Place::People>
                <Head title="People" crumbs=vec![("Admin".into(), None), ("People".into(), None)] sub/>
                <div class="stack loose">
                    {at_form.is_none().then(|| view! { <Refused refused/> })}
                    {done}
                    {link.map(shown_once)}
                    <section aria-label="Everybody here">
                        <table class="table people">
                            <thead><tr>
                                <th scope="col">"Name"</th><th scope="col">"Role"</th><th scope="col">"State"</th>
                                <th scope="col" class="end"><span class="vh">"Actions"</span></th>
                            </tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </section>
                    {carried}
                    <section class="panel" aria-labelledby="invite">
                        <header><h2 id="invite">"Invite somebody"</h2></header>
                        <div class="body">
                            <form class="form" method="post" action={post_to::<Invite>()}>
                                <Refused refused=at_form shown=&[Fault::NameMissing, Fault::TextTooLong, Fault::AddressMalformed, Fault::EmailTaken]/>
                                <div class="halves">
                                    <Field name="name" label="Name" refused=at_form faults=&[Fault::NameMissing, Fault::TextTooLong]/>
                                    <Field name="email" label="Email" kind="email" refused=at_form faults=&[Fault::AddressMalformed, Fault::EmailTaken]/>
                                </div>
                                <fieldset>
                                    <legend class="label">"Role"</legend>
                                    <div class="choices halves gap">
                                        <Choice name="role" value="agent" title="Agent" hint="Works tickets." chosen=true/>
                                        <Choice name="role" value="admin" title="Admin" hint="Works tickets, connects mailboxes, manages people." chosen=false/>
                                    </div>
                                </fieldset>
                                <div class="row"><Submit words="Make the invitation" busy="Making it"/></div>
                            </form>
                        </div>
                        <footer>"You get a link to pass on yourself. It works once, for 7 days."</footer>
                    </section>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

fn shown_once(url: String) -> impl IntoView {
    view! {
        <Notice tone=Tone::Ok title="Pass this link on now" icon=Icon::Link>
            <p>"It is shown this once. Whoever opens it first chooses the password."</p>
            <div class="gap"><Copy text=url what="the link"/></div>
        </Notice>
    }
}

fn done(done: Option<&str>, link: bool) -> Option<AnyView> {
    let words = match done? {
        "invited" | "reset" if !link => "The link was made. It is shown only once; make a new one if it is lost.",
        "disabled" => "The account is disabled. Its sessions have ended.",
        "enabled" => "The account may sign in again.",
        "role" => "The role is changed.",
        _ => return None,
    };
    Some(view! { <Notice tone=Tone::Ok title=words/> }.into_any())
}

fn row(person: Person, me: PersonId, clock: Clock) -> impl IntoView {
    let own = person.id == me;
    let disabled = person.disabled_at.is_some();
    let state = match (person.disabled_at, person.invited, person.seen_at) {
        (Some(at), _, _) => {
            Words::new(Tone::Calm, Icon::Stopped, "Disabled").second(format!("Since {}", clock.time(at)))
        }
        (None, true, _) => Words::new(Tone::Calm, Icon::Clock, "Invited").second("Has not signed in yet"),
        (None, false, Some(at)) => Words::new(Tone::Ok, Icon::Ok, "Active").second(format!("Seen {}", clock.ago(at))),
        (None, false, None) => Words::new(Tone::Ok, Icon::Ok, "Active"),
    };
    let role = match person.role {
        Role::Admin => "Admin",
        Role::Agent => "Agent",
    };
    let other = match person.role {
        Role::Admin => ("agent", "Make agent"),
        Role::Agent => ("admin", "Make admin"),
    };
    let id = ("person", person.id.to_string());
    let of = format!("for {}", person.name);
    let actions = (!own).then(|| {
        view! {
            <div class="menu">
                {(!disabled).then(|| view! {
                    <Act action={post_to::<Reset>()} fields=vec![id.clone()] kind="small bare" words=if person.invited { "New invitation" } else { "New password" } of=of.clone()/>
                    <Act action={post_to::<ChangeRole>()} fields=vec![id.clone(), ("role", other.0.into())] kind="small bare" words=other.1 of=of.clone()/>
                })}
                <Act action={post_to::<Disable>()} fields=vec![id.clone(), ("disabled", (!disabled).to_string())]
                    kind=if disabled { "small" } else { "small danger" } words=if disabled { "Enable" } else { "Disable" } of=of.clone()/>
            </div>
        }
    });
    view! {
        <tr>
            <th scope="row"><span class="name value">{person.name}</span>{own.then(|| view! { <span class="quiet">" (you)"</span> })}<span class="sub value">{person.email}</span></th>
            <td data-label="Role">{role}</td>
            <td data-label="State"><State words=state/></td>
            <td class="end">{actions}</td>
        </tr>
    }
}
