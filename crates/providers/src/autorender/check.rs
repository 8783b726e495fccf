//! What can be known of an AutoRender destination without sending a file.

use std::time::{Duration, Instant};

use partway_core::{Cause, Failure, RetryClass, Step};
use partway_provider::{CheckReport, Finding};
use serde_json::json;

use super::AutoRender;

/// There is no call that reads a key, so nothing but an upload proves it.
pub(crate) const KEY_ONLY_AT_FIRST_UPLOAD: &str =
    "AutoRender tells whether a key is good only at the first upload";

const NO_ANSWER_KEY: &str = "AutoRender did not answer, so nothing can be said of the key";
const NO_ANSWER_CLOCK: &str = "AutoRender did not answer, so nothing can be said of its clock";
const NOT_ASKED: &str = "AutoRender was not asked, because such a key cannot be sent";
const NO_DATE: &str = "AutoRender did not tell its time";

/// Somebody waits and looks at it.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Asks to complete a session that does not exist. 401 and 403 are a refusal of the key; any other answer says nothing of it.
pub(crate) async fn check(provider: &AutoRender) -> CheckReport {
    let began = Instant::now();
    let nobodys = json!({ "session_id": "00000000-0000-0000-0000-000000000000" });
    let outcome = provider.post(Step::Check, &provider.complete, nobodys, TIMEOUT).await;
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (clock_ahead, refused) = match outcome {
        Ok(answer) => (answer.clock_ahead, None),
        Err(failure) if failure.status.is_none() && failure.class == RetryClass::Credentials => {
            return CheckReport {
                host: Finding::CannotKnow(NOT_ASKED),
                clock_ahead: Finding::CannotKnow(NOT_ASKED),
                key: Finding::Bad(failure),
            };
        }
        // Without JSON it was not AutoRender who answered: a sign-in page of the network, another server.
        Err(failure) if !from_the_api(&failure) => {
            return CheckReport {
                host: Finding::Bad(failure),
                clock_ahead: Finding::CannotKnow(NO_ANSWER_CLOCK),
                key: Finding::CannotKnow(NO_ANSWER_KEY),
            };
        }
        Err(failure) => (failure.clock_ahead, matches!(failure.status, Some(401 | 403)).then_some(failure)),
    };
    CheckReport {
        host: Finding::Good(took),
        clock_ahead: clock_ahead.map_or(Finding::CannotKnow(NO_DATE), Finding::Good),
        key: refused.map_or(Finding::CannotKnow(KEY_ONLY_AT_FIRST_UPLOAD), Finding::Bad),
    }
}

fn from_the_api(failure: &Failure) -> bool {
    let client_side = failure.status.is_some_and(|status| (400..500).contains(&status));
    client_side && failure.class != RetryClass::Offline && !matches!(failure.cause, Cause::BrokenReply { .. })
}
