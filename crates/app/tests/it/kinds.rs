//! Every kind of destination that the sandbox speaks: set up from its first line, tested, used.

use std::collections::BTreeMap;

use partway_api::{
    CheckLine, Command, DestinationDraft, DestinationState, Done, FieldsDraft, KeyDraft, Mark, StateName,
};
use partway_app::App;

use crate::rig::{Rig, add, add_destination, destinations, ends, tell, typed_key};

/// The sandbox's description of itself, one entry per kind: the draft and key that a user would enter.
pub(crate) fn entries(rig: &Rig) -> Vec<(DestinationDraft, KeyDraft)> {
    let line = serde_json::to_value(&rig.sandbox.first_line).unwrap();
    let entries = line["destinations"].as_array().unwrap();
    let known = partway_app::built_in_kinds();
    let known = |entry: &&serde_json::Value| known.iter().any(|kind| entry["kind"] == kind.kind.as_str());
    entries.iter().filter(known).map(entry).collect()
}

fn entry(entry: &serde_json::Value) -> (DestinationDraft, KeyDraft) {
    let mut fields: BTreeMap<String, String> =
        serde_json::from_value(entry.clone()).expect("the fields of an entry are text");
    let kind = fields.remove("kind").unwrap();
    let key = KeyDraft::ThisSession {
        key: fields.remove("key").unwrap(),
        secret: fields.remove("secret"),
        session_token: fields.remove("session_token"),
    };
    (DestinationDraft { name: kind.clone(), kind, settings: fields, fields: FieldsDraft::default() }, key)
}

pub(crate) fn of_kind(rig: &Rig, kind: &str) -> (DestinationDraft, KeyDraft) {
    entries(rig).into_iter().find(|(draft, _)| draft.kind == kind).unwrap()
}

pub(crate) async fn checked(app: &App, id: &str, upload: bool) -> Vec<CheckLine> {
    match tell(app, Command::CheckDestination { id: id.into(), upload }).await.unwrap() {
        Done::Checked { lines } => lines,
        other => panic!("{other:?}"),
    }
}

fn marks(lines: &[CheckLine]) -> Vec<(&str, Mark)> {
    lines.iter().map(|line| (line.about.as_str(), line.mark)).collect()
}

#[tokio::test]
async fn every_kind_is_set_up_tested_and_takes_a_file() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let entries = entries(&rig);
    assert!(entries.len() >= 3, "the sandbox speaks at least three kinds");
    for (draft, key) in entries {
        let kind = draft.kind.clone();
        add_destination(&app, draft, key).await.unwrap();
        let lines = checked(&app, &kind, true).await;
        let mut all = ["host", "clock", "key", "kept", "upload"].map(|about| (about, Mark::Good)).to_vec();
        // For kinds whose files have names of their own, names can collide.
        all.extend((kind == "s3").then_some(("replace", Mark::Good)));
        assert_eq!(marks(&lines), all, "{kind}: {lines:#?}");
        let file = rig.file(&format!("{kind}.mp4"), 2_500);
        let (_, jobs, _) = add(&app, std::slice::from_ref(&file), Some(&kind), false).await.unwrap();
        let end = ends(&app, &jobs[0].id).await;
        assert!(matches!(end.state, StateName::Verified | StateName::Uploaded), "{kind}: {end:#?}");
    }
}

#[tokio::test]
async fn without_a_tiny_file_nothing_is_ticked_that_only_an_upload_can_tell() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let (draft, key) = of_kind(&rig, "autorender");
    add_destination(&app, draft, key).await.unwrap();
    let lines = checked(&app, "autorender", false).await;
    assert_eq!(
        marks(&lines),
        [("host", Mark::Good), ("clock", Mark::Good), ("key", Mark::Unknown), ("kept", Mark::Good)]
    );
}

#[tokio::test]
async fn a_key_that_only_the_upload_tells_as_refused_is_told_as_refused() {
    let rig = Rig::with(|options| options.faults.push("401-key@start:always".into())).await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let lines = checked(&app, "Acme", true).await;
    let bad: Vec<_> = lines.iter().filter(|line| line.mark == Mark::Bad).collect();
    assert_eq!(
        bad.iter().map(|line| line.about.as_str()).collect::<Vec<_>>(),
        ["key", "upload"],
        "{lines:#?}"
    );
    assert!(bad.iter().all(|line| line.refused), "{lines:#?}");
}

