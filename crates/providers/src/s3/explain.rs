//! Explains a rejection of a part like that of any other request: an unknown bucket, another region.

use http::Method;
use partway_core::{Cause, Failure};

use super::S3;
use super::ask::Ask;

/// Codes for a bucket in another region (AWS, "Error responses"). The answer to a part names it, but that is
/// not available here.
const ELSEWHERE: &[&str] = &[
    "PermanentRedirect",
    "TemporaryRedirect",
    "AuthorizationHeaderMalformed",
    "AuthorizationQueryParametersError",
    "IllegalLocationConstraintException",
];

impl S3 {
    /// The same failure, explained if this destination's settings are the cause.
    pub(crate) async fn explained(&self, failure: Failure) -> Failure {
        let code = failure.code.as_deref().unwrap_or_default();
        let elsewhere = ELSEWHERE.contains(&code) || matches!(failure.status, Some(300..=399));
        if !elsewhere {
            return self.told(failure, None);
        }
        // Any request about the bucket is answered with its region.
        let asked = self.ask(Ask { query: &[("location", "")], ..Ask::new(failure.step, Method::GET, None) });
        match asked.await {
            Err(said) if matches!(said.cause, Cause::Refused { .. }) => {
                Failure { class: said.class, cause: said.cause, ..failure }
            }
            _ => failure,
        }
    }
}
