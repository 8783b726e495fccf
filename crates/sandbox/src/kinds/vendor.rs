//! What a vendor must implement; everything around it is the same for all (`kinds::call`).

use http::request::Parts;
use jiff::Timestamp;

use super::fields::{Fields, Wrong};
use super::said::Said;
use crate::faults::effect::{Effect, Reply};
use crate::faults::step::Step;
use crate::front::Front;
use crate::storage::refusal::Refusal;
use crate::vault::Vault;

/// A vendor's protocol.
pub(crate) trait Vendor: Send + Sync + 'static {
    /// Its name in the first line and the log.
    fn kind(&self) -> &'static str;
    /// Judges the request's key, and whatever else every request needs, as of the request's beginning.
    fn admit(&self, now: Timestamp, step: Step, head: &Parts) -> Result<(), No>;
    /// What a request of this step may carry.
    fn takes(&self, _step: Step) -> Takes {
        Takes::JSON
    }
    /// Longest body, bytes: enough for a complete that names 10,000 parts.
    fn longest(&self) -> u64 {
        1024 * 1024
    }
    /// The session that a request refers to, if any.
    fn session(&self, call: &Call) -> Option<String>;
    /// Carries out the step. May block.
    fn work(&self, front: &Front, vault: &Vault, call: &Call, noted: &mut Noted) -> Result<Said, No>;
    /// The refusal of an invalid request.
    fn wrong(&self, wrong: Wrong) -> No {
        No::from(wrong)
    }
    /// A refusal in its own form.
    fn refusal(&self, no: &No) -> Said;
    /// Its reply, corrupted as requested. For `ErrorWith200` the reply is still empty.
    fn spoil(&self, said: Said, step: Step, how: Reply) -> Said;
}

/// What a request may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Takes {
    pub(crate) body: Carries,
    /// Whether a query is allowed; `work` judges its content.
    pub(crate) query: bool,
}

impl Takes {
    /// JSON, and no query.
    pub(crate) const JSON: Self = Self { body: Carries::Json, query: false };
    /// Neither body nor query.
    pub(crate) const NOTHING: Self = Self { body: Carries::Nothing, query: false };
    /// No body, a query.
    pub(crate) const QUERY: Self = Self { body: Carries::Nothing, query: true };
}

/// What a request's body may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carries {
    /// JSON, with its type and length.
    Json,
    /// JSON, or nothing.
    MaybeJson,
    /// Text, possibly empty; its type does not matter.
    Text,
    /// Nothing.
    Nothing,
}

/// One request.
pub(crate) struct Call {
    pub(crate) step: Step,
    pub(crate) head: Parts,
    /// The route's path parameters, decoded.
    pub(crate) params: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) effect: Option<Effect>,
}

impl Call {
    /// The path parameter with that name; empty if the route has none.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// The body's fields.
    pub(crate) fn fields(&self) -> Result<Fields, Wrong> {
        Fields::read(&self.body)
    }

    /// Whether this call's links must accept no body.
    pub(crate) fn poisoned(&self) -> bool {
        self.effect == Some(Effect::Poison)
    }

    /// The query's fields, all of them strings.
    pub(crate) fn query(&self) -> Result<Fields, Wrong> {
        Fields::of_query(self.head.uri.query().unwrap_or(""))
    }
}

/// What the work reports to the log.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    pub(crate) session: Option<String>,
    pub(crate) object: Option<String>,
    pub(crate) discarded: bool,
    pub(crate) note: Option<String>,
}

/// A refusal of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct No {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Further elements of the body, if it is the storage's XML.
    pub(crate) more: Vec<(&'static str, String)>,
}

impl No {
    /// A refusal with its code and sentence.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), more: Vec::new() }
    }

    /// An internal error of the sandbox.
    pub(crate) fn broken(e: &std::io::Error) -> Self {
        Self::new(500, "internal_error", e.to_string())
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        let Refusal { status, code, message, more } = refusal;
        Self { status: status.as_u16(), code, message, more }
    }
}

impl From<Wrong> for No {
    fn from(wrong: Wrong) -> Self {
        Self::new(422, "unprocessable", wrong.0)
    }
}
