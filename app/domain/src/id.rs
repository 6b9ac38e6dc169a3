//! One type per row that has an identity, so that ids are never confused.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A support mailbox.
    MailboxId,
    /// An identity at a provider.
    AccountId,
    /// The consent of one account, with its tokens.
    GrantId,
    /// A client id and secret at a provider.
    RegistrationId,
    /// One pass through a provider's sign-in.
    SignInId,
    /// A link by which somebody without an account here signs in for a mailbox.
    LinkId,
    /// A person who works in the console.
    PersonId,
    /// A browser session of a person.
    SessionId,
    /// A ticket; also the number that people see.
    TicketId,
    /// A message of a ticket, of any kind.
    MessageId,
    /// A file of a message.
    AttachmentId,
    /// A file uploaded for a reply that is not sent yet.
    UploadId,
    /// The way of one reply out of the outbox.
    DeliveryId,
    /// A stored raw message.
    SourceId,
    /// One outage of one direction.
    EpisodeId,
    /// A folder of a mailbox.
    FolderId,
}
