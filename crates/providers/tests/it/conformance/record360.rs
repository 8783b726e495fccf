//! Record360.

use partway_core::RetryClass::{Conflict, Refused, Unknown};
use partway_provider::{Fields, conformance};
use partway_sandbox::AfterComplete;

use super::refusals;
use super::sandbox::{Kind, Sandbox};

const KIND: Kind = Kind {
    name: "record360",
    part_size: 5 << 20,
    mime: "video/quicktime",
    session: |_, session| session["upload_id"].as_str().map(str::to_owned),
    wrong_key: "not.the.token",
    settings: &[],
    // Nothing can be set besides name and type.
    fields: Fields::default,
    arrived: |_| Fields::default(),
    refusals: || {
        // Its start creates something, so it is retried only if the answer proves that it did not.
        let unsure = [
            ("500-once@start", Unknown, "keeps-failing", "internal error"),
            ("502@start", Unknown, "keeps-failing", "Bad Gateway"),
            ("html-instead-of-json@start", Unknown, "broken-reply", "web page"),
            ("captive-portal@start", Unknown, "broken-reply", "web page"),
            ("409-conflict@start", Unknown, "refused", "conflicting"),
        ];
        let done_perhaps = ("complete-409@complete", Conflict, "never-confirmed", "conflicting");
        // It gives no code, so nothing says that it is transient.
        let plain = ("complete-200-with-error@complete", Refused, "refused", "could not be completed");
        refusals::of_json(false, &[&unsure[..], &[done_perhaps, plain]].concat())
    },
    options: |_| {},
};

conformance! {
    #[tokio::test]
    Sandbox::start(KIND).await,
    skipping: [
        fields_arrive,
        expired_links_are_renewed,
        the_list_tells_what_was_sent,
        an_aborted_session_is_gone,
    ]
}

/// The answer to a second complete is not public, so the case must hold with each of the three.
#[tokio::test]
async fn a_second_complete_is_yes_or_conflict_in_each_of_three_ways() {
    for after in [AfterComplete::Same, AfterComplete::Gone, AfterComplete::Conflict] {
        let sandbox = Sandbox::with(KIND, |options| options.after_complete = after).await;
        assert_eq!(conformance::a_second_complete_is_yes_or_conflict(&sandbox).await, Ok(()), "{after:?}");
    }
}
