//! Requests to the storage: signed when sent, the answer read whole, a refusal put into the user's words.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use partway_core::{Cause, Failure, RetryClass, Step};
use partway_http::{ApiAnswer, ApiCall, Read, Xml, broken_reply, cut_reply};
use roxmltree::Node;

use super::S3;
use super::object::Object;
use super::sign::{Request, signed};

/// How long a call's signature is valid: as far as a clock may be off (AWS: 15 minutes).
const LIFE: Duration = Duration::from_secs(15 * 60);

/// A storage answers such requests at once; after half a minute the answer counts as lost.
pub(crate) const SHORT: Duration = Duration::from_secs(30);

/// One request.
pub(crate) struct Ask<'a> {
    pub(crate) step: Step,
    pub(crate) method: Method,
    pub(crate) object: Option<&'a str>,
    pub(crate) query: &'a [(&'a str, &'a str)],
    pub(crate) headers: &'a [(String, String)],
    pub(crate) body: Option<Xml>,
    pub(crate) timeout: Duration,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(step: Step, method: Method, object: Option<&'a str>) -> Self {
        Self { step, method, object, query: &[], headers: &[], body: None, timeout: SHORT }
    }
}

/// What is at a key.
pub(crate) enum Seen {
    There(Object),
    Absent,
    /// The key lacks permission to look, so it is unknown.
    Hidden(Failure),
}

/// The result of looking at a key.
pub(crate) struct Look {
    pub(crate) seen: Seen,
    /// The storage's clock, Unix seconds, and by how many seconds it is ahead of ours.
    pub(crate) server_unix_time: Option<u64>,
    pub(crate) clock_ahead: Option<i64>,
}

impl Look {
    fn at(answer: &ApiAnswer, seen: Seen) -> Self {
        Self { seen, server_unix_time: answer.server_unix_time, clock_ahead: answer.clock_ahead }
    }
}

impl S3 {
    /// The current time, for signing.
    pub(crate) fn now(&self, step: Step) -> Result<Timestamp, Failure> {
        // For an unrepresentable year: the server will report the wrong clock.
        let end = |now: i64| if now < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let now = self.http.now().map(|now| Timestamp::from_second(now).unwrap_or_else(|_| end(now)));
        now.ok_or_else(|| {
            let said = "Partway was given no clock, so it cannot sign";
            Failure::new(step, RetryClass::Refused, Cause::Refused { said: said.to_owned() }, said)
        })
    }

    /// Sends a request and returns any whole answer.
    pub(crate) async fn answer(&self, ask: Ask<'_>) -> Result<ApiAnswer, Failure> {
        let Ask { step, method, object, query, headers, body, timeout } = ask;
        let request = Request { method: &method, object, query, headers, life: LIFE };
        let url = signed(&self.settings.bucket, &self.pair, self.now(step)?, request);
        let headers =
            headers.iter().map(|(name, value)| header(step, name, value)).collect::<Result<_, _>>()?;
        let call = ApiCall { step, method, url: &url, headers, key: None, body, timeout };
        self.http.answer(call).await
    }

    /// Sends a request and returns a successful answer.
    pub(crate) async fn ask(&self, ask: Ask<'_>) -> Result<ApiAnswer, Failure> {
        let (step, answer) = (ask.step, self.answer(ask).await?);
        self.successful(step, answer)
    }

    /// Passes a successful answer on, and puts any other into words.
    pub(crate) fn successful(&self, step: Step, answer: ApiAnswer) -> Result<ApiAnswer, Failure> {
        let region = region(&answer);
        let told = |failure: Failure| self.pair.hidden(self.told(failure.by_clock(), region.as_deref()));
        answer.of_storage(step).map_err(told)
    }

