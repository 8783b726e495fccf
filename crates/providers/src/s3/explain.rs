//! A no to a part, put into the words in which a no to any other request is told: an unknown bucket, another region.

use http::Method;
use partway_core::{Cause, Failure};

use super::S3;
use super::ask::Ask;

/// Codes of a bucket that lies elsewhere (AWS, "Error responses"). The answer to a part told where, but not to us.
const ELSEWHERE: &[&str] = &[
    "PermanentRedirect",
    "TemporaryRedirect",
    "AuthorizationHeaderMalformed",
    "AuthorizationQueryParametersError",
    "IllegalLocationConstraintException",
];

impl S3 {
    /// The same failure in its own words, where this destination's settings are its reason.
    pub(crate) async fn explained(&self, failure: Failure) -> Failure {
        let code = failure.code.as_deref().unwrap_or_default();
        let elsewhere = ELSEWHERE.contains(&code) || matches!(failure.status, Some(300..=399));
        if !elsewhere {
            return self.told(failure, None);
        }
        // Any question about the bucket is answered with its region.
        let asked = self.ask(Ask { query: &[("location", "")], ..Ask::new(failure.step, Method::GET, None) });
        match asked.await {
            Err(said) if matches!(said.cause, Cause::Refused { .. }) => {
                Failure { class: said.class, cause: said.cause, ..failure }
            }
            _ => failure,
        }
    }
}
