//! Mail that was missed, forwarded, held, or told about.

use super::Block::{Head, List, More, Steps, Text};
use super::{Article, DO, LOST, NOT_LOST, SEE, WHY};

pub const ARTICLES: &[Article] = &[
    Article {
        key: "outage",
        title: "Mail missed in an outage",
        lead: "When a mailbox works again, everything that arrived meanwhile comes in by itself, and is counted.",
        blocks: &[
            SEE,
            Text(
                "On the mailbox's page: Disconnected 3 d 4 h: 47 arrived, 47 accounted for. In the chart the outage is a tinted band, and what was fetched after it has the accent's colour. While it lasts the page says since when, how many replies are held, and how much mail is usual in a day.",
            ),
            DO,
            Steps(&[
                "Nothing, for the watched folder: all of it becomes tickets and replies.",
                "See all opens the list of these messages, each with what it became.",
                "Mail that went to other folders or to Junk is counted and offered; choose whether to take it in.",
            ]),
            WHY,
            List(&[
                "Mail older than 4 hours gets no automatic reply.",
                "What somebody answered from Outlook meanwhile arrives as answered outside, with that answer.",
                "If the two numbers differ, the page says so and which messages they are: not read yet, or unreadable and kept as they came.",
            ]),
            LOST,
            NOT_LOST,
            More("forwarding", "Bring in mail by forwarding it"),
        ],
    },
    Article {
        key: "missing-mail",
        title: "Is all mail here?",
        lead: "Every night each message on the server is compared with what became of it here; what has no explanation is told by its number.",
        blocks: &[
            SEE,
            List(&[
                "Is all mail here? on the mailbox's page: per folder, how many messages lie on the server, and what each of them became.",
                "Messages can't be explained: each is named by its UID, the number that the server gave it, and admins get a notice.",
                "Something else takes mail from this mailbox: the server gave out numbers whose messages were gone before they could be fetched.",
                "Nothing is fetched, or No mail comes: nothing is refused, and yet nothing comes, for 15 minutes or longer than ever before here.",
                "Messages can't be read: kept as they came, without a ticket.",
            ]),
            DO,
            Steps(&[
                "Why is this mail not a ticket?: look for it by sender, subject or Message-ID. The answer says where it lies and why; Import now makes a ticket of it.",
                "Compare now repeats the comparison; what was imported again is explained then.",
                "Where something else takes mail, look for a second mail program that fetches by POP3, or for a rule at the provider.",
                "Where no mail comes, send one to the address and see whether it arrives: a forward, a rule or the domain's MX record may have changed.",
                "Unreadable mail is read again by itself after an update of Mailkeep. Until then, download it or make a ticket by hand.",
            ]),
            LOST,
            Text(
                "A comparison that breaks off, or whose answer is not whole, changes nothing: nothing is concluded from half an answer.",
            ),
            More("outage", "Mail missed in an outage"),
        ],
    },
    Article {
        key: "forwarding",
        title: "Bringing in mail by forwarding it",
        lead: "Mail that somebody forwards to the help desk becomes tickets of the people who wrote it, one ticket for each message.",
        blocks: &[
            DO,
            Steps(&[
                "Forward the mail to a support address: inline as Gmail, Outlook, Apple Mail and Thunderbird do in their languages, or attached, several at once. It may be weeks old.",
                "What you write above it becomes a note in the ticket.",
                "The ticket says who forwarded it. The mailbox's list of received messages says what the forward became.",
            ]),
            Head("Who may"),
            Text(
                "Agents, whoever signed in for a mailbox, and the addresses on the mailbox's list: Edit, Who may forward to this mailbox. What others forward is their own mail, and becomes their ticket. So does a forward whose sender Microsoft or Google can't vouch for: anybody can write a colleague's name.",
            ),
            Head("Is anything taken twice?"),
            Text(
                "No. A forward and its original are the same message, whichever comes first: known by the Message-ID where it was attached, else by sender, date, subject and words.",
            ),
            LOST,
            Text(
                "No. Where the forwarded message can't be told for certain, the mail stays an ordinary ticket with everything in it.",
            ),
        ],
    },
    Article {
        key: "held-replies",
        title: "Replies that are held",
        lead: "A reply is held when its mailbox can't send until somebody acts. It leaves by itself afterwards, once.",
        blocks: &[
            SEE,
            Text(
                "Held since 11:02, at the reply, in the list and in the outbox. The composer says beforehand that a reply will be held.",
            ),
            DO,
            Steps(&[
                "Write on. There is nothing to release.",
                "Take it back, if it is out of date: its text becomes your draft.",
                "Agents can tell an admin again; admins repair the mailbox.",
            ]),
            WHY,
            Text(
                "Its sign-in or password does not work, or the provider has a switch off. A network fault holds nothing: replies just leave a little later.",
            ),
            LOST,
            Text("No. Every reply is kept until a server has taken it, and none is sent twice."),
        ],
    },
    Article {
        key: "notices",
        title: "Who is told, and how",
        lead: "Admins and the owner of a sign-in are told by email 10, 3 and 1 days before it ends, and at once when it is lost. Never through the mailbox in trouble.",
        blocks: &[
            SEE,
            Text("If this mailbox fails, nobody can be told by email: a warning at set-up, until there is a way."),
            DO,
            Steps(&[
                "Open Admin, Notices. Choose a way: a mail server of its own, another healthy mailbox, or a webhook.",
                "Choose who gets them, and send a test notice.",
                "Acknowledge or snooze is for you alone, until the next step at most.",
            ]),
            WHY,
            Text(
                "The owner gets a letter in plain words and a sign-in link: that person need not know what a help desk is.",
            ),
            LOST,
            NOT_LOST,
        ],
    },
    Article {
        key: "message-refused",
        title: "A reply was refused",
        lead: "The server took the sign-in and refused this one message or recipient. The mailbox goes on.",
        blocks: &[
            SEE,
            Text("Refused, at the reply, with what the server said. For several recipients each has its own line."),
            DO,
            Steps(&[
                "No such address: correct it and send again to that person.",
                "Too large: send fewer or smaller files.",
                "Refused as suspicious: look at links and files, or ask whoever runs the mail server.",
            ]),
            LOST,
            Text("No. The reply stays in the ticket with its state; nothing is sent a second time by itself."),
        ],
    },
];
