//! Multipart sessions: their plans, their parts, the object's place. Stored in `D/sessions`; survives kills.

pub(crate) mod choose;
pub(crate) mod finish;
pub(crate) mod name;
pub(crate) mod part;
pub(crate) mod session;
pub(crate) mod shelf;
