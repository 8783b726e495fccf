//! Adding, testing, choosing and removing destinations.

use partway_api::{ApiError, CheckLine, Code, Command, DestinationDraft, Done, KeyDraft, Mark};

use crate::rig::{
    Rig, add, add_destination, destinations, ends, in_keychain, in_variable, list, tell, typed_key,
};

async fn checked(
    app: &partway_app::App,
    draft: DestinationDraft,
    key: KeyDraft,
) -> Result<Vec<CheckLine>, ApiError> {
    match tell(app, Command::Check { draft, key: Some(key), upload: false }).await? {
        Done::Checked { lines } => Ok(lines),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_field_that_cannot_be_used_is_named() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let good = || rig.draft("Fleet");
    let url = |url: &str| DestinationDraft { settings: [("url".into(), url.into())].into(), ..good() };
    let set = |name: &str, value: &str| {
        let mut draft = good();
        draft.settings.insert(name.into(), value.into());
        draft
    };
    let mut zero = good();
    zero.fields.ttl_seconds = Some(0);
    let cases = [
        (rig.draft("  "), rig.key(), "name"),
        (rig.draft(&"x".repeat(81)), rig.key(), "name"),
        (rig.draft("two\nlines"), rig.key(), "name"),
        (rig.draft("ACME"), rig.key(), "name"),
        (url("not an address"), rig.key(), "url"),
        (url("http://acme.example"), rig.key(), "url"),
        (url("ftp://acme.example"), rig.key(), "url"),
        (DestinationDraft { kind: "fax".into(), ..good() }, rig.key(), "kind"),
        (set("auth", "smile"), rig.key(), "auth"),
        (set("project", "p1"), rig.key(), "project"),
        (zero, rig.key(), "ttl_seconds"),
        (good(), typed_key("  "), "key"),
        (good(), typed_key("two words"), "key"),
        (good(), typed_key("line\nbreak"), "key"),
        (good(), typed_key(&"k".repeat(20_000)), "key"),
        (good(), in_variable("1ST"), "key"),
        (good(), in_variable("A=B"), "key"),
    ];
    let mut told = Vec::new();
    for (draft, key, field) in cases {
        let error = add_destination(&app, draft, key).await.unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (Code::Field, Some(field)), "{error}");
        told.push(format!("{field}: {}", error.message.replace(&"x".repeat(81), "x…")));
    }
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(destinations(&app).await.len(), 1, "nothing of them was kept");
}

#[tokio::test]
async fn a_test_says_what_was_seen_and_ticks_nothing_that_cannot_be_known() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let lines = checked(&app, rig.draft("Acme"), rig.key()).await.unwrap();
    let marks: Vec<_> = lines.iter().map(|line| (line.about.as_str(), line.mark)).collect();
    assert_eq!(marks, [("host", Mark::Good), ("clock", Mark::Good), ("key", Mark::Unknown)]);
    assert!(lines[2].text.contains("only at the first upload"), "{}", lines[2].text);

    let lines = checked(&app, rig.draft("Acme"), typed_key("wrong")).await.unwrap();
    assert_eq!((lines[2].mark, lines[2].text.contains("does not accept this key")), (Mark::Bad, true));

    let mut nowhere = rig.draft("Acme");
    nowhere.settings.insert("url".into(), "http://127.0.0.1:9".into());
    let lines = checked(&app, nowhere, rig.key()).await.unwrap();
    assert_eq!((lines[0].mark, lines[0].text.contains("was not reached")), (Mark::Bad, true));

    let keychain = in_keychain(&rig.sandbox.key);
    let lines = checked(&app, rig.draft("Acme"), keychain).await.unwrap();
    assert_eq!((lines[3].about.as_str(), lines[3].mark), ("kept", Mark::Bad));
}

#[tokio::test]
async fn a_clock_that_is_far_off_is_a_fault_of_this_computer_and_told_as_one() {
    let rig = Rig::with(|options| {
        options.skew = 1200;
        options.faults.push("clock-skew@start:always".into());
    })
    .await;
    let app = rig.open().await;
    let lines = checked(&app, rig.draft("Acme"), rig.key()).await.unwrap();
    if lines[1].mark == Mark::Bad {
        assert!(lines[1].text.contains("about 20 min behind"), "{}", lines[1].text);
    } else {
        panic!("{lines:?}");
    }
}

#[tokio::test]
async fn the_first_real_one_is_chosen_and_the_users_choice_after_that() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    assert!(rig.destination(&app, "Acme").await.chosen);
    let fleet = rig.destination(&app, "Fleet").await;
    assert!(!fleet.chosen);
    tell(&app, Command::UseDestination { id: fleet.id.clone(), folder: None }).await.unwrap();
    let chosen = async || -> Vec<String> {
        destinations(&app).await.into_iter().filter(|to| to.chosen).map(|to| to.name).collect()
    };
    assert_eq!(chosen().await, ["Fleet"]);
    tell(&app, Command::RemoveDestination { id: fleet.id }).await.unwrap();
    assert_eq!(chosen().await, ["Acme"]);
}

#[tokio::test]
async fn a_removed_destination_keeps_its_name_in_the_list() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let acme = rig.destination(&app, "Acme").await;
    let (_, jobs, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
    ends(&app, &jobs[0].id).await;
    let (_, held, _) = add(&app, &[rig.file("b", 10)], None, true).await.unwrap();
    let refused = tell(&app, Command::RemoveDestination { id: acme.id.clone() }).await.unwrap_err();
    assert_eq!(refused.code, Code::Refused);
    tell(&app, Command::Cancel { jobs: crate::rig::one(&held[0].id) }).await.unwrap();
    ends(&app, &held[0].id).await;
    tell(&app, Command::RemoveDestination { id: "acme".into() }).await.unwrap();
    assert!(destinations(&app).await.is_empty());
    assert!(list(&app).await.iter().all(|line| line.destination == "Acme"));
}
