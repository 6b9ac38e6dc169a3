//! The token endpoint's answers, with the fields that oauth2's standard types drop.

use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenType};
use oauth2::{
    EmptyExtraTokenFields, EndpointNotSet, EndpointSet, ErrorResponse, ExtraTokenFields, StandardRevocableToken,
    StandardTokenIntrospectionResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};

/// Our client: both addresses are set.
pub type Client = oauth2::Client<
    ErrorBody,
    Tokens,
    StandardTokenIntrospectionResponse<EmptyExtraTokenFields, BasicTokenType>,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// A success (RFC 6749 5.1).
pub type Tokens = StandardTokenResponse<Extra, BasicTokenType>;

/// What OpenID Connect and Google add.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct Extra {
    pub id_token: Option<String>,
    /// Seconds; Google, where the person gave access for a limited time.
    pub refresh_token_expires_in: Option<i64>,
}

// The id_token names a person: never printed.
impl std::fmt::Debug for Extra {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Extra")
    }
}

impl ExtraTokenFields for Extra {}

/// A refusal (RFC 6749 5.2) with what Microsoft and Google add.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct ErrorBody {
    pub error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub error_codes: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suberror: Option<String>,
    /// Google: `invalid_rapt` and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_subtype: Option<String>,
    /// An admin finds the event by these in Microsoft's sign-in log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
}

impl ErrorBody {
    /// The body as the diagnosis reads it.
    pub fn text(&self) -> String {
        // Strings and numbers only: it always serialises.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What the provider said, for a person to read: without anything that looks like a token.
    pub fn said(&self) -> String {
        let text = match &self.error_description {
            Some(description) => format!("{}: {description}", self.error),
            None => self.error.clone(),
        };
        super::redacted(&text)
    }
}

impl std::fmt::Debug for ErrorBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ErrorBody")
    }
}

impl std::fmt::Display for ErrorBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.error)
    }
}

impl ErrorResponse for ErrorBody {}
