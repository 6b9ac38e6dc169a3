//! Byte streams, which don't pass the console's port: files, mail bodies, uploads.

use crate::router::Shared;
use crate::sign_in_routes::actor;
use crate::visit::Browser;
use axum::Router;
use axum::body::Body;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::console::Console;
use domain::console::tickets::{DraftForm, NO_TICKET};
use domain::id::TicketId;
use domain::{Answer, Refusal};
use engine::Engine;
use engine::files::{self, FileBody};
use serde::Deserialize;
use std::sync::Arc;

/// More than the files of one reply may weigh: a form's other fields and its framing.
const SLACK: usize = 1 << 20;

pub fn routes(engine: &Engine) -> Router<Shared> {
    let limit = usize::try_from(engine.config.limits.reply_bytes).unwrap_or(usize::MAX);
    Router::new()
        .route("/files/{key}", get(file))
        .route("/messages/{key}/body", get(body))
        .route("/tickets/{id}/uploads", post(upload).layer(DefaultBodyLimit::max(limit.saturating_add(SLACK))))
}

/// GET /files/{key}: an attachment or a message's source, by a short-lived key.
async fn file(State(engine): State<Arc<Engine>>, Path(key): Path<String>) -> Response {
    answer(files::open(&engine, &key).await)
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    images: bool,
}

/// GET /messages/{key}/body: a formatted body under a policy of its own, for a sandboxed frame,
/// which sends no cookie.
async fn body(State(engine): State<Arc<Engine>>, Path(key): Path<String>, Query(wanted): Query<Wanted>) -> Response {
    let mut response = answer(files::body(&engine, &key, wanted.images).await);
    // Opening a link must not tell the sender where the reader sat.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn answer(found: Answer<FileBody>) -> Response {
    let Ok(file) = found else {
        let words = "This link has run out. Open the ticket again and follow it from there.";
        return (StatusCode::NOT_FOUND, words).into_response();
    };
    let kind = if file.inline { "inline" } else { "attachment" };
    let disposition =
        format!("{kind}; filename*=UTF-8''{}", app::api::response::encode(&file.name).replace('/', "%2F"));
    let mut response = Response::new(Body::from(file.bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(file.csp));
    if let Ok(mime) = HeaderValue::from_str(&file.mime) {
        headers.insert(header::CONTENT_TYPE, mime);
    }
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// POST /tickets/{id}/uploads: files for a reply. Without a script the whole composer comes along,
/// and its text is kept as the draft.
async fn upload(
    State(engine): State<Arc<Engine>>,
    State(console): State<Console>,
    browser: Browser,
    Path(id): Path<i64>,
    form: Multipart,
) -> Response {
    let ticket = TicketId(id);
    let page = composer(ticket);
    match take(&engine, &console, &browser, ticket, form).await {
        Ok(()) => Redirect::to(&format!("{page}#composer")).into_response(),
        Err(Refusal::SignedOut) => Redirect::to("/sign-in").into_response(),
        Err(refusal) => Redirect::to(&refused(&page, refusal)).into_response(),
    }
}

/// Where the composer of a ticket stands.
fn composer(ticket: TicketId) -> String {
    if ticket == NO_TICKET { "/tickets/new".to_owned() } else { format!("/tickets/{ticket}") }
}

/// Back to the composer, which says why.
fn refused(page: &str, refusal: Refusal) -> String {
    format!("{page}?form=composer&refused={}#composer", app::api::error::code(refusal))
}

async fn take(
    engine: &Arc<Engine>,
    console: &Console,
    browser: &Browser,
    ticket: TicketId,
    mut form: Multipart,
) -> Answer<()> {
    let actor = actor(console, browser).await?;
    let (mut text, mut to, mut cc) = (None, String::new(), String::new());
    let (mut subject, mut mailbox) = (None, None);
    while let Some(field) = form.next_field().await.map_err(|_| domain::Fault::AttachmentsTooLarge)? {
        match field.name() {
            Some("file") => {
                let name = field.file_name().unwrap_or_default().to_owned();
                if !name.is_empty() {
                    let mime = field.content_type().unwrap_or("application/octet-stream").to_owned();
                    files::upload(engine, &actor, ticket, &name, &mime, field).await?;
                }
            }
            Some("text") => text = Some(words(field).await?),
            Some("to") => to = words(field).await?,
            Some("cc") => cc = words(field).await?,
            Some("subject") => subject = Some(words(field).await?),
            Some("mailbox") => mailbox = words(field).await?.parse().ok(),
            _ => {}
        }
    }
    match text {
        Some(text) => {
            let draft = DraftForm { ticket, text, to, cc, subject, mailbox };
            console.tickets.keep_draft(&actor, draft).await
        }
        None => Ok(()),
    }
}

async fn words(field: Field<'_>) -> Answer<String> {
    field.text().await.map_err(|_| domain::Fault::TextTooLong.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_upload_goes_back_to_the_composer() {
        let page = composer(TicketId(7));
        assert_eq!(page, "/tickets/7");
        assert_eq!(
            refused(&page, domain::Fault::AttachmentsTooLarge.into()),
            "/tickets/7?form=composer&refused=invalid.AttachmentsTooLarge#composer"
        );
        assert_eq!(composer(NO_TICKET), "/tickets/new");
    }
}
