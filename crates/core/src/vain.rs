//! How much may be sent in vain: bounds per part, per file and per hour.
//!
//! Bytes are sent in vain when their part is not confirmed afterwards. If the service answered with an error
//! (or received other bytes than were sent), a retry is likely to end the same way, so such bytes have a
//! final bound. If a connection broke, the service did not refuse: a poor line is no reason to end an upload,
//! so those bytes are bounded only per hour, and by what the line does carry.

/// How many times its size one part may be sent in a row without being confirmed, if the service answered.
const TIMES: u64 = 32;

/// What a whole file may cost on top of that, as a multiple of its size.
const FILES: u64 = 8;

/// Lower bound of the hourly allowance, bytes: less than a poor line carries in an hour, much less than a
/// good one.
const HOUR: u64 = 1 << 30;

/// How many bytes may be sent in vain per confirmed byte: such a line still makes progress.
const PER_CONFIRMED: u64 = 4;

/// What was sent in vain for one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vain {
    /// How many times the part in question was sent and refused since it was last confirmed.
    pub part_times: u32,
    /// The bytes of those attempts.
    pub part_bytes: u64,
    /// Refused bytes of the whole file since the user last asked to try again.
    pub file_bytes: u64,
    /// How many times anything of the file was sent in vain since then, for whatever reason.
    pub times: u32,
    /// The bytes of those.
    pub bytes: u64,
    /// Bytes sent in vain since the current hour began, for whatever reason.
    pub hour_bytes: u64,
    /// Bytes confirmed since then.
    pub hour_confirmed: u64,
}

/// Whether to send more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaySend {
    /// It may be tried again.
    GoOn,
    /// Not before the hour is over.
    NextHour,
    /// Only if the user says so.
    Enough,
}

impl Vain {
    /// Judges a part of `part` bytes of a file of `file` bytes whose largest part has `largest` bytes.
    #[must_use]
    pub fn may_send(&self, part: u64, largest: u64, file: u64) -> MaySend {
        let of_part = part.saturating_mul(TIMES);
        let of_file = file.saturating_mul(FILES).saturating_add(largest.saturating_mul(TIMES));
        if (self.part_bytes > 0 && self.part_bytes >= of_part) || self.file_bytes > of_file {
            return MaySend::Enough;
        }
        if self.hour_is_used_up(largest) { MaySend::NextHour } else { MaySend::GoOn }
    }

    /// Whether nothing more of the file may be sent in the current hour.
    #[must_use]
    pub fn hour_is_used_up(&self, largest: u64) -> bool {
        let least = largest.saturating_mul(TIMES).max(HOUR);
        self.hour_bytes > least.saturating_add(self.hour_confirmed.saturating_mul(PER_CONFIRMED))
    }
}
