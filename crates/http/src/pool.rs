//! Connections for parts: HTTP/1.1, one request at a time each, kept idle for the next part.
//!
//! A connection is a value: dropping it closes the socket at once. So dropping an upload in flight (pause,
//! watchdog, cancel) also ends it on the wire, and a connection whose request did not end cleanly can never
//! be reused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::Uri;
use http::uri::{Authority, Scheme};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::task::JoinHandle;
use tower_service::Service;

use crate::api::IDLE;
use crate::body::{BoxError, WatchedBody};
use crate::tcp::{Connector, Meter};
use crate::wire::AnswerFirst;
use crate::{HttpError, HttpOptions, tls};

/// A part's body is polled for more when less than this is left to send of its last data, bytes: so a
/// connection holds less than this plus the last data. An answer's head fits into it as well.
pub const PART_BUFFER: usize = 64 << 10;

/// TCP keep-alive: idle time before the first probe, interval, and probes until the peer is considered gone.
const KEEPALIVE: Duration = Duration::from_secs(20);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
const KEEPALIVE_PROBES: u32 = 3;

/// How long sent bytes may stay unacknowledged (RFC 5482): three times the longest gap that an upload should
/// survive (20 s).
#[cfg(any(target_os = "linux", target_os = "android"))]
const USER_TIMEOUT: Duration = Duration::from_secs(60);

/// The scheme and authority that a connection leads to.
pub(crate) type Origin = (Scheme, Authority);

/// An open connection; closed when dropped.
pub(crate) struct Connection {
    pub(crate) sender: SendRequest<WatchedBody>,
    /// Counts how much of what it carried was acknowledged.
    pub(crate) meter: Meter,
    /// Whether it has carried a request before.
    pub(crate) reused: bool,
    task: JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Idle {
    connection: Connection,
    since: Instant,
}

/// Idle connections by origin, and the connector for new ones.
pub(crate) struct Pool {
    connector: HttpsConnector<Connector>,
    connect_timeout: Duration,
    /// Whether any is kept.
    keep: bool,
    idle: Mutex<HashMap<Origin, Vec<Idle>>>,
}

impl Pool {
    pub(crate) fn new(options: &HttpOptions) -> Result<Arc<Self>, HttpError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(options.connect_timeout));
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE_INTERVAL));
        tcp.set_keepalive_retries(Some(KEEPALIVE_PROBES));
        #[cfg(any(target_os = "linux", target_os = "android"))]
        tcp.set_tcp_user_timeout(Some(USER_TIMEOUT));
        let connector = HttpsConnector::from((Connector(tcp), tls::client_config(&options.extra_roots_pem)?));
        let connect_timeout = options.connect_timeout;
        Ok(Arc::new(Self { connector, connect_timeout, keep: options.keep, idle: Mutex::default() }))
    }

    /// The most recently used idle connection that is still good. (The most recent one, so that the others
    /// can age out.)
    pub(crate) fn take(&self, origin: &Origin) -> Option<Connection> {
        let mut idle = self.lock();
        let connections = idle.get_mut(origin)?;
        while let Some(Idle { connection, since }) = connections.pop() {
            if since.elapsed() < IDLE && connection.sender.is_ready() {
                return Some(connection);
            }
        }
        None
    }

    /// Keeps a connection whose request has ended cleanly.
    pub(crate) fn keep(self: &Arc<Self>, origin: Origin, mut connection: Connection) {
        if !self.keep {
            return;
        }
        connection.reused = true;
        let mut idle = self.lock();
        let first = idle.is_empty();
        idle.entry(origin).or_default().push(Idle { connection, since: Instant::now() });
        if first {
            let pool = Arc::downgrade(self);
            // Ends with the last idle connection, so no task runs while the pool is empty.
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(IDLE).await;
                    let Some(pool) = pool.upgrade() else { return };
                    if pool.drop_old() {
                        return;
                    }
                }
            });
        }
    }

    /// Closes all idle connections: their peers may have forgotten them.
    pub(crate) fn forget(&self) {
        self.lock().clear();
    }

    /// Closes connections that were idle for too long; returns whether none is left.
    fn drop_old(&self) -> bool {
        let mut idle = self.lock();
        idle.retain(|_, connections| {
            connections.retain(|idle| idle.since.elapsed() < IDLE && !idle.connection.sender.is_closed());
            !connections.is_empty()
        });
        idle.is_empty()
    }

    /// Opens a new connection; DNS, TCP and TLS together within the connect timeout.
    pub(crate) async fn connect(&self, origin: &Origin) -> Result<Connection, BoxError> {
        let uri = Uri::builder()
            .scheme(origin.0.clone())
            .authority(origin.1.clone())
            .path_and_query("/")
            .build()?;
        let connecting = async {
            let stream = self.connector.clone().call(uri).await?;
            let meter = match &stream {
                MaybeHttpsStream::Http(tcp) => tcp.inner().meter(),
                MaybeHttpsStream::Https(tls) => tls.inner().get_ref().0.inner().inner().meter(),
            };
            let mut http = http1::Builder::new();
            http.max_buf_size(PART_BUFFER);
            let (sender, connection) = http.handshake(AnswerFirst::new(stream)).await?;
            Ok::<_, BoxError>((sender, connection, meter))
        };
        let (sender, connection, meter) = tokio::time::timeout(self.connect_timeout, connecting)
            .await
            .map_err(|_| "no connection came about in time")??;
        // The caller learns how the connection ended from the answer.
        let task = tokio::spawn(async move { drop(connection.await) });
        Ok(Connection { sender, meter, reused: false, task })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Origin, Vec<Idle>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The kernel notices a peer that vanished (a laptop that left its network), whatever the layers above
    /// do.
    #[tokio::test]
    async fn the_kernel_is_told_to_ask_after_a_silent_peer_and_when_to_give_it_up() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let pool = Pool::new(&HttpOptions::default()).unwrap();
        let uri = format!("http://{}/", listener.local_addr().unwrap()).parse::<Uri>().unwrap();
        let MaybeHttpsStream::Http(stream) = pool.connector.clone().call(uri).await.unwrap() else {
            panic!("no TLS was asked for");
        };
        let socket = stream.inner().socket();
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), KEEPALIVE);
        assert_eq!(socket.tcp_keepalive_interval().unwrap(), KEEPALIVE_INTERVAL);
        assert_eq!(socket.tcp_keepalive_retries().unwrap(), KEEPALIVE_PROBES);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(USER_TIMEOUT));
        assert!(socket.tcp_nodelay().unwrap());
    }
}
