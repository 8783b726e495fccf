//! The desktop app. All of it is in the library, so that its tests need no window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    partway_desktop::main()
}
