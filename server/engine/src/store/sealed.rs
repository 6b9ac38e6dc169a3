//! Every column that holds a sealed value, for a key's rotation. A test compares the list with the
//! schema.

use super::{Store, StoreError};
use sea_orm::{ConnectionTrait as _, Statement, Value};

/// Values that are sealed anew in one transaction.
const BATCH: u64 = 100;

/// A column of sealed values.
pub struct Column {
    pub table: &'static str,
    pub column: &'static str,
    /// What a row's value is sealed for, as SQL; `{hex:..}` is a byte string in hexadecimal.
    purpose: &'static str,
    /// What finds the row again, as SQL that gives a condition.
    finds: &'static str,
}

const ID: &str = "'id = ' || id";

/// All of them.
pub const COLUMNS: &[Column] = &[
    Column { table: "grants", column: "refresh_sealed", purpose: "'grant:' || id || ':refresh'", finds: ID },
    Column { table: "grants", column: "access_sealed", purpose: "'grant:' || id || ':access'", finds: ID },
    Column { table: "registration", column: "secret_sealed", purpose: "'registration:' || id || ':secret'", finds: ID },
    Column {
        table: "registration",
        column: "next_secret_sealed",
        purpose: "'registration:' || id || ':secret'",
        finds: ID,
    },
    Column {
        table: "direction",
        column: "password_sealed",
        purpose: "'direction:' || mailbox_id || ':' || direction || ':password'",
        finds: "'mailbox_id = ' || mailbox_id || ' AND direction = ''' || direction || ''''",
    },
    Column {
        table: "former_direction",
        column: "password_sealed",
        purpose: "'direction:' || mailbox_id || ':' || direction || ':password'",
        finds: "'switch_id = ' || switch_id || ' AND direction = ''' || direction || ''''",
    },
    Column { table: "notice_way", column: "password_sealed", purpose: "'notices:smtp:password'", finds: ID },
    Column { table: "notice_way", column: "webhook_sealed", purpose: "'notices:webhook:secret'", finds: ID },
    Column {
        table: "sign_in",
        column: "verifier_sealed",
        purpose: "'sign_in:' || {hex:state_hash} || ':verifier'",
        finds: ID,
    },
    Column {
        table: "approval",
        column: "state_sealed",
        purpose: "'approval:' || {hex:state_hash} || ':state'",
        finds: ID,
    },
    // Nothing writes it yet.
    Column { table: "mailbox", column: "thread_key_sealed", purpose: "'mailbox:' || id || ':thread'", finds: ID },
];

/// A value that another key than the present one sealed.
pub struct Old {
    pub purpose: String,
    pub sealed: Vec<u8>,
    finds: String,
}

/// Looks at the next values that other keys sealed, past `skipped` that could not be opened, and
/// writes those anew that `reseal` gives. A value that changed meanwhile stays as it is. Gives how
/// many were written and how many were left.
pub async fn renew(
    store: &Store,
    column: &Column,
    present: &[u8],
    skipped: u64,
    reseal: impl Fn(&Old) -> Option<Vec<u8>>,
) -> Result<(u64, u64), StoreError> {
    let Column { table, column: name, finds, .. } = column;
    let purpose = purpose(store, column);
    let sql = format!(
        "SELECT {purpose} AS purpose, {finds} AS finds, {name} AS sealed FROM {table}
         WHERE {name} IS NOT NULL AND substr({name}, 2, 4) <> $1 ORDER BY 2 LIMIT {BATCH} OFFSET {skipped}"
    );
    let tx = store.begin().await?;
    let values = [Value::from(present.to_vec())];
    let rows = tx.query_all_raw(Statement::from_sql_and_values(store.backend(), sql, values)).await?;
    let (mut written, mut left) = (0, 0);
    for row in rows {
        let old = Old {
            purpose: row.try_get("", "purpose")?,
            finds: row.try_get("", "finds")?,
            sealed: row.try_get("", "sealed")?,
        };
        let Some(fresh) = reseal(&old) else {
            left += 1;
            continue;
        };
        let sql = format!("UPDATE {table} SET {name} = $1 WHERE {} AND {name} = $2", old.finds);
        let values = [Value::from(fresh), Value::from(old.sealed)];
        tx.execute_raw(Statement::from_sql_and_values(store.backend(), sql, values)).await?;
        written += 1;
    }
    super::commit(tx).await?;
    Ok((written, left))
}

/// How many values other keys sealed.
pub async fn old(store: &Store, present: &[u8]) -> Result<u64, StoreError> {
    let mut found = 0;
    for Column { table, column, .. } in COLUMNS {
        let sql =
            format!("SELECT COUNT(*) AS n FROM {table} WHERE {column} IS NOT NULL AND substr({column}, 2, 4) <> $1");
        let values = [Value::from(present.to_vec())];
        let row = store.read().query_one_raw(Statement::from_sql_and_values(store.backend(), sql, values)).await?;
        let n: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
        found += u64::try_from(n).unwrap_or(0);
    }
    Ok(found)
}

