//! People: signing in to the console, inviting, one's own account.

use super::ApiError;
use domain::id::{PersonId, SessionId};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{
    actor, console, flash,
    response::{encode, local, with},
    submit, visit,
};
#[cfg(feature = "ssr")]
use domain::Refusal;
#[cfg(feature = "ssr")]
use domain::console::Role;

/// Signs a person in and goes on to the page they wanted.
///
/// # Errors
/// A wrong email or password, or too many tries.
#[server(endpoint = "people/sign_in")]
pub async fn sign_in(email: String, password: String, #[server(default)] next: String) -> Result<(), ApiError> {
    let next = local(&next);
    let back = next.as_ref().map_or_else(|| "/sign-in".into(), |next| with("/sign-in", "next", next));
    submit(back, async move {
        let (visit, console) = (visit()?, console()?);
        let person = console.people.sign_in(email, password, visit.peer()).await?;
        visit.begin(person).await?;
        Ok(next.unwrap_or_else(|| "/tickets".into()))
    })
    .await
}

/// Signs out.
///
/// # Errors
/// When the session can't be ended.
#[server(endpoint = "people/sign_out")]
pub async fn sign_out() -> Result<(), ApiError> {
    submit("/me", async {
        visit()?.end().await?;
        Ok("/sign-in?done=signed_out".into())
    })
    .await
}

/// Makes the first admin.
///
/// # Errors
/// A wrong token, or fields that don't do.
#[server(endpoint = "people/create_first")]
pub async fn create_first(token: String, name: String, email: String, password: String) -> Result<(), ApiError> {
    submit("/first-start", async move {
        let (visit, console) = (visit()?, console()?);
        let person = console.people.create_first(token, name, email, password).await?;
        visit.begin(person).await?;
        Ok("/admin/server/address?done=first".into())
    })
    .await
}

/// Uses an invitation or reset link up.
///
/// # Errors
/// An old link, or a short password.
#[server(endpoint = "people/accept")]
pub async fn accept(token: String, password: String) -> Result<(), ApiError> {
    submit(format!("/welcome/{}", encode(&token).replace('/', "")), async move {
        let (visit, console) = (visit()?, console()?);
        let person = console.people.accept(token, password).await?;
        visit.begin(person).await?;
        Ok("/tickets".into())
    })
    .await
}

/// Invites a person; the link is shown once, on the next page.
///
/// # Errors
/// Not an admin, or fields that don't do.
#[server(endpoint = "people/invite")]
pub async fn invite(name: String, email: String, role: String) -> Result<(), ApiError> {
    submit("/admin/people?form=invite", async move {
        let role = Role::from_key(&role).ok_or(Refusal::NotFound)?;
        let link = console()?.people.invite(&actor().await?, name, email, role).await?;
        flash::keep(&link.url);
        Ok("/admin/people?done=invited".into())
    })
    .await
}

/// Makes a link by which a person chooses a new password; it is shown once, on the next page.
///
/// # Errors
/// Not an admin, or no such person.
#[server(endpoint = "people/reset")]
pub async fn reset(person: PersonId) -> Result<(), ApiError> {
    submit("/admin/people", async move {
        let link = console()?.people.reset(&actor().await?, person).await?;
        flash::keep(&link.url);
        Ok("/admin/people?done=reset".into())
    })
    .await
}

/// Disables a person, or lets them in again.
///
/// # Errors
/// Not an admin, or it is the last one.
#[server(endpoint = "people/disable")]
pub async fn disable(person: PersonId, disabled: bool) -> Result<(), ApiError> {
    submit("/admin/people", async move {
        console()?.people.disable(&actor().await?, person, disabled).await?;
        Ok(if disabled { "/admin/people?done=disabled" } else { "/admin/people?done=enabled" }.into())
    })
    .await
}

/// Makes an agent an admin, or back.
///
/// # Errors
/// Not an admin, or it is the last one.
#[server(endpoint = "people/change_role")]
pub async fn change_role(person: PersonId, role: String) -> Result<(), ApiError> {
    submit("/admin/people", async move {
        let role = Role::from_key(&role).ok_or(Refusal::NotFound)?;
        console()?.people.change_role(&actor().await?, person, role).await?;
        Ok("/admin/people?done=role".into())
    })
    .await
}

/// Changes one's own name.
///
/// # Errors
/// A missing or long name.
#[server(endpoint = "me/rename")]
pub async fn rename(name: String) -> Result<(), ApiError> {
    submit("/me?form=name", async move {
        console()?.people.rename(&actor().await?, name).await?;
        Ok("/me?done=name".into())
    })
    .await
}

/// Changes one's own password and ends one's other sessions.
///
/// # Errors
/// The old one is wrong, or the new one short.
#[server(endpoint = "me/change_password")]
pub async fn change_password(old: String, new: String) -> Result<(), ApiError> {
    submit("/me?form=password", async move {
        let (visit, console) = (visit()?, console()?);
        let actor = actor().await?;
        console.people.change_password(&actor, old, new, visit.session().await).await?;
        Ok("/me?done=password".into())
    })
    .await
}

/// Ends one of one's own sessions.
///
/// # Errors
/// No such session of one's own.
#[server(endpoint = "me/end_session")]
pub async fn end_session(session: SessionId) -> Result<(), ApiError> {
    submit("/me", async move {
        console()?.people.end_session(&actor().await?, session).await?;
        Ok("/me?done=session".into())
    })
    .await
}

/// Chooses light, dark or the system's theme, in this browser.
///
/// # Errors
/// None.
#[server(endpoint = "me/choose_theme")]
pub async fn choose_theme(theme: String) -> Result<(), ApiError> {
    submit("/me", async move {
        let line = match theme.as_str() {
            "light" => "theme=light; Path=/; Max-Age=31536000; SameSite=Lax",
            "dark" => "theme=dark; Path=/; Max-Age=31536000; SameSite=Lax",
            _ => "theme=; Path=/; Max-Age=0; SameSite=Lax",
        };
        if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
            response.append_header(http::header::SET_COOKIE, http::HeaderValue::from_static(line));
        }
        Ok("/me".into())
    })
    .await
}
