//! How large and how many the parts of a destination may be.

/// 1 MiB in bytes.
pub(crate) const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// No plan has more parts than this, whatever a provider allows: S3's own bound, and the most that a reply
/// may hold here.
pub(crate) const MOST_PARTS: u32 = 10_000;

/// What a destination accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The smallest part, bytes; the last may be smaller.
    pub min_part: u64,
    /// The largest part, bytes.
    pub max_part: u64,
    /// The most parts; plans never exceed 10,000.
    pub max_parts: u32,
    /// The largest file, bytes; `None` if the destination names none.
    pub max_file: Option<u64>,
    /// Whether all parts but the last must have one size (R2). Every plan made here has that shape, so this
    /// is informational.
    pub equal_parts: bool,
}

impl Limits {
    /// S3-compatible storages: 1 to 10,000 parts of 5 MiB to 5 GiB, the last may be smaller (AWS, "Amazon S3
    /// multipart upload limits"). The largest object differs by store and year, so it is not named.
    pub const S3: Self = Self {
        min_part: 5 * MIB,
        max_part: 5 * GIB,
        max_parts: MOST_PARTS,
        max_file: None,
        equal_parts: false,
    };

    /// For providers that publish no limits (AutoRender): the server decides, and only what the S3 behind it
    /// can never accept is refused.
    pub const UNKNOWN: Self =
        Self { min_part: 1, max_part: 5 * GIB, max_parts: MOST_PARTS, max_file: None, equal_parts: false };

    /// The most parts that a plan may have, at least 1.
    pub(crate) fn most_parts(&self) -> u32 {
        self.max_parts.clamp(1, MOST_PARTS)
    }
}
