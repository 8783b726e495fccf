//! How a file is divided into parts: every byte in exactly one part, in order, within the destination's
//! limits.

use std::cmp::Ordering;

use crate::limits::{Limits, MIB, MOST_PARTS};
use crate::{Part, PartNumber, PlanError};

/// A part size above 1 PiB is refused even if the file fits into it: no store accepts an object of that size,
/// so a server that names it is broken (2^63 or 10^18 instead of a size).
const ABSURD_PART: u64 = 1 << 50;

/// How one file is divided: parts of one size, the last with the remainder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartPlan {
    file_size: u64,
    part_size: u64,
    count: u32,
}

impl PartPlan {
    /// The server decided: it named `part_size` and gave one link per part.
    ///
    /// An empty file has as many parts as links were given, zero or one. A part size above the limit is
    /// refused only if the file has a part that large.
    ///
    /// # Errors
    /// [`PlanError`] if the server's figures are absurd or do not fit the file or the limits.
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
            Ordering::Less => Err(PlanError::TooFewLinks { given: links_given, needed }),
            Ordering::Greater => Err(PlanError::TooManyLinks { given: links_given, needed }),
            Ordering::Equal => plan.within(limits),
        }
    }

    /// The client decides by size: parts of `wished` bytes, larger if the limits require it. An empty file is
    /// one empty part.
    ///
    /// # Errors
    /// [`PlanError::FileTooLarge`] if even the largest parts do not suffice.
    pub fn by_size(file_size: u64, wished: u64, limits: &Limits) -> Result<Self, PlanError> {
        let most = limits.most_parts();
        let needed = file_size.div_ceil(u64::from(most));
        // A size that must grow is rounded up to whole MiB, so that parts align with disk blocks.
        let grown =
            if wished < needed { needed.checked_next_multiple_of(MIB).unwrap_or(needed) } else { wished };
        Self::by_client(file_size, grown, limits)
    }

    /// The client decides by count: `wished` parts of one size, the last smaller.
    ///
    /// There are fewer if parts would be smaller than the limit or if rounding up leaves nothing for the last
    /// ones, and more if parts would be larger than the limit. An empty file is one empty part.
    ///
    /// # Errors
    /// [`PlanError::FileTooLarge`] if even the largest parts do not suffice.
    pub fn by_count(file_size: u64, wished: u32, limits: &Limits) -> Result<Self, PlanError> {
        let count = wished.clamp(1, limits.most_parts());
        Self::by_client(file_size, file_size.div_ceil(u64::from(count)), limits)
    }

    /// Parts of the wished size, or of the nearest size that the limits allow.
    fn by_client(file_size: u64, wished: u64, limits: &Limits) -> Result<Self, PlanError> {
        let part_size = wished.max(limits.min_part).min(limits.max_part).max(1);
        let most = u64::from(limits.most_parts());
        if file_size.div_ceil(part_size) > most {
            let limit = part_size.saturating_mul(most);
            return Err(PlanError::FileTooLarge { size: file_size, limit });
        }
        Self::divide(file_size, part_size, limits)?.within(limits)
    }

    /// Restores a plan from the journal, if its three figures are consistent.
    ///
    /// # Errors
    /// [`PlanError::Inconsistent`] if they are not.
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

    /// Divides into parts of `part_size` (above 0); one part if the file is empty.
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

    /// Bytes of every part but the last; for an empty file, the size that was named.
    #[must_use]
    pub const fn part_size(&self) -> u64 {
        self.part_size
    }

    /// The number of parts; 0 only for an empty file whose server gave no link.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The part with that number; `None` beyond the last.
    #[must_use]
    pub fn part(&self, number: PartNumber) -> Option<Part> {
        let index = number.get() - 1;
        (index < self.count).then(|| self.at(index))
    }

    /// All parts, in order.
    #[must_use]
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = Part> + ExactSizeIterator + use<> {
        let plan = *self;
        (0..plan.count).map(move |index| plan.at(index))
    }

    /// Size of the largest part, bytes.
    #[must_use]
    pub fn largest_part(&self) -> u64 {
        self.part_size.min(self.file_size)
    }

    /// The part at an index below `count`, so the offset is within the file and nothing overflows.
    fn at(&self, index: u32) -> Part {
        let offset = u64::from(index).saturating_mul(self.part_size);
        let len = self.part_size.min(self.file_size.saturating_sub(offset));
        Part { number: PartNumber::at(index), offset, len }
    }
}
