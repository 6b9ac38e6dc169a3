//! Pages as a browser gets them.

use super::{Scene, router};
use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode};
use tower::ServiceExt;

pub struct Seen {
    pub status: StatusCode,
    pub to: Option<String>,
    pub cookies: Vec<String>,
    pub html: String,
}

pub async fn ask(scene: Scene, visitor: Option<i64>, request: Request<Body>) -> Seen {
    let response = router(scene, visitor).oneshot(request).await.unwrap();
    let header = |name: &str| {
        response.headers().get_all(name).iter().map(|v| v.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (status, to, cookies) = (response.status(), header("location").into_iter().next(), header("set-cookie"));
    let bytes = to_bytes(response.into_body(), 8 << 20).await.unwrap();
    Seen { status, to, cookies, html: String::from_utf8(bytes.to_vec()).unwrap() }
}

pub async fn get_as(scene: Scene, visitor: Option<i64>, path: &str) -> Seen {
    let request = Request::builder().uri(path).header("accept", "text/html").body(Body::empty()).unwrap();
    ask(scene, visitor, request).await
}

pub async fn admin(path: &str) -> Seen {
    get_as(Scene::default(), Some(1), path).await
}

pub async fn agent(path: &str) -> Seen {
    get_as(Scene::default(), Some(2), path).await
}

pub async fn post(visitor: Option<i64>, path: &str, form: &str) -> Seen {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("referer", "http://localhost/somewhere")
        .body(Body::from(form.to_owned()))
        .unwrap();
    ask(Scene::default(), visitor, request).await
}

/// The text of a page: no tags, no comments, blanks folded.
pub fn text(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let after = &rest[at..];
        let end =
            if after.starts_with("<!--") { after.find("-->").map(|e| e + 3) } else { after.find('>').map(|e| e + 1) };
        rest = &after[end.unwrap_or(after.len())..];
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
