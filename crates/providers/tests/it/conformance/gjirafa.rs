//! Gjirafa.

use partway_core::RetryClass::Again;
use partway_provider::{Fields, conformance};
use partway_sandbox::{AfterComplete, Resume};

use super::refusals;
use super::sandbox::{Kind, Sandbox};

const KIND: Kind = Kind {
    name: "gjirafa",
    part_size: 5 << 20,
    mime: "video/mp4",
    session: |_, session| session["requestKey"].as_str().map(str::to_owned),
    wrong_key: "not-the-key",
    settings: &[],
    // Its title belongs to the video that a finished file is registered as, which has its own tests.
    fields: Fields::default,
    arrived: |_| Fields::default(),
    refusals: || {
        let in_its_words =
            ("complete-200-with-error@complete", Again, "keeps-failing", "could not be completed");
        refusals::of_json(false, &[in_its_words])
    },
    options: |_| {},
};

conformance! {
    #[tokio::test]
    Sandbox::start(KIND).await,
    skipping: [fields_arrive]
}

/// The answer to a second complete is not public, so the case must hold with each of the three.
#[tokio::test]
async fn a_second_complete_is_yes_or_conflict_in_each_of_three_ways() {
    for after in [AfterComplete::Same, AfterComplete::Gone, AfterComplete::Conflict] {
        let sandbox = Sandbox::with(KIND, |options| options.after_complete = after).await;
        assert_eq!(conformance::a_second_complete_is_yes_or_conflict(&sandbox).await, Ok(()), "{after:?}");
    }
}

/// It is not public either whether fresh links come for all parts or only for the missing ones.
#[tokio::test]
async fn expired_links_are_renewed_in_both_ways() {
    for resume in [Resume::All, Resume::Missing] {
        let sandbox = Sandbox::with(KIND, |options| options.resume = resume).await;
        assert_eq!(conformance::expired_links_are_renewed(&sandbox).await, Ok(()), "{resume:?}");
    }
}
