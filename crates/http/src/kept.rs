//! Which pooled connections have carried a request before: if one of those ends instead of answering, its
//! server had closed it.

use std::collections::HashSet;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::Extensions;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpInfo;

/// How many connections are remembered. Beyond that all are forgotten, which only means that a retry is not
/// immediate.
const MOST: usize = 1024;

/// Connections by their two endpoints.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<HashSet<(SocketAddr, SocketAddr)>>);

impl Kept {
    /// Records that this answer's connection has carried a request.
    pub(crate) fn carried(&self, answer: &Extensions) {
        let Some(ends) = answer.get::<HttpInfo>().map(ends) else { return };
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(ends);
    }

    /// Whether this error is the end of a connection that had carried a request before.
    pub(crate) fn died(&self, error: &reqwest::Error) -> bool {
        let mut next = error.source();
        while let Some(error) = next {
            if let Some(error) = error.downcast_ref::<legacy::Error>() {
                let mut told = Extensions::new();
                if let Some(connected) = error.connect_info() {
                    connected.get_extras(&mut told);
                }
                return told.get::<HttpInfo>().is_some_and(|info| self.known().remove(&ends(info)));
            }
            next = error.source();
        }
        false
    }

    fn known(&self) -> MutexGuard<'_, HashSet<(SocketAddr, SocketAddr)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ends(info: &HttpInfo) -> (SocketAddr, SocketAddr) {
    (info.local_addr(), info.remote_addr())
}
