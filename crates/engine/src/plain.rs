//! Plain-language descriptions of I/O errors on files, folders and disks: the only place for them.

use std::io::{Error, ErrorKind};

/// Why it failed, as the end of a sentence: no number, no full stop, lower case. Unknown errors keep the
/// system's words.
#[must_use]
pub fn plain(error: &Error) -> String {
    known(error).map_or_else(|| without_number(error), Into::into)
}

fn known(error: &Error) -> Option<&'static str> {
    use ErrorKind as K;
    Some(match error.kind() {
        K::NotFound => "it is not there",
        K::PermissionDenied => "permission denied",
        K::AlreadyExists => "something else of that name is there already",
        K::NotADirectory => "a file is where a folder should be",
        K::IsADirectory => "it is a folder",
        K::ReadOnlyFilesystem => "its disk is read-only",
        K::StorageFull => "its disk is full",
        K::QuotaExceeded => "there is no room left for you on its disk",
        K::FileTooLarge => "it is too large for its disk",
        _ if is_in_use(error) => "another program is using it",
        K::TimedOut => "its disk did not answer in time",
        K::InvalidFilename => "its name is too long, or has characters that its disk does not take",
        K::StaleNetworkFileHandle | K::NetworkDown | K::NetworkUnreachable | K::HostUnreachable => {
            "its network drive is out of reach"
        }
        K::UnexpectedEof => "it ended before its size, as if it were being written or its disk were damaged",
        K::WriteZero => "its disk took nothing more",
        K::InvalidData => "it holds something else than text that can be read",
        K::OutOfMemory => "this computer has no memory left",
        _ => return by_number(error.raw_os_error()?),
    })
}

/// `ELOOP` of Linux and of macOS.
const ELOOP: i32 = if cfg!(target_os = "linux") { 40 } else { 62 };

/// Errors without an `ErrorKind` in the standard library.
fn by_number(number: i32) -> Option<&'static str> {
    // errno.h of Linux and macOS, winerror.h: EIO and ERROR_CRC, ERROR_IO_DEVICE; ENXIO and
    // ERROR_NOT_READY; EMFILE, ENFILE and ERROR_TOO_MANY_OPEN_FILES.
    Some(match (cfg!(windows), number) {
        (false, 5) | (true, 23 | 1117) => "its disk could not read or write it",
        (false, 6) | (true, 21) => "its disk is not ready",
        (false, 23 | 24) | (true, 4) => "too many files are open on this computer",
        // winerror.h: ERROR_CLOUD_FILE_…: PROVIDER_NOT_RUNNING, CONNECTED_PROVIDER_ONLY,
        // PROVIDER_TERMINATED; AUTHENTICATION_FAILED, ACCESS_DENIED; NETWORK_UNAVAILABLE, UNSUCCESSFUL,
        // REQUEST_ABORTED, REQUEST_CANCELED, REQUEST_TIMEOUT, US_MESSAGE_TIMEOUT.
        (true, 362 | 382 | 404) => "it is kept in a cloud whose own program is not running",
        (true, 386 | 395) => "it is kept in a cloud that you have to sign in to first",
        (true, 388 | 389 | 393 | 398 | 426 | 475) => "it is kept in a cloud that cannot be reached",
        (false, number) if number == ELOOP => "its links lead in a circle",
        _ => return None,
    })
}

/// Whether another program has the file, or the requested range, locked: that passes when the program
/// releases it.
pub(crate) fn is_in_use(error: &Error) -> bool {
    // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, ERROR_CLOUD_FILE_IN_USE, ERROR_USER_MAPPED_FILE, which
    // have no kind in the standard library (winerror.h).
    matches!(error.kind(), ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy)
        || (cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33 | 391 | 1224)))
}

/// Whether this computer, or its user's limit, lets Partway open no more files.
pub(crate) fn is_open_files(error: &Error) -> bool {
    // EMFILE, ENFILE; ERROR_TOO_MANY_OPEN_FILES.
    error.raw_os_error().is_some_and(|number| matches!((cfg!(windows), number), (false, 23 | 24) | (true, 4)))
}

fn without_number(error: &Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or(&text).trim_end_matches('.').to_lowercase();
    // "Remote I/O error", "Protocol error": true but useless to the reader.
    if error.raw_os_error().is_some() && words.contains("error") {
        "the system does not say why".into()
    } else {
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_systems_say_is_told_in_plain_words() {
        let said = |number| plain(&Error::from_raw_os_error(number));
        // ENOENT, EIO, EACCES, EEXIST, ENOTDIR, EISDIR, EMFILE, ENOSPC, EROFS
        let words = [2, 5, 13, 17, 20, 21, 24, 28, 30].map(said);
        assert_eq!(
            words,
            [
                "it is not there",
                "its disk could not read or write it",
                "permission denied",
                "something else of that name is there already",
                "a file is where a folder should be",
                "it is a folder",
                "too many files are open on this computer",
                "its disk is full",
                "its disk is read-only",
            ]
        );
        // E2BIG, which is unknown here: the system's own words, without the number.
        assert_eq!(said(7), "argument list too long");
    }

    #[cfg(unix)]
    #[test]
    fn whatever_the_system_says_there_is_no_number_and_no_error_in_it() {
        for number in 1..=133 {
            let words = plain(&Error::from_raw_os_error(number));
            assert!(!words.contains("os error") && !words.contains("error"), "{number}: {words}");
            assert!(!words.is_empty() && !words.ends_with('.'), "{number}: {words}");
        }
    }

    #[cfg(windows)]
    #[test]
    fn what_windows_says_of_files_in_a_cloud_is_told_in_plain_words() {
        let said = |number| plain(&Error::from_raw_os_error(number));
        for (number, of) in [
            (362, "is not running"),
            (386, "sign in"),
            (388, "cannot be reached"),
            (426, "cannot be reached"),
        ] {
            assert!(said(number).contains(of), "{number}: {}", said(number));
            assert!(
                crate::drive::is_far(&Error::from_raw_os_error(number)),
                "{number} comes back like a network"
            );
        }
        assert!(is_in_use(&Error::from_raw_os_error(391)));
    }

    #[test]
    fn what_the_standard_library_says_by_itself_is_no_word_for_people() {
        let mut four = [0; 4];
        let short = std::io::Read::read_exact(&mut &b"abc"[..], &mut four).unwrap_err();
        assert_eq!(
            plain(&short),
            "it ended before its size, as if it were being written or its disk were damaged"
        );
        let text = std::io::read_to_string(&b"\xff"[..]).unwrap_err();
        assert_eq!(plain(&text), "it holds something else than text that can be read");
    }

    #[test]
    fn words_of_our_own_stay() {
        for (ours, said) in [("It is a socket.", "it is a socket"), ("An error in it", "an error in it")] {
            assert_eq!(plain(&Error::other(ours)), said);
        }
    }
}
