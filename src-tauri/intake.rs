//! Paths on their way to the app: from drops, dialogs and the command line, never from the page.

use std::path::{Path, PathBuf};

use partway_api::{Answer, ApiError, Code, RawPath, Request};

/// Whether a batch waits its few seconds before it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Countdown {
    /// From the window, where it can be taken back.
    Yes,
    /// From the command line.
    No,
}

/// The requests that take these paths in, wherever new files go; each only where the one before met [`no_destination`].
///
/// What comes with a countdown is kept until there is a destination, and what comes from the command line is no less wanted.
pub(crate) fn requests(paths: &[PathBuf], countdown: Countdown) -> Vec<Request> {
    if paths.is_empty() {
        return Vec::new();
    }
    let request = |countdown| Request::Add {
        paths: paths.iter().map(|path| raw(path)).collect(),
        destination: None,
        countdown,
        batch: None,
        fields: Default::default(),
        mime: None,
    };
    match countdown {
        Countdown::Yes => vec![request(true)],
        Countdown::No => vec![request(false), request(true)],
    }
}

/// Whether the files wait for a first destination.
pub(crate) fn no_destination(answer: &Result<Answer, ApiError>) -> bool {
    answer.as_ref().is_err_and(|why| why.code == Code::NoDestination)
}

/// What the last answer means to whoever named the paths; `left_out`: what was no path.
///
/// # Errors
/// What could not be taken in, to be told: of several, how many and why the first. That they wait for a destination is none.
pub(crate) fn outcome(
    answer: Result<Answer, ApiError>,
    left_out: Vec<(String, String)>,
) -> Result<(), ApiError> {
    match partway_app::not_taken(&answer?, left_out) {
        Some(sentence) => Err(ApiError::new(Code::Refused, sentence)),
        None => Ok(()),
    }
}

#[cfg(unix)]
pub(crate) fn raw(path: &Path) -> RawPath {
    use std::os::unix::ffi::OsStrExt as _;
    RawPath::from_bytes(path.as_os_str().as_bytes())
}

#[cfg(windows)]
pub(crate) fn raw(path: &Path) -> RawPath {
    use std::os::windows::ffi::OsStrExt as _;
    let bytes: Vec<u8> = path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect();
    RawPath::from_bytes(&bytes)
}

/// The path that the app named.
#[cfg(unix)]
pub(crate) fn named(raw: &RawPath) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    Some(std::ffi::OsString::from_vec(raw.bytes()?).into())
}

#[cfg(windows)]
pub(crate) fn named(raw: &RawPath) -> Option<PathBuf> {
    use std::os::windows::ffi::OsStringExt as _;
    let bytes = raw.bytes()?;
    let wide: Vec<u16> = bytes.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
    Some(std::ffi::OsString::from_wide(&wide).into())
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    use super::*;

    fn countdowns(requests: &[Request]) -> Vec<bool> {
        requests.iter().map(|request| matches!(request, Request::Add { countdown: true, .. })).collect()
    }

    #[test]
    fn a_path_comes_back_as_it_went() {
        for path in ["/a/ü.mov", "/a b"].map(OsStr::new).into_iter().chain([OsStr::from_bytes(b"/z\xff.mov")])
        {
            assert_eq!(named(&raw(Path::new(path))).as_deref(), Some(Path::new(path)));
        }
    }

    #[test]
    fn files_from_the_command_line_start_at_once_or_wait_for_a_destination() {
        assert_eq!(countdowns(&requests(&["/a.mov".into()], Countdown::No)), [false, true]);
        assert_eq!(countdowns(&requests(&["/a.mov".into()], Countdown::Yes)), [true]);
        assert!(requests(&[], Countdown::No).is_empty());
    }

    #[test]
    fn what_cannot_go_is_said_and_what_waits_is_no_fault() {
        let left_out = vec![("/a.mov".to_owned(), "a.mov is not there.".to_owned())];
        let nothing = Answer::Added { batch: None, jobs: Vec::new(), left_out, elsewhere: None };
        let said = outcome(Ok(nothing), vec![("x:".into(), "x: is not here.".into())]).unwrap_err().message;
        assert_eq!(said, "None of these 2 can be sent. The first of them: x: is not here.");
        assert_eq!(outcome(Ok(Answer::Kept { kept: 1, left_out: Vec::new() }), Vec::new()), Ok(()));
        assert!(outcome(Err(ApiError::new(Code::Internal, "The disk is full.")), Vec::new()).is_err());
    }

    #[test]
    fn a_name_that_is_no_utf8_survives() {
        let odd = PathBuf::from(OsStr::from_bytes(b"/tmp/take \xff.mov"));
        let requests = requests(std::slice::from_ref(&odd), Countdown::Yes);
        let [Request::Add { paths, .. }] = requests.as_slice() else { panic!("another request") };
        assert_eq!(paths[0].bytes().unwrap(), odd.as_os_str().as_bytes());
    }
}
