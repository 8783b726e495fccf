//! Gjirafa Video Platform: uploads below a project, with the client's number of parts, a list, fresh links
//! and an abort.

mod account;
mod fields;
mod register;
mod reply;
mod routes;
mod steps;
mod vendor;

pub(crate) use self::account::Account;
pub(crate) use self::routes::{destination, routes};
use crate::options::Resume;
use crate::sessions::choose::Rules;

/// The kind's name.
pub(crate) const KIND: &str = "gjirafa";
/// The path of its base URL.
const BASE: &str = "/gjirafa";

/// One project of Gjirafa.
pub(crate) struct Gjirafa {
    pub(crate) account: Account,
    /// Longest lifetime of links, seconds.
    pub(crate) ttl: u64,
    /// Which parts get fresh links.
    pub(crate) resume: Resume,
    /// The rules for parts to make an object.
    pub(crate) rules: Rules,
}
