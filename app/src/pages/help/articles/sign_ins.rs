//! Sign-ins and passwords.

use super::Block::{List, More, Steps, Text};
use super::{Article, DO, LOST, NOT_LOST, NOTHING_CHANGED, SEE, WHY};

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
            More("sign-in-link", "Not your account? Send a sign-in link to its owner"),
            WHY,
            List(&[
                "An admin reset the password of the account, or revoked its sign-ins.",
                "Its consent for Mailkeep was withdrawn.",
                "A rule of the organisation asks for a sign-in every so many days.",
                "At Google: the account's password was changed, or the app registration is still in Testing, where a sign-in lasts 7 days.",
                "Nobody used the sign-in for too long. Mailkeep refreshes it weekly, so this happens only to paused mailboxes.",
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
            More("switching", "What a switch keeps, and how to put the old set-up back"),
            WHY,
            Text("Microsoft has ended passwords for IMAP, and ends them for SMTP. What still works may stop any day."),
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
            LOST,
            NOTHING_CHANGED,
        ],
    },
    Article {
        key: "another-person",
        title: "The account can't sign in any more",
        lead: "The person who signed in for a mailbox left, or the account was switched off or locked. Somebody else with access signs in once.",
        blocks: &[
            SEE,
            Text(
                "The account is switched off, gone, or locked, at every mailbox that hangs on it. Signing in as the same person does not help.",
            ),
            DO,
            Steps(&[
                "Find out who else may open the mailbox. For a shared mailbox an admin of the organisation gives Full Access and Send As.",
                "Open the mailbox and choose Sign in with Microsoft, or Sign in with Google, as that person.",
                "Mailkeep asks whether this account shall be used from now on. Choose Use it from now on.",
            ]),
            WHY,
            List(&[
                "Somebody left the organisation.",
                "The account was blocked or deleted by an admin.",
                "Too many wrong passwords, by somebody else than Mailkeep.",
            ]),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "sign-in-ends",
        title: "Sign-ins that end soon",
        lead: "Some sign-ins have an end that no refresh can push on. Mailkeep names the day and where it knows it from, and warns before.",
        blocks: &[
            SEE,
            Text(
                "From 10 days before: Alert: Some of your support email IMAP refresh tokens will expire within 10 days. The mailboxes concerned are marked in the list. Where no end is named, No end expected: each refresh moves it on.",
            ),
            DO,
            Steps(&[
                "Open Admin, Channels, Email. The mailboxes that end soon stand under Ends soon.",
                "Choose Edit, Reauthenticate, and sign in. That works at any time, healthy or not.",
                "One sign-in is enough for all mailboxes of the same account.",
            ]),
            WHY,
            List(&[
                "Microsoft: 90 days after the last refresh. Mailkeep refreshes all the time, so this end comes only when refreshing is blocked.",
                "A rule of the organisation that asks for a sign-in every so many days. Mailkeep learns it when the rule strikes first; an admin can enter the days before.",
                "Google: an app registration in Testing gives sign-ins of 7 days; others end after 6 months without use, a changed password, or the hundredth sign-in of the same account.",
                "The secret of the app registration, and the end of password sign-in: they are named in the same way.",
            ]),
            LOST,
            Text("No. A sign-in in time loses not even a minute."),
        ],
    },
    Article {
        key: "sign-in-link",
        title: "Somebody else signs in: a sign-in link",
        lead: "The owner of a mailbox often has no account here. A link lets that person sign in at the provider, and nothing else.",
        blocks: &[
            SEE,
            Text(
                "Send a sign-in link, at a mailbox that needs a sign-in. Its way is shown: sent, opened, completed, refused or expired.",
            ),
            DO,
            Steps(&[
                "Open the mailbox and choose Send a sign-in link.",
                "Choose who may use it: the same person, a named other one, or anybody who can open this mailbox.",
                "Have it sent by email, or copy it. The page behind it says whose help desk asks, for which address, and what is granted.",
                "When the person is done, the mailbox goes on by itself.",
            ]),
            WHY,
            Text(
                "A link is good for one sign-in and seven days, and you can take it back. Opening it changes nothing, so that mail scanners can't use it up: a button starts.",
            ),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "many",
        title: "Many mailboxes at once",
        lead: "One sign-in repairs every mailbox of the same account. A queue walks through the rest.",
        blocks: &[
            SEE,
            Text(
                "The banner counts the mailboxes; Email settings opens the queue, one line for each account that can repair some of them.",
            ),
            DO,
            Steps(&[
                "Open the queue. The line on top repairs the most.",
                "Sign in as the account it names. Its mailboxes are proved one by one; those that work go on at once.",
                "Go on with the next line. What no sign-in repairs stands below, with what does.",
            ]),
            WHY,
            Text(
                "Several mailboxes often hang on one person: shared ones, above all. When that person's sign-in ends, all of them stop together.",
            ),
            LOST,
            NOT_LOST,
        ],
    },
];
