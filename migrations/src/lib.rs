//! The steps of the database schema, oldest first; a step that has landed never changes.
//!
//! SQL is written out, because half of what matters here (partial indexes, full-text tables) has
//! no builder. Times are milliseconds since 1970 UTC in BIGINT, flags are BOOLEAN.

mod dialect;
mod m0001_first;
mod m0002_folders;
mod m0003_doctor;
mod m0004_sign_in_links;
mod m0005_switches;
mod m0006_ends;
mod m0007_page;
mod m0008_registrations;
mod m0009_own_providers;
mod m0010_threads;
mod m0013_operating;
mod m0014_outbox;
mod m0015_ledger;
mod m0016_outbox_indexes;

use sea_orm_migration::prelude::*;

pub use sea_orm_migration::MigratorTrait;

/// All steps.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::Step),
            Box::new(m0002_folders::Step),
            Box::new(m0003_doctor::Step),
            Box::new(m0004_sign_in_links::Step),
            Box::new(m0005_switches::Step),
            Box::new(m0006_ends::Step),
            Box::new(m0007_page::Step),
            Box::new(m0008_registrations::Step),
            Box::new(m0013_operating::Step),
            Box::new(m0010_threads::Step),
            Box::new(m0009_own_providers::Step),
            Box::new(m0014_outbox::Step),
            Box::new(m0015_ledger::Step),
            Box::new(m0016_outbox_indexes::Step),
        ]
    }
}
