//! At which step of an upload a fault strikes, and how often.

/// The step of an upload that a request belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Start,
    Part,
    /// A file that is sent whole, in one request.
    Put,
    Complete,
    /// Listing the parts.
    List,
    /// Fresh links.
    Refresh,
    /// Aborting the session.
    Abort,
    /// Asking about the file after complete.
    Verify,
    /// Exchanging user name and password for a token.
    Authenticate,
    /// Registering a finished file with the vendor.
    Register,
    /// Listing the open uploads.
    Uploads,
    /// Downloading a finished file.
    Get,
    /// Listing the files.
    Objects,
    /// Deleting a finished file.
    Delete,
    /// The bucket itself.
    Bucket,
    /// A connection, before any request.
    Connection,
}

impl Step {
    /// The name used in faults and in the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Part => "part",
            Self::Put => "put",
            Self::Complete => "complete",
            Self::List => "list",
            Self::Refresh => "refresh",
            Self::Abort => "abort",
            Self::Verify => "verify",
            Self::Authenticate => "authenticate",
            Self::Register => "register",
            Self::Uploads => "uploads",
            Self::Get => "get",
            Self::Objects => "objects",
            Self::Delete => "delete",
            Self::Bucket => "bucket",
            Self::Connection => "connection",
        }
    }
}

/// Which of the matching requests are struck.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Times {
    /// `:3`, the first three.
    First(u64),
    /// `:every3`, the third, the sixth and so on.
    Every(u64),
    /// `:at3`, the third and no other.
    At(u64),
    /// `:10%`, this percentage at random.
    Share(f64),
    /// `:always`.
    Always,
    /// `:session`, all requests of the first session met, so that a new session gets through.
    FirstSession,
    /// `:links`, all requests with the first links met, so that fresh ones or a new session get through.
    FirstLinks,
}
