//! The port of sign-in ends.

use crate::store::{mailboxes, people, rules};
use crate::{Engine, clock, ends, evidence};
use async_trait::async_trait;
use domain::console::ends::*;
use domain::console::people::Actor;
use domain::expiry::{End, Expected, Source, WARNING};
use domain::id::MailboxId;
use domain::time::Span;
use domain::{Address, Answer, Fault, Refusal, Time};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Ends for Port {
    async fn page(&self, actor: &Actor) -> Answer<EndsPage> {
        actor.admin()?;
        page(&self.0).await
    }

    async fn enter(&self, actor: &Actor, whom: Whom, days: Option<u32>) -> Answer<()> {
        actor.admin()?;
        let engine = &self.0;
        if days.is_some_and(|days| !(1..=3650).contains(&days)) {
            return Err(Fault::DaysOutOfRange.into());
        }
        let now = clock::now();
        let of = match whom {
            Whom::Mailbox(id) => {
                mailboxes::get(&engine.store, id).await?.ok_or(Refusal::NotFound)?;
                rules::Of::Mailbox(id)
            }
            Whom::Tenant(tenant) => {
                let known = ends::sign_ins(engine, now).await?.into_iter().any(|s| s.tenant == tenant);
                let entered = rules::all(&engine.store).await?.iter().any(|r| r.tenant_id.as_ref() == Some(&tenant));
                if tenant.is_empty() || !(known || entered) {
                    return Err(Refusal::NotFound);
                }
                rules::Of::Tenant(tenant)
            }
        };
        let life = days.map(|days| Span::days(i64::from(days)));
        rules::set(&engine.store, rules::ENTERED, &of, life, Some(actor.person), now).await?;
        engine.changes.tell("mailboxes");
        Ok(())
    }
}

async fn page(engine: &Engine) -> Answer<EndsPage> {
    let now = clock::now();
    let addresses: BTreeMap<i64, Address> = mailboxes::all(&engine.store)
        .await?
        .iter()
        .filter(|m| !m.draft)
        .filter_map(|m| Some((m.id, Address::parse(&m.address).ok()?)))
        .collect();
    let named =
        |ids: &[MailboxId]| -> Vec<Address> { ids.iter().filter_map(|id| addresses.get(&id.0).cloned()).collect() };
    let sign_ins = ends::sign_ins(engine, now).await?;
    let mut lines = Vec::new();
    for sign_in in &sign_ins {
        let Some(first) = sign_in.mailboxes.first() else { continue };
        let cause = sign_in.grant.lost_diagnosis.as_deref().and_then(evidence::diagnosis);
        lines.push(EndLine {
            what: What::SignIn(*first),
            title: sign_in.login.clone(),
            provider_short: engine.providers.view(&sign_in.provider_key).short,
            mailboxes: named(&sign_in.mailboxes),
            expected: sign_in.expected.clone(),
            cause: cause.filter(|_| sign_in.grant.lost_at.is_some()),
        });
    }
    for secret in ends::secrets(engine, &sign_ins).await? {
        lines.push(EndLine {
            what: What::AppSecret,
            title: secret.registration.name.clone(),
            provider_short: engine.providers.view(&secret.registration.provider_key).short,
            mailboxes: named(&secret.mailboxes),
            expected: if secret.end.at <= now { Expected::Ended(secret.end.at) } else { Expected::Ends(secret.end) },
            cause: None,
        });
    }
    for facts in evidence::facts(engine).await? {
        let Some(at) = facts.basic_retires_at.filter(|_| !facts.draft) else { continue };
        let end = End { at, begun: at - WARNING, source: Source::PasswordRetired };
        lines.push(EndLine {
            what: What::Password(facts.id),
            title: facts.address.to_string(),
            provider_short: facts.provider_short.clone(),
            mailboxes: vec![facts.address.clone()],
            expected: if at <= now { Expected::Ended(at) } else { Expected::Ends(end) },
            cause: None,
        });
    }
    lines.sort_by_key(|line| match &line.expected {
        Expected::Ended(at) => (0, *at, line.title.clone()),
        Expected::Ends(end) => (1, end.at, line.title.clone()),
        Expected::NoEnd { .. } => (2, Time(0), line.title.clone()),
    });
    let tenants = tenants(&sign_ins);
    let names: HashMap<i64, String> = people::all(&engine.store).await?.into_iter().map(|p| (p.id, p.name)).collect();
    let lasting = rules::all(&engine.store)
        .await?
        .into_iter()
        .filter(|rule| rule.kind == rules::ENTERED)
        .filter_map(|rule| {
            let (whom, name) = match (rule.mailbox_id, rule.tenant_id) {
                (Some(id), _) => (Whom::Mailbox(MailboxId(id)), addresses.get(&id)?.to_string()),
                (None, Some(tenant)) => {
                    let name = tenants.get(&tenant).cloned().unwrap_or_else(|| tenant.clone());
                    (Whom::Tenant(tenant), name)
                }
                (None, None) => return None,
            };
            let days = u32::try_from(rule.life_ms / Span::days(1).0).unwrap_or(0);
            let by = rule.person_id.and_then(|id| names.get(&id).cloned());
            Some(Lasting { whom, name, days, by, at: Time(rule.noted_at) })
        })
        .collect();
    let by_sign_in = sign_ins.iter().flat_map(|s| &s.mailboxes);
    let mut whom: Vec<(Whom, String)> =
        by_sign_in.filter_map(|id| Some((Whom::Mailbox(*id), addresses.get(&id.0)?.to_string()))).collect();
    whom.sort_by(|a, b| a.1.cmp(&b.1));
    whom.dedup();
    whom.extend(tenants.into_iter().map(|(id, name)| (Whom::Tenant(id), name)));
    Ok(EndsPage { now, lines, lasting, whom })
}

/// Organisations, named by the domains of those who signed in.
fn tenants(sign_ins: &[ends::SignIn]) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for sign_in in sign_ins.iter().filter(|s| !s.tenant.is_empty()) {
        let domain = sign_in.login.rsplit('@').next().unwrap_or_default().to_owned();
        let domains = found.entry(sign_in.tenant.clone()).or_default();
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    found.into_iter().map(|(id, domains)| (id, format!("All of {}", domains.join(", ")))).collect()
}
