//! What one harmless call shows about a destination: host, clock, and perhaps the key.

use std::time::{Duration, Instant};

use partway_core::{Cause, Failure, RetryClass};
use partway_http::ApiReply;
use partway_provider::{CheckReport, Finding};

/// Short, because the user is waiting.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(15);

/// An id that does not exist, so that nothing is touched.
pub(crate) const NOBODYS: &str = "00000000-0000-0000-0000-000000000000";

const NO_ANSWER_KEY: &str = "The server did not answer, so nothing can be said of the key";
const NO_ANSWER_CLOCK: &str = "The server did not answer, so nothing can be said of its clock";
const NOT_ASKED: &str = "The server was not asked, because such a key cannot be sent";
const NO_DATE: &str = "The server did not tell its time";

/// Makes the call, and judges host, clock and key by the answer. 401 and 403 refuse the key; `accepted` is
/// the finding for any other answer.
pub(crate) async fn probe(
    call: impl Future<Output = Result<ApiReply, Failure>>,
    accepted: Finding<()>,
) -> CheckReport {
    let began = Instant::now();
    let outcome = call.await;
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
        // Without JSON it was not the vendor who answered: a sign-in page of the network, another server.
        Err(failure) if !from_the_api(&failure) => {
            return CheckReport {
                host: Finding::Bad(failure),
                clock_ahead: Finding::CannotKnow(NO_ANSWER_CLOCK),
                key: Finding::CannotKnow(NO_ANSWER_KEY),
            };
        }
        Err(failure) => (failure.clock_ahead, is_refusal(&failure).then_some(failure)),
    };
    CheckReport {
        host: Finding::Good(took),
        clock_ahead: clock_ahead.map_or(Finding::CannotKnow(NO_DATE), Finding::Good),
        key: refused.map_or(accepted, Finding::Bad),
    }
}

fn is_refusal(failure: &Failure) -> bool {
    failure.class == RetryClass::Credentials || matches!(failure.status, Some(401 | 403))
}

fn from_the_api(failure: &Failure) -> bool {
    let client_side = failure.status.is_some_and(|status| (400..500).contains(&status));
    let another = matches!(failure.cause, Cause::BrokenReply { .. } | Cause::Blocked { .. });
    client_side && failure.class != RetryClass::Offline && !another
}
