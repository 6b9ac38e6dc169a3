//! One provider was found by its issuer; a second issuer answers with hostile words.

use super::{HOSTILE, ago};
use async_trait::async_trait;
use domain::console::Actor;
use domain::console::own_providers::{OwnProvider, OwnProviderForm, OwnProviders};
use domain::direction::Direction;
use domain::provider::Endpoint;
use domain::time::Span;
use domain::{Answer, Fault, Refusal};

pub struct Fake;

fn provider(key: &str) -> OwnProvider {
    let hostile = key == "own-2";
    OwnProvider {
        key: key.into(),
        name: if hostile { HOSTILE.into() } else { "Litware".into() },
        issuer: if hostile { HOSTILE.into() } else { "https://id.litware.example/realms/mail".into() },
        authorize_url: "https://id.litware.example/realms/mail/auth".into(),
        token_url: "https://id.litware.example/realms/mail/token".into(),
        revokes: true,
        found_at: ago(Span::minutes(2)),
        identity_scopes: vec!["openid".into(), "email".into(), "profile".into(), "offline_access".into()],
        mail_scopes: vec!["imap".into(), "smtp".into()],
        incoming: Some(Endpoint::customary("imap.litware.example", Direction::Incoming)),
        outgoing: Some(Endpoint::customary("smtp.litware.example", Direction::Outgoing)),
        client_id: hostile.then(|| HOSTILE.into()),
        redirect_address: "https://desk.contoso.example/oauth/callback".into(),
        redirect_refused: false,
        unused: true,
    }
}

#[async_trait]
impl OwnProviders for Fake {
    async fn list(&self, actor: &Actor) -> Answer<Vec<OwnProvider>> {
        actor.admin()?;
        Ok(vec![provider("own-1"), provider("own-2")])
    }
    async fn show(&self, actor: &Actor, key: String) -> Answer<OwnProvider> {
        actor.admin()?;
        if key.starts_with("own-") { Ok(provider(&key)) } else { Err(Refusal::NotFound) }
    }
    async fn discover(&self, actor: &Actor, issuer: String) -> Answer<String> {
        actor.admin()?;
        if issuer.contains("litware") { Ok("own-1".into()) } else { Err(Fault::IssuerSilent.into()) }
    }
    async fn save(&self, actor: &Actor, _: OwnProviderForm) -> Answer<()> {
        actor.admin()
    }
    async fn forget(&self, actor: &Actor, _: String) -> Answer<()> {
        actor.admin()
    }
}
