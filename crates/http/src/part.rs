//! Sends one part: a PUT with exactly the target's headers, Host and Content-Length.
//!
//! Built on hyper's HTTP/1.1 connection instead of reqwest, because reqwest always adds `accept: */*` (its
//! `ClientBuilder::new`, 0.13), and because dropping an upload in flight must also end it on the wire.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body::Body;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use partway_core::{Cause, Etag, Failure, RetryClass, SignedUrl, Step, proof};
use thiserror::Error;

use crate::body::{BoxError, Watch, WatchedBody};
use crate::call::{SaidToPart, said_to_part};
use crate::options::Clock;
use crate::pool::{Connection, Origin, Pool};
use crate::speaks::{Place, Speaks};
use crate::storage_error::refusal;
use crate::{Acknowledged, HttpError, HttpOptions, failure, reply};

/// The longest storage answer that is read, bytes; S3's error documents have about 1 kB.
const LONGEST_ANSWER: usize = 64 << 10;

/// How long a connection may take to become ready for the next part before it is closed instead.
const SETTLE: Duration = Duration::from_secs(1);

/// The storage's answer to an accepted part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutAnswer {
    /// The part's ETag, without quotes and without a leading `W/`.
    pub etag: Option<Etag>,
    /// Whether that ETag is the MD5 of the bytes: 32 hex digits, and no header indicates KMS or a customer
    /// key.
    pub comparable: bool,
    /// The server's clock, Unix seconds, if the answer carried it.
    pub server_unix_time: Option<u64>,
}

/// Why a part was not stored, as far as known.
#[derive(Debug, Error)]
pub enum PutFailure {
    /// The bytes could not be read: a matter of the file, not of the network.
    #[error("the part could not be read")]
    Body(#[source] io::Error),
    /// The network or the storage.
    #[error(transparent)]
    Wire(Failure),
}

impl From<Failure> for PutFailure {
    fn from(failure: Failure) -> Self {
        Self::Wire(failure)
    }
}

/// The client for parts. Cloning is cheap and shares the connections.
#[derive(Clone)]
pub struct PartClient {
    pool: Arc<Pool>,
    clock: Option<Clock>,
    speaks: Arc<Speaks>,
}

impl std::fmt::Debug for PartClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PartClient")
    }
}

impl PartClient {
    /// Builds a client that speaks HTTP/1.1 only, with one connection per part in flight.
    ///
    /// # Errors
    /// [`HttpError`] if an additional root cannot be read or TLS cannot be set up.
    pub fn new(options: &HttpOptions) -> Result<Self, HttpError> {
        Ok(Self { pool: Pool::new(options)?, clock: options.clock.clone(), speaks: Speaks::new(options)? })
    }

    /// Closes the idle connections: after a sleep they may be dead.
    pub fn forget_connections(&self) {
        self.pool.forget();
    }

    /// Sends one part. The body must know its exact length. Dropping the future closes the connection.
    ///
    /// There is no timeout except for connecting: the caller watches its body being read and has a stall
    /// timeout.
    ///
    /// # Errors
    /// [`PutFailure::Body`] if the body failed or was shorter or longer than announced; else the failure of
    /// the storage or the network. Nothing is retried, except if an idle connection had died before it
    /// accepted the request.
    pub async fn put<B>(
        &self,
        url: &SignedUrl,
        headers: &[(String, String)],
        body: B,
    ) -> Result<PutAnswer, PutFailure>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.put_watched(url, headers, body, &Acknowledged::default()).await
    }

    /// The same, with `acknowledged` reporting how much of the part the peer has.
    ///
    /// # Errors
    /// Those of [`put`](Self::put).
    pub async fn put_watched<B>(
        &self,
        url: &SignedUrl,
        headers: &[(String, String)],
        body: B,
        acknowledged: &Acknowledged,
    ) -> Result<PutAnswer, PutFailure>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let Some(length) = body.size_hint().exact() else {
            let why = "the length of a part must be known before it is sent";
            return Err(PutFailure::Body(io::Error::new(io::ErrorKind::InvalidInput, why)));
        };
        let (uri, origin) = target(url)?;
        let (body, watch) = WatchedBody::new(body, length);
        let mut request = Request::new(body);
        *request.method_mut() = Method::PUT;
        *request.headers_mut() = exact_headers(&origin, headers, length)?;
        *request.uri_mut() = uri;

        let (connection, answer) = match self.send(&origin, request, &watch, acknowledged).await {
            Err(PutFailure::Wire(failure)) => {
                return Err(self.speaks.instead(Place::of_origin(&origin), failure).await.into());
            }
            sent => sent?,
        };
        watch.stop();
        let (head, body) = answer.into_parts();
        let (body, whole) = read(body).await;
        let clean = watch.all_taken() && whole;
        let outcome = self.judge(&head, &body, &watch);
        let (place, status) = (Place::of_origin(&origin), head.status.as_u16());
        self.speaks.answered(place, Step::Part, status, &String::from_utf8_lossy(&body)).await?;
        if clean {
            self.settle(origin, connection).await;
        }
        Ok(outcome?)
    }

    async fn send(
        &self,
        origin: &Origin,
        mut request: Request<WatchedBody>,
        watch: &Watch,
        acknowledged: &Acknowledged,
    ) -> Result<(Connection, Response<Incoming>), PutFailure> {
        let host = origin.1.as_str();
        let (head, length) = (head_length(&request), request.body().size_hint().exact().unwrap_or(0));
        loop {
            let mut connection = match self.pool.take(origin) {
                Some(connection) => connection,
                None => self
                    .pool
                    .connect(origin)
                    .await
                    .map_err(|error| failure::not_connected(Step::Part, host, &*error))?,
            };
            acknowledged.begin(connection.meter.clone(), head, length);
            match connection.sender.try_send_request(request).await {
                Ok(answer) => return Ok((connection, answer)),
                Err(mut error) => match error.take_message() {
                    // The server closed it while it was idle; not one byte of the body was read.
                    Some(unsent) if connection.reused => request = unsent,
                    _ => {
                        if let Some(fault) = watch.take_fault() {
                            return Err(PutFailure::Body(fault));
                        }
                        let words = failure::chain(&error.into_error());
                        return Err(failure::lost(Step::Part, host, failure::BROKE_OFF, &words).into());
                    }
                },
            }
        }
    }

    fn judge(&self, head: &http::response::Parts, body: &[u8], watch: &Watch) -> Result<PutAnswer, Failure> {
        let status = head.status.as_u16();
        let SaidToPart { html, error: said } = said_to_part(status, &head.headers, body);
        let server_unix_time = said.server_time.or_else(|| reply::server_time(&head.headers));
        let clock_ahead = HttpOptions::ahead(self.clock.as_ref(), server_unix_time);
        if head.status.is_success() && !html && !said.is_no {
            if !watch.all_taken() {
                let detail = "the storage said yes before it had the whole part";
                let cause = Cause::KeepsFailing { what: detail.to_owned() };
                let failure = Failure::new(Step::Part, RetryClass::Again, cause, detail);
                return Err(Failure { status: Some(status), clock_ahead, ..failure });
            }
            let etag = reply::etag(&head.headers);
            let comparable = etag.as_ref().is_some_and(|etag| proof::is_md5(&etag.0))
                && !reply::is_encrypted(&head.headers);
            return Ok(PutAnswer { etag, comparable, server_unix_time });
        }
        Err(refusal(Step::Part, status, &head.headers, html, &said, clock_ahead))
    }

    /// Returns the connection to the pool once it is ready for the next part.
    async fn settle(&self, origin: Origin, mut connection: Connection) {
        if let Ok(Ok(())) = tokio::time::timeout(SETTLE, connection.sender.ready()).await {
            self.pool.keep(origin, connection);
        }
    }
}

