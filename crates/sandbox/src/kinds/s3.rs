//! S3 itself, at the root of the server: one bucket, by path or by host, every request signed.

mod access;
mod account;
mod attributes;
mod bucket;
mod door;
mod keys;
mod listed;
mod object;
mod operation;
mod paging;
mod parts;
mod place;
mod reply;
mod request;
mod take;
mod uploads;
mod vendor;

pub(crate) use self::account::Account;
pub(crate) use self::door::{destination, door, elsewhere};
use crate::sessions::choose::Rules;
use crate::storage::sign::Signer;

/// The kind's name.
pub(crate) const KIND: &str = "s3";
/// The one bucket.
pub(crate) const BUCKET: &str = "sandbox";

/// The bucket and its credentials.
pub(crate) struct S3 {
    pub(crate) account: Account,
    /// The signer for its requests.
    pub(crate) signer: Signer,
    /// The rules for parts to make an object.
    pub(crate) rules: Rules,
}
