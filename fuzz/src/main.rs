//! One program, six targets: `MAILKEEP_FUZZ` names the one that runs.
//!
//! The engine's own files are read here as they stand, without the database and the network
//! beneath them, so that building them instrumented takes a minute. A target fails by a panic, by
//! a broken promise of the code it reads, or by taking longer than the time-out.
#![no_main]
#![allow(dead_code, unused_imports)]

#[path = "../../server/engine/src"]
mod engine {
    pub mod html;
    pub mod mime;
    #[path = "net"]
    pub mod net {
        pub mod guard;
        pub mod transcript;
        pub use transcript::redacted;
        /// Stands in for the engine's, which knows TLS.
        pub mod fault {
            use domain::diagnosis::{Certainty, Finding};
            pub fn finding(diagnosis: domain::Diagnosis) -> Finding {
                Finding {
                    diagnosis,
                    certainty: Certainty::Passing,
                    known: true,
                    code: None,
                    sentence: None,
                    wait_ms: None,
                }
            }
        }
    }
    #[path = "oauth"]
    pub mod oauth {
        pub mod refusal;
    }
    #[path = "smtp"]
    pub mod smtp {
        pub mod features;
        pub mod reply;
    }
    /// Stands in for the engine's, which knows secrets.
    pub mod login {
        #[derive(Clone, Debug, thiserror::Error)]
        #[error("{said}")]
        pub struct Fault {
            pub finding: domain::diagnosis::Finding,
            pub said: String,
        }
    }
}
pub use engine::{html, login, mime, net, oauth, smtp};

mod targets;

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    TARGET.get_or_init(|| {
        let name = std::env::var("MAILKEEP_FUZZ").unwrap_or_default();
        targets::by_name(&name).unwrap_or_else(|| panic!("MAILKEEP_FUZZ names no target: {name:?}"))
    })(data)
});
