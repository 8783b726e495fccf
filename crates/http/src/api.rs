//! Calls to a vendor's API: JSON or XML out, any answer back, bounded, never redirected, retried only if an
//! idle connection had died.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use http_body::Body;
use partway_core::{ApiKey, Cause, Failure, RetryClass, Step};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

use crate::coding::{End, Unpacked};
use crate::options::Clock;
use crate::redact::redact_text;
use crate::route::{AnswerBody, How, Outgoing, Route, next_chunk};
use crate::speaks::{Place, Speaks};
use crate::{ApiAnswer, ApiCall, ApiReply, HttpError, HttpOptions, Payload, coding, failure, reply, speaks};

/// Longest reply (DESIGN.md, "Invariants"): 10,000 links of 2 kB each fit.
const LONGEST_REPLY: usize = 32 << 20;

/// A longer reply than this waits for its turn, bytes. Usual replies have a few kB, and 1,000 links about one
/// MB.
const LONG: usize = 2 << 20;

/// How many long replies are read at a time, so that a process needs a known amount of memory for them,
/// however many vendors answer at once.
const LONG_AT_ONCE: usize = 1;

/// How long a long reply waits for another: a vendor that sends its reply drop by drop must not block all
/// others.
const PATIENCE: Duration = Duration::from_secs(15);

/// Keep-alive of idle connections. Shorter than a server's: Node's default, the shortest of the usual ones,
/// is 5 s (nodejs.org, `server.keepAliveTimeout`). So a request seldom meets a connection that is just being
/// closed.
pub(crate) const IDLE: Duration = Duration::from_secs(4);

/// The client for vendors' APIs. Cloning is cheap and shares the connections.
#[derive(Clone)]
pub struct ApiClient {
    route: Route,
    user_agent: HeaderValue,
    starts_repeatable: bool,
    clock: Option<Clock>,
    /// Permits to read a long reply.
    room: Arc<Semaphore>,
    speaks: Arc<Speaks>,
}

impl ApiClient {
    /// Builds a client that follows no redirect, keeps no cookie, asks for no compression and looks up no
    /// proxy.
    ///
    /// # Errors
    /// [`HttpError`] if an additional root cannot be read or TLS cannot be set up.
    pub fn new(options: &HttpOptions) -> Result<Self, HttpError> {
        let user_agent = HeaderValue::from_str(&options.user_agent);
        Ok(Self {
            route: Route::new(options)?,
            user_agent: user_agent.map_err(|error| HttpError::Client(error.to_string()))?,
            starts_repeatable: false,
            clock: options.clock.clone(),
            room: Arc::new(Semaphore::new(LONG_AT_ONCE)),
            speaks: Speaks::new(options)?,
        })
    }

    /// The same client for a vendor whose start is safe to repeat: its starts use idle connections, like
    /// other calls. Any other start gets a new connection.
    #[must_use]
    pub fn with_repeatable_starts(self) -> Self {
        Self { starts_repeatable: true, ..self }
    }

    /// A call that may change something, and whose outcome could not be determined, must not be repeated
    /// automatically.
    fn how(&self, step: Step, method: &Method) -> How {
        match step {
            _ if *method == Method::HEAD => How::Kept,
            Step::Start if !self.starts_repeatable => How::Alone { look: true },
            // The engine retries it after a while, and then learns what became of the first one.
            Step::Complete => How::Alone { look: false },
            _ => How::Kept,
        }
    }

    /// The current time in Unix seconds (negative before 1970), by the injected clock; needed to sign a
    /// request.
    #[must_use]
    pub fn now(&self) -> Option<i64> {
        self.clock.as_ref().map(|clock| clock())
    }

    /// Sends a call and reads its JSON.
    ///
    /// # Errors
    /// [`Failure`] without a 2xx answer with complete JSON of at most 32 MiB. `Unknown` for a start or a
    /// complete whose answer was lost. A call that must not be sent twice is never retried here. Any other is
    /// retried at once, but only once, if an idle connection ended instead of answering.
    pub async fn json(&self, call: ApiCall<'_>) -> Result<ApiReply, Failure> {
        let (step, key) = (call.step, call.key.as_ref().map(|(_, key)| (*key).clone()));
        self.answer(call).await?.json(step).map_err(|failure| without_key(failure, key.as_ref()))
    }

    /// Sends a call and reads its answer, whatever its status; for a `HEAD`, only headers.
    ///
    /// # Errors
    /// [`Failure`] without a complete answer of at most 32 MiB, as in [`json`](Self::json).
    pub async fn answer<B: Payload>(&self, call: ApiCall<'_, B>) -> Result<ApiAnswer, Failure> {
        let (step, key, host) =
            (call.step, call.key.as_ref().map(|(_, key)| (*key).clone()), authority(call.url));
        let outcome = match tokio::time::timeout(call.timeout, self.exchange(call, &host)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(failure::lost(step, &host, "no answer came in time", "no answer came in time")),
        };
        outcome.map_err(|failure| without_key(failure, key.as_ref()))
    }

