//! A browser that fills the provider's forms, with cookies kept by hand.

use domain::console::signins::Callback;
use std::collections::BTreeMap;
use url::Url;

/// What the person does at the provider.
#[derive(Clone, Debug)]
pub struct Person<'a> {
    pub email: &'a str,
    pub password: &'a str,
    /// Presses Cancel on the page of this step: `sign-in`, `consent`, `need-admin`.
    pub cancels: Option<&'a str>,
    /// Unticks the permissions (Google).
    pub unticks: bool,
}

impl<'a> Person<'a> {
    pub fn new(email: &'a str, password: &'a str) -> Self {
        Self { email, password, cancels: None, unticks: false }
    }
}

/// One browser profile.
pub struct Browser {
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
    /// The steps that were seen, in order.
    pub steps: Vec<String>,
}

impl Browser {
    pub fn new() -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self { http, cookies: BTreeMap::new(), steps: Vec::new() }
    }

    /// From the provider's address to the callback.
    pub async fn sign_in(&mut self, url: &str, person: &Person<'_>) -> Callback {
        let mut at = Url::parse(url).expect("the provider's address");
        let mut form: Option<Vec<(String, String)>> = None;
        for _ in 0..20 {
            let request = match form.take() {
                Some(form) => self.http.post(at.clone()).form(&form),
                None => self.http.get(at.clone()),
            };
            let cookie = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ");
            let answer = request.header("cookie", cookie).send().await.expect("the provider answers");
            self.keep_cookies(&answer);
            if let Some(to) = answer.headers().get("location") {
                let to = at.join(to.to_str().expect("a location")).expect("a location");
                if to.path() == "/oauth/callback" {
                    return callback(&to);
                }
                at = to;
                continue;
            }
            let page = answer.text().await.expect("a page");
            let step =
                between(&page, "name=\"step\" value=\"", "\"").unwrap_or_else(|| panic!("the provider shows: {page}"));
            let action = between(&page, "action=\"", "\"").expect("a form");
            at = at.join(&unescaped(&action)).expect("the form's address");
            assert!(self.steps.last() != Some(&step) || step != "sign-in", "the provider asks again: {page}");
            self.steps.push(step.clone());
            form = Some(filled(&page, &step, person));
        }
        panic!("the sign-in goes round in circles: {:?}", self.steps);
    }

    fn keep_cookies(&mut self, answer: &reqwest::Response) {
        for cookie in answer.headers().get_all("set-cookie") {
            let text = cookie.to_str().expect("a cookie");
            let (name, rest) = text.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn filled(page: &str, step: &str, person: &Person<'_>) -> Vec<(String, String)> {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let action = if person.cancels == Some(step) { "cancel" } else { "accept" };
    let mut form = vec![field("step", step)];
    match step {
        "sign-in" => form.extend([field("email", person.email), field("password", person.password)]),
        "pick" => {
            let known = page.contains(&format!("value=\"{}\"", person.email));
            form.push(field("account", if known { person.email } else { "" }));
            return form;
        }
        "consent" if !person.unticks => {
            for part in page.split("name=\"scope\" value=\"").skip(1) {
                form.push(field("scope", &unescaped(part.split('"').next().unwrap_or_default())));
            }
        }
        _ => {}
    }
    form.push(field("action", action));
    form
}

fn callback(to: &Url) -> Callback {
    let query: BTreeMap<String, String> = to.query_pairs().into_owned().collect();
    let get = |key: &str| query.get(key).cloned();
    Callback {
        state: get("state"),
        code: get("code"),
        error: get("error"),
        error_description: get("error_description"),
    }
}

fn between(text: &str, from: &str, to: &str) -> Option<String> {
    let start = text.find(from)? + from.len();
    let end = text[start..].find(to)? + start;
    Some(text[start..end].to_owned())
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&").replace("&amp;", "&")
}
