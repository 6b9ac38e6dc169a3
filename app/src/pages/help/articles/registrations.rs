//! App registrations and the server's own address.

use super::Block::{Head, List, Steps, Text};
use super::{Article, DO, LOST, NOT_LOST, NOTHING_CHANGED, SEE, WHY};

pub const ARTICLES: &[Article] = &[
    Article {
        key: "app-registration",
        title: "App registrations",
        lead: "Microsoft and Google ask who wants to read the mail. A registration, made once in their console, is the answer; then every mailbox there signs in by it.",
        blocks: &[
            SEE,
            Text("Sign in with Microsoft opens a guide, while there is no registration yet."),
            DO,
            Steps(&[
                "Open Admin, App registrations, and say whose mailboxes: one organisation, several, or personal accounts.",
                "Follow the numbered steps in the provider's console; every value to enter stands there to copy. Not your console? Send the page to whoever may do it.",
                "Paste the client id and the secret's Value, not its ID, with the day it ends.",
                "Test this registration: it names the field that is wrong.",
            ]),
            Head("What to watch"),
            List(&[
                "At Microsoft the redirect address belongs under the platform Web. Under single-page app a sign-in dies after 24 hours.",
                "At Google: Internal for one Workspace, published for others. In Testing a sign-in dies after 7 days.",
            ]),
            LOST,
            NOTHING_CHANGED,
        ],
    },
    Article {
        key: "app-secret-expired",
        title: "App secret expired",
        lead: "The secret of the app registration has ended. A new one gets all its mailboxes on, without a sign-in.",
        blocks: &[
            SEE,
            Text("App secret expired, at every mailbox that signs in by this registration."),
            DO,
            Steps(&[
                "Open the app registration in the provider's console: Certificates & secrets, New client secret.",
                "Copy the column Value, not the Secret ID. It is shown only once.",
                "In Mailkeep open App registrations, choose Enter new secret, paste it, give its end date, Save.",
            ]),
            WHY,
            Text(
                "Secrets at Microsoft live two years at most. With the end date entered, Mailkeep warns before. A second secret beside the first makes the change without a pause.",
            ),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "app-registration-refused",
        title: "The app registration is refused",
        lead: "The provider does not accept the registration as it stands: its id, its redirect address, its account types or its permissions.",
        blocks: &[
            SEE,
            Text("At the sign-in, or at every mailbox of the registration, with what the provider said."),
            DO,
            Steps(&[
                "Open App registrations and choose Test this registration: it names the wrong field.",
                "Mend that field in the provider's console, or here.",
                "Sign in again, if the page asks for it. Most faults need none.",
            ]),
            WHY,
            List(&[
                "The redirect address there is not, letter for letter, the one shown here.",
                "The registration is for one organisation, and the account belongs to another, or is personal.",
                "The client id was deleted, or belongs to another cloud.",
                "A permission for mail is missing.",
            ]),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "public-address",
        title: "This server's public address",
        lead: "Providers send people back to one address after a sign-in. It must be the one that browsers use, with https, or localhost.",
        blocks: &[
            SEE,
            Text(
                "A warning on the Server page, and before a registration is made, while the address is neither https nor localhost. Another one when the address has changed.",
            ),
            DO,
            Steps(&[
                "Open Admin, Server, and enter the address as browsers reach it.",
                "Give Mailkeep a certificate, or put it behind a proxy; the README has the lines for Caddy and nginx.",
                "Changed the address? Enter the new redirect address in every app registration as well.",
            ]),
            LOST,
            Text("No. Mailboxes that are connected go on; only new sign-ins need the address."),
        ],
    },
];
