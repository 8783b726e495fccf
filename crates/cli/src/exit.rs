//! The exit code, as a pure function of how the files ended.

use std::process::ExitCode;

use partway_api::{ApiError, Code, FinishedState};
use partway_bridge::{AskError, BridgeError};

/// How the process ends; docs/partwayctl.md lists the codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All files are where they should be.
    Good,
    /// Some files need attention.
    Attention,
    /// The command cannot be carried out as given.
    Usage,
    /// A destination refuses.
    Refused,
    /// The terminal or session is gone: 128 + SIGHUP.
    HungUp,
    /// Ctrl-C: 128 + SIGINT, as in shells.
    Interrupted,
    /// Standard output is no longer read: 128 + SIGPIPE.
    BrokenPipe,
    /// SIGTERM: 128 + SIGTERM.
    Terminated,
}

impl Exit {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Attention => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::BrokenPipe => 141,
            Self::Terminated => 143,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

/// How one file ended, as far as the exit code is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) state: FinishedState,
    pub(crate) refused: bool,
    /// Its name was taken, and it was to be skipped in that case.
    pub(crate) skipped: bool,
}

/// The exit code of a command that waited for files. A cancelled file is not where it should be; a skipped
/// one is as requested.
pub(crate) fn of(endings: impl IntoIterator<Item = Ending>, require_verified: bool) -> Exit {
    let mut exit = Exit::Good;
    for ending in endings {
        let good = match ending.state {
            FinishedState::Verified => true,
            FinishedState::Uploaded => !require_verified,
            FinishedState::Cancelled => ending.skipped,
            FinishedState::NeedsAttention => false,
        };
        if !good && ending.refused {
            return Exit::Refused;
        }
        if !good {
            exit = Exit::Attention;
        }
    }
    exit
}

/// A command that ends with a sentence instead of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stopped {
    pub(crate) exit: Exit,
    pub(crate) sentence: String,
}

impl Stopped {
    /// The command was used wrongly.
    pub(crate) fn usage(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, sentence: sentence.into() }
    }

    /// Something on this computer prevents it.
    pub(crate) fn here(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::Attention, sentence: sentence.into() }
    }

    /// Standard output is no longer read: end silently.
    pub(crate) fn unread() -> Self {
        Self { exit: Exit::BrokenPipe, sentence: String::new() }
    }
}

impl From<ApiError> for Stopped {
    fn from(error: ApiError) -> Self {
        let exit = match error.code {
            Code::Refused | Code::Field | Code::Keychain | Code::KeychainLocked | Code::NoDestination => {
                Exit::Usage
            }
            Code::Internal => Exit::Attention,
        };
        Self { exit, sentence: error.to_string() }
    }
}

impl From<BridgeError> for Stopped {
    fn from(error: BridgeError) -> Self {
        let exit = match error {
            BridgeError::Shared(_) | BridgeError::Foreign(_) => Exit::Usage,
            _ => Exit::Attention,
        };
        Self { exit, sentence: error.to_string() }
    }
}

impl From<AskError> for Stopped {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Api(error) => error.into(),
            AskError::HolderGone => Self::here(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIED: Ending = Ending { state: FinishedState::Verified, refused: false, skipped: false };
    const UPLOADED: Ending = Ending { state: FinishedState::Uploaded, refused: false, skipped: false };
    const ATTENTION: Ending = Ending { state: FinishedState::NeedsAttention, refused: false, skipped: false };
    const CANCELLED: Ending = Ending { state: FinishedState::Cancelled, refused: false, skipped: false };
    const REFUSED: Ending = Ending { state: FinishedState::NeedsAttention, refused: true, skipped: false };

    #[test]
    fn all_good_is_0() {
        assert_eq!(of([], false), Exit::Good);
        assert_eq!(of([VERIFIED, UPLOADED, VERIFIED], false), Exit::Good);
        assert_eq!(of([VERIFIED], true), Exit::Good);
    }

    #[test]
    fn uploaded_is_not_enough_where_verified_is_required() {
        assert_eq!(of([VERIFIED, UPLOADED], true), Exit::Attention);
    }

    #[test]
    fn attention_and_cancelled_are_1() {
        assert_eq!(of([VERIFIED, ATTENTION], false), Exit::Attention);
        assert_eq!(of([CANCELLED, VERIFIED], false), Exit::Attention);
    }

    #[test]
    fn what_was_skipped_is_what_was_asked_for() {
        let skipped = Ending { skipped: true, ..CANCELLED };
        assert_eq!(of([skipped, VERIFIED], true), Exit::Good);
        assert_eq!(of([skipped, CANCELLED], false), Exit::Attention);
    }

    #[test]
    fn a_refusal_wins_wherever_it_stands() {
        assert_eq!(of([REFUSED, ATTENTION, VERIFIED], false), Exit::Refused);
        assert_eq!(of([ATTENTION, VERIFIED, REFUSED], true), Exit::Refused);
        // Only if that file did not arrive after all.
        assert_eq!(of([Ending { refused: true, ..VERIFIED }], true), Exit::Good);
    }

    #[test]
    fn the_numbers_are_a_contract() {
        let all = [
            Exit::Good,
            Exit::Attention,
            Exit::Usage,
            Exit::Refused,
            Exit::HungUp,
            Exit::Interrupted,
            Exit::BrokenPipe,
            Exit::Terminated,
        ];
        assert_eq!(all.map(Exit::number), [0, 1, 2, 3, 129, 130, 141, 143]);
    }
}
