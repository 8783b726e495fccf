//! Options of a client, all passed in.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

/// Returns the current time in Unix seconds, negative before the epoch.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Options of both clients. Nothing is read from the environment and no proxy is looked up.
#[derive(Clone)]
pub struct HttpOptions {
    /// Additional root certificates, PEM, besides the system's.
    pub extra_roots_pem: Vec<Vec<u8>>,
    /// Timeout for DNS, TCP and TLS together.
    pub connect_timeout: Duration,
    /// How long a new connection is watched before a request that must not be sent twice is written to it. A
    /// server that closes the connections it accepts does so within a round trip.
    pub watch_before_once: Duration,
    /// Connections are kept a while for what goes there next. Not where few may be open: one that lies idle is missed by what wants a new one.
    pub keep: bool,
    /// What API calls say of us; parts say nothing.
    pub user_agent: String,
    /// This computer's clock; without it no clock difference is reported.
    pub clock: Option<Clock>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            extra_roots_pem: Vec::new(),
            // Long enough for three SYNs (at 0, 1 and 3 s, RFC 6298) and a slow handshake.
            connect_timeout: Duration::from_secs(10),
            // Such requests are rare enough to spend a tenth of a second.
            watch_before_once: Duration::from_millis(100),
            keep: true,
            user_agent: concat!("partway/", env!("CARGO_PKG_VERSION")).to_owned(),
            clock: None,
        }
    }
}

impl HttpOptions {
    /// By how many seconds a server with this time is ahead of the given clock.
    pub(crate) fn ahead(clock: Option<&Clock>, server_unix_time: Option<u64>) -> Option<i64> {
        let (clock, server) = (clock?, server_unix_time?);
        i64::try_from(server).ok()?.checked_sub(clock())
    }
}

impl fmt::Debug for HttpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpOptions")
            .field("extra_roots", &self.extra_roots_pem.len())
            .field("connect_timeout", &self.connect_timeout)
            .field("watch_before_once", &self.watch_before_once)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

/// Why no client could be built.
#[derive(Debug, Error)]
pub enum HttpError {
    /// An additional root certificate cannot be read.
    #[error("the additional root certificate cannot be read: {0}")]
    Root(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The API client cannot be set up.
    #[error("the client cannot be set up: {0}")]
    Client(String),
}
