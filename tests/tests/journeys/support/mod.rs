//! What the journeys stand on.

mod chance;
mod copy;
mod event;
mod files;
mod house;
#[cfg(target_os = "linux")]
mod peak;
mod program;
mod running;
mod sandbox;
mod told;
mod turns;

pub(crate) use chance::Chance;
pub(crate) use copy::{Confirmed, DataCopy};
pub(crate) use event::{finished, is, of};
pub(crate) use files::{Made, same_bytes};
pub(crate) use house::{House, Ran};
#[cfg(target_os = "linux")]
pub(crate) use peak::Peak;
#[cfg(unix)]
pub(crate) use program::signal;
pub(crate) use running::Running;
pub(crate) use sandbox::{Line, Sandbox};
pub(crate) use turns::heavy;

/// No single thing that a journey waits for takes longer, on a machine that does three other things.
pub(crate) const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);

/// Between two looks at a file that another program writes.
pub(crate) const LOOK: std::time::Duration = std::time::Duration::from_millis(10);
