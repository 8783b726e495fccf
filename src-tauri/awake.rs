//! Keeps the computer awake by the system's own means: logind, IOKit, SetThreadExecutionState.
//!
//! Asked for is that it does not fall asleep by itself: neither the screen is kept on, nor a lid or a press on "Suspend" refused.

#[cfg_attr(target_os = "linux", path = "awake/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "awake/others.rs")]
mod system;

use std::sync::{Mutex, PoisonError};

use partway_app::KeepAwake;

use system::Held;

/// What the system tells a user who asks what keeps it awake.
const NAME: &str = "Partway";
const WHY: &str = "Uploading files";

/// What holds it awake, while something does; dropping it gives it back.
#[derive(Default)]
pub(crate) struct Awake(Mutex<Option<Held>>);

impl KeepAwake for Awake {
    fn keep(&self, awake: bool) -> Result<(), String> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *held = None;
        if awake {
            *held = Some(system::hold()?);
        }
        Ok(())
    }
}
