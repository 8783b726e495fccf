//! What a client needs to use a kind, as listed in the first line.

use std::collections::BTreeMap;

use serde::Serialize;

/// One entry of the first line: what a client needs to use this kind.
#[derive(Debug, Clone, Serialize)]
pub struct Destination {
    /// The vendor, as in `partwayctl destinations add --kind`.
    pub kind: &'static str,
    /// The base URL of its API.
    pub url: String,
    /// The API key.
    pub key: String,
    /// Further settings of this kind, named like the flags of `partwayctl destinations add`.
    #[serde(flatten)]
    pub more: BTreeMap<&'static str, String>,
}