#[tokio::test]
async fn without_a_key_server_and_clock_are_seen_all_the_same() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    for (mut draft, _) in entries(&rig) {
        let name = draft.name.clone();
        if name == "record360" {
            draft.settings.insert("user".into(), "partway".into());
        }
        let secret_variable = (name == "s3").then(|| "NOR_THIS".to_owned());
        let key =
            KeyDraft::Environment { variable: "NOPE".into(), secret_variable, session_token_variable: None };
        add_destination(&app, draft, key).await.unwrap();
        let lines = checked(&app, &name, true).await;
        assert_eq!(
            marks(&lines),
            [
                ("host", Mark::Good),
                ("clock", Mark::Good),
                ("key", Mark::Unknown),
                ("kept", Mark::Bad),
                ("upload", Mark::Unknown)
            ],
            "{name}: {lines:#?}"
        );
        assert!(lines[3].text.contains("NOPE is not set"), "{}", lines[3].text);
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_told_beside_what_was_seen() {
    let mut rig = Rig::new().await;
    rig.variables.insert("ACME".into(), "AKIAIOSFODNN7EXAMPLE".into());
    let app = rig.open().await;
    add_destination(&app, rig.draft("Acme"), crate::rig::in_variable("ACME")).await.unwrap();
    let lines = checked(&app, "acme", false).await;
    assert_eq!(
        marks(&lines),
        [("host", Mark::Good), ("clock", Mark::Good), ("key", Mark::Bad), ("kept", Mark::Good)]
    );
    assert!(lines[2].text.contains("access key id of AWS") && lines[2].refused, "{lines:#?}");
}

#[tokio::test]
async fn a_key_of_s3_that_may_only_read_is_never_ticked() {
    let rig = Rig::with(|options| options.faults.push("403-permission@put:always".into())).await;
    let app = rig.open().await;
    let (draft, key) = of_kind(&rig, "s3");
    add_destination(&app, draft, key).await.unwrap();
    for upload in [false, true] {
        let lines = checked(&app, "s3", upload).await;
        assert_eq!(marks(&lines)[2], ("key", Mark::Unknown), "{lines:#?}");
        assert_eq!(lines.iter().any(|line| line.about == "upload" && line.mark == Mark::Bad), upload);
    }
}

#[tokio::test]
async fn a_key_of_s3_is_ticked_only_once_an_upload_went_through() {
    let rig = Rig::with(|options| options.faults.push("403-permission@put:1".into())).await;
    let app = rig.open().await;
    let (draft, key) = of_kind(&rig, "s3");
    let mut nowhere = DestinationDraft { name: "nowhere".into(), ..draft.clone() };
    nowhere.settings.insert("bucket".into(), "not-there".into());
    add_destination(&app, nowhere, key.clone()).await.unwrap();
    let lines = checked(&app, "nowhere", true).await;
    let key_line = lines.iter().find(|line| line.about == "key").unwrap();
    assert_ne!(key_line.mark, Mark::Good, "nobody took anything signed with it: {lines:#?}");

    add_destination(&app, draft, key).await.unwrap();
    for (name, arrives, known) in
        [("a.mp4", false, DestinationState::Unknown), ("b.mp4", true, DestinationState::Good)]
    {
        let (_, jobs, _) = add(&app, &[rig.file(name, 10)], Some("s3"), false).await.unwrap();
        let end = ends(&app, &jobs[0].id).await;
        assert_eq!(end.state == StateName::Verified, arrives, "{end:#?}");
        let all = destinations(&app).await;
        assert_eq!(all.iter().find(|one| one.name == "s3").unwrap().state, known, "{name}");
    }
}

#[tokio::test]
async fn a_user_of_record360_signs_in_with_a_password_of_several_words() {
    let password = "correct horse battery ß";
    let rig = Rig::with(|options| options.password = Some(password.into())).await;
    let app = rig.open().await;
    let (mut draft, _) = of_kind(&rig, "record360");
    draft.settings.insert("user".into(), "partway".into());
    add_destination(&app, draft.clone(), typed_key(password)).await.unwrap();
    let (_, jobs, _) = add(&app, &[rig.file("a.mp4", 10)], None, false).await.unwrap();
    let end = ends(&app, &jobs[0].id).await;
    assert!(matches!(end.state, StateName::Verified | StateName::Uploaded), "{end:#?}");

    draft.name = "Other".into();
    add_destination(&app, draft, typed_key("wrong words")).await.unwrap();
    let lines = checked(&app, "Other", false).await;
    assert!(
        lines.iter().any(|line| line.about == "key" && line.mark == Mark::Bad && line.refused),
        "{lines:#?}"
    );
}

#[tokio::test]
async fn a_key_of_the_wrong_kind_is_told_beside_its_field_and_kept_nowhere() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let with_secret =
        |key: &str| KeyDraft::ThisSession { key: key.into(), secret: Some("s".into()), session_token: None };
    let mut told = Vec::new();
    for (kind, key) in [
        ("gjirafa", typed_key("AKIAIOSFODNN7EXAMPLE")),
        ("gjirafa", typed_key("https://example.com/")),
        ("autorender", typed_key("ASIAIOSFODNN7EXAMPLE")),
        ("autorender", typed_key("eyJhbGciOiJIUzI1NiJ9.e30.c2ln")),
        ("s3", with_secret("eyJhbGciOiJIUzI1NiJ9.e30.c2ln")),
        ("record360", typed_key("AKIAIOSFODNN7EXAMPLE")),
        ("record360", typed_key("hunter2")),
        ("gjirafa", with_secret("k")),
        ("gjirafa", KeyDraft::Chain { profile: None }),
    ] {
        let (draft, _) = of_kind(&rig, kind);
        let error = add_destination(&app, draft, key).await.unwrap_err();
        told.push(format!("{kind} {}: {}", error.field.unwrap(), error.message));
    }
    insta::assert_snapshot!(told.join("\n"));
    assert!(destinations(&app).await.is_empty());
}

#[tokio::test]
async fn settings_come_back_as_they_were_given_and_no_key_is_among_them() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let (mut draft, key) = of_kind(&rig, "gjirafa");
    draft.settings.insert("url_hours".into(), " 24 ".into());
    draft.settings.insert("author".into(), "  ".into());
    let shown = add_destination(&app, draft.clone(), key).await.unwrap();
    draft.settings.insert("url_hours".into(), "24".into());
    draft.settings.remove("author");
    assert_eq!(shown.settings, draft.settings);
}
