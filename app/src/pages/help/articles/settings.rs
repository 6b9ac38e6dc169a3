//! What is switched on or off elsewhere.

use super::Block::{Head, List, More, Steps, Text};
use super::{Article, DO, LOST, NOT_LOST, NOTHING_CHANGED, SEE, WHY};

pub const ARTICLES: &[Article] = &[
    Article {
        key: "half-connected",
        title: "Half connected: only one direction works",
        lead: "The sign-in was good, and one direction still does not work. It is kept sealed for 7 days while the setting is changed; no second sign-in is needed.",
        blocks: &[
            SEE,
            Text(
                "One direction works, the other shows what stands in its way, where the setting is and who may change it.",
            ),
            DO,
            Steps(&[
                "Have the setting changed. The card can be sent to the admin of the organisation: it says everything that person needs.",
                "Choose Check again. Mailkeep also checks by itself every hour.",
            ]),
            More("smtp-auth-off", "Outgoing: SMTP AUTH is off"),
            More("imap-off", "Incoming: IMAP is off"),
            More("send-as", "Outgoing: the account may not send as this address"),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "smtp-auth-off",
        title: "Outgoing blocked: SMTP AUTH is off",
        lead: "Exchange Online does not let any program send from this mailbox until an admin allows it. Signing in again does not help.",
        blocks: &[
            SEE,
            Text("Outgoing blocked. Incoming mail works; replies are held."),
            DO,
            Steps(&[
                "A Microsoft 365 admin opens admin.microsoft.com, Users, Active users, and the mailbox.",
                "Mail, Manage email apps, tick Authenticated SMTP, Save changes.",
                "If it is off for the whole organisation: admin.exchange.microsoft.com, Settings, Mail flow.",
                "In Mailkeep choose Check again. It also checks by itself every hour.",
            ]),
            WHY,
            Text(
                "New organisations have SMTP AUTH switched off. It can take up to an hour until Exchange acts on the change.",
            ),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "imap-off",
        title: "Incoming blocked: IMAP is off",
        lead: "The sign-in is good, but the mailbox may not be read over IMAP. An admin, or at Gmail the account itself, switches it on.",
        blocks: &[
            SEE,
            Text("Incoming blocked. Replies leave; new mail waits at the provider."),
            DO,
            Steps(&[
                "At Microsoft: admin.microsoft.com, Users, Active users, the mailbox, Mail, Manage email apps, tick IMAP.",
                "At Gmail: Settings, See all settings, Forwarding and POP/IMAP. In a Workspace its admin console has a switch too.",
                "In Mailkeep choose Check again. It also checks by itself every hour.",
            ]),
            More("personal-account", "At outlook.com and hotmail.com the switch is elsewhere"),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "send-as",
        title: "Outgoing blocked: no right to send as this address",
        lead: "The server took the sign-in and refuses the sender. The account needs the right to send as the mailbox's address.",
        blocks: &[
            SEE,
            Text("Outgoing blocked, with what the server said. Incoming mail works; replies are held."),
            DO,
            Steps(&[
                "At Microsoft an admin opens admin.exchange.microsoft.com, Recipients, Mailboxes, the mailbox, Delegation, Send as, and adds the account that signs in.",
                "Elsewhere: the mail server's own list of senders for the account.",
                "In Mailkeep choose Check again, or send a test mail from the mailbox's page.",
            ]),
            WHY,
            List(&[
                "Full Access lets an account read a shared mailbox; Send As is a right of its own.",
                "The licence of the mailbox, or a block on sending after suspicious mail, can have the same effect. What the server said tells which.",
            ]),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "policy",
        title: "A rule of the organisation stands in the way",
        lead: "The provider knows the account and refuses it by a rule: a place, a device, a risk, a second factor. An admin of the organisation changes the rule or exempts Mailkeep.",
        blocks: &[
            SEE,
            Text("The mailbox names the rule. Signing in again does not help before the rule is changed."),
            DO,
            Steps(&[
                "Open Check connection. The card says who can fix it and where.",
                "Send this card to an admin of the organisation. The provider's own words stand in it in full.",
                "Choose Check again afterwards. Mailkeep also checks by itself every hour.",
            ]),
            WHY,
            List(&[
                "Conditional access allows sign-ins only from certain networks or devices. The network of this server has to be among them.",
                "Security defaults, or a rule against older mail programs, may block IMAP and SMTP.",
                "A sign-in that looked risky was blocked until somebody looks at it.",
            ]),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "approval",
        title: "Waiting for approval by an admin",
        lead: "The organisation lets nobody give an app access to mail before an admin has approved it. That is common, and asked for once.",
        blocks: &[
            SEE,
            Text("Need admin approval, at the provider; here the mailbox waits for approval since then."),
            DO,
            Steps(&[
                "Copy the consent link and send it to an admin of the organisation.",
                "The admin opens it, reads what is granted, and accepts.",
                "Sign in then. Only the sign-in is left to do.",
            ]),
            WHY,
            Text(
                "Approval is for the app registration, not for the mailbox: the next mailbox of the organisation needs none.",
            ),
            LOST,
            NOTHING_CHANGED,
        ],
    },
    Article {
        key: "shared-mailbox",
        title: "A shared mailbox",
        lead: "Nobody can sign in as a shared mailbox. Its address goes into Your support email; the person who signs in is somebody else.",
        blocks: &[
            SEE,
            Text("Signed in as it@contoso.example, at the mailbox support@contoso.example."),
            DO,
            Steps(&[
                "Give the shared mailbox's primary address as Your support email.",
                "Choose Sign in with Microsoft, and sign in as somebody with Full Access and Send As.",
                "Mailkeep tries both directions, and sends one announced test mail from the address to itself to see whether Send As is there.",
            ]),
            Head("When it does not work"),
            List(&[
                "Full Access is missing: incoming is refused. An admin adds the person under Delegation, Read and manage.",
                "Send As is missing: outgoing is refused after the message was handed over.",
                "SMTP AUTH is off: it counts for the person who signs in.",
                "The address is an alias, a group or a distribution list, and has no mailbox of its own: use the mailbox behind it, turn it into a shared mailbox, or forward it to one.",
            ]),
            WHY,
            Text(
                "Microsoft lets a program read the shared mailbox with the person's sign-in, and send as it only if the person signs in for sending.",
            ),
            LOST,
            NOTHING_CHANGED,
        ],
    },
    Article {
        key: "personal-account",
        title: "Personal accounts: outlook.com and hotmail.com",
        lead: "Personal accounts have a server of their own for sending, and IMAP is off until their owner switches it on.",
        blocks: &[
            SEE,
            Text(
                "Incoming blocked: IMAP is off. Or, before the sign-in: this app registration does not allow personal accounts.",
            ),
            DO,
            Steps(&[
                "The owner opens outlook.com, Settings, Mail, Forwarding and IMAP, and lets devices and apps use IMAP.",
                "In Mailkeep choose Check again.",
                "If the registration does not allow personal accounts: in the Entra console, Authentication, Supported account types, the choice that names personal Microsoft accounts.",
            ]),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "gmail",
        title: "Gmail and Google Workspace",
        lead: "Gmail connects by Google's sign-in. Some things end it there that do not elsewhere.",
        blocks: &[
            SEE,
            Text("Your Gmail credentials have expired. Please sign in again."),
            DO,
            Steps(&[
                "Open the mailbox and choose Sign in with Google.",
                "Tick the box that gives Mailkeep access to mail. Left out, nothing is replaced, and the page says so.",
            ]),
            WHY,
            List(&[
                "A changed password ends every sign-in of the account that reads mail.",
                "Six months without use end it; Mailkeep uses it all the time.",
                "An account may have 100 sign-ins for one app; the oldest goes when another comes.",
                "An app registration in Testing gives sign-ins of 7 days. Publish it, or make it Internal in a Workspace.",
            ]),
            LOST,
            NOT_LOST,
        ],
    },
];
