//! One call over a new connection, for what must not be sent twice.
//!
//! A server may close an idle connection at any time, even at the moment when the next request arrives; then
//! it is unknown whether it read it. A new connection has no such moment, except with a server that closes it
//! right after accepting it. So the connection is watched before the first byte is sent, because what was not
//! sent can be sent again.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use partway_core::{Cause, Failure, RetryClass, Step};
use tokio::task::JoinHandle;
use tower_service::Service;

use crate::body::BoxError;
use crate::{HttpError, HttpOptions, failure, tls};

/// The words for a connection that ended before a byte of the request was written.
const NOT_ASKED: &str = "the connection was closed before anything was asked";

/// Opens connections that carry one request each.
#[derive(Clone)]
pub(crate) struct Unpooled {
    connector: HttpsConnector<HttpConnector>,
    connect_timeout: Duration,
    watch_before_once: Duration,
}

/// An answer, and the task that reads it from its connection; dropping it closes the connection.
pub(crate) struct Answer {
    pub(crate) response: Response<Incoming>,
    pub(crate) connection: Connection,
}

/// A connection that ends when it is dropped.
pub(crate) struct Connection(JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Unpooled {
    pub(crate) fn new(options: &HttpOptions) -> Result<Self, HttpError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(options.connect_timeout));
        let connector = HttpsConnector::from((tcp, tls::client_config(&options.extra_roots_pem)?));
        Ok(Self {
            connector,
            connect_timeout: options.connect_timeout,
            watch_before_once: options.watch_before_once,
        })
    }

    /// Connects, sends the request and reads the head of the answer. `host` is for messages. With `look`, the
    /// connection is watched for a moment before anything is written, in case it turns out closed.
    ///
    /// # Errors
    /// `Offline` if no connection was established; `Again` if it ended before a byte of the request was
    /// written: the request was not sent. Otherwise the class of a lost answer at this step.
    pub(crate) async fn send(
        &self,
        step: Step,
        host: &str,
        mut request: Request<Full<Bytes>>,
        look: bool,
    ) -> Result<Answer, Failure> {
        let written = Arc::new(AtomicBool::new(false));
        let not_asked = |words: &str| not_asked(step, host, words);
        let connecting = async {
            let stream = self.connector.clone().call(request.uri().clone()).await?;
            Ok::<_, BoxError>(Watched { inner: stream, written: Arc::clone(&written) })
        };
        let connected = tokio::time::timeout(self.connect_timeout, connecting).await;
        let connected = connected.unwrap_or_else(|_| Err("no connection came about in time".into()));
        let mut stream = connected.map_err(|error| failure::not_connected(step, host, &*error))?;
        if look && let Ok(ended) = tokio::time::timeout(self.watch_before_once, end_of(&mut stream)).await {
            return Err(not_asked(&ended));
        }
        to_origin_form(&mut request);
        let handshake = http1::handshake::<_, Full<Bytes>>(stream).await;
        let (mut sender, connection) = handshake.map_err(|error| not_asked(&failure::chain(&error)))?;
        // The caller learns how the connection ended from the answer.
        let connection = Connection(tokio::spawn(async move { drop(connection.await) }));
        match sender.send_request(request).await {
            Ok(response) => Ok(Answer { response, connection }),
            Err(error) if !written.load(Ordering::Acquire) => Err(not_asked(&failure::chain(&error))),
            Err(error) => Err(failure::lost(step, host, failure::BROKE_OFF, &failure::chain(&error))),
        }
    }
}

fn not_asked(step: Step, host: &str, words: &str) -> Failure {
    let detail = crate::redact_text(&format!("{host}: {NOT_ASKED} ({words})"));
    Failure::new(step, RetryClass::Again, Cause::KeepsFailing { what: NOT_ASKED.to_owned() }, detail)
}

/// Moves path and query to the request line, and the host to its header (RFC 9112, 3.2.1); the default port
/// is omitted.
fn to_origin_form(request: &mut Request<Full<Bytes>>) {
    let uri = request.uri();
    let secure = uri.scheme() == Some(&http::uri::Scheme::HTTPS);
    let host = uri.host().unwrap_or_default();
    let host = match uri.port_u16() {
        Some(port) if port != if secure { 443 } else { 80 } => format!("{host}:{port}"),
        _ => host.to_owned(),
    };
    let path = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    if let Ok(host) = HeaderValue::from_str(&host) {
        request.headers_mut().insert(HOST, host);
    }
}

/// Waits until the peer ends the connection, and says how. A peer that speaks first is no HTTP server (RFC
/// 9112, 9.2).
async fn end_of<T: Read + Unpin>(stream: &mut T) -> String {
    let mut byte = [0; 1];
    let mut byte = ReadBuf::new(&mut byte);
    let read = std::future::poll_fn(|cx| Pin::new(&mut *stream).poll_read(cx, byte.unfilled())).await;
    match read {
        Ok(()) if byte.filled().is_empty() => "the other end closed it".to_owned(),
        Ok(()) => "the other end spoke first".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// A stream that records whether anything was written to it.
struct Watched<T> {
    inner: T,
    written: Arc<AtomicBool>,
}

impl<T: Read + Unpin> Read for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<T: Write + Unpin> Write for Watched<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        // Set before writing, whatever comes of it: a TLS layer may accept bytes and then report that it
        // could not pass them on.
        self.written.store(true, Ordering::Release);
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
