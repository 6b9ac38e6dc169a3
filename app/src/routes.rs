//! Which page stands at which path.

use crate::pages::{
    approval, connect, ends, error, help, mailbox, mailboxes, new_ticket, notices, outbox, people, person, quarantine,
    registrations, server, sign_in, signins, switch, ticket, tickets,
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};

/// The console. Every page is complete in its first answer: `SsrMode::Async`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let ssr = SsrMode::Async;
    view! {
        <Router>
            <FlatRoutes fallback=error::NotFoundPage>
                <Route path=path!("/") view=error::Front ssr=ssr.clone()/>
                <Route path=path!("/sign-in") view=sign_in::SignInPage ssr=ssr.clone()/>
                <Route path=path!("/first-start") view=sign_in::FirstStartPage ssr=ssr.clone()/>
                <Route path=path!("/welcome/:token") view=sign_in::WelcomePage ssr=ssr.clone()/>

                <Route path=path!("/tickets") view=tickets::TicketsPage ssr=ssr.clone()/>
                <Route path=path!("/tickets/new") view=new_ticket::NewTicketPage ssr=ssr.clone()/>
                <Route path=path!("/tickets/:id") view=ticket::TicketPage ssr=ssr.clone()/>
                <Route path=path!("/outbox") view=outbox::OutboxPage ssr=ssr.clone()/>
                <Route path=path!("/outbox/:id") view=outbox::WaitingPage ssr=ssr.clone()/>

                <Route path=path!("/admin/emails") view=error::ToEmails ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email") view=mailboxes::MailboxesPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/queue") view=mailboxes::QueuePage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/new") view=connect::AddressPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id") view=mailbox::MailboxPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/edit") view=mailbox::EditPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/check") view=mailbox::CheckPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/disconnect") view=mailbox::DisconnectPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/delete") view=mailbox::DeletePage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/received") view=mailbox::ReceivedPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/ledger") view=mailbox::LedgerPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/lookup") view=mailbox::LookupPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/set-up/provider") view=connect::ProviderPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/set-up/use") view=connect::UsePage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/set-up/sign-in") view=connect::SignInStepPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/set-up/password") view=connect::PasswordPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/set-up/import") view=connect::ImportPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/set-up/result") view=connect::ResultPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/switch") view=switch::SwitchPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/switch/sign-in") view=switch::SwitchSignInPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/switch/password") view=switch::SwitchPasswordPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/switch/result") view=switch::SwitchResultPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/put-back") view=switch::PutBackPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/approval") view=approval::ApprovalPage ssr=ssr.clone()/>
                <Route path=path!("/approval/:stage") view=approval::AnsweredPage ssr=ssr.clone()/>
                <Route path=path!("/admin/sign-ins/:id") view=signins::SignInResultPage ssr=ssr.clone()/>
                <Route path=path!("/admin/channels/email/:id/link") view=signins::LinksPage ssr=ssr.clone()/>
                <Route path=path!("/s/:token") view=signins::OwnerPage ssr=ssr.clone()/>
                <Route path=path!("/sign-in-link/:id") view=signins::OwnerResultPage ssr=ssr.clone()/>
                <Route path=path!("/sign-in-refused/:reason") view=signins::RefusedPage ssr=ssr.clone()/>

                <Route path=path!("/admin/ends") view=ends::EndsPage ssr=ssr.clone()/>
                <Route path=path!("/admin/unreadable") view=quarantine::UnreadablePage ssr=ssr.clone()/>
                <Route path=path!("/admin/notices") view=notices::NoticesPage ssr=ssr.clone()/>
                <Route path=path!("/admin/registrations") view=registrations::RegistrationsPage ssr=ssr.clone()/>
                <Route path=path!("/admin/registrations/discover") view=registrations::DiscoverPage ssr=ssr.clone()/>
                <Route path=path!("/admin/registrations/guide/:provider") view=registrations::GuidePage ssr=ssr.clone()/>
                <Route path=path!("/app-guide/:provider") view=registrations::OpenGuidePage ssr=ssr.clone()/>
                <Route path=path!("/admin/people") view=people::PeoplePage ssr=ssr.clone()/>
                <Route path=path!("/admin/server") view=server::ServerPage ssr=ssr.clone()/>
                <Route path=path!("/admin/server/address") view=server::AddressPage ssr=ssr.clone()/>
                <Route path=path!("/address/:token") view=server::CheckAddressPage ssr=ssr.clone()/>
                <Route path=path!("/me") view=person::MePage ssr=ssr.clone()/>
                <Route path=path!("/help") view=help::HelpPage ssr=ssr.clone()/>
                <Route path=path!("/help/:article") view=help::ArticlePage ssr=ssr/>
            </FlatRoutes>
        </Router>
    }
}
