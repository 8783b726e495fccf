//! AutoRender.

use std::collections::BTreeMap;

use partway_provider::Fields;
use partway_provider::conformance;
use partway_sandbox::AfterComplete;
use serde_json::Value;

use super::refusals;
use super::sandbox::{Kind, Sandbox};

const KIND: Kind = Kind {
    name: "autorender",
    part_size: 64 << 10,
    mime: "video/quicktime",
    session: |_, session| session["session_id"].as_str().map(str::to_owned),
    wrong_key: "not-the-key",
    settings: &[],
    fields: || Fields {
        folder: Some("dailies/day 3 ä".to_owned()),
        tags: vec!["two words".to_owned(), "映像".to_owned()],
        metadata: BTreeMap::from([
            ("scene".to_owned(), "12 \"b\"".to_owned()),
            ("ü".to_owned(), "ñ".to_owned()),
        ]),
        custom_id: Some("c-1/ä".to_owned()),
        ..Fields::default()
    },
    arrived: |about| Fields {
        folder: about["folder"].as_str().map(str::to_owned),
        tags: list(&about["own"]["tags"]),
        metadata: serde_json::from_value(about["own"]["metadata"].clone()).unwrap_or_default(),
        custom_id: about["own"]["custom_id"].as_str().map(str::to_owned),
        ..Fields::default()
    },
    refusals: || refusals::of_json(true, &[]),
    options: |_| {},
};

fn list(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

conformance! {
    #[tokio::test]
    Sandbox::start(KIND).await,
    skipping: [expired_links_are_renewed, the_list_tells_what_was_sent, an_aborted_session_is_gone]
}

/// AutoRender's answer to a second complete is not documented, so the case must hold with each of the three.
#[tokio::test]
async fn a_second_complete_is_yes_or_conflict_in_each_of_three_ways() {
    for after in [AfterComplete::Same, AfterComplete::Gone, AfterComplete::Conflict] {
        let sandbox = Sandbox::with(KIND, |options| options.after_complete = after).await;
        assert_eq!(conformance::a_second_complete_is_yes_or_conflict(&sandbox).await, Ok(()), "{after:?}");
    }
}
