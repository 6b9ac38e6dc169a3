//! The settings: names, meanings and checks, read once at the start.
//!
//! Each comes from the environment or, where that is silent, from the file that
//! `MAILKEEP_SETTINGS` names: lines of `NAME=value`. One that makes no sense refuses to start and
//! names itself.

use anyhow::{Context, Result, bail};
use domain::console::desk::SettingLine;
use domain::time::Span;
use engine::config::{Config, Limits, NetworkRules};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// A setting as README and the server page list it.
pub struct Setting {
    pub name: &'static str,
    pub default: &'static str,
    pub meaning: &'static str,
}

/// Every setting there is. A name outside this table is refused, so that a typo is not silent.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "MAILKEEP_DATA",
        default: "./mailkeep-data",
        meaning: "Folder of the embedded database and the vault's key",
    },
    Setting {
        name: "MAILKEEP_DATABASE",
        default: "the file mailkeep.db in MAILKEEP_DATA",
        meaning: "sqlite:PATH, or postgres://USER:PASSWORD@HOST/NAME",
    },
    Setting { name: "MAILKEEP_KEY", default: "the key file", meaning: "The vault's key, 32 bytes in base64" },
    Setting {
        name: "MAILKEEP_KEY_FILE",
        default: "the file key in MAILKEEP_DATA",
        meaning: "File that holds the vault's key; made on first start",
    },
    Setting { name: "MAILKEEP_LISTEN", default: "127.0.0.1:8080", meaning: "Address and port to listen on" },
    Setting {
        name: "MAILKEEP_PUBLIC_ADDRESS",
        default: "http://localhost and the port",
        meaning: "How browsers reach the desk, until the Server page says otherwise",
    },
    Setting { name: "MAILKEEP_TLS_CERT", default: "none: plain HTTP", meaning: "Certificate chain in PEM" },
    Setting { name: "MAILKEEP_TLS_KEY", default: "none", meaning: "The certificate's private key in PEM" },
    Setting {
        name: "MAILKEEP_PROXY",
        default: "none",
        meaning: "Addresses of proxies in front, comma-separated, whose X-Forwarded-* headers are believed",
    },
    Setting {
        name: "MAILKEEP_PROVIDERS",
        default: "the built-in ones",
        meaning: "File with providers' endpoints, hosts, certificates and DNS server",
    },
    Setting {
        name: "MAILKEEP_ALLOW",
        default: "none",
        meaning: "Hosts, comma-separated, that may be private addresses or plain http",
    },
    Setting {
        name: "MAILKEEP_SECOND_REFUSAL_AFTER",
        default: "180",
        meaning: "Seconds between two refusals of a password before a person is called",
    },
    Setting { name: "MAILKEEP_MESSAGE_LIMIT", default: "50", meaning: "Largest message that is stored whole, in MiB" },
    Setting { name: "MAILKEEP_MEMORY", default: "64", meaning: "Mail in flight at a time, in MiB" },
    Setting {
        name: "MAILKEEP_SESSIONS",
        default: "500",
        meaning: "Sessions with one mail server at a time; beyond them mailboxes take turns",
    },
    Setting { name: "MAILKEEP_SITE", default: "target/site", meaning: "Folder with the console's style and scripts" },
    Setting { name: "MAILKEEP_NODE", default: "the process id", meaning: "This node's name in the log" },
    Setting {
        name: "MAILKEEP_DEMO",
        default: "none",
        meaning: "Set by script/demo: every page says that no mail leaves this machine",
    },
    Setting { name: "MAILKEEP_SETTINGS", default: "none", meaning: "File with further settings" },
];

