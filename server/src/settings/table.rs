//! Every setting by name, with its default and its meaning.

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
    Setting {
        name: "MAILKEEP_METRICS",
        default: "none",
        meaning: "Address and port for /metrics alone, as in 127.0.0.1:9464",
    },
    Setting {
        name: "MAILKEEP_METRICS_TOKEN",
        default: "none",
        meaning: "Who asks for /metrics shows it as a bearer token; without MAILKEEP_METRICS it is served beside the console",
    },
    Setting {
        name: "MAILKEEP_STOP_WITHIN",
        default: "8",
        meaning: "Seconds that requests and replies under way may take to end when the server is stopped",
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
