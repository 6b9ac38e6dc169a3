//! The server: what it is called, under which address browsers reach it, how it is set.

mod address;

pub use address::{AddressPage, CheckAddressPage};

use crate::api::desk::Rename;
use crate::api::post_to;
use crate::components::button::Submit;
use crate::components::copied;
use crate::components::field::Field;
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::moved;
use crate::components::notice::{Notice, Refused};
use crate::components::state::Tone;
use crate::pages::page;
use domain::refusal::Fault;
use leptos::prelude::*;

const NAME: &[Fault] = &[Fault::NameMissing, Fault::TextTooLong];

/// `/admin/server`
#[component]
pub fn ServerPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let server = here.console.desk.server(&here.actor).await?;
        let public = here.console.addresses.show(&here.actor).await?;
        let clock = here.clock;
        let stays = here.frame.silent.as_ref().is_some_and(|silent| silent.stays);
        let refused = here.place.refused_at("desk").filter(|_| here.place.query("form").is_some());
        let at_address = here.place.refused_at("address");
        let first = here.place.query("done") == Some("first");
        let done = match here.place.query("done") {
            Some("changed") => Some("Saved"),
            Some("address") => Some("Checked: browsers reach Mailkeep at this address"),
            Some("insisted") => Some("Saved without the check"),
            Some("taken-over") => Some("This installation is the desk now"),
            Some("silent") => Some("This copy stays silent"),
            _ => None,
        };
        let (moved, behind) = (moved::notice(&public), moved::behind(&public));
        let panel = address::form(&public, at_address, None, clock);
        let sub = format!("Version {}, up {}.", server.version, clock.since_inside(server.started_at));
        let rows = server
            .settings
            .into_iter()
            .map(|line| {
                view! {
                    <tr>
                        <th scope="row"><code>{line.name}</code></th>
                        <td data-label="Value">
                            {line.caution.then(|| view! { <span class="state light" data-tone="warning">{Icon::Warning.view()}<span class="vh">"Look twice: "</span></span>" " })}
                            <span class="value">{line.value}</span>
                        </td>
                        <td data-label="Meaning"><span class="soft">{line.meaning}</span></td>
                    </tr>
                }
            })
            .collect_view();
        Ok(view! {
            <Sheet here title="Server" place=Place::Server>
                <Head title="Server" crumbs=vec![("Admin".into(), None), ("Server".into(), None)] sub/>
                <div class="stack loose">
                    {first.then(|| view! {
                        <Notice tone=Tone::Ok title="You are the first admin">
                            <p>"The public address is settled. Connect the first mailbox now."</p>
                            <div class="row"><a class="button" href="/admin/channels/email">"Go to the support emails"</a></div>
                        </Notice>
                    })}
                    {done.map(|title| view! { <Notice tone=Tone::Ok title/> })}
                    {moved}{behind}
                    {stays.then(copied::again)}
                    {panel}
                    <section class="panel" aria-labelledby="desk">
                        <header><h2 id="desk">"Help desk"</h2></header>
                        <div class="body">
                            <form class="form" method="post" action={post_to::<Rename>()}>
                                <Refused refused shown=NAME/>
                                <Field name="desk_name" label="Name of the help desk" value=server.desk_name refused faults=NAME
                                    hint="Stands on the sign-in page and in notices."/>
                                <div class="row"><Submit words="Save" busy="Saving"/></div>
                            </form>
                        </div>
                    </section>
                    <section aria-labelledby="settings">
                        <div class="section-head"><h2 id="settings">"Settings"</h2><span class="quiet">"From the environment or the settings file; read at the start. Database: " {server.database}</span></div>
                        <table class="table settings">
                            <thead><tr><th scope="col">"Name"</th><th scope="col">"Value"</th><th scope="col">"Meaning"</th></tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </section>
                </div>
            </Sheet>
        }
        .into_any())
    })
}
