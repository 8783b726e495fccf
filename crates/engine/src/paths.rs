//! Paths as raw bytes, which must round-trip exactly, UTF-8 or not.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The journal's encoding (Unix: the raw bytes; Windows: UTF-16, little-endian).
#[must_use]
pub fn to_bytes(path: &Path) -> Vec<u8> {
    encode(path)
}

/// Decodes those bytes.
#[must_use]
pub fn from_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(decode(bytes))
}

#[cfg(unix)]
fn encode(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(unix)]
fn decode(bytes: Vec<u8>) -> OsString {
    use std::os::unix::ffi::OsStringExt;
    OsString::from_vec(bytes)
}

#[cfg(windows)]
fn encode(path: &Path) -> Vec<u8> {
    use std::os::windows::ffi::OsStrExt;
    path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect()
}

#[cfg(windows)]
#[expect(clippy::needless_pass_by_value, reason = "as on Unix, where the bytes become the path")]
fn decode(bytes: Vec<u8>) -> OsString {
    use std::os::windows::ffi::OsStringExt;
    let wide: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    OsString::from_wide(&wide)
}
