//! Replies that are being written: one a person and ticket.

use super::entity::draft;
use super::{Store, StoreError};
use domain::Time;
use domain::console::tickets::DraftForm;
use domain::id::{PersonId, TicketId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

/// A draft's row.
pub type Row = draft::Model;

pub async fn get(store: &Store, ticket: TicketId, person: PersonId) -> Result<Option<Row>, StoreError> {
    Ok(draft::Entity::find_by_id((ticket.0, person.0)).one(store.read()).await?)
}

/// Keeps a draft in place of the one before.
pub async fn keep(db: &impl ConnectionTrait, person: PersonId, form: &DraftForm, now: Time) -> Result<(), StoreError> {
    let row = draft::ActiveModel {
        ticket_id: Set(form.ticket.0),
        person_id: Set(person.0),
        text: Set(form.text.clone()),
        to_list: Set(form.to.clone()),
        cc_list: Set(form.cc.clone()),
        kept_at: Set(now.0),
        subject: Set(form.subject.clone()),
        mailbox_id: Set(form.mailbox.map(|m| m.0)),
    };
    let mut columns = vec![draft::Column::Text, draft::Column::ToList, draft::Column::CcList, draft::Column::KeptAt];
    columns.extend(form.subject.as_ref().map(|_| draft::Column::Subject));
    columns.extend(form.mailbox.map(|_| draft::Column::MailboxId));
    let update =
        OnConflict::columns([draft::Column::TicketId, draft::Column::PersonId]).update_columns(columns).to_owned();
    draft::Entity::insert(row).on_conflict(update).exec_without_returning(db).await?;
    Ok(())
}

pub async fn forget(db: &impl ConnectionTrait, ticket: TicketId, person: PersonId) -> Result<(), StoreError> {
    draft::Entity::delete_by_id((ticket.0, person.0)).exec(db).await?;
    Ok(())
}
