//! Setting mailboxes up, switching and ending them.

use super::Block::{Head, List, More, Steps, Text};
use super::{Article, DO, LOST, NOT_LOST, SEE, WHY};

pub const ARTICLES: &[Article] = &[
    Article {
        key: "own-servers",
        title: "Using your own mail servers",
        lead: "Microsoft Office 365, Gmail, or any server that speaks IMAP and SMTP. Both directions are tried step by step, and you see where it stops.",
        blocks: &[
            DO,
            Steps(&[
                "Admin, Channels, Email, New support email. Give the address: the provider is found by it, and you can choose another.",
                "Choose Incoming only, Outgoing only, or Both. Incoming only: replies leave through another mailbox, which is named. Outgoing only: the page says where its mail arrives.",
                "Sign in at the provider. For Other, give user name, password and servers. Usual ports: IMAP 993 with TLS; SMTP 465 with TLS or 587 with STARTTLS.",
                "Choose from when on mail is imported. Older mail is counted first: you see how many messages each folder would bring and the newest few, then let them in or take another date. New mail comes in meanwhile. Nothing that is imported is answered automatically.",
            ]),
            Head("Another OAuth provider"),
            Text(
                "A provider that speaks OpenID Connect is found by its issuer: choose Another OAuth provider, enter the issuer, register Mailkeep there with the redirect address shown, and give client ID, secret and mail servers once. From then on it stands in the list, with a sign-in like any other.",
            ),
            Head("Delete emails from the server after fetching"),
            Text(
                "Off at first: the mailbox stays as it is. On, each message is deleted there only after it is stored here. It can be changed at any time under Edit.",
            ),
            Head("When it does not work"),
            List(&[
                "Server name not found: a letter is wrong, or the name is known only inside another network.",
                "No answer, or nobody listens: the port is wrong, or a firewall stands between.",
                "Encryption setting does not fit: port and encryption belong together, 993 and 465 with TLS, 143 and 587 with STARTTLS.",
                "Certificate not trusted, or for another name: use the name that the certificate is made for, or have it renewed.",
                "A server in your own network: its address must be allowed in the server's settings first.",
            ]),
            Head("Instead of a server of one's own"),
            Text(
                "Forward to an existing mailbox: the address forwards its mail to a mailbox that is connected here. A test mail shows whether it does.",
            ),
            LOST,
            Text(
                "Nothing that works is replaced by something that does not. Mail is deleted on the server only if you say so, and only after it is stored here.",
            ),
        ],
    },
    Article {
        key: "server-trouble",
        title: "Retrying: the server can't be reached",
        lead: "A network fault, or the server is slow or busy. Mailkeep tries again by itself; nobody has to sign in.",
        blocks: &[
            SEE,
            Text(
                "Retrying, with the time of the next attempt. A fault of the network is never taken for a fault of the sign-in.",
            ),
            DO,
            Steps(&[
                "Wait. Most faults pass within minutes.",
                "If it lasts, open Check connection: the steps show where it stops, from the server's name to the folder.",
                "The server moved? Change its name or port with the password, under the mailbox's set-up.",
            ]),
            WHY,
            List(&[
                "The provider has a fault, or slows down programs that ask too often.",
                "The name does not resolve, a firewall drops the connection, or a certificate ran out.",
            ]),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "mailbox-gone",
        title: "The mailbox or its folder is gone",
        lead: "The server knows the account and not the mailbox or folder any more: deleted, renamed, without a licence, or full.",
        blocks: &[
            SEE,
            Text("Incoming blocked, with what the server said."),
            DO,
            Steps(&[
                "Look in the provider's own mail program whether the mailbox and the folder are there under that name.",
                "A renamed folder: under Edit, Folder, give its new name.",
                "A mailbox made anew: sign in again. Known messages are recognised and not fetched twice.",
                "A full mailbox: make room there. Delete emails from the server after fetching keeps it small.",
            ]),
            LOST,
            Text("What was fetched is here, tickets and all. What was deleted there before it was fetched is not."),
        ],
    },
    Article {
        key: "switching",
        title: "Switching a mailbox to another account or provider",
        lead: "Same mailbox, same tickets. Mail arrives and replies leave all through the switch, and nothing is fetched twice.",
        blocks: &[
            DO,
            Steps(&[
                "Open the mailbox, Edit, and choose what shall be different: another person, a new address, another provider, or another mailbox altogether.",
                "Sign in there. The new side proves itself before the old one is let go.",
                "The old side is fetched one last time. The page says if it could not be.",
            ]),
            Head("What happens to the mail"),
            List(&[
                "Another person for the same mailbox: the place up to which mail was fetched stays.",
                "The mailbox was renamed: its old address stays one of its own.",
                "Moved to another provider with its mail: known messages are recognised by their Message-ID and not taken twice.",
                "A different mailbox: mail is imported from a day you choose; answers to the old address still find their ticket.",
            ]),
            Head("Going back"),
            Text(
                "The set-up before stands under Others, without its password: servers, ports, encryption, user name, last success. For 30 days it can be put back, proved first. Then it is wiped.",
            ),
            LOST,
            Text("No. If either side can't be reached the switch waits, and the old side goes on."),
        ],
    },
    Article {
        key: "support-emails",
        title: "The list of support emails",
        lead: "Admin, Channels, Email: every mailbox with its state, those that need somebody on top.",
        blocks: &[
            SEE,
            List(&[
                "Need you: fetching or sending has stopped until somebody acts. The oldest outage stands first.",
                "Ends soon: it works, and its sign-in has an end within days.",
                "At work: nothing to do, also while a network fault is retried.",
                "Paused and Not finished.",
            ]),
            DO,
            Text("Choose a mailbox for its page; Edit, Reauthenticate signs in anew at any time, healthy or not."),
            More("many", "Many mailboxes at once"),
            More("own-servers", "Using your own mail servers"),
        ],
    },
    Article {
        key: "ending",
        title: "Pausing, disconnecting and deleting a mailbox",
        lead: "Three ways to stop, from the lightest to the last. Tickets stay in all of them.",
        blocks: &[
            Head("Pause"),
            Text("Nothing is fetched, replies are held. Resume: one click, and what arrived meanwhile comes in."),
            Head("Disconnect"),
            Text(
                "The sign-in or password is wiped here. At Google it is withdrawn there as well, if no other mailbox uses the same account. The mailbox stays in the list and can be connected again.",
            ),
            Head("Delete"),
            Text(
                "The mailbox leaves the list, and its address is free for another one. You type the address to confirm. Replies that have not left become drafts of whoever wrote them, with a note in the ticket.",
            ),
            LOST,
            Text("No. Mail stays at the provider. What is in tickets stays in tickets."),
        ],
    },
];
