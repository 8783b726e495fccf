//! Gjirafa Video Platform: uploads below a project, in a client's own number of parts, with a list, fresh links and an abort.

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

/// Its name.
pub(crate) const KIND: &str = "gjirafa";
/// Its base URL's path.
const BASE: &str = "/gjirafa";

/// One project of Gjirafa.
pub(crate) struct Gjirafa {
    pub(crate) account: Account,
    /// Seconds that links live at most.
    pub(crate) ttl: u64,
    /// Which parts get fresh links.
    pub(crate) resume: Resume,
    /// What parts must be to make an object.
    pub(crate) rules: Rules,
}
