//! What a provider can and cannot do, declared.

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
