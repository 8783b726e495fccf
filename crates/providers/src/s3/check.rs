//! Checks an S3 destination without sending a file, by a real request about its bucket.

use std::time::{Duration, Instant};

use http::Method;
use partway_core::{Cause, Failure, RetryClass, Step};
use partway_provider::{CheckReport, Finding};

use super::S3;
use super::ask::{Ask, document};
use super::parts::is_no_list;

const NO_ANSWER_KEY: &str = "The storage did not answer, so nothing can be said of the key";
const NO_ANSWER_CLOCK: &str = "The storage did not answer, so nothing can be said of its clock";
const NO_DATE: &str = "The storage did not tell its time";
const CLOCK_FIRST: &str = "The storage refuses requests with this clock, so nothing can be said of the key";
const MAY_LOOK: &str = "The key is known there and may look into the bucket; whether it may write shows at the first upload, or at a \
     test with one";
const MAY_NOT_LOOK: &str =
    "The storage lets this key not look into the bucket; whether it may write shows at the first upload";

const LISTS_NOTHING: &str = "The storage lists neither uploads nor files, so it cannot be asked about the key; whether that may write shows \
     at the first upload, or at a test with one";

/// The documents that answer the two requests.
const UPLOADS: &str = "ListMultipartUploadsResult";
const OBJECTS: &str = "ListBucketResult";

/// Short, because the user is waiting.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Lists at most one open upload of the bucket: only a valid key gets an answer, and any other gets a reason.
/// A read-only key gets it, too, so the answer does not prove the key.
pub(crate) async fn check(provider: &S3) -> CheckReport {
    let began = Instant::now();
    let mut outcome = question(provider, &[("max-uploads", "1"), ("uploads", "")], UPLOADS).await;
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let first = outcome.as_ref().err().filter(|failure| is_no_list(failure)).cloned();
    if let Some(first) = first {
        // Some storages list no uploads: then list files, which proves as much.
        outcome = question(provider, &[("list-type", "2"), ("max-keys", "1")], OBJECTS).await;
        match &outcome {
            // It lists nothing at all, and said so in S3's words.
            Err(failure) if is_no_list(failure) && (from_s3(&first) || from_s3(failure)) => {
                return CheckReport {
                    host: Finding::Good(took),
                    clock_ahead: failure.clock_ahead.map_or(Finding::CannotKnow(NO_DATE), Finding::Good),
                    key: Finding::CannotKnow(LISTS_NOTHING),
                };
            }
            Err(failure) if is_no_list(failure) => outcome = Err(first),
            _ => {}
        }
    }
    let (clock_ahead, key) = match outcome {
        Ok(clock_ahead) => (clock_ahead, Finding::CannotKnow(MAY_LOOK)),
        // Without S3's own words it was not S3 that answered: a sign-in page of the network, another server.
        Err(failure) if !from_s3(&failure) => {
            return CheckReport {
                host: Finding::Bad(failure),
                clock_ahead: Finding::CannotKnow(NO_ANSWER_CLOCK),
                key: Finding::CannotKnow(NO_ANSWER_KEY),
            };
        }
        Err(failure) => (failure.clock_ahead, of_the_key(failure)),
    };
    CheckReport {
        host: Finding::Good(took),
        clock_ahead: clock_ahead.map_or(Finding::CannotKnow(NO_DATE), Finding::Good),
        key,
    }
}

/// Makes a request about the bucket whose answer is a document with this root; returns by how many seconds
/// the storage's clock is ahead.
async fn question(provider: &S3, query: &[(&str, &str)], root: &str) -> Result<Option<i64>, Failure> {
    let ask = Ask { query, timeout: TIMEOUT, ..Ask::new(Step::Check, Method::GET, None) };
    let answer = provider.ask(ask).await?;
    document(Step::Check, &answer, root, &format!("the reply is no {root}"), |_| Some(()))?;
    Ok(answer.clock_ahead)
}

fn from_s3(failure: &Failure) -> bool {
    let page = failure.class == RetryClass::Offline || matches!(failure.cause, Cause::BrokenReply { .. });
    // Some answer a wrong clock with a bare "forbidden".
    let by_clock = matches!(failure.cause, Cause::ClockWrong { .. });
    !page && failure.status.is_some() && (failure.code.is_some() || by_clock)
}

/// What the refusal says about the key, and what to do.
fn of_the_key(failure: Failure) -> Finding<()> {
    let said = match failure.code.as_deref() {
        _ if matches!(failure.cause, Cause::ClockWrong { .. }) => return Finding::CannotKnow(CLOCK_FIRST),
        Some("InvalidAccessKeyId") => {
            "Nobody there has this access key id. Copy it again, or make a new key."
        }
        Some("SignatureDoesNotMatch") => {
            "The access key id is known, but the secret does not belong to it. Copy the secret again."
        }
        Some("ExpiredToken") => "The session token has run out. Get a new key, secret and token.",
        Some("InvalidToken") => "The session token does not belong to this key. Copy all three again.",
        Some("AccountProblem" | "AllAccessDisabled") => "The account is closed to all keys. Ask who runs it.",
        _ if failure.cause == Cause::PermissionRefused => return Finding::CannotKnow(MAY_NOT_LOOK),
        _ => return Finding::Bad(failure),
    };
    Finding::Bad(Failure { cause: Cause::Refused { said: said.to_owned() }, ..failure })
}
