//! One module per vendor: the only place that knows a vendor's name.
//!
//! [`Kinds`] lists what can be set up; a [`Kind`] checks the user's input and opens a destination with it.

pub mod autorender;
mod ca;
mod checksums;
mod expect;
mod fields;
pub mod gjirafa;
mod key;
mod kind;
mod kinds;
mod link;
mod number;
mod plan;
mod presigned;
mod probe;
pub mod record360;
mod refusal;
pub mod s3;
mod setting;
mod typed;
mod web;

pub use ca::ca;
pub use kind::{About, Amended, Kind};
pub use kinds::Kinds;
pub use link::web_link;
pub use setting::{Form, Setting, SettingsError, Text};
