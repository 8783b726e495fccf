//! Record360: a GET that begins an upload under the client's own UUID, complete with ETags, tokens that
//! expire.

mod account;
mod fields;
mod reply;
mod routes;
mod steps;
mod sum;
mod token;
mod types;
mod vendor;

pub(crate) use self::account::Account;
pub(crate) use self::routes::{destination, routes};
use crate::options::Checksum;
use crate::sessions::choose::Rules;

/// The kind's name.
pub(crate) const KIND: &str = "record360";
/// The path of its base URL.
const BASE: &str = "/record360";

/// One account at Record360.
pub(crate) struct Record360 {
    pub(crate) account: Account,
    /// The user's password, if it overrides the account's.
    pub(crate) password: Option<String>,
    /// Lifetime of a token, seconds.
    pub(crate) token_ttl: u64,
    /// Longest lifetime of links, seconds.
    pub(crate) ttl: u64,
    /// What complete returns as the checksum of the whole file.
    pub(crate) checksum: Checksum,
    /// The rules for parts to make an object.
    pub(crate) rules: Rules,
}
