//! Sign-in links: the mail, the page of whoever got one, and how far it has come.

use crate::components::icon::Icon;
use crate::components::state::{Tone, Words};
use crate::wording::times::Clock;
use domain::console::links::{LINK_PLACE, LinkRow};
use domain::signin::{CallbackRefusal, LinkEnd, LinkFor, LinkState};

/// Subject and text of the mail, to somebody who may never have heard of the help desk.
pub fn letter(address: &str, short: &str, desk: &str, asker: &str) -> (String, String) {
    let subject = format!("Please sign in once for {address}");
    let text = format!(
        "{asker} asks you to sign in once at {short} for the mailbox {address}.\n\n\
         {desk} answers its mail with Mailkeep. That needs the sign-in of somebody who may open this mailbox.\n\n\
         Open this page; it says what is asked and what it allows. You need no account there, and your password is typed at {short} only:\n\n\
         {LINK_PLACE}\n\n\
         The link works once, for 7 days. If you did not expect this mail, ask {asker} before you sign in, or leave it.\n"
    );
    (subject, text)
}

/// Whom a link is for, as in "For anna@contoso.example".
pub fn whom(row: &LinkRow) -> String {
    match (&row.who, &row.expected) {
        (LinkFor::Anyone, _) => "Anyone who can open this mailbox".into(),
        (_, Some(login)) => login.clone(),
        (LinkFor::Same, None) => "The account that signs in now".into(),
        (LinkFor::Named(name), None) => name.clone(),
    }
}

/// How it got there and who made it.
pub fn way(row: &LinkRow, clock: Clock) -> String {
    let by = row.by.as_ref().map_or_else(|| "by the desk".to_owned(), |who| format!("by {who}"));
    let made = format!("Made {} {by}", clock.time(row.created_at));
    match (&row.email, row.not_sent) {
        (Some(email), false) => format!("{made}, mailed to {email}."),
        (Some(email), true) => format!("{made}. The mail to {email} was not sent."),
        (None, _) => format!("{made}, to be passed on."),
    }
}

/// How far a link has come.
pub fn state(row: &LinkRow, clock: Clock) -> Words {
    let account = row.account.as_deref().unwrap_or("somebody");
    match row.state {
        LinkState::Made => Words::new(Tone::Calm, Icon::Link, "Made").second(until(row, clock)),
        LinkState::Sent(at) => {
            Words::new(Tone::Calm, Icon::Mail, "Sent").second(format!("{}. {}", clock.moment(at), until(row, clock)))
        }
        LinkState::Opened(at) => {
            Words::new(Tone::Calm, Icon::User, "Opened").second(format!("{}. Not finished yet.", clock.moment(at)))
        }
        LinkState::Refused(at) => Words::new(Tone::Warning, Icon::Warning, "Refused").second(format!(
            "{}. {}",
            clock.moment(at),
            why(row.refused, account)
        )),
        LinkState::Completed(at) => {
            Words::new(Tone::Ok, Icon::Ok, "Completed").second(format!("{}, signed in as {account}.", clock.moment(at)))
        }
        LinkState::Expired(at) => Words::new(Tone::Calm, Icon::Stopped, "Expired")
            .second(format!("{}. Nobody signed in by it.", clock.moment(at))),
        LinkState::Ended(LinkEnd::Revoked, at) => {
            Words::new(Tone::Calm, Icon::Stopped, "Revoked").second(format!("{}.", clock.moment(at)))
        }
        LinkState::Ended(LinkEnd::Declined, at) => Words::new(Tone::Warning, Icon::Warning, "Refused")
            .second(format!("{}. Whoever got it said that it was not for them.", clock.moment(at))),
        LinkState::Ended(LinkEnd::NotNeeded, at) => Words::new(Tone::Calm, Icon::Ok, "Not needed any more")
            .second(format!("{}. Another sign-in repaired the mailbox.", clock.moment(at))),
    }
}

fn until(row: &LinkRow, clock: Clock) -> String {
    format!("Works until {}.", clock.time(row.expires_at))
}

/// Why the last sign-in by a link was refused, for the admin.
fn why(refused: Option<CallbackRefusal>, account: &str) -> String {
    match refused {
        Some(CallbackRefusal::WrongAccount) => format!("Signed in as {account}, who was not asked."),
        Some(CallbackRefusal::CannotOpen) => format!("{account} can't open the mailbox."),
        Some(CallbackRefusal::Declined) => "They declined at the provider.".into(),
        Some(CallbackRefusal::ConsentMissing) => "A permission was left out.".into(),
        Some(CallbackRefusal::AdminConsentNeeded) => "An admin of the organisation has to approve first.".into(),
        Some(CallbackRefusal::AlreadyRepaired) => "The mailbox was repaired already.".into(),
        Some(CallbackRefusal::Registration) => "The app registration is not right.".into(),
        _ => "The provider did not complete it.".into(),
    }
}

/// Title and sentence for whoever signed in by a link and was refused.
pub fn refusal(why: CallbackRefusal, short: &str, asker: &str) -> (String, String) {
    let (title, sentence) = match why {
        CallbackRefusal::WrongAccount => {
            ("You signed in with another account", "Sign in with the one that was asked for.".to_owned())
        }
        CallbackRefusal::CannotOpen => (
            "This account can't open the mailbox",
            format!(
                "{short} let you sign in, but not into this mailbox. Sign in with an account that has access, or tell {asker}."
            ),
        ),
        CallbackRefusal::Declined => {
            ("You declined", format!("{short} was told not to allow it. If that was a slip, try again and accept."))
        }
        CallbackRefusal::ConsentMissing => (
            "A permission was left out",
            "Each one that is asked for is needed. Try again and leave every box ticked.".into(),
        ),
        CallbackRefusal::AdminConsentNeeded => (
            "An admin of your organisation has to approve first",
            format!(
                "Its rules at {short} do not let people allow this themselves. Tell {asker}; the link can be used afterwards."
            ),
        ),
        CallbackRefusal::AlreadyRepaired => (
            "This was done already",
            "Somebody else signed in for the mailbox meanwhile. Nothing is left to do; you may close this page.".into(),
        ),
        CallbackRefusal::LinkEnded => (
            "This link has ended",
            format!("It was used, taken back or too old. Ask {asker} whether another sign-in is needed."),
        ),
        CallbackRefusal::MailboxGone => (
            "The mailbox is not there any more",
            "The help desk removed it. Nothing is left to do; you may close this page.".into(),
        ),
        CallbackRefusal::Stale => {
            ("This sign-in took too long", "An answer is good for ten minutes. Try again.".into())
        }
        CallbackRefusal::Registration => (
            "The help desk's registration is not right",
            format!("{short} does not accept it. You can do nothing about that; tell {asker}."),
        ),
        _ => (
            "The sign-in did not work",
            format!("{short} did not complete it. Try again in a minute, or tell {asker}."),
        ),
    };
    (title.to_owned(), sentence)
}

/// What the sign-in allows, in the words of the person's side.
pub fn allows(incoming: bool, outgoing: bool, address: &str) -> String {
    let what = match (incoming, outgoing) {
        (true, false) => "Read mail of",
        (false, true) => "Send mail of",
        _ => "Read and send mail of",
    };
    format!("{what} {address}. Nothing else of your account.")
}
