//! Links of a reply that cannot all be meant.

use serde_json::Value;

use crate::faults::effect::Reply;

/// Gives the second part the first one's link, or each of the two the other's. A reply with one link has nothing to confuse.
pub(crate) fn links_confused(links: &mut [Value], how: Reply) {
    if let [first, second, ..] = links {
        match how {
            Reply::LinksSwapped => std::mem::swap(first, second),
            _ => second.clone_from(first),
        }
    }
}
