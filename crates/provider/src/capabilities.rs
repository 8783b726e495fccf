//! What a vendor can and cannot do, declared.

use crate::HashAlgorithm;

/// Who decides how a file divides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planner {
    /// The server names the part size when the session starts.
    Server,
    /// The client names a part size.
    ClientBySize,
    /// The client names a number of parts.
    ClientByCount,
}

/// What the vendor can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Who decides how a file divides.
    pub planner: Planner,
    /// An open session's links can be renewed.
    pub refresh: bool,
    /// The vendor tells which parts it has.
    pub list: bool,
    /// A session can be thrown away.
    pub abort: bool,
    /// The vendor can be asked about a finished file.
    pub verify: bool,
    /// The vendor looks for files that it has already, and wants this hash of the file before the session starts.
    pub wants_hash: Option<HashAlgorithm>,
    /// Opening a session twice does no harm, so an unanswered start may be repeated.
    pub start_repeatable: bool,
    /// The address of a finished file is open to whoever has it (else: "sign-in needed").
    pub link_is_open: bool,
    /// An ETag that the storage gives, where it has the form of an MD5, is the MD5 of the bytes. `false`: somebody said that its ETags are
    /// none, so one that differs proves nothing.
    pub etag_is_md5: bool,
    /// Part targets are signed here, with the key: they cost nothing, so they are not written down, and a storage that forbids one
    /// forbids it to the key.
    pub signs_links: bool,
}
