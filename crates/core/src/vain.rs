//! How much may be sent in vain: bounds for one part, for one file and for an hour.
//!
//! Bytes are sent in vain when the part that they belong to is not confirmed afterwards. Where the service answered (or took other bytes
//! than were sent), sending once more is likely to end the same way, so such bytes are bounded for good. Where a connection broke, nobody
//! said no: a poor line is no reason to end an upload, so those are bounded by the hour only, and by what the line does carry.

/// One part may be sent so often in a row without being confirmed, as far as the service answered.
const TIMES: u64 = 32;

/// What all of a file may cost beside that: so many times its size.
const FILES: u64 = 8;

/// What an hour may cost at least, bytes: less than a poor line carries in it, much less than a good one.
const HOUR: u64 = 1 << 30;

/// A line that confirms a part for each so many sent in vain still gets along.
const PER_CONFIRMED: u64 = 4;

/// What was sent in vain of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vain {
    /// How often the part in question went and was answered with a no, since it was last confirmed.
    pub part_times: u32,
    /// Its bytes.
    pub part_bytes: u64,
    /// The bytes of the whole file that were answered with a no, since a person last said "try again".
    pub file_bytes: u64,
    /// How often anything of the file went in vain since then, for whatever reason.
    pub times: u32,
    /// And how many bytes that was.
    pub bytes: u64,
    /// Bytes in vain since the present hour began, for whatever reason.
    pub hour_bytes: u64,
    /// Bytes that were confirmed since then.
    pub hour_confirmed: u64,
}

/// What follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaySend {
    /// It may be tried again.
    GoOn,
    /// Not before the hour is over.
    NextHour,
    /// Only when a person says so.
    Enough,
}

impl Vain {
    /// Judges it for a part of `part` bytes of a file of `file` bytes whose parts have at most `largest`.
    #[must_use]
    pub fn may_send(&self, part: u64, largest: u64, file: u64) -> MaySend {
        let of_part = part.saturating_mul(TIMES);
        let of_file = file.saturating_mul(FILES).saturating_add(largest.saturating_mul(TIMES));
        if (self.part_bytes > 0 && self.part_bytes >= of_part) || self.file_bytes > of_file {
            return MaySend::Enough;
        }
        if self.hour_is_used_up(largest) { MaySend::NextHour } else { MaySend::GoOn }
    }

    /// Whether nothing more of the file is to be sent in the present hour.
    #[must_use]
    pub fn hour_is_used_up(&self, largest: u64) -> bool {
        let least = largest.saturating_mul(TIMES).max(HOUR);
        self.hour_bytes > least.saturating_add(self.hour_confirmed.saturating_mul(PER_CONFIRMED))
    }
}
