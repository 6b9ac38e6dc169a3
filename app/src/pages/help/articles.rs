//! The articles. One per situation; their addresses are linked from banners and calls.

/// A part of an article.
pub enum Block {
    Head(&'static str),
    Text(&'static str),
    Steps(&'static [&'static str]),
    List(&'static [&'static str]),
}

/// One situation.
pub struct Article {
    pub key: &'static str,
    pub title: &'static str,
    pub lead: &'static str,
    pub blocks: &'static [Block],
}

use Block::{Head, List, Steps, Text};

const SEE: Block = Head("What you see");
const DO: Block = Head("What to do");
const WHY: Block = Head("Why it happens");
const LOST: Block = Head("Is any mail lost?");
const NOT_LOST: Block = Text(
    "No. Mail stays in the mailbox, and Mailkeep remembers the last message it took. Afterwards it fetches all that came later, however long that was, and the mailbox page shows the sum: so many arrived, so many accounted for. Held replies leave once each.",
);

/// All of them, in the order of the index.
pub const ARTICLES: &[Article] = &[
    Article {
        key: "sign-in-expired",
        title: "The sign-in expired",
        lead: "The provider ended the sign-in that Mailkeep uses for a mailbox. One new sign-in repairs it, and everything that arrived meanwhile comes in.",
        blocks: &[
            SEE,
            Text(
                "A banner on every page, and at the mailbox: Your Microsoft Office 365 credentials have expired. Please sign in again. At Gmail it names Gmail. Fetching has stopped; replies are held.",
            ),
            DO,
            Steps(&[
                "Open Admin, Channels, Email and choose the mailbox. It is on top, under Need you.",
                "Choose Sign in with Microsoft, or Sign in with Google. Sign in as the account shown there, not as yourself, if they differ.",
                "Back in Mailkeep both directions are tried. If both work you are done; there is nothing to save.",
            ]),
            WHY,
            List(&[
                "An admin reset the password of the account, or revoked its sign-ins.",
                "The account was switched off, or its consent for Mailkeep was withdrawn.",
                "A rule of the organisation asks for a sign-in every so many days.",
                "At Google: the account's password was changed, or the app registration is still in Testing, where a sign-in lasts 7 days.",
            ]),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "password-refused",
        title: "Reauthorization required: the password is refused",
        lead: "The mail server refuses the password that Mailkeep has. Give it the new one, in one form for both directions.",
        blocks: &[
            SEE,
            Text(
                "Reauthorization required, in the mailbox's row and on its page. Fetching has stopped; replies are held. Mailkeep tries the old password at most every 6 hours, so that no account is locked by it.",
            ),
            DO,
            Steps(&[
                "Open the mailbox and choose Give password.",
                "Enter user name and password. The servers are filled in.",
                "Choose Try again. Both directions are tried; what works is saved and in use at once.",
            ]),
            WHY,
            List(&[
                "The password was changed, or has expired.",
                "The account uses two-step sign-in now: it needs an app password made for Mailkeep.",
                "The provider takes no account passwords for mail. Use an app password, or move to its sign-in.",
            ]),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "password-retired",
        title: "Password sign-in retired",
        lead: "Microsoft ends sign-in by password (Basic authentication) for mail programs. The mailbox moves to Microsoft's own sign-in by one click.",
        blocks: &[
            SEE,
            Text(
                "Password sign-in retired, or Password sign-in ends in so many days, also while sending still works. A new password does not help.",
            ),
            DO,
            Steps(&[
                "Open the mailbox, Microsoft Office 365, and choose Sign in with Microsoft.",
                "Sign in as somebody who may open the mailbox.",
                "Mailkeep replaces the password by the sign-in. Same mailbox, same tickets; mail arrives and replies leave all through it.",
            ]),
            WHY,
            Text("Microsoft has ended passwords for IMAP, and ends them for SMTP. What still works may stop any day."),
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
            LOST,
            NOT_LOST,
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
            Text("Secrets at Microsoft live two years at most. With the end date entered, Mailkeep warns before."),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "wrong-account",
        title: "The wrong account signed in",
        lead: "A mailbox belongs to the account that signed in for it. Another one is refused, and nothing changes.",
        blocks: &[
            SEE,
            Text("You signed in as X; this mailbox uses Y."),
            DO,
            Steps(&[
                "Choose Try again, and in the provider's list Use another account.",
                "If X shall sign in from now on, choose Use X from now on. Tickets and what was fetched stay.",
            ]),
            WHY,
            Text(
                "A browser often is signed in as somebody else. If that were taken silently, the mail of one mailbox could land in another. A person who was only renamed is not a wrong account.",
            ),
        ],
    },
    Article {
        key: "own-servers",
        title: "Connecting your own mail servers",
        lead: "Any IMAP and SMTP server does. Both directions are tried step by step, and you see where it stops.",
        blocks: &[
            DO,
            Steps(&[
                "Admin, Channels, Email, New support email. Give the address, choose Other.",
                "Choose Incoming only, Outgoing only, or Both.",
                "Give user name, password and servers. Usual ports: IMAP 993 with TLS; SMTP 465 with TLS or 587 with STARTTLS.",
            ]),
            Head("When it does not work"),
            List(&[
                "Server name not found: a letter is wrong, or the name is known only inside another network.",
                "No answer, or nobody listens: the port is wrong, or a firewall stands between.",
                "Encryption setting does not fit: port and encryption belong together, 993 and 465 with TLS, 143 and 587 with STARTTLS.",
                "Certificate not trusted, or for another name: use the name that the certificate is made for, or have it renewed.",
                "A server in your own network: its address must be allowed in the server's settings first.",
            ]),
            LOST,
            Text(
                "Nothing that works is replaced by something that does not. Mail is deleted on the server only if you say so, and only after it is stored here.",
            ),
        ],
    },
];