    async fn exchange<B: Payload>(&self, call: ApiCall<'_, B>, host: &str) -> Result<ApiAnswer, Failure> {
        let step = call.step;
        let outgoing = self.outgoing(call)?;
        let how = self.how(step, &outgoing.method);
        // Keep the connection until the answer is read.
        let url = outgoing.url.clone();
        let (answer, _connection) = match self.route.send(step, host, outgoing, how).await {
            Ok(answer) => answer,
            Err(failure) => return Err(self.what_it_speaks(&url, failure).await),
        };
        let (head, mut body) = answer.into_parts();
        let (status, headers) = (head.status.as_u16(), head.headers);
        let server_unix_time = reply::server_time(&headers);
        let clock_ahead = HttpOptions::ahead(self.clock.as_ref(), server_unix_time);
        let (packed, mut room) = self.read(status, &mut body, step, host).await?;
        let body = self.unpack(step, host, status, &headers, packed, &mut room).await?;
        let answer = ApiAnswer { status, headers, body, server_unix_time, clock_ahead, room };
        self.spoke_as_asked(&url, step, &answer).await?;
        Ok(answer)
    }

    /// Builds the request, for either kind of connection.
    fn outgoing<B: Payload>(&self, call: ApiCall<'_, B>) -> Result<Outgoing, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        headers.insert(USER_AGENT, self.user_agent.clone());
        // No transparent decompression, and a compressed answer would hide what a proxy did to it.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        // A POST or PUT declares an empty body; some servers answer 411 otherwise (RFC 9110, 8.6).
        if call.body.is_none() && matches!(call.method, Method::POST | Method::PUT) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
        }
        for (name, value) in call.headers {
            headers.insert(name, value);
        }
        if let Some((place, key)) = call.key {
            headers.insert(place.name, secret_header(call.step, place.prefix, key)?);
        }
        if call.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(B::TYPE));
        }
        let body = call.body.map_or_else(Bytes::new, |body| body.text().into());
        Ok(Outgoing { method: call.method, url: call.url.clone(), headers, body })
    }

    /// Reads a reply's body, with a permit if it is long.
    async fn read(
        &self,
        status: u16,
        answer: &mut AnswerBody,
        step: Step,
        host: &str,
    ) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), Failure> {
        let too_long = || too_long(step, status);
        if answer.size_hint().exact().is_some_and(|length| length > LONGEST_REPLY as u64) {
            return Err(too_long());
        }
        let (mut body, mut room, mut waited) = (Vec::new(), None, false);
        loop {
            match next_chunk(answer).await {
                Ok(Some(chunk)) if body.len() + chunk.len() > LONGEST_REPLY => return Err(too_long()),
                Ok(Some(chunk)) => {
                    if !waited && body.len() + chunk.len() > LONG {
                        room = self.room().await;
                        waited = true;
                    }
                    body.extend_from_slice(&chunk);
                }
                Ok(None) => return Ok((body, room)),
                Err(error) => {
                    let words = format!("the answer broke off: {}", failure::chain(&*error));
                    return Err(failure::lost(step, host, "the answer broke off", &words));
                }
            }
        }
    }
}

/// Detects whether http and https were confused.
impl ApiClient {
    async fn what_it_speaks(&self, url: &Url, failure: Failure) -> Failure {
        match Place::of_url(url) {
            Some(place) => self.speaks.instead(place, failure).await,
            None => failure,
        }
    }

    async fn spoke_as_asked(&self, url: &Url, step: Step, answer: &ApiAnswer) -> Result<(), Failure> {
        if (300..400).contains(&answer.status)
            && let Some(to) = answer.headers.get(LOCATION).and_then(|to| to.to_str().ok())
            && speaks::sent_on_to_https(url, to)
        {
            return Err(speaks::https_only(url, step, answer.status));
        }
        match Place::of_url(url) {
            Some(place) => self.speaks.answered(place, step, answer.status, &answer.text()).await,
            None => Ok(()),
        }
    }
}

impl ApiClient {
    /// A permit to hold a long reply in memory; `None` if it did not come in time.
    async fn room(&self) -> Option<OwnedSemaphorePermit> {
        let right = Arc::clone(&self.room).acquire_owned();
        tokio::time::timeout(PATIENCE, right).await.ok().and_then(Result::ok)
    }

