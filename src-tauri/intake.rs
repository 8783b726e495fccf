//! Paths on their way to the app: from drops, dialogs and the command line, never from the page.

use std::path::{Path, PathBuf};

use partway_api::{Answer, ApiError, Code, RawPath, Request};

use crate::engine::Engine;

/// Whether a batch waits its few seconds before it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Countdown {
    /// From the window, where it can be taken back.
    Yes,
    /// From the command line.
    No,
}

/// The request that takes these paths in, wherever new files go.
pub(crate) fn request(paths: &[PathBuf], countdown: Countdown) -> Request {
    Request::Add {
        paths: paths.iter().map(|path| raw(path)).collect(),
        destination: None,
        countdown: countdown == Countdown::Yes,
    }
}

/// Takes the paths in.
///
/// # Errors
/// Where nothing of them could be taken in: the first reason.
pub(crate) async fn add(engine: &Engine, paths: &[PathBuf], countdown: Countdown) -> Result<(), ApiError> {
    if paths.is_empty() {
        return Ok(());
    }
    match engine.ask(request(paths, countdown)).await? {
        Answer::Added { batch: None, left_out, .. } => match left_out.into_iter().next() {
            Some((_, sentence)) => Err(ApiError::new(Code::Refused, sentence)),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn raw(path: &Path) -> RawPath {
    use std::os::unix::ffi::OsStrExt as _;
    RawPath::from_bytes(path.as_os_str().as_bytes())
}

#[cfg(windows)]
fn raw(path: &Path) -> RawPath {
    use std::os::windows::ffi::OsStrExt as _;
    let bytes: Vec<u8> = path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect();
    RawPath::from_bytes(&bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    #[test]
    fn a_name_that_is_no_utf8_survives() {
        let odd = PathBuf::from(OsStr::from_bytes(b"/tmp/take \xff.mov"));
        let Request::Add { paths, countdown, .. } = request(std::slice::from_ref(&odd), Countdown::Yes)
        else {
            panic!("another request")
        };
        assert!(countdown);
        assert_eq!(paths[0].bytes().unwrap(), odd.as_os_str().as_bytes());
    }
}
