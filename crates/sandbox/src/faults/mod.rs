//! Faults on request: their names, how they are written, when they strike and what they do.

pub(crate) mod carry;
pub(crate) mod draw;
pub(crate) mod effect;
pub(crate) mod grammar;
pub(crate) mod spell;
pub(crate) mod step;
pub(crate) mod table;
