//! How a file divides into parts: every byte in exactly one part, in order, within the destination's limits.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use thiserror::Error;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// No plan has more parts than this, whatever a vendor allows: S3's own bound, and the most that a reply may hold here.
const MOST_PARTS: u32 = 10_000;

/// A part size above 1 PiB is refused even where the file fits into it: no store takes an object of that size,
/// so a server that names it is broken (2^63 in place of a size, 10^18 in the list of faults).
const ABSURD_PART: u64 = 1 << 50;

/// The number of a part, from 1 as all vendors count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartNumber(NonZeroU32);

impl PartNumber {
    /// Part 1.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// The part of that number; `None` for 0.
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

    /// The part that stands at this place, from 0.
    const fn at(index: u32) -> Self {
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
    /// Its number, from 1.
    pub number: PartNumber,
    /// Where it begins in the file, bytes.
    pub offset: u64,
    /// How long it is, bytes; 0 only for the one part of an empty file.
    pub len: u64,
}

/// What a destination takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The smallest part, bytes; the last may be smaller.
    pub min_part: u64,
    /// The largest part, bytes.
    pub max_part: u64,
    /// The most parts; more than 10,000 are never planned.
    pub max_parts: u32,
    /// The largest file, bytes; `None` where the destination names none.
    pub max_file: Option<u64>,
    /// Whether all parts but the last must have one size (R2). Every plan made here has that shape, so this only tells.
    pub equal_parts: bool,
}

impl Limits {
    /// S3 and its kin: 1 to 10,000 parts of 5 MiB to 5 GiB, the last may be smaller
    /// (AWS, "Amazon S3 multipart upload limits"). The largest object differs by store and year, so it is not named.
    pub const S3: Self = Self {
        min_part: 5 * MIB,
        max_part: 5 * GIB,
        max_parts: MOST_PARTS,
        max_file: None,
        equal_parts: false,
    };

    /// For vendors that publish no limits (AutoRender): the server decides, and only what S3 behind it can never take is refused.
    pub const UNKNOWN: Self =
        Self { min_part: 1, max_part: 5 * GIB, max_parts: MOST_PARTS, max_file: None, equal_parts: false };

    fn most_parts(&self) -> u32 {
        self.max_parts.clamp(1, MOST_PARTS)
    }
}

/// Why a file cannot be divided that way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PlanError {
    /// The file is larger than the destination takes.
    #[error("the file has {size} bytes, the destination takes at most {limit}")]
    FileTooLarge {
        /// Bytes of the file.
        size: u64,
        /// The most bytes.
        limit: u64,
    },
    /// The server named parts of 0 bytes for a file that is not empty.
    #[error("the server named a part size of 0 bytes")]
    PartSizeZero,
    /// The server named a part size that cannot be meant.
    #[error("the server named a part size of {part_size} bytes, more than {limit}")]
    PartSizeAbsurd {
        /// The size it named, bytes.
        part_size: u64,
        /// The most that is believed, bytes.
        limit: u64,
    },
    /// The server gave fewer links than the file has parts.
    #[error("the server gave {given} links, the file needs {needed}")]
    TooFewLinks {
        /// How many came.
        given: usize,
        /// How many parts there are.
        needed: u32,
    },
    /// The server gave more links than the file has parts.
    #[error("the server gave {given} links, the file needs only {needed}")]
    TooManyLinks {
        /// How many came.
        given: usize,
        /// How many parts there are.
        needed: u32,
    },
    /// The file would need more parts than the destination takes.
    #[error("the file would need {needed} parts, the destination takes at most {limit}")]
    TooManyParts {
        /// How many parts it would need.
        needed: u64,
        /// The most parts.
        limit: u32,
    },
    /// A part that is not the last is smaller than the destination takes.
    #[error("parts of {part_size} bytes are smaller than the {limit} that the destination asks for")]
    PartTooSmall {
        /// Bytes of a part.
        part_size: u64,
        /// The fewest bytes.
        limit: u64,
    },
    /// A part is larger than the destination takes.
    #[error("a part of {part_size} bytes is larger than the {limit} that the destination takes")]
    PartTooLarge {
        /// Bytes of the largest part.
        part_size: u64,
        /// The most bytes.
        limit: u64,
    },
    /// The three figures do not belong together.
    #[error("{count} parts of {part_size} bytes are not a plan for {file_size} bytes")]
    Inconsistent {
        /// Bytes of the file.
        file_size: u64,
        /// Bytes of a part.
        part_size: u64,
        /// How many parts.
        count: u32,
    },
}

/// How one file divides: parts of one size, the last as long as what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartPlan {
    file_size: u64,
    part_size: u64,
    count: u32,
}

impl PartPlan {
    /// The server decided: it named `part_size` and gave one link a part.
    ///
    /// A file of 0 bytes has as many parts as links came, none or one. A part size above the limit is refused only
    /// where the file has a part that large.
    ///
    /// # Errors
    /// [`PlanError`] where the server's figures cannot be meant or do not fit the file or the limits.
    pub fn by_server(
        file_size: u64,
        part_size: u64,
        links_given: usize,
        limits: &Limits,
    ) -> Result<Self, PlanError> {
        if part_size > ABSURD_PART {
            return Err(PlanError::PartSizeAbsurd { part_size, limit: ABSURD_PART });
        }
        let plan = if file_size == 0 {
            Self { file_size, part_size, count: u32::from(links_given > 0) }
        } else if part_size == 0 {
            return Err(PlanError::PartSizeZero);
        } else {
            Self::divide(file_size, part_size, limits)?
        };
        let needed = plan.count;
        match links_given.cmp(&(needed as usize)) {
            std::cmp::Ordering::Less => Err(PlanError::TooFewLinks { given: links_given, needed }),
            std::cmp::Ordering::Greater => Err(PlanError::TooManyLinks { given: links_given, needed }),
            std::cmp::Ordering::Equal => plan.within(limits),
        }
    }

