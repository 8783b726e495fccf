//! Storage as S3 behaves behind presigned URLs: every kind hands out links to it.

pub(crate) mod headers;
pub(crate) mod link;
pub(crate) mod put;
pub(crate) mod query;
pub(crate) mod receive;
pub(crate) mod refusal;
pub(crate) mod sign;
