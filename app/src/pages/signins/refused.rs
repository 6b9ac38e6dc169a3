//! `/sign-in-refused/:reason`: a callback that belongs to no sign-in that may be shown.

use crate::components::frame::Gate;
use crate::components::icon::Icon;
use crate::pages::open;
use domain::signin::CallbackRefusal;
use leptos::prelude::*;

/// Title and what to do. Nothing was changed in any of these cases.
pub fn advice(reason: CallbackRefusal, short: &str) -> (String, String) {
    let (title, sentence) = match reason {
        CallbackRefusal::Forged => ("This sign-in did not start here", "The answer that came back belongs to no sign-in of this server. Start again at the mailbox; if you did not start one, close this page.".to_owned()),
        CallbackRefusal::Replayed => ("This sign-in was used already", "Each answer counts once; going back in the browser sends it again. Look at the mailbox: it probably works.".into()),
        CallbackRefusal::Stale => ("This sign-in took too long", "Its answer is good for ten minutes. Start again at the mailbox.".into()),
        CallbackRefusal::OtherBrowser => ("This sign-in started in another browser", "It has to end where it began. Start again at the mailbox, or with the link you got, in this browser.".into()),
        CallbackRefusal::MailboxGone => ("The mailbox is not here any more", "Somebody deleted it while you signed in.".into()),
        CallbackRefusal::Declined => ("You declined at the provider", format!("{short} was told not to allow it. Start again at the mailbox and choose Accept; it asks only for mail.")),
        CallbackRefusal::WrongAccount => ("You signed in with another account", "This mailbox uses another one. Start again at the mailbox and choose Use another account.".into()),
        CallbackRefusal::ConsentMissing if short == "Google" => ("The permission for Gmail was left out", "On Google's page the box to read, compose, send and delete mail (https://mail.google.com/) was not ticked. Nothing was replaced. Start again and tick it.".into()),
        CallbackRefusal::ConsentMissing => ("A permission was left out", "Mail needs each permission that is asked for. Start again and leave every box ticked.".into()),
        CallbackRefusal::AdminConsentNeeded => ("An admin of the organisation has to approve first", format!("Its rules at {short} do not let people allow this themselves. Ask its admin to approve Mailkeep, then start again.")),
        CallbackRefusal::Registration => ("The app registration is not right", format!("{short} does not accept our client ID, secret or redirect address. An admin mends it under App registrations.")),
        CallbackRefusal::ProviderFailed => ("The provider did not answer", format!("{short} could not be reached, or failed. Try again in a minute.")),
        CallbackRefusal::AlreadyRepaired => ("Repaired already", "Somebody else signed in for the mailbox while you did. It works; what you just signed in was not needed and is forgotten.".into()),
        CallbackRefusal::CannotOpen => ("This account can't open the mailbox", format!("{short} let the person sign in, but not into this mailbox. Somebody with access to it has to.")),
        CallbackRefusal::LinkEnded => ("The sign-in link has ended", "It was used, taken back or too old by then.".into()),
        CallbackRefusal::TokenUnsound => ("The provider's answer is not sound", "What came back does not prove who signed in. Start again; if it happens twice, look at the app registration.".into()),
    };
    (title.to_owned(), sentence)
}

/// Said first wherever a sign-in was refused.
pub fn nothing_changed() -> impl IntoView {
    view! { <span class="state" data-tone="critical">{Icon::Critical.view()}<span>"Nothing was changed"</span></span> }
}

/// The page.
#[component]
pub fn RefusedPage() -> impl IntoView {
    open(|place| async move {
        let reason = place.param("reason").unwrap_or_default();
        let reason = CallbackRefusal::from_key(&reason).unwrap_or(CallbackRefusal::Forged);
        let (title, sentence) = advice(reason, "The provider");
        Ok(view! {
            <Gate title=title.clone() wide=true>
                <div class="stack tight">
                    {nothing_changed()}
                    <h1>{title}</h1>
                    <p class="soft">{sentence}</p>
                </div>
                <div class="row"><a class="button large" href="/admin/channels/email">"Go to the support emails"</a></div>
            </Gate>
        }
        .into_any())
    })
}