    /// Undoes unrequested content codings; a body that becomes long waits for a permit like any long one.
    async fn unpack(
        &self,
        step: Step,
        host: &str,
        status: u16,
        headers: &HeaderMap,
        packed: Vec<u8>,
        room: &mut Option<OwnedSemaphorePermit>,
    ) -> Result<Vec<u8>, Failure> {
        // A range of a file is compressed only if the file is.
        if status == 206 {
            return Ok(packed);
        }
        let mut unpacked = coding::unpack(headers, &packed, LONG);
        if unpacked.end == End::TooLong {
            if room.is_none() {
                *room = self.room().await;
            }
            unpacked = coding::unpack(headers, &packed, LONGEST_REPLY);
        }
        match unpacked {
            Unpacked { end: End::TooLong, .. } => Err(too_long(step, status)),
            // A refusal counts as far as it can be read.
            Unpacked { bytes, end: End::Cut } if (200..300).contains(&status) => {
                let words = format!(
                    "the answer broke off: its packed {} bytes are {} at most",
                    packed.len(),
                    bytes.len()
                );
                Err(failure::lost(step, host, "the answer broke off", &words))
            }
            Unpacked { end: End::Unknown(coding), .. } if (200..300).contains(&status) => {
                let what =
                    format!("the reply is packed in a way that nobody asked for ({})", redact_text(&coding));
                Err(failure::broken_reply(step, status, None, &what))
            }
            Unpacked { bytes: Cow::Owned(bytes), .. } => Ok(bytes),
            Unpacked { bytes: Cow::Borrowed(_), .. } => Ok(packed),
        }
    }
}

fn too_long(step: Step, status: u16) -> Failure {
    failure::broken_reply(step, status, None, "the reply is longer than 32 MiB")
}

impl std::fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiClient")
    }
}

/// Host and port, for messages.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// A key as a header that no library prints.
fn secret_header(step: Step, prefix: &str, key: &ApiKey) -> Result<HeaderValue, Failure> {
    let text = format!("{prefix}{}", key.expose());
    let Ok(mut value) = HeaderValue::from_str(&text) else {
        let detail = "the key holds characters that cannot be sent, a line break perhaps";
        let said = "It holds characters that cannot be sent, a line break perhaps. Copy it again.".to_owned();
        return Err(Failure::new(step, RetryClass::Credentials, Cause::KeyUnusable { said }, detail));
    };
    value.set_sensitive(true);
    Ok(value)
}

/// Removes the key from a vendor's words, which may repeat it ("key abc is unknown"). The client does this
/// for a call's key; callers that send a secret in a body must do it themselves.
#[must_use]
pub fn without_key(mut failure: Failure, key: Option<&ApiKey>) -> Failure {
    let Some(key) = key.map(ApiKey::expose).filter(|key| !key.is_empty()) else { return failure };
    let hide = |text: &mut String| {
        if text.contains(key) {
            *text = text.replace(key, "…");
        }
    };
    hide(&mut failure.detail);
    failure.code.iter_mut().for_each(hide);
    match &mut failure.cause {
        Cause::Refused { said: text }
        | Cause::BrokenReply { what: text }
        | Cause::LinksUnusable { what: text }
        | Cause::KeepsFailing { what: text }
        | Cause::Blocked { what: text }
        | Cause::CertificateRefused { what: text } => hide(text),
        _ => {}
    }
    failure
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    #[test]
    fn no_library_prints_a_key() {
        let header = secret_header(Step::Start, "Bearer ", &ApiKey::new("the-key")).unwrap();
        assert_eq!(header, "Bearer the-key");
        assert_eq!(format!("{header:?}"), "Sensitive");
    }

    /// A server that answers each request with `len` blanks and `[]`.
    async fn blanks(len: usize) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move {
            while let Ok((mut peer, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let _ = peer.read(&mut [0; 4096]).await;
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", len + 2);
                    let _ = peer.write_all(format!("{head}{}[]", " ".repeat(len)).as_bytes()).await;
                });
            }
        });
        url
    }

    #[tokio::test]
    async fn a_long_reply_waits_until_there_is_room_and_a_short_one_does_not() {
        let client = ApiClient::new(&HttpOptions::default()).unwrap();
        let call = |url, timeout| ApiCall {
            step: Step::List,
            method: Method::GET,
            url,
            headers: Vec::new(),
            key: None,
            body: None,
            timeout,
        };
        let (short, long) = (blanks(LONG / 2).await, blanks(LONG + 1).await);
        let all = client.room.clone().acquire_many_owned(LONG_AT_ONCE as u32).await.unwrap();
        assert!(client.json(call(&short, IDLE)).await.is_ok());
        let waits = client.json(call(&long, Duration::from_millis(200))).await.unwrap_err();
        assert!(waits.to_string().contains("no answer came in time"), "{waits}");
        drop(all);
        assert!(client.json(call(&long, IDLE)).await.is_ok());
        assert_eq!(client.room.available_permits(), LONG_AT_ONCE, "the room is given back");
    }
}
