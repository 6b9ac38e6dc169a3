//! The vault's key file: made once, readable by its owner only, never made anew beside sealed data.

use crate::say::complain;
use anyhow::{Context, Result, bail};
use engine::secret::Secret;
use engine::vault::Vault;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The key from its file; made when the file is absent and `database_is_new`.
///
/// # Errors
/// A sentence that says which file is missing and why no new key is made.
pub fn load_or_make(path: &Path, database_is_new: bool) -> Result<Secret> {
    match std::fs::read_to_string(path) {
        Ok(text) if !text.trim().is_empty() => return Ok(Secret::new(text.trim())),
        Ok(_) => bail!("the key file {} is empty; put the vault's key back", path.display()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("can't read the key file {}", path.display())),
    }
    if !database_is_new {
        bail!(
            "the key file {} is missing, but the database holds sealed credentials; put the key back. A new key would make them unreadable for ever",
            path.display()
        );
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("can't make the folder {}", folder.display()))?;
    }
    let key = Vault::fresh_key();
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("can't make the key file {}", path.display()))?;
    writeln!(file, "{}", key.reveal())?;
    file.sync_all()?;
    complain!(
        "Made the vault's key in {}. Keep a copy: without it nobody can read the stored credentials.",
        path.display()
    );
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_made_once_and_only_beside_nothing_sealed() {
        let folder = std::env::temp_dir().join(format!("mailkeep-key-{}", std::process::id()));
        let path = folder.join("key");
        assert!(load_or_make(&path, false).is_err());
        let made = load_or_make(&path, true).expect("made");
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(load_or_make(&path, false).expect("read").reveal(), made.reveal());
        std::fs::write(&path, "").expect("emptied");
        assert!(load_or_make(&path, true).is_err());
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
