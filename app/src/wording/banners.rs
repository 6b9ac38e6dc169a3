//! The banners: R1 word for word, and a sentence of their own for what no sign-in repairs.

use crate::wording::counts::list;
use crate::wording::diagnoses;
use crate::wording::ends;
use crate::wording::times::Clock;
use domain::banner::{Ask, Banner, Concerned};

/// R1, in its three parts around the two links.
pub const R1: (&str, &str, &str) =
    ("Please reauthorize your Email settings. Learn more about it ", " or finish the setup in ", ".");
/// R1's first link.
pub const R1_HERE: &str = "here";
/// R1's second link.
pub const R1_SETTINGS: &str = "Email settings";

/// R13, with the provider concerned.
pub fn r13(provider_name: &str) -> String {
    format!("Your {provider_name} credentials have expired. Please sign in again.")
}

/// R12.
pub const R12: &str = "Reauthorization required";

/// Whether the banner is R1, which a person repairs by signing in or giving a password.
pub fn is_r1(ask: Ask) -> bool {
    matches!(ask, Ask::SignIn | Ask::AnotherPerson | Ask::Password | Ask::MoveToSignIn)
}

/// Addresses, those of one domain shortened but for the last: `support@ and returns@x.example`.
pub fn who(concerned: &[Concerned]) -> String {
    let one_domain = concerned.windows(2).all(|w| w[0].address.domain() == w[1].address.domain());
    let last = concerned.len().min(3).saturating_sub(1);
    let names: Vec<String> = concerned
        .iter()
        .enumerate()
        .map(|(at, c)| match one_domain && at < last {
            true => format!("{}@", c.address.local()),
            false => c.address.to_string(),
        })
        .collect();
    list(&names, 3)
}

/// The second line of R1: whose, and why.
pub fn cause(banner: &Banner, clock: Clock) -> String {
    let who = who(&banner.concerned);
    match banner.ask {
        Ask::SignIn => format!("{who}: {}", r13(&banner.provider_name)),
        Ask::AnotherPerson => format!("{who}: {}", leaver(banner.concerned.first())),
        Ask::Password => format!("{who}: {R12}. The server refuses the password."),
        Ask::MoveToSignIn => {
            let short = &banner.provider_short;
            let stopped = banner.concerned.iter().any(|c| c.diagnosis.is_some());
            match banner.retires_at {
                Some(at) if at > clock.now => {
                    format!("{who}: {short} ends sign-in by password on {}. Move to its sign-in before.", clock.day(at))
                }
                Some(at) if !stopped => {
                    format!(
                        "{who}: {short} ended sign-in by password on {}. What still works may stop any day.",
                        clock.day(at)
                    )
                }
                Some(at) => format!("{who}: {short} ended sign-in by password on {}.", clock.day(at)),
                None => format!("{who}: {short} takes no passwords any more."),
            }
        }
        Ask::Ends => {
            let until = banner.end.as_ref().map(|end| ends::evidence(end, &banner.provider_short, clock));
            format!("{who}: {}", until.unwrap_or_default())
        }
        Ask::Registration | Ask::Consent | Ask::Setting => banner
            .concerned
            .first()
            .and_then(|c| c.diagnosis)
            .map_or_else(String::new, |d| diagnoses::sentence(d, &banner.provider_short)),
    }
}

/// Why signing in again does not help, and who has to.
pub fn leaver(concerned: Option<&Concerned>) -> String {
    let account = concerned.and_then(|c| c.account.as_ref());
    let who = account.map_or("Whoever signed in", |(_, login)| login.as_str());
    format!("{who} can't sign in any more. Another person with access has to.")
}

/// The first line of the other banners.
pub fn own_sentence(banner: &Banner) -> String {
    let who = who(&banner.concerned);
    let short = &banner.provider_short;
    match banner.ask {
        Ask::Registration => match banner.concerned.first().and_then(|c| c.diagnosis) {
            Some(diagnosis) => format!("{who}: {}.", diagnoses::title(diagnosis, short)),
            None => format!("{who}: {short} refuses our app registration."),
        },
        Ask::Consent => format!("{who} waits for approval by an admin of the organisation at {short}."),
        _ => match banner.concerned.first().and_then(|c| c.diagnosis) {
            Some(diagnosis) => format!("{who}: {}.", diagnoses::title(diagnosis, short)),
            None => format!("{who} needs a setting at {short}."),
        },
    }
}