fn purpose(store: &Store, column: &Column) -> String {
    let Some((before, rest)) = column.purpose.split_once("{hex:") else { return column.purpose.to_owned() };
    let Some((name, after)) = rest.split_once('}') else { return column.purpose.to_owned() };
    let hex = if store.is_sqlite() { format!("lower(hex({name}))") } else { format!("encode({name}, 'hex')") };
    format!("{before}{hex}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rotation::{self, Renewed};
    use crate::secret::Secret;
    use crate::store::key_check;
    use crate::vault::Vault;
    use std::path::{Path, PathBuf};

    async fn fresh(name: &str) -> (Store, PathBuf) {
        let path = std::env::temp_dir().join(format!("mailkeep-{name}-{}.db", std::process::id()));
        let _ = std::fs::remove_file(&path);
        (Store::open(&format!("sqlite:{}", path.display())).await.expect("a database"), path)
    }

    async fn close(store: Store, path: &Path) {
        store.close().await;
        std::fs::remove_file(path).expect("removed");
    }

    #[tokio::test]
    async fn every_sealed_column_of_the_schema_is_listed() {
        let (store, path) = fresh("columns").await;
        let sql = "SELECT m.name || '.' || p.name AS it FROM sqlite_master m, pragma_table_info(m.name) p
                   WHERE m.type = 'table' AND p.name LIKE '%sealed%' ORDER BY 1";
        let rows = store.read().query_all_raw(Statement::from_string(store.backend(), sql)).await.expect("rows");
        let found: Vec<String> = rows.iter().map(|row| row.try_get("", "it").expect("a name")).collect();
        let mut listed: Vec<String> = COLUMNS.iter().map(|c| format!("{}.{}", c.table, c.column)).collect();
        listed.sort();
        assert_eq!(found, listed);
        close(store, &path).await;
    }

    #[tokio::test]
    async fn values_are_sealed_anew_in_batches_and_a_cut_goes_on() {
        let (store, path) = fresh("rotation").await;
        let old = Vault::fresh_key();
        let vault = Vault::new(&old).expect("a key");
        assert!(key_check::fits(&store, &vault).await.expect("the database"));
        let purpose = |id: i64| format!("registration:{id}:secret");
        for id in 1..=250_i64 {
            let sealed = vault.seal(&purpose(id), &Secret::new(format!("secret {id}")));
            let sql = "INSERT INTO registration (id, provider_key, name, client_id, tenant, secret_sealed, is_default, created_at)
                       VALUES ($1, 'microsoft', 'x', 'x', 'common', $2, FALSE, 0)";
            let row = Statement::from_sql_and_values(store.backend(), sql, [Value::from(id), Value::from(sealed)]);
            store.write().execute_raw(row).await.expect("a row");
        }
        // One that belongs elsewhere opens with no key: it stays, and hides nothing behind it.
        let foreign = vault.seal("elsewhere", &Secret::new("x"));
        let sql = "UPDATE registration SET secret_sealed = $1 WHERE id = 7";
        let row = Statement::from_sql_and_values(store.backend(), sql, [Value::from(foreign)]);
        store.write().execute_raw(row).await.expect("changed");

        let signed = vault.signing_key("thread");
        vault.learn(&Secret::new(format!("{}\n{}", old.reveal(), Vault::fresh_key().reveal()))).expect("keys");
        assert_eq!(rotation::left(&store, &vault).await.expect("counted"), 0);
        assert!(key_check::switch(&store, &vault).await.expect("switched"));
        assert!(!key_check::switch(&store, &vault).await.expect("there is no further key"));
        assert_eq!(rotation::left(&store, &vault).await.expect("counted"), 250);
        // Cut short after one batch of the column.
        let column = COLUMNS.iter().find(|c| c.column == "secret_sealed").expect("listed");
        let reseal = |old: &Old| Some(vault.seal(&old.purpose, &vault.open(&old.purpose, &old.sealed).ok()?));
        let (written, _) = renew(&store, column, &vault.present(), 0, reseal).await.expect("a batch");
        assert!(written > 0 && written < 249);
        let done = rotation::renew(&store, &vault).await.expect("the rest");
        assert_eq!(done, Renewed { written: 249 - written, unreadable: 1 });
        let again = rotation::renew(&store, &vault).await.expect("nothing is left");
        assert_eq!(again, Renewed { written: 0, unreadable: 1 });
        // A start with both keys finds out which one seals; what is signed holds.
        let started =
            Vault::new(&Secret::new(format!("{} {}", old.reveal(), Vault::fresh_key().reveal()))).expect("keys");
        assert!(!key_check::fits(&store, &started).await.expect("the database"), "the new key is not among them");
        assert_eq!(vault.signing_key("thread"), signed);
        let sql = "SELECT secret_sealed AS it FROM registration WHERE id = 250";
        let row = store.read().query_one_raw(Statement::from_string(store.backend(), sql)).await.expect("asked");
        let sealed: Vec<u8> = row.expect("there").try_get("", "it").expect("bytes");
        assert!(vault.is_present(&sealed));
        assert_eq!(vault.open(&purpose(250), &sealed).expect("opens").reveal(), "secret 250");
        close(store, &path).await;
    }
}
