//! Replies that stand in no data file of ours, as tables: provider, HTTP status, class, text.

use domain::{diagnosis::Finding, provider::ProviderKind};

/// Puts every line of the table to the rules and names all that came out wrong.
pub fn check(table: &str, diagnose: impl Fn(ProviderKind, Option<u16>, &str) -> Finding) {
    let mut wrong = Vec::new();
    for line in table.lines().skip(1) {
        let [provider, status, class, text]: [&str; 4] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let provider = kind(provider);
        let text = text.replace("\\r", "\r").replace("\\n", "\n").replace("\\\\", "\\");
        let found = diagnose(provider, status.parse().ok(), &text);
        if found.diagnosis.remedy_class() != class {
            wrong.push(format!("{line}: {:?}", found.diagnosis));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// The provider's column.
pub fn kind(provider: &str) -> ProviderKind {
    match provider {
        "microsoft" => ProviderKind::Microsoft,
        "google" => ProviderKind::Google,
        _ => ProviderKind::Other,
    }
}
