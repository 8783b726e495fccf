//! Where on the way of a file a fault strikes, and how often.

/// A request's place on the way of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Start,
    Part,
    /// A file that comes whole, in one request.
    Put,
    Complete,
    /// Which parts are there.
    List,
    /// Fresh links.
    Refresh,
    /// The session is given up.
    Abort,
    /// What became of it, asked after complete.
    Verify,
    /// A user name and a password for a token.
    Authenticate,
    /// What a vendor makes of a finished file.
    Register,
    /// Which uploads are open.
    Uploads,
    /// A finished file comes back.
    Get,
    /// Which files are there.
    Objects,
    /// A finished file is taken away.
    Delete,
    /// The bucket itself.
    Bucket,
    /// A connection, before anything came over it.
    Connection,
}

impl Step {
    /// As it is written, here and in the log.
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

/// Which of the requests that match are struck.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Times {
    /// `:3`, the first three.
    First(u64),
    /// `:every3`, the third, the sixth and so on.
    Every(u64),
    /// `:at3`, the third and no other.
    At(u64),
    /// `:10%`, so many of a hundred, by chance.
    Share(f64),
    /// `:always`.
    Always,
    /// `:session`, all of the session that is met first, so that a new session gets through.
    FirstSession,
    /// `:links`, all with the links that are met first, so that fresh ones or a new session get through.
    FirstLinks,
}