/// Approximate size of a request's head, bytes: its first line, and a line per header.
fn head_length(request: &Request<WatchedBody>) -> u64 {
    let first =
        request.method().as_str().len() + request.uri().to_string().len() + " HTTP/1.1\r\n\r\n".len() + 1;
    let lines =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    (first + lines.sum::<usize>()) as u64
}

/// Splits a URL into path and query, and origin.
fn target(url: &SignedUrl) -> Result<(Uri, Origin), Failure> {
    let unusable = |what: &str| {
        let cause = Cause::LinksUnusable { what: what.to_owned() };
        Failure::new(Step::Part, RetryClass::LinkBroken, cause, what)
    };
    let parts = url.expose().parse::<Uri>().map_err(|_| unusable("the link cannot be read"))?.into_parts();
    let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
        return Err(unusable("the link names no host"));
    };
    if scheme != http::uri::Scheme::HTTP && scheme != http::uri::Scheme::HTTPS {
        return Err(unusable("the link is neither http nor https"));
    }
    if authority.as_str().contains('@') {
        return Err(unusable("the link holds a user name"));
    }
    let path = parts.path_and_query.map_or_else(|| Uri::from_static("/"), Uri::from);
    Ok((path, (scheme, authority)))
}

/// The target's headers, Host and Content-Length; the last two are always ours.
fn exact_headers(origin: &Origin, headers: &[(String, String)], length: u64) -> Result<HeaderMap, Failure> {
    let unusable = |name: &str| {
        let what = format!("the link asks for a header that cannot be sent: {}", crate::redact_text(name));
        Failure::new(Step::Part, RetryClass::LinkBroken, Cause::LinksUnusable { what: what.clone() }, what)
    };
    let mut map = HeaderMap::with_capacity(headers.len() + 2);
    let host = default_port_removed(origin);
    map.insert(HOST, HeaderValue::from_str(&host).map_err(|_| unusable("host"))?);
    for (name, value) in headers {
        let header = HeaderName::try_from(name).map_err(|_| unusable(name))?;
        let value = HeaderValue::from_str(value).map_err(|_| unusable(name))?;
        if header != HOST && header != CONTENT_LENGTH {
            map.append(header, value);
        }
    }
    map.insert(CONTENT_LENGTH, HeaderValue::from(length));
    Ok(map)
}

/// The signature covers Host, and signers omit the default port (RFC 9110, 4.2.3).
fn default_port_removed((scheme, authority): &Origin) -> String {
    let default = if *scheme == http::uri::Scheme::HTTPS { 443 } else { 80 };
    match authority.port_u16() {
        Some(port) if port != default => authority.to_string(),
        _ => authority.host().to_owned(),
    }
}

/// Reads at most [`LONGEST_ANSWER`] of an answer's body; returns whether that was all of it.
async fn read(mut body: Incoming) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    loop {
        match body.frame().await {
            None => return (bytes, true),
            Some(Err(_)) => return (bytes, false),
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else { continue };
                let room = LONGEST_ANSWER - bytes.len();
                bytes.extend_from_slice(&data[..data.len().min(room)]);
                if data.len() > room {
                    return (bytes, false);
                }
            }
        }
    }
}