    /// The client decides by size: parts of `wished` bytes, more where the limits ask for it. An empty file is one empty part.
    ///
    /// # Errors
    /// [`PlanError::FileTooLarge`] where even the largest parts do not suffice.
    pub fn by_size(file_size: u64, wished: u64, limits: &Limits) -> Result<Self, PlanError> {
        let most = limits.most_parts();
        let needed = file_size.div_ceil(u64::from(most));
        // Where the size has to grow, it grows to whole MiB: parts then begin where the blocks of a disk do.
        let grown =
            if wished < needed { needed.checked_next_multiple_of(MIB).unwrap_or(needed) } else { wished };
        let part_size = grown.max(limits.min_part).min(limits.max_part).max(1);
        if file_size.div_ceil(part_size) > u64::from(most) {
            let limit = part_size.saturating_mul(u64::from(most));
            return Err(PlanError::FileTooLarge { size: file_size, limit });
        }
        Self::divide(file_size, part_size, limits)?.within(limits)
    }

    /// The client decides by count: `wished` parts of one size, the last smaller.
    ///
    /// Fewer come out where parts would be smaller than the limit or where rounding up leaves nothing for the last ones,
    /// more where parts would be larger than the limit. An empty file is one empty part.
    ///
    /// # Errors
    /// [`PlanError::FileTooLarge`] where even the largest parts do not suffice.
    pub fn by_count(file_size: u64, wished: u32, limits: &Limits) -> Result<Self, PlanError> {
        let count = wished.clamp(1, limits.most_parts());
        let part_size = file_size.div_ceil(u64::from(count)).max(limits.min_part).min(limits.max_part).max(1);
        let most = limits.most_parts();
        if file_size.div_ceil(part_size) > u64::from(most) {
            let limit = part_size.saturating_mul(u64::from(most));
            return Err(PlanError::FileTooLarge { size: file_size, limit });
        }
        Self::divide(file_size, part_size, limits)?.within(limits)
    }

    /// The plan that the journal holds; its three figures are believed only where they belong together.
    ///
    /// # Errors
    /// [`PlanError::Inconsistent`] where they do not.
    pub fn restore(file_size: u64, part_size: u64, count: u32) -> Result<Self, PlanError> {
        let consistent = if file_size == 0 {
            count <= 1
        } else {
            count <= MOST_PARTS && part_size > 0 && file_size.div_ceil(part_size) == u64::from(count)
        };
        if consistent {
            Ok(Self { file_size, part_size, count })
        } else {
            Err(PlanError::Inconsistent { file_size, part_size, count })
        }
    }

    /// Parts of `part_size` (above 0), one where the file is empty.
    fn divide(file_size: u64, part_size: u64, limits: &Limits) -> Result<Self, PlanError> {
        let needed = file_size.div_ceil(part_size).max(1);
        let limit = limits.most_parts();
        match u32::try_from(needed) {
            Ok(count) if count <= limit => Ok(Self { file_size, part_size, count }),
            _ => Err(PlanError::TooManyParts { needed, limit }),
        }
    }

    fn within(self, limits: &Limits) -> Result<Self, PlanError> {
        let largest = self.largest_part();
        match limits.max_file {
            Some(limit) if self.file_size > limit => {
                Err(PlanError::FileTooLarge { size: self.file_size, limit })
            }
            _ if largest > limits.max_part => {
                Err(PlanError::PartTooLarge { part_size: largest, limit: limits.max_part })
            }
            _ if self.count > 1 && self.part_size < limits.min_part => {
                Err(PlanError::PartTooSmall { part_size: self.part_size, limit: limits.min_part })
            }
            _ => Ok(self),
        }
    }

    /// Bytes of the file.
    #[must_use]
    pub const fn file_size(&self) -> u64 {
        self.file_size
    }

    /// Bytes of every part but the last; of an empty file whatever was named.
    #[must_use]
    pub const fn part_size(&self) -> u64 {
        self.part_size
    }

    /// How many parts; 0 only for an empty file whose server gave no link.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The part of that number; `None` beyond the last.
    #[must_use]
    pub fn part(&self, number: PartNumber) -> Option<Part> {
        let index = number.get() - 1;
        (index < self.count).then(|| self.at(index))
    }

    /// All parts, in order; can be walked from both ends.
    #[must_use]
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = Part> + ExactSizeIterator + use<> {
        let plan = *self;
        (0..plan.count).map(move |index| plan.at(index))
    }

    /// Bytes of the largest part.
    #[must_use]
    pub fn largest_part(&self) -> u64 {
        self.part_size.min(self.file_size)
    }

    /// The part at an index below `count`; so the offset lies within the file and nothing overflows.
    fn at(&self, index: u32) -> Part {
        let offset = u64::from(index).saturating_mul(self.part_size);
        let len = self.part_size.min(self.file_size.saturating_sub(offset));
        Part { number: PartNumber::at(index), offset, len }
    }
}
