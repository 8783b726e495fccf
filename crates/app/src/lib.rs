//! The application core behind every front end: connects engine, providers and keychain and answers the API.
//!
//! The window, `partwayctl` and the bridge all talk to one [`App`]. The process that opens one must hold the
//! data folder's lock (see `partway-bridge`): two engines on one folder would send everything twice.

mod app;
mod awake;
mod away;
mod commands;
mod events;
#[cfg(test)]
mod fixture;
#[cfg(unix)]
mod hangup;
mod keychain;
mod keys;
mod options;
mod practice;
mod set_aside;
mod support;
mod system;
mod tell;
mod trial;
mod view;
mod watch;
mod watched;
mod words;

pub use app::App;
pub use awake::KeepAwake;
pub use commands::built_in_kinds;
pub use events::Events;
#[cfg(unix)]
pub use hangup::hangup_ignored;
pub use keychain::system_keychain;
pub use options::{AppOptions, OpenError, Variables};
pub use partway_core::{acts, visible};
/// Plain wording of file system errors, re-exported for the shell and the bridge.
pub use partway_engine::{as_known, plain, real};
pub use partway_providers::Kinds;
pub use support::{LogFile, keep_crash_reports};
pub use tell::{Button, Message, Order, Press, Tag, Telling};
pub use watch::Watch;
pub use words::not_taken;
