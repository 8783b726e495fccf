//! The clients of a process: one pair for all, and one for each set of roots that a destination brings.

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

/// All clients, built when they are first asked for. Cloning is cheap and shares them.
#[derive(Clone)]
pub struct Clients {
    usual: Pair,
    options: Arc<HttpOptions>,
    /// By the further roots, PEM.
    others: Arc<Mutex<HashMap<String, Pair>>>,
}

impl Clients {
    /// # Errors
    /// [`HttpError`] where an additional root cannot be read or TLS cannot be set up.
    pub fn new(options: HttpOptions) -> Result<Self, HttpError> {
        Ok(Self { usual: pair(&options)?, options: Arc::new(options), others: Arc::default() })
    }

    /// Those that trust what the system trusts.
    #[must_use]
    pub const fn usual(&self) -> &Pair {
        &self.usual
    }

    /// Those that trust these roots, too (PEM); the usual ones where there are none. Connections are shared by all who bring the same.
    ///
    /// # Errors
    /// [`HttpError`] where they cannot be read.
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

    /// Closes the connections for parts that are kept for later, of all of them.
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
