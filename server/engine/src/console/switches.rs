//! The switches port.

use crate::store::switches::{self, Row};
use crate::store::{StoreError, commit, directions, mailboxes};
use crate::switching;
use crate::{Engine, clock, providers, signins};
use async_trait::async_trait;
use domain::console::mailboxes::{CheckResult, PasswordForm};
use domain::console::people::Actor;
use domain::console::switches::{Former, FormerDirection, SwitchForm, SwitchReport, Switches};
use domain::credential::CredentialKind;
use domain::id::MailboxId;
use domain::refusal::Conflict;
use domain::switch::{Case, Plan};
use domain::time::Span;
use domain::{Address, Answer, Direction, Fault, Refusal, Time};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

impl Port {
    async fn mailbox(&self, id: MailboxId) -> Answer<mailboxes::Row> {
        mailboxes::get(&self.0.store, id).await?.ok_or(Refusal::NotFound)
    }

    /// How a provider is called: by the server's name first (R2).
    fn provider(&self, key: &str, host: Option<&str>) -> String {
        let entry = host.and_then(|host| self.0.providers.by_host(host));
        entry.map_or_else(|| self.0.providers.view(key).name, |entry| entry.name.clone())
    }

    async fn one(&self, row: &Row, newest: bool) -> Result<Option<Former>, StoreError> {
        let (Some(plan), Some(before)) = (row.plan(), row.before()) else { return Ok(None) };
        let (Some(at), Some(wipe)) = (row.switched_at, row.wipe_at) else { return Ok(None) };
        let sides = switches::directions_before(self.0.store.read(), row.id).await?;
        let host = sides.iter().find_map(|side| side.host.clone());
        let sealed = sides.iter().all(|side| side.grant_id.is_some() || side.password_sealed.is_some());
        let directions = sides
            .into_iter()
            .filter_map(|side| {
                Some(FormerDirection {
                    direction: Direction::from_key(&side.direction)?,
                    endpoint: directions::endpoint_of(side.host.as_deref(), side.port, side.tls.as_deref()),
                    user: side.user_name,
                    credential: side.credential.map(|c| match c.as_str() {
                        "grant" => CredentialKind::Grant,
                        _ => CredentialKind::Password,
                    }),
                    last_success_at: side.last_success_at.map(Time),
                })
            })
            .collect::<Vec<_>>();
        Ok(Some(Former {
            case: plan.case,
            provider_name: self.provider(&before.provider_key, host.as_deref()),
            address: before.address,
            account: before.account,
            switched_at: Time(at),
            wiped_at: Time(wipe),
            can_return: newest && row.is_done() && sealed && !directions.is_empty(),
            directions,
        }))
    }
}

#[async_trait]
impl Switches for Port {
    async fn plan(&self, actor: &Actor, id: MailboxId) -> Answer<Option<Plan>> {
        actor.admin()?;
        Ok(switches::planned(self.0.store.read(), id).await?.map(|(_, plan)| plan))
    }

    async fn prepare(&self, actor: &Actor, id: MailboxId, form: SwitchForm) -> Answer<Plan> {
        actor.admin()?;
        let row = self.mailbox(id).await?;
        if row.draft {
            return Err(Conflict::NotADraft.into());
        }
        let present = Address::parse(&row.address).map_err(|_| Refusal::Unavailable)?;
        let address = match form.case.renames() {
            true => Address::parse(form.address.trim()).map_err(|_| Fault::AddressMalformed)?,
            false => present.clone(),
        };
        if form.case.renames() && address == present {
            return Err(Fault::AddressSame.into());
        }
        let owner = mailboxes::own_addresses(&self.0.store).await?.get(&address).copied();
        if owner.is_some_and(|owner| owner != id) {
            return Err(Fault::AddressTaken.into());
        }
        let provider_key = match form.case {
            // The mailbox stays where it is: told by host, not by the choice made (R2).
            Case::Person | Case::Renamed => {
                let incoming = directions::get(self.0.store.read(), id, Direction::Incoming).await?;
                let entry = incoming.and_then(|side| self.0.providers.by_host(&side.host?));
                entry.map_or_else(|| row.provider_key.clone(), |entry| entry.key.clone())
            }
            Case::Moved | Case::Different => form.provider_key,
        };
        if provider_key != providers::OTHER && self.0.providers.get(&provider_key).is_none() {
            return Err(Fault::ProviderUnknown.into());
        }
        let plan = Plan { case: form.case, provider_key, address, import: form.import };
        let tx = self.0.store.begin().await?;
        switches::prepare(&tx, id, &plan, actor.person, clock::now()).await?;
        commit(tx).await?;
        Ok(plan)
    }

    async fn drop_plan(&self, actor: &Actor, id: MailboxId) -> Answer<()> {
        actor.admin()?;
        Ok(switches::drop_plan(self.0.store.write(), id).await?)
    }

    async fn give_password(&self, actor: &Actor, id: MailboxId, form: PasswordForm) -> Answer<CheckResult> {
        actor.admin()?;
        self.mailbox(id).await?;
        signins::switch_by_password(&self.0, actor, id, form).await
    }

    async fn former(&self, actor: &Actor, id: MailboxId) -> Answer<Vec<Former>> {
        actor.admin()?;
        let now = clock::now();
        let rows = switches::done(self.0.store.read(), id).await?;
        let mut all = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            if row.wipe_at.is_some_and(|wipe| Time(wipe) > now) {
                all.extend(self.one(row, at == 0).await?.filter(|former| !former.directions.is_empty()));
            }
        }
        Ok(all)
    }

    async fn report(&self, actor: &Actor, id: MailboxId) -> Answer<Option<SwitchReport>> {
        actor.admin()?;
        let row = self.mailbox(id).await?;
        let Some(newest) = switches::done(self.0.store.read(), id).await?.into_iter().next() else { return Ok(None) };
        let Some(former) = self.one(&newest, true).await? else { return Ok(None) };
        let incoming = directions::get(self.0.store.read(), id, Direction::Incoming).await?;
        let host = incoming.and_then(|side| side.host);
        let stopped_since = newest.stopped_since.map(Time);
        Ok(Some(SwitchReport {
            case: former.case,
            at: former.switched_at,
            provider_name: self.provider(&row.provider_key, host.as_deref()),
            address: row.address,
            by_password_before: former.by_password(),
            former_address: former.address,
            former_provider_name: former.provider_name,
            incoming_pause: newest.incoming_pause.map(Span::millis).filter(|_| stopped_since.is_none()),
            stopped_since,
            drained: newest.drained(),
            recognised: newest.recognised.zip(newest.fresh).map(|(known, new)| (narrow(known), narrow(new))),
            directions: former.directions.iter().map(|d| d.direction).collect(),
            wiped_at: former.wiped_at,
        }))
    }

    async fn put_back(&self, actor: &Actor, id: MailboxId) -> Answer<CheckResult> {
        actor.admin()?;
        switching::put_back(&self.0, actor, id).await
    }
}

fn narrow(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
