//! What Windows reports about an open file that neither the standard library nor a maintained crate queries
//! safely.
//!
//! One `unsafe` call: it passes the system a local value on the stack, of exactly the size that it is
//! documented to fill.

use std::fs::File;
use std::io;
use std::os::windows::io::AsRawHandle as _;

use windows_sys::Win32::Storage::FileSystem::{FILE_BASIC_INFO, FileBasicInfo, GetFileInformationByHandleEx};

/// The file's change time, in steps of 100 ns since 1601; 0 if its file system does not keep it
/// ("FILE_BASIC_INFO").
///
/// # Errors
/// The operating system's error.
pub(crate) fn change_time(file: &File) -> io::Result<i64> {
    let mut told = FILE_BASIC_INFO::default();
    let size = u32::try_from(size_of::<FILE_BASIC_INFO>()).map_err(io::Error::other)?;
    #[expect(unsafe_code, reason = "see the head of this file")]
    // SAFETY: the handle is open as long as `file` is borrowed; `told` is what FileBasicInfo fills, and
    // `size` is its size.
    let done = unsafe {
        GetFileInformationByHandleEx(file.as_raw_handle(), FileBasicInfo, (&raw mut told).cast(), size)
    };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(told.ChangeTime) }
}
