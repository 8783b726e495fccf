//! Everything that any front end can do: puts engine, providers and keychain together and answers the api.
//!
//! The window, `partwayctl` and the bridge all speak to one [`App`]. Whoever opens one must hold the data folder's lock (see `partway-bridge`):
//! two engines on one folder would send everything twice.

mod app;
mod options;

pub use app::{App, Events, Watch};
pub use options::{AppOptions, OpenError, Variables};
