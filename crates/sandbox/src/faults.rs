//! Faults on request: their names, notation, timing and effects.

pub(crate) mod carry;
pub(crate) mod draw;
pub(crate) mod effect;
pub(crate) mod grammar;
pub(crate) mod spell;
pub(crate) mod step;
pub(crate) mod table;
