//! The settings: names, meanings and checks, read once at the start.
//!
//! Each comes from the environment or, where that is silent, from the file that
//! `MAILKEEP_SETTINGS` names: lines of `NAME=value`. One that makes no sense refuses to start and
//! names itself.

mod table;

pub use table::SETTINGS;

use anyhow::{Context, Result, bail};
use domain::console::desk::SettingLine;
use domain::time::Span;
use engine::config::{Config, Limits, NetworkRules};
use engine::providers::Providers;
use engine::secret::Secret;
use engine::vault::Vault;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The settings, checked.
pub struct Settings {
    pub engine: Config,
    pub listen: SocketAddr,
    pub tls: Option<(PathBuf, PathBuf)>,
    /// The proxies whose X-Forwarded-* headers are believed.
    pub proxies: Vec<IpAddr>,
    pub site: PathBuf,
    /// Where /metrics alone is served.
    pub metrics: Option<SocketAddr>,
    pub metrics_token: Option<Secret>,
    /// How long stopping may take.
    pub stop_within: Duration,
}

impl Settings {
    /// Reads the environment and the settings file.
    ///
    /// # Errors
    /// A sentence that names the setting.
    pub fn read() -> Result<Self> {
        Self::from(std::env::vars().filter(|(name, _)| name.starts_with("MAILKEEP_")).collect())
    }

    fn from(mut given: HashMap<String, String>) -> Result<Self> {
        // The rig of the tests and their database, not ours.
        given.retain(|name, _| name != "MAILKEEP_RIG" && !name.starts_with("MAILKEEP_TEST_"));
        if let Some(path) = given.get("MAILKEEP_SETTINGS").cloned() {
            for (name, value) in read_file(Path::new(&path)).context("MAILKEEP_SETTINGS")? {
                given.entry(name).or_insert(value);
            }
        }
        if let Some(name) = given.keys().find(|name| !SETTINGS.iter().any(|s| s.name == *name)) {
            bail!("{name} is not a setting of Mailkeep");
        }
        let shown = shown(&given);
        let take = |name: &str| given.get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let data = PathBuf::from(take("MAILKEEP_DATA").unwrap_or_else(|| "./mailkeep-data".into()));
        if data.exists() && !data.is_dir() {
            bail!("MAILKEEP_DATA: {} is not a folder", data.display());
        }
        let database = match take("MAILKEEP_DATABASE") {
            None => format!("sqlite:{}", data.join("mailkeep.db").display()),
            Some(url)
                if url.starts_with("sqlite:") || url.starts_with("postgres://") || url.starts_with("postgresql://") =>
            {
                url
            }
            Some(_) => bail!("MAILKEEP_DATABASE begins with neither sqlite: nor postgres://"),
        };
        let (key, key_file) = key(&data, take("MAILKEEP_KEY"), take("MAILKEEP_KEY_FILE"))?;
        let listen: SocketAddr = take("MAILKEEP_LISTEN")
            .unwrap_or_else(|| "127.0.0.1:8080".into())
            .parse()
            .context("MAILKEEP_LISTEN is not an address with a port, as in 127.0.0.1:8080")?;
        let tls = match (take("MAILKEEP_TLS_CERT"), take("MAILKEEP_TLS_KEY")) {
            (Some(cert), Some(key)) => Some((existing("MAILKEEP_TLS_CERT", cert)?, existing("MAILKEEP_TLS_KEY", key)?)),
            (None, None) => None,
            (Some(_), None) => bail!("MAILKEEP_TLS_CERT is set, but MAILKEEP_TLS_KEY is not"),
            (None, Some(_)) => bail!("MAILKEEP_TLS_KEY is set, but MAILKEEP_TLS_CERT is not"),
        };
        let public_address = match take("MAILKEEP_PUBLIC_ADDRESS") {
            Some(text) => engine::oauth_address::checked(&text).with_context(|| {
                "MAILKEEP_PUBLIC_ADDRESS is not an address like https://desk.example, without a path".to_owned()
            })?,
            None => format!("http{}://localhost:{}", if tls.is_some() { "s" } else { "" }, listen.port()),
        };
        let proxies = take("MAILKEEP_PROXY")
            .map(|list| list.split(',').map(|ip| ip.trim().parse::<IpAddr>()).collect::<Result<Vec<_>, _>>())
            .transpose()
            .context("MAILKEEP_PROXY is not a list of IP addresses")?
            .unwrap_or_default();
        let providers_file = match take("MAILKEEP_PROVIDERS") {
            Some(path) => Some(existing("MAILKEEP_PROVIDERS", path)?),
            None => None,
        };
        let allow: Vec<String> = take("MAILKEEP_ALLOW")
            .map(|list| list.split(',').map(|h| h.trim().to_owned()).filter(|h| !h.is_empty()).collect())
            .unwrap_or_default();
        if let Some(wrong) = allow.iter().find(|host| !is_host(host)) {
            bail!("MAILKEEP_ALLOW: `{wrong}` is neither a host name nor an IP address");
        }
        let network = NetworkRules { allow };
        Providers::load(providers_file.as_deref(), &network).context("MAILKEEP_PROVIDERS")?;
        let node_name = take("MAILKEEP_NODE").unwrap_or_else(|| format!("node-{}", std::process::id()));
        if node_name.len() > 64 || !node_name.bytes().all(|b| b.is_ascii_graphic()) {
            bail!("MAILKEEP_NODE is not a name of at most 64 letters, digits and signs");
        }
        let demo = match take("MAILKEEP_DEMO").as_deref() {
            None | Some("0") => false,
            Some("1") => true,
            Some(_) => bail!("MAILKEEP_DEMO is neither 0 nor 1"),
        };
        let site = match take("MAILKEEP_SITE").map(PathBuf::from) {
            Some(path) if !path.is_dir() => bail!("MAILKEEP_SITE: there is no folder {}", path.display()),
            Some(path) => path,
            None => PathBuf::from("target/site"),
        };
        let metrics: Option<SocketAddr> = take("MAILKEEP_METRICS")
            .map(|text| text.parse())
            .transpose()
            .context("MAILKEEP_METRICS is not an address with a port, as in 127.0.0.1:9464")?;
        if metrics.is_some_and(|address| address == listen) {
            bail!(
                "MAILKEEP_METRICS is the address that the console listens on; leave it out and set MAILKEEP_METRICS_TOKEN"
            );
        }
        let metrics_token = take("MAILKEEP_METRICS_TOKEN");
        if metrics_token.as_ref().is_some_and(|t| t.len() < 16 || !t.bytes().all(|b| b.is_ascii_graphic())) {
            bail!("MAILKEEP_METRICS_TOKEN is not a word of 16 letters or more");
        }
        let number = |name: &str, default: u64, range: std::ops::RangeInclusive<u64>| match take(name) {
            None => Ok(default),
            Some(text) => match text.parse() {
                Ok(n) if range.contains(&n) => Ok(n),
                _ => bail!("{name} is not a number from {} to {}", range.start(), range.end()),
            },
        };
        let second = number("MAILKEEP_SECOND_REFUSAL_AFTER", 180, 1..=3_600)?;
        let limits = Limits {
            message_bytes: number("MAILKEEP_MESSAGE_LIMIT", 50, 1..=500)? << 20,
            memory_bytes: number("MAILKEEP_MEMORY", 64, 8..=16_384)? << 20,
            sessions_per_host: usize::try_from(number("MAILKEEP_SESSIONS", 500, 1..=50_000)?)?,
            ..Limits::default()
        };
        let stop_within = Duration::from_secs(number("MAILKEEP_STOP_WITHIN", 8, 1..=600)?);
        Ok(Self {
            engine: Config {
                database,
                key,
                key_file,
                providers_file,
                network,
                public_address: Some(public_address),
                demo,
                limits,
                second_refusal_after: Span::seconds(i64::try_from(second)?),
                node_name,
                shown,
            },
            listen,
            tls,
            proxies,
            site,
            metrics,
            metrics_token: metrics_token.map(Secret::new),
            stop_within,
        })
    }

