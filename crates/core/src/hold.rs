//! A hold is a reason to wait; a job runs only while it has none.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One reason to wait. The names are those `partwayctl list --json` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(rename = "HoldName")]
pub enum Hold {
    /// The user paused it.
    User,
    /// A new batch waits a few seconds so that it can be changed or undone.
    Countdown,
    /// The network, or the way to this destination, is not there.
    Offline,
    /// The destination's key is missing or was refused.
    Credentials,
    /// The file, or the drive it lies on, is not there.
    SourceMissing,
    /// Outside the hours in which uploads may run.
    Schedule,
    /// The service asked to be left alone for a while.
    Throttled,
    /// The drive that the file lies on does not answer.
    DriveSilent,
    /// The file could not be read, for a reason that may pass.
    Unread,
    /// Another program has the file for itself.
    InUse,
    /// The file's content is kept elsewhere (OneDrive, iCloud or the like), and its fetching takes its time.
    Fetching,
}

impl Hold {
    /// Every hold, in the order in which they are told when there are several.
    pub const ALL: [Self; 11] = [
        Self::User,
        Self::Countdown,
        Self::Credentials,
        Self::SourceMissing,
        Self::DriveSilent,
        Self::Fetching,
        Self::InUse,
        Self::Unread,
        Self::Offline,
        Self::Throttled,
        Self::Schedule,
    ];

    /// Those that are tried anew when the process starts: what they waited for may have come meanwhile.
    pub const PASSING: [Self; 7] = [
        Self::SourceMissing,
        Self::DriveSilent,
        Self::Fetching,
        Self::InUse,
        Self::Unread,
        Self::Offline,
        Self::Throttled,
    ];

    /// The hold's name in the journal and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Countdown => "countdown",
            Self::Offline => "offline",
            Self::Credentials => "credentials",
            Self::SourceMissing => "source-missing",
            Self::Schedule => "schedule",
            Self::Throttled => "throttled",
            Self::DriveSilent => "drive-silent",
            Self::Unread => "unread",
            Self::InUse => "in-use",
            Self::Fetching => "fetching",
        }
    }

    /// The hold with that name, if any.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hold| hold.name() == name)
    }

    /// Whether only a person can lift this hold (the others pass by themselves).
    #[must_use]
    pub const fn needs_person(self) -> bool {
        matches!(self, Self::User | Self::Credentials | Self::SourceMissing)
    }

    const fn bit(self) -> u16 {
        1 << self as u8
    }
}

/// A set of holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Holds(u16);

impl Holds {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// This set plus one hold.
    #[must_use]
    pub const fn with(self, hold: Hold) -> Self {
        Self(self.0 | hold.bit())
    }

    /// This set minus one hold.
    #[must_use]
    pub const fn without(self, hold: Hold) -> Self {
        Self(self.0 & !hold.bit())
    }

    /// Whether the set holds this one.
    #[must_use]
    pub const fn contains(self, hold: Hold) -> bool {
        self.0 & hold.bit() != 0
    }

    /// Whether nothing holds the job.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The holds of the set, most important first.
    pub fn iter(self) -> impl Iterator<Item = Hold> {
        Hold::ALL.into_iter().filter(move |hold| self.contains(*hold))
    }
}

impl FromIterator<Hold> for Holds {
    fn from_iter<I: IntoIterator<Item = Hold>>(holds: I) -> Self {
        holds.into_iter().fold(Self::NONE, Self::with)
    }
}