/// The settings, checked.
pub struct Settings {
    pub engine: Config,
    pub listen: SocketAddr,
    pub tls: Option<(PathBuf, PathBuf)>,
    /// The proxies whose X-Forwarded-* headers are believed.
    pub proxies: Vec<IpAddr>,
    pub site: PathBuf,
    /// The file that the key came from, when a first start may make it.
    pub key_file: Option<PathBuf>,
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
        let database = match take("MAILKEEP_DATABASE") {
            None => format!("sqlite:{}", data.join("mailkeep.db").display()),
            Some(url)
                if url.starts_with("sqlite:") || url.starts_with("postgres://") || url.starts_with("postgresql://") =>
            {
                url
            }
            Some(_) => bail!("MAILKEEP_DATABASE begins with neither sqlite: nor postgres://"),
        };
        let key_file =
            PathBuf::from(take("MAILKEEP_KEY_FILE").unwrap_or_else(|| data.join("key").display().to_string()));
        let key = take("MAILKEEP_KEY");
        let listen: SocketAddr = take("MAILKEEP_LISTEN")
            .unwrap_or_else(|| "127.0.0.1:8080".into())
            .parse()
            .context("MAILKEEP_LISTEN is not an address with a port, as in 127.0.0.1:8080")?;
        let public_address = match take("MAILKEEP_PUBLIC_ADDRESS") {
            Some(text) => engine::oauth_address::checked(&text).with_context(|| {
                "MAILKEEP_PUBLIC_ADDRESS is not an address like https://desk.example, without a path".to_owned()
            })?,
            None => format!("http://localhost:{}", listen.port()),
        };
        let tls = match (take("MAILKEEP_TLS_CERT"), take("MAILKEEP_TLS_KEY")) {
            (Some(cert), Some(key)) => Some((existing("MAILKEEP_TLS_CERT", cert)?, existing("MAILKEEP_TLS_KEY", key)?)),
            (None, None) => None,
            (Some(_), None) => bail!("MAILKEEP_TLS_CERT is set, but MAILKEEP_TLS_KEY is not"),
            (None, Some(_)) => bail!("MAILKEEP_TLS_KEY is set, but MAILKEEP_TLS_CERT is not"),
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
        let allow = take("MAILKEEP_ALLOW")
            .map(|list| list.split(',').map(|h| h.trim().to_owned()).filter(|h| !h.is_empty()).collect());
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
        let (key, key_file) = match key {
            Some(key) => (engine::secret::Secret::new(key), None),
            None => {
                (engine::secret::Secret::new(std::fs::read_to_string(&key_file).unwrap_or_default()), Some(key_file))
            }
        };
        Ok(Self {
            engine: Config {
                database,
                key,
                providers_file,
                network: NetworkRules { allow: allow.unwrap_or_default() },
                public_address: Some(public_address),
                demo: take("MAILKEEP_DEMO").is_some(),
                limits,
                second_refusal_after: Span::seconds(i64::try_from(second)?),
                node_name: take("MAILKEEP_NODE").unwrap_or_else(|| format!("node-{}", std::process::id())),
                shown,
            },
            listen,
            tls,
            proxies,
            site: PathBuf::from(take("MAILKEEP_SITE").unwrap_or_else(|| "target/site".into())),
            key_file,
        })
    }
}

/// Settings that say more than a page should.
const UNSHOWN: [&str; 2] = ["MAILKEEP_KEY", "MAILKEEP_DATABASE"];

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
        for (name, value) in [
            ("MAILKEEP_LISTEN", "eighty"),
            ("MAILKEEP_PUBLIC_ADDRESS", "desk.example"),
            ("MAILKEEP_DATABASE", "mysql://x"),
            ("MAILKEEP_TLS_CERT", "/no/such/file"),
            ("MAILKEEP_TLS_KEY", "/no/such/file"),
            ("MAILKEEP_PROXY", "proxy.example"),
            ("MAILKEEP_PROVIDERS", "/no/such/file"),
            ("MAILKEEP_SECOND_REFUSAL_AFTER", "0"),
            ("MAILKEEP_MESSAGE_LIMIT", "much"),
            ("MAILKEEP_MEMORY", "-1"),
            ("MAILKEEP_SESSIONS", "0"),
            ("MAILKEEP_SETTINGS", "/no/such/file"),
            ("MAILKEEP_LISTENN", "127.0.0.1:80"),
        ] {
            let said = refused(&[(name, value)]);
            assert!(said.contains(name), "{name}={value}: {said}");
        }
        assert_eq!(refused(&[]), "accepted");
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
