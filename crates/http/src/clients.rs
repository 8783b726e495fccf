//! The clients of a process: one pair by default, and one for each set of additional roots.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{ApiClient, HttpError, HttpOptions, PartClient};

/// A client for API calls and one for parts, which trust the same servers.
#[derive(Debug, Clone)]
pub struct Pair {
    /// For API calls.
    pub api: ApiClient,
    /// For parts.
    pub parts: PartClient,
}

/// All clients, built on first use. Cloning is cheap and shares them.
#[derive(Clone)]
pub struct Clients {
    usual: Pair,
    options: Arc<HttpOptions>,
    /// By their additional roots, PEM.
    others: Arc<Mutex<HashMap<String, Pair>>>,
}

impl Clients {
    /// Builds the default pair.
    ///
    /// # Errors
    /// [`HttpError`] if an additional root cannot be read or TLS cannot be set up.
    pub fn new(options: HttpOptions) -> Result<Self, HttpError> {
        Ok(Self { usual: pair(&options)?, options: Arc::new(options), others: Arc::default() })
    }

    /// The pair that trusts what the system trusts.
    #[must_use]
    pub const fn usual(&self) -> &Pair {
        &self.usual
    }

    /// The pair that also trusts these roots (PEM); the default pair if there are none. Callers with the same
    /// roots share connections.
    ///
    /// # Errors
    /// [`HttpError`] if they cannot be read.
    pub fn trusting(&self, roots: Option<&str>) -> Result<Pair, HttpError> {
        let Some(roots) = roots else { return Ok(self.usual.clone()) };
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = others.get(roots) {
            return Ok(found.clone());
        }
        let mut options = HttpOptions::clone(&self.options);
        options.extra_roots_pem.push(roots.as_bytes().to_vec());
        let made = pair(&options)?;
        others.insert(roots.to_owned(), made.clone());
        Ok(made)
    }

    /// Closes the idle connections for parts, of all clients.
    pub fn forget_connections(&self) {
        self.usual.parts.forget_connections();
        let others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        others.values().for_each(|pair| pair.parts.forget_connections());
    }
}

fn pair(options: &HttpOptions) -> Result<Pair, HttpError> {
    Ok(Pair { api: ApiClient::new(options)?, parts: PartClient::new(options)? })
}

impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clients").field("options", &self.options).finish_non_exhaustive()
    }
}
