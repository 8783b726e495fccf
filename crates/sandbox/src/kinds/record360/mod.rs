//! Record360: a GET that begins an upload under the client's own UUID, complete with ETags, tokens that end.

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

/// Its name.
pub(crate) const KIND: &str = "record360";
/// Its base URL's path.
const BASE: &str = "/record360";

/// One account at Record360.
pub(crate) struct Record360 {
    pub(crate) account: Account,
    /// The user's password, where it is not the account's own.
    pub(crate) password: Option<String>,
    /// Seconds that a token is good.
    pub(crate) token_ttl: u64,
    /// Seconds that links live at most.
    pub(crate) ttl: u64,
    /// What complete says of the whole file.
    pub(crate) checksum: Checksum,
    /// What parts must be to make an object.
    pub(crate) rules: Rules,
}
