//! A part: the provider's unit, numbered from 1.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// The number of a part, from 1 as all providers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartNumber(NonZeroU32);

impl PartNumber {
    /// Part 1.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// The part with that number; `None` for 0.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number, from 1.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }

    /// The part at this index, from 0.
    pub(crate) const fn at(index: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(index))
    }
}

impl fmt::Display for PartNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The part's number, from 1.
    pub number: PartNumber,
    /// Where it starts in the file, bytes.
    pub offset: u64,
    /// Its length, bytes; 0 only for the single part of an empty file.
    pub len: u64,
}
