//! Storages that silently overwrite files: this cannot be prevented, so it is detected, remembered and shown.

use partway_api::{CheckLine, Command, Done, Mark, StateName};
use partway_app::App;

use crate::kinds::{checked, of_kind};
use crate::rig::{Rig, add, add_destination, destinations, ends, tell};

/// Larger than the sandbox's smallest part, in bytes.
const LARGE: usize = 17 << 20;

async fn rig(faults: &[&str]) -> Rig {
    Rig::with(|options| options.faults = faults.iter().map(|fault| (*fault).to_owned()).collect()).await
}

fn replace(lines: Vec<CheckLine>) -> CheckLine {
    lines.into_iter().find(|line| line.about == "replace").unwrap()
}

/// Uploads a file and returns whether its history notes the overwriting.
async fn is_noted(app: &App, rig: &Rig, name: &str, size: usize) -> bool {
    let (_, jobs, _) = add(app, &[rig.file(name, size)], None, false).await.unwrap();
    let end = ends(app, &jobs[0].id).await;
    assert_eq!(end.state, StateName::Verified, "{name}: {end:?}");
    match tell(app, Command::Detail { job: jobs[0].id.clone() }).await.unwrap() {
        Done::Detail { detail } => format!("{detail:?}").contains("replaces what is there without asking"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_test_with_a_tiny_file_finds_it_out_it_is_kept_and_noted_with_each_file() {
    for (faults, words, small, large) in [
        (&[][..], "never replaced", false, false),
        (&["condition-ignored@put", "condition-ignored@complete"], "asking. Partway looks", true, true),
        (&["condition-ignored@complete"], "by files that go in several parts", false, true),
        (&["condition-ignored@put"], "by files that go in one part", true, false),
        (&["condition-unknown@put", "condition-unknown@complete"], "asking. Partway looks", true, true),
    ] {
        let mut rig = rig(faults).await;
        let app = rig.open().await;
        let (draft, key) = of_kind(&rig, "s3");
        add_destination(&app, draft, key).await.unwrap();
        let unknown = replace(checked(&app, "s3", false).await);
        assert!(
            unknown.mark == Mark::Unknown && unknown.text.contains("not known"),
            "{faults:?}: {unknown:?}"
        );
        let known = replace(checked(&app, "s3", true).await);
        assert!(known.text.contains(words), "{faults:?}: {known:?}");
        let bad = small || large;
        assert_eq!(known.mark, if bad { Mark::Unknown } else { Mark::Good }, "{faults:?}");
        app.close(std::time::Duration::ZERO).await;

        // The next process knows it, too.
        let (_, key) = of_kind(&rig, "s3");
        let partway_api::KeyDraft::ThisSession { key, secret, session_token } = key else { panic!("a key") };
        rig.lent = vec![(None, partway_api::LentKey { key, secret, session_token })];
        let app = rig.open().await;
        assert_eq!(replace(checked(&app, "s3", false).await).text, known.text, "{faults:?}");
        assert_eq!(destinations(&app).await[0].note.is_some(), bad, "{faults:?}");
        assert_eq!(is_noted(&app, &rig, "small", 1_000).await, small, "{faults:?}");
        assert_eq!(is_noted(&app, &rig, "large", LARGE).await, large, "{faults:?}");
    }
}

#[tokio::test]
async fn an_upload_that_went_only_without_the_condition_shows_it_too() {
    for (fault, size) in [("condition-unknown@put", 1_000), ("condition-unknown-request@complete", LARGE)] {
        let rig = rig(&[fault]).await;
        let app = rig.open().await;
        let (draft, key) = of_kind(&rig, "s3");
        add_destination(&app, draft, key).await.unwrap();
        assert!(destinations(&app).await[0].note.is_none(), "{fault}: nothing was seen yet");
        assert!(is_noted(&app, &rig, "a", size).await, "{fault}");
        assert!(destinations(&app).await[0].note.is_some(), "{fault}");
    }
}

#[tokio::test]
async fn what_a_test_showed_before_the_destination_was_saved_is_kept_with_it() {
    let rig = rig(&["condition-ignored@put"]).await;
    let app = rig.open().await;
    let (draft, key) = of_kind(&rig, "s3");
    let check = Command::Check { draft: draft.clone(), key: Some(key.clone()), upload: true };
    tell(&app, check).await.unwrap();
    add_destination(&app, draft, key).await.unwrap();
    assert!(destinations(&app).await[0].note.is_some());
}
