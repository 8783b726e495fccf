//! Tests the conformance suite itself: a correct provider passes, and each flaw is found.

#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside the test functions")]

mod destination;
mod flaws;
mod provider;
mod server;

use partway_provider::conformance;

use crate::destination::Memory;

mod who_can_do_all {
    use super::{Memory, conformance};

    conformance! {
        #[tokio::test]
        Memory::new(None)
    }
}

mod who_can_do_little {
    use super::{Memory, conformance};

    conformance! {
        #[tokio::test]
        Memory::that_can_do_little(),
        skipping: [expired_links_are_renewed, the_list_tells_what_was_sent, an_aborted_session_is_gone]
    }
}
