//! Multipart sessions: what was begun, which parts are there, where the object goes. Lies in `D/sessions` and survives kills.

pub(crate) mod choose;
pub(crate) mod finish;
pub(crate) mod name;
pub(crate) mod part;
pub(crate) mod session;
pub(crate) mod shelf;
