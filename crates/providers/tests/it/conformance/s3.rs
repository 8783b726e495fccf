//! S3, against the sandbox and against a third-party server.

use std::collections::BTreeMap;
use std::path::Path;

use partway_provider::{Fields, conformance};
use serde_json::Value;

use super::refusals;
use super::sandbox::{Kind, Sandbox};
use super::weed::Weed;

const KIND: Kind = Kind {
    name: "s3",
    part_size: 5 << 20,
    mime: "video/quicktime",
    session: |sessions, session| newest_of_key(sessions, session["key"].as_str()?),
    wrong_key: "AKIANOTTHEKEYATALL00",
    settings: &[("link_hours", "1")],
    fields: || Fields {
        metadata: BTreeMap::from([("scene".to_owned(), "12 \"b\"".to_owned())]),
        ..Fields::default()
    },
    arrived: |about| {
        let headers = &about["own"];
        let scene = headers["x-amz-meta-scene"].as_str().map(|scene| ("scene".to_owned(), scene.to_owned()));
        Fields { metadata: scene.into_iter().collect(), ..Fields::default() }
    },
    refusals: refusals::of_s3,
    options: |_| {},
};

/// The session that stored this key last: a single PUT has no id that the client knows.
fn newest_of_key(sessions: &Path, key: &str) -> Option<String> {
    let read = |path: &Path| serde_json::from_slice::<Value>(&std::fs::read(path).ok()?).ok();
    let stored = |path: &Path| {
        let about = read(&path.join("session.json"))?;
        let done = read(&path.join("done.json"))?;
        (about["key"] == key)
            .then(|| (done["at"].as_str().unwrap().to_owned(), about["id"].as_str().unwrap().to_owned()))
    };
    let all = std::fs::read_dir(sessions).unwrap().filter_map(|entry| stored(&entry.unwrap().path()));
    all.max().map(|(_, id)| id)
}

mod sandbox {
    use super::{KIND, Sandbox, conformance};

    conformance! {
        #[tokio::test]
        Sandbox::start(KIND).await
    }
}

mod real {
    use super::{Weed, conformance};

    conformance! {
        #[tokio::test]
        Weed::new(),
        // Its clock is the computer's own, and it fails only when it must.
        skipping: [expired_links_are_renewed, after_expired_links_a_new_session_works, every_refusal_is_decoded]
    }
}
