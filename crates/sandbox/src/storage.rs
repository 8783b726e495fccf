//! Storage that behaves like S3: the presigned links that every kind hands out, and the rules that the S3
//! kind shares with them.

pub(crate) mod authorization;
pub(crate) mod crc;
pub(crate) mod digest;
pub(crate) mod headers;
pub(crate) mod keep;
pub(crate) mod link;
pub(crate) mod presigned;
pub(crate) mod put;
pub(crate) mod query;
pub(crate) mod receive;
pub(crate) mod refusal;
pub(crate) mod send;
pub(crate) mod sign;
pub(crate) mod xml;
