//! One module a vendor: the only place that knows a vendor's name.
//!
//! [`kinds`] lists what can be set up, [`validate`] looks at what a person typed, [`open`] makes a destination of it.

pub mod autorender;
mod ca;
mod expect;
mod fields;
pub mod gjirafa;
mod key;
mod kind;
mod link;
mod number;
mod plan;
mod presigned;
mod probe;
pub mod record360;
mod refusal;
pub mod s3;
mod settings;
mod typed;

pub use ca::ca;
pub use kind::{Amended, Form, Kind, Setting, amend, kinds, open, reach, validate, validate_fields};
pub use link::web_link;
pub use settings::SettingsError;
