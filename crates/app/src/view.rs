//! Converts engine data to what front ends show.

mod destination;
mod detail;
mod fields;
mod kind;
mod line;
mod names;
mod row;

pub(crate) use destination::destination;
pub(crate) use detail::detail;
pub(crate) use fields::{from_draft, to_draft};
pub(crate) use kind::kind;
pub(crate) use line::{job_line, reason, receipt, state};
pub(crate) use names::{Named, Names};
pub(crate) use row::{Around, row};