    /// Looks at a key.
    pub(crate) async fn look(&self, step: Step, key: &str) -> Result<Look, Failure> {
        let head = self.answer(Ask::new(step, Method::HEAD, Some(key))).await?;
        match head.status {
            // A sign-in page of the network answers a HEAD with success, too; an object has an ETag.
            200..=299 if head.etag().is_none() && head.says_html() => self.look_again(step, key).await,
            200..=299 => Ok(Look::at(&head, Seen::There(Object::read(&head)))),
            404 => Ok(Look::at(&head, Seen::Absent)),
            // Transient: and a storage that asks to wait is not asked again at once, by whatever method.
            408 | 425 | 429 | 500 | 502..=599 => Err(self.pair.hidden(no(head, step))),
            // The answer to a HEAD has no body, so it gives no reason. The answer to a GET does.
            _ => self.look_again(step, key).await,
        }
    }

    async fn look_again(&self, step: Step, key: &str) -> Result<Look, Failure> {
        let first_byte = [("range".to_owned(), "bytes=0-0".to_owned())];
        let get = Ask { headers: &first_byte, ..Ask::new(step, Method::GET, Some(key)) };
        match self.ask(get).await {
            Ok(answer) => Ok(Look::at(&answer, Seen::There(Object::read(&answer)))),
            Err(failure) => {
                let clock_ahead = failure.clock_ahead;
                let seen = match (failure.code.as_deref(), failure.status) {
                    (Some("NoSuchKey"), _) => Seen::Absent,
                    // An empty object has no first byte.
                    (_, Some(416)) => Seen::There(Object { size: Some(0), ..Object::default() }),
                    _ if failure.cause == Cause::PermissionRefused => Seen::Hidden(failure),
                    _ => return Err(failure),
                };
                Ok(Look { seen, server_unix_time: None, clock_ahead })
            }
        }
    }

    /// Rewrites a refusal that is caused by the destination's settings: which one, and what to do.
    pub(super) fn told(&self, mut failure: Failure, region: Option<&str>) -> Failure {
        let (bucket, ours) = (self.settings.bucket.name(), self.settings.bucket.region());
        let said = match (failure.code.as_deref(), region) {
            (Some("NoSuchBucket"), _) => {
                format!(
                    "there is no bucket “{bucket}” at {}. Correct its name or the server's address",
                    self.host
                )
            }
            (_, Some(region)) if region != ours && matches!(failure.status, Some(300..=403)) => {
                format!(
                    "the bucket “{bucket}” lies in the region {region}, not in {ours}. Set the region to {region}"
                )
            }
            _ => return failure,
        };
        failure.class = RetryClass::Refused;
        failure.cause = Cause::Refused { said };
        failure
    }
}

/// The failure of an answer without a body, by its status and headers.
fn no(head: ApiAnswer, step: Step) -> Failure {
    let (status, clock_ahead) = (head.status, head.clock_ahead);
    head.of_storage(step)
        .err()
        .unwrap_or_else(|| broken_reply(step, status, clock_ahead, "an answer that cannot be read"))
}

/// Reads the expected document with `read`; `what` is the error for any other.
pub(crate) fn document<T>(
    step: Step,
    answer: &ApiAnswer,
    root: &str,
    what: &str,
    read: impl FnOnce(Node<'_, '_>) -> Option<T>,
) -> Result<T, Failure> {
    match answer.document(root, read) {
        Read::Found(found) => Ok(found),
        Read::Cut => {
            let what = format!(
                "the reply breaks off after {} bytes, in the middle of its {root}",
                answer.body.len()
            );
            Err(cut_reply(step, answer.status, answer.clock_ahead, &what))
        }
        Read::Other => Err(broken_reply(step, answer.status, answer.clock_ahead, what)),
    }
}

fn header(step: Step, name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Failure> {
    match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        (Ok(name), Ok(value)) => Ok((name, value)),
        _ => {
            let said = format!("the header {name} cannot be sent");
            Err(Failure::new(step, RetryClass::Refused, Cause::Refused { said: said.clone() }, said))
        }
    }
}

/// The bucket's own region, if a refusal names it: in a header (AWS, `HeadBucket`), or in the document
/// (`AuthorizationHeaderMalformed`).
fn region(answer: &ApiAnswer) -> Option<String> {
    let header = answer.headers.get("x-amz-bucket-region").and_then(|region| region.to_str().ok());
    let named = header.map(str::to_owned);
    let named = named.or_else(|| answer.error_says("Region"));
    named.filter(|region| region.len() <= 64 && region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
}
