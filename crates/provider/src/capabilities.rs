//! What a provider can and cannot do, declared.

use partway_core::{Limits, PartPlan, PlanError};

use crate::HashAlgorithm;

/// Who decides how a file is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planner {
    /// The server names the part size when the session starts.
    Server,
    /// The client names a part size.
    ClientBySize,
    /// The client names a number of parts.
    ClientByCount,
}

impl Planner {
    /// How a file divides whose parts should have `wished` bytes; `None` where the server decides.
    ///
    /// # Errors
    /// [`PlanError`] where the limits allow no plan.
    pub fn plan(self, size: u64, wished: u64, limits: &Limits) -> Result<Option<PartPlan>, PlanError> {
        match self {
            Self::Server => Ok(None),
            Self::ClientBySize => PartPlan::by_size(size, wished, limits).map(Some),
            Self::ClientByCount => {
                let count = u32::try_from(size.div_ceil(wished.max(1))).unwrap_or(u32::MAX);
                PartPlan::by_count(size, count, limits).map(Some)
            }
        }
    }
}

/// What the provider can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Who decides how a file is divided.
    pub planner: Planner,
    /// The links of an open session can be renewed.
    pub refresh: bool,
    /// The vendor lists the parts it has.
    pub list: bool,
    /// A session can be aborted.
    pub abort: bool,
    /// The vendor can be asked about a finished file.
    pub verify: bool,
    /// The vendor deduplicates, and wants this hash of the file before the session starts.
    pub wants_hash: Option<HashAlgorithm>,
    /// Starting a session twice does no harm, so an unanswered start may be repeated.
    pub start_repeatable: bool,
    /// Anyone with a finished file's URL can open it (else: "sign-in needed").
    pub link_is_open: bool,
    /// A storage ETag in the form of an MD5 is the MD5 of the bytes. `false`: the user has declared that this
    /// storage's ETags are no MD5s, so a differing one proves nothing.
    pub etag_is_md5: bool,
    /// Part targets are signed here, with the key: they cost nothing, so they are not written down, and a storage that forbids one
    /// forbids it to the key.
    pub signs_links: bool,
}
