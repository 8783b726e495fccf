//! Contradictory links in a reply.

use serde_json::Value;

use crate::faults::effect::Reply;

/// Gives the second part the first one's link, or swaps the two. A reply with one link stays as it is.
pub(crate) fn links_confused(links: &mut [Value], how: Reply) {
    if let [first, second, ..] = links {
        match how {
            Reply::LinksSwapped => std::mem::swap(first, second),
            _ => second.clone_from(first),
        }
    }
}
