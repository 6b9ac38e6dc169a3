//! The pages behind a router, as the server serves them.

use super::{Scene, console};
use app::{App, shell};
use async_trait::async_trait;
use axum::Router;
use domain::Answer;
use domain::console::Visit;
use domain::id::{PersonId, SessionId};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::sync::Arc;

/// Who looks: 1 is Ada, 2 is Jonas; taken from the `as` cookie, else the default.
#[derive(Clone)]
pub struct Visitor(pub Option<i64>);

#[async_trait]
impl Visit for Visitor {
    async fn person(&self) -> Option<PersonId> {
        self.0.map(PersonId)
    }
    async fn session(&self) -> Option<SessionId> {
        Some(SessionId(1))
    }
    async fn begin(&self, _: PersonId) -> Answer<()> {
        Ok(())
    }
    async fn end(&self) -> Answer<()> {
        Ok(())
    }
    async fn browser(&self) -> Answer<String> {
        Ok("browser".into())
    }
    fn peer(&self) -> String {
        "127.0.0.1".into()
    }
}

pub fn router(scene: Scene, visitor: Option<i64>) -> Router {
    let options = LeptosOptions::builder().output_name("mailkeep").site_root("target/site").build();
    let console = console(scene);
    let provide = move || {
        provide_context(console.clone());
        // `?as=2` looks with another's eyes.
        let asked = use_context::<http::request::Parts>()
            .and_then(|p| p.uri.query().map(str::to_owned))
            .and_then(|q| q.split('&').find_map(|pair| pair.strip_prefix("as=").map(|v| v.parse::<i64>().ok())));
        let visitor = asked.unwrap_or(visitor);
        provide_context::<Arc<dyn Visit>>(Arc::new(Visitor(visitor)));
        if scene.demo {
            provide_context(app::api::context::Demo);
        }
    };
    let shell_options = options.clone();
    Router::new()
        .leptos_routes_with_context(&options, generate_route_list(App), provide.clone(), move || {
            shell(shell_options.clone())
        })
        .fallback(leptos_axum::render_app_async_with_context(provide, {
            let options = options.clone();
            move || shell(options.clone())
        }))
        .with_state(options)
}
