//! Rows bound to one statement as a `VALUES` list.

use sea_orm::Value;

/// The list, whose values are bound after those that are there already. PostgreSQL takes a bare parameter in such a
/// list for text: each is cast to its column's type.
pub fn list<const N: usize>(
    bound: &mut Vec<Value>,
    types: [&str; N],
    rows: impl IntoIterator<Item = [Value; N]>,
) -> String {
    let row = |values: [Value; N]| {
        let first = bound.len() + 1;
        bound.extend(values);
        let row: Vec<String> =
            types.iter().enumerate().map(|(n, kind)| format!("CAST(${} AS {kind})", first + n)).collect();
        format!("({})", row.join(", "))
    };
    rows.into_iter().map(row).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bound_is_numbered_on() {
        let mut bound: Vec<Value> = vec![7.into()];
        let said = list(&mut bound, ["BIGINT", "TEXT"], [[1_i64.into(), "a".into()], [2_i64.into(), "b".into()]]);
        assert_eq!(said, "(CAST($2 AS BIGINT), CAST($3 AS TEXT)), (CAST($4 AS BIGINT), CAST($5 AS TEXT))");
        assert_eq!(bound.len(), 5);
    }
}
