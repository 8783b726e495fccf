//! What the journeys stand on.

mod desk;
mod driven;
mod failed;
mod file_manager;
mod files;
mod journal;
mod keyboard;
mod keyring;
mod logind;
mod notifications;
mod panel;
mod practice;
mod process;
mod screen;
mod vendor;
mod wait;

pub(crate) use desk::Desk;
pub(crate) use driven::Driven;
pub(crate) use file_manager::FileManager;
pub(crate) use files::{Made, Seed, files_in};
pub(crate) use keyring::Keyring;
pub(crate) use logind::Logind;
pub(crate) use notifications::{Notifications, Told};
pub(crate) use panel::Panel;
pub(crate) use practice::Practice;
pub(crate) use process::{kill_now, program, resume, send, stop, terminate};
pub(crate) use vendor::Vendor;
pub(crate) use wait::{bounded, until};
