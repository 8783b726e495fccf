//! Destination settings typed slightly wrong: corrected and reported, or refused; and who is to blame for a
//! key.

use std::path::Path;

use partway_api::{CheckLine, Command, DestinationDraft, DestinationView, Done, KeyDraft, Mark, StateName};
use partway_app::App;

use crate::kinds::of_kind;
use crate::rig::{Rig, add, add_destination, ends, in_variable, tell};

/// The destination as stored, and the message about what was amended.
async fn kept(app: &App, draft: DestinationDraft, key: KeyDraft) -> (DestinationView, Option<String>) {
    match tell(app, Command::AddDestination { draft, key }).await.unwrap() {
        Done::Destination { destination, amended, .. } => (destination, amended),
        other => panic!("{other:?}"),
    }
}

/// Files under a folder, by relative path.
fn files(under: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![under.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path().strip_prefix(under).unwrap().to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    found
}

#[tokio::test]
async fn a_bucket_in_the_address_is_taken_once_and_that_is_said() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let (plain, key) = of_kind(&rig, "s3");
    let (url, bucket) =
        (plain.settings["url"].trim_end_matches('/').to_owned(), plain.settings["bucket"].clone());
    for (name, with_bucket) in [("both", true), ("address", false)] {
        let mut draft = DestinationDraft { name: name.into(), ..plain.clone() };
        draft.settings.insert("url".into(), format!("{url}/{bucket}/"));
        if !with_bucket {
            draft.settings.remove("bucket");
        }
        let check = Command::Check { draft: draft.clone(), key: Some(key.clone()), upload: false };
        let Done::Checked { lines } = tell(&app, check).await.unwrap() else { panic!("not checked") };
        let CheckLine { about, mark, text, .. } = &lines[0];
        assert_eq!((about.as_str(), *mark), ("typed", Mark::Good), "{lines:#?}");
        assert!(text.contains(&url) && text.contains(&bucket), "{text}");

        let (view, amended) = kept(&app, draft, key.clone()).await;
        assert_eq!(amended.as_ref(), Some(text));
        assert_eq!((&view.settings["url"], &view.settings["bucket"]), (&url, &bucket));
        let (_, jobs, _) =
            add(&app, &[rig.file(&format!("{name}.mov"), 10)], Some(name), false).await.unwrap();
        let end = ends(&app, &jobs[0].id).await;
        assert_eq!(end.state, StateName::Verified, "{end:#?}");
    }
    let mut there = files(&rig.folder.path().join("sandbox").join("objects"));
    there.sort();
    assert_eq!(there, ["address.mov", "both.mov"], "at the top of the bucket, and in no folder of its name");
    // Correct input needs no message.
    assert_eq!(kept(&app, plain, key).await.1, None);
}

#[tokio::test]
async fn an_id_that_equals_its_secret_is_a_key_like_any_other() {
    let first = Rig::new().await;
    let remembered = std::fs::read(first.folder.path().join("sandbox").join("sandbox.json")).unwrap();
    for word in ["minioadmin", "test", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        let mut settings: serde_json::Value = serde_json::from_slice(&remembered).unwrap();
        settings["s3"]["key"] = word.into();
        settings["s3"]["secret"] = word.into();
        settings["port"] = 0.into();
        let rig = Rig::with(|options| {
            std::fs::create_dir(&options.dir).unwrap();
            std::fs::write(options.dir.join("sandbox.json"), settings.to_string()).unwrap();
        })
        .await;
        let app = rig.open().await;
        let (draft, key) = of_kind(&rig, "s3");
        add_destination(&app, draft, key).await.unwrap();
        let (_, jobs, _) = add(&app, &[rig.file("a.mov", 10)], None, false).await.unwrap();
        assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified, "{word}");
    }
}

#[tokio::test]
async fn a_key_that_was_never_shown_to_the_service_is_not_told_as_refused_by_it() {
    let mut rig = Rig::new().await;
    rig.headless = true;
    rig.variables.insert("ACME".into(), "AKIAIOSFODNN7EXAMPLE".into());
    let app = rig.open().await;
    add_destination(&app, rig.draft("Acme"), in_variable("ACME")).await.unwrap();
    add_destination(&app, rig.draft("Unset"), in_variable("NOT_SET")).await.unwrap();
    let mut told = Vec::new();
    for to in ["Acme", "Unset"] {
        let (_, jobs, _) = add(&app, &[rig.file(&format!("{to}.mov"), 10)], Some(to), false).await.unwrap();
        told.push(ends(&app, &jobs[0].id).await.reason.unwrap());
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    The key for Acme cannot be used, so Acme.mov waits; nothing is lost. This is an access key id of AWS, not a key of AutoRender. Copy the key from there.
    There is no key for Unset at hand: the environment variable NOT_SET is not set. Unset.mov waits, nothing is lost. Give Unset its key.
    ");
}