    /// Where the vault's key comes from, for sentences.
    pub fn key_from(&self) -> String {
        match &self.engine.key_file {
            Some(path) => format!("MAILKEEP_KEY_FILE {}", path.display()),
            None => "MAILKEEP_KEY".to_owned(),
        }
    }
}

/// The key, and the file it came from; empty where that is still to be made.
fn key(data: &Path, given: Option<String>, file: Option<String>) -> Result<(Secret, Option<PathBuf>)> {
    if let Some(key) = given {
        if file.is_some() {
            bail!("MAILKEEP_KEY and MAILKEEP_KEY_FILE are both set; keep one of them");
        }
        let key = Secret::new(key);
        Vault::new(&key).context("MAILKEEP_KEY")?;
        return Ok((key, None));
    }
    let path = file.map_or_else(|| data.join("key"), PathBuf::from);
    if path.is_dir() {
        bail!("MAILKEEP_KEY_FILE: {} is a folder", path.display());
    }
    let key = Secret::new(std::fs::read_to_string(&path).unwrap_or_default());
    if !key.reveal().trim().is_empty() {
        Vault::new(&key).with_context(|| format!("MAILKEEP_KEY_FILE {}", path.display()))?;
    }
    Ok((key, Some(path)))
}

/// A host name or an IP address: no scheme, port or path.
fn is_host(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

/// Settings that say more than a page should.
const UNSHOWN: [&str; 3] = ["MAILKEEP_KEY", "MAILKEEP_DATABASE", "MAILKEEP_METRICS_TOKEN"];

fn shown(given: &HashMap<String, String>) -> Vec<SettingLine> {
    SETTINGS
        .iter()
        .map(|setting| {
            let value = given.get(setting.name).filter(|v| !v.is_empty());
            SettingLine {
                name: setting.name.into(),
                value: match value {
                    None => format!("Not set: {}", setting.default),
                    Some(_) if UNSHOWN.contains(&setting.name) => "Set, not shown".into(),
                    Some(value) => value.clone(),
                },
                meaning: setting.meaning.into(),
                caution: setting.name == "MAILKEEP_ALLOW" && value.is_some(),
            }
        })
        .collect()
}

fn existing(name: &str, path: String) -> Result<PathBuf> {
    let path = PathBuf::from(path);
    if !path.is_file() {
        bail!("{name}: there is no file {}", path.display());
    }
    Ok(path)
}

fn read_file(path: &Path) -> Result<Vec<(String, String)>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
    let mut pairs = Vec::new();
    for (n, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) =
            line.split_once('=').with_context(|| format!("line {} of {} is not NAME=value", n + 1, path.display()))?;
        pairs.push((name.trim().to_owned(), value.trim().trim_matches('"').to_owned()));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(pairs: &[(&str, &str)]) -> String {
        let given = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        match Settings::from(given) {
            Ok(_) => "accepted".into(),
            Err(error) => format!("{error:#}"),
        }
    }

    #[test]
    fn what_makes_no_sense_names_itself() {
        let table = [
            ("MAILKEEP_LISTEN", "eighty"),
            ("MAILKEEP_PUBLIC_ADDRESS", "desk.example"),
            ("MAILKEEP_DATABASE", "mysql://x"),
            ("MAILKEEP_TLS_CERT", "/no/such/file"),
            ("MAILKEEP_TLS_KEY", "/no/such/file"),
            ("MAILKEEP_PROXY", "proxy.example"),
            ("MAILKEEP_PROVIDERS", "/no/such/file"),
            ("MAILKEEP_PROVIDERS", "/proc/version"),
            ("MAILKEEP_SECOND_REFUSAL_AFTER", "0"),
            ("MAILKEEP_MESSAGE_LIMIT", "much"),
            ("MAILKEEP_MEMORY", "-1"),
            ("MAILKEEP_SESSIONS", "0"),
            ("MAILKEEP_SETTINGS", "/no/such/file"),
            ("MAILKEEP_DATA", "/dev/null"),
            ("MAILKEEP_KEY", "c2hvcnQ="),
            ("MAILKEEP_KEY_FILE", "/"),
            ("MAILKEEP_KEY_FILE", "/proc/version"),
            ("MAILKEEP_ALLOW", "https://mail.inside.example"),
            ("MAILKEEP_ALLOW", "10.0.0.0/8"),
            ("MAILKEEP_NODE", "two words"),
            ("MAILKEEP_DEMO", "yes"),
            ("MAILKEEP_SITE", "/no/such/folder"),
            ("MAILKEEP_METRICS", "9464"),
            ("MAILKEEP_METRICS", "127.0.0.1:8080"),
            ("MAILKEEP_METRICS_TOKEN", "short"),
            ("MAILKEEP_STOP_WITHIN", "0"),
            ("MAILKEEP_TLS_CERT", "/proc/version"),
            ("MAILKEEP_PROXY", "127.0.0.1, somewhere"),
            ("MAILKEEP_PUBLIC_ADDRESS", "https://desk.example/help"),
            ("MAILKEEP_LISTENN", "127.0.0.1:80"),
        ];
        for (name, value) in table {
            let said = refused(&[(name, value)]);
            assert!(said.contains(name), "{name}={value}: {said}");
        }
        for setting in SETTINGS {
            assert!(table.iter().any(|(name, _)| *name == setting.name), "{} is not tried", setting.name);
        }
        let key = Vault::fresh_key();
        let both = refused(&[("MAILKEEP_KEY", key.reveal()), ("MAILKEEP_KEY_FILE", "/no/such/key")]);
        assert!(both.contains("MAILKEEP_KEY_FILE"), "{both}");
        assert_eq!(refused(&[]), "accepted");
    }

    /// README's table is this one: every setting stands there with its default.
    #[test]
    fn the_readme_lists_every_setting() {
        let readme = include_str!("../../README.md");
        let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| `MAILKEEP_")).collect();
        for setting in SETTINGS {
            let named = format!("`{}`", setting.name);
            assert!(rows.iter().any(|row| row.contains(&named)), "README does not list {}", setting.name);
        }
        for row in rows {
            for name in row.split('`').filter(|word| word.starts_with("MAILKEEP_")) {
                assert!(SETTINGS.iter().any(|s| s.name == name), "README lists {name}, which is no setting");
            }
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let given = HashMap::from([
            ("MAILKEEP_KEY".to_owned(), "c2VjcmV0".to_owned()),
            ("MAILKEEP_DATABASE".to_owned(), "postgres://u:pw@h/n".to_owned()),
        ]);
        let lines = format!("{:?}", shown(&given));
        assert!(!lines.contains("c2VjcmV0") && !lines.contains("pw@"));
    }
}
