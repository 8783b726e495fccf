//! Per-file fields: filled in when files are added, changed before they start, refused where they are
//! entered.

use partway_api::{
    Code, Command, Done, Event, FieldsChange, FieldsDraft, IfExists, JobDetail, Notice, NoticeAction,
    Selection, StateName,
};
use partway_app::App;

use crate::kinds::of_kind;
use crate::rig::{Rig, add, add_destination, add_with, ends, one, tell};
use crate::ticks::{look, next};

async fn detail(app: &App, job: &str) -> JobDetail {
    match tell(app, Command::Detail { job: job.into() }).await.unwrap() {
        Done::Detail { detail } => *detail,
        other => panic!("{other:?}"),
    }
}

async fn notices(app: &App) -> Vec<Notice> {
    next(&mut app.watch(look())).await.notices.unwrap_or_default()
}

fn of_batch(batch: &Option<String>) -> Selection {
    Selection::Batch(batch.clone().unwrap())
}

#[tokio::test]
async fn words_in_braces_are_filled_in_for_each_file_when_it_is_added() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let mut draft = rig.draft("Acme");
    draft.fields.folder = Some("in/{folder}".into());
    draft.fields.tags = vec!["{ext}".into()];
    draft.fields.custom_id = Some("{{{stem}}}".into());
    add_destination(&app, draft, rig.key()).await.unwrap();
    let card = rig.folder.path().join("A001");
    std::fs::create_dir(&card).unwrap();
    std::fs::create_dir(rig.folder.path().join("B002")).unwrap();
    rig.file("A001/clip.1.mov", 10);
    rig.file("A001/other", 10);
    let (clip, other) = (rig.file("B002/clip.1.mov", 10), rig.file("B002/other", 10));
    let (_, jobs, _) = add(&app, &[card, clip, other], None, true).await.unwrap();
    let mut told = Vec::new();
    for job in &jobs {
        let fields = detail(&app, &job.id).await.fields;
        told.push((fields.folder.unwrap(), fields.tags, fields.custom_id.unwrap()));
    }
    let of = |folder: &str, tags: &[&str], id: &str| {
        (folder.to_owned(), tags.iter().map(|&tag| tag.to_owned()).collect::<Vec<_>>(), id.to_owned())
    };
    // The dropped folder, if any, is appended to the destination's folder.
    assert_eq!(
        told,
        [
            of("in/A001/A001", &["mov"], "{clip.1}"),
            of("in/A001/A001", &[""], "{other}"),
            of("in/B002", &["mov"], "{clip.1}"),
            of("in/B002", &[""], "{other}"),
        ]
    );
}

#[tokio::test]
async fn what_is_set_for_one_batch_goes_before_the_destinations_own() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let mut draft = rig.draft("Acme");
    draft.fields.folder = Some("usual".into());
    draft.fields.tags = vec!["usual".into()];
    let acme = add_destination(&app, draft, rig.key()).await.unwrap();
    let header = Command::UseDestination { id: acme.id, folder: Some("header".into()) };
    tell(&app, header).await.unwrap();
    let set = FieldsDraft {
        folder: Some("now".into()),
        custom_id: Some("{stem}-1".into()),
        ..FieldsDraft::default()
    };
    let file = rig.file("a.mov", 10);
    let (_, jobs, _) =
        add_with(&app, std::slice::from_ref(&file), None, true, set, Some("video/mp4")).await.unwrap();
    let found = detail(&app, &jobs[0].id).await;
    assert_eq!((found.fields.folder.as_deref(), found.mime.as_str()), (Some("now"), "video/mp4"));
    assert_eq!((found.fields.tags, found.fields.custom_id.as_deref()), (vec!["usual".into()], Some("a-1")));
    let set = FieldsDraft { tags: vec!["now".into()], ..FieldsDraft::default() };
    let (_, jobs, _) = add_with(&app, std::slice::from_ref(&file), None, true, set, None).await.unwrap();
    let found = detail(&app, &jobs[0].id).await.fields;
    assert_eq!((found.folder.as_deref(), found.tags), (Some("header"), vec!["now".into()]));

    let title = FieldsDraft { title: Some("T".into()), ..FieldsDraft::default() };
    let refused = add_with(&app, std::slice::from_ref(&file), None, true, title, None).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (Code::Field, Some("title")));
    let refused = add_with(&app, &[file], None, true, FieldsDraft::default(), Some("mp4")).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("mime"));
}

#[tokio::test]
async fn a_word_that_is_none_is_told_beside_its_field() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let mut told = Vec::new();
    for (field, text) in [("folder", "{week}"), ("tags", "{name"), ("metadata", "{Name}")] {
        let mut draft = rig.draft("Acme");
        match field {
            "folder" => draft.fields.folder = Some(text.into()),
            "tags" => draft.fields.tags = vec![text.into()],
            _ => drop(draft.fields.metadata.insert("k".into(), text.into())),
        }
        let error = add_destination(&app, draft, rig.key()).await.unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field));
        told.push(error.message);
    }
    insta::assert_snapshot!(told.join("\n"));
    let acme = rig.destination(&app, "Acme").await;
    let folder = Some("{week}".to_owned());
    let error = tell(&app, Command::UseDestination { id: acme.id, folder }).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("folder"));
}

#[tokio::test]
async fn a_batch_and_a_file_are_changed_until_they_start() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let (batch, jobs, _) =
        add(&app, &[rig.file("a.mov", 10), rig.file("b.mov", 10)], None, true).await.unwrap();
    let change = FieldsChange {
        tags: Some(vec!["{stem}".into()]),
        mime: Some("video/mp4".into()),
        ..FieldsChange::default()
    };
    tell(&app, Command::ChangeFields { jobs: of_batch(&batch), change }).await.unwrap();
    let own = FieldsChange { custom_id: Some("b-1".into()), ..FieldsChange::default() };
    tell(&app, Command::ChangeFields { jobs: one(&jobs[1].id), change: own }).await.unwrap();
    let (a, b) = (detail(&app, &jobs[0].id).await, detail(&app, &jobs[1].id).await);
    assert!(a.editable && b.editable);
    assert_eq!((a.fields.tags, a.fields.custom_id, a.mime.as_str()), (vec!["a".into()], None, "video/mp4"));
    assert_eq!((b.fields.tags, b.fields.custom_id), (vec!["b".into()], Some("b-1".into())));

    let wrong = FieldsChange { title: Some("T".into()), ..FieldsChange::default() };
    let refused =
        tell(&app, Command::ChangeFields { jobs: of_batch(&batch), change: wrong }).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("title"), "AutoRender takes no title");

    tell(&app, Command::StartNow { batch: batch.clone().unwrap() }).await.unwrap();
    for job in &jobs {
        ends(&app, &job.id).await;
    }
    assert!(!detail(&app, &jobs[0].id).await.editable);
    let late = FieldsChange { tags: Some(Vec::new()), ..FieldsChange::default() };
    let refused =
        tell(&app, Command::ChangeFields { jobs: of_batch(&batch), change: late }).await.unwrap_err();
    assert_eq!(refused.code, Code::Refused);
}

#[tokio::test]
async fn a_taken_name_is_settled_for_a_batch_or_for_one_file() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let (draft, key) = of_kind(&rig, "s3");
    add_destination(&app, draft, key).await.unwrap();
    let file = rig.file("a.mov", 10);
    let again = async || {
        // Other bytes, so that it cannot pass for the same file.
        std::fs::write(&file, vec![rand(); 11]).unwrap();
        let (batch, jobs, _) = add(&app, std::slice::from_ref(&file), None, false).await.unwrap();
        (batch, jobs[0].id.clone(), ends(&app, &jobs[0].id).await.state)
    };
    assert_eq!(again().await.2, StateName::Verified);
    let (batch, job, state) = again().await;
    assert_eq!(state, StateName::NeedsAttention);
    let asked = notices(&app).await;
    let wanted = |how| NoticeAction::SettleName { batch: batch.clone().unwrap(), how };
    let buttons: Vec<_> = asked[0].buttons.iter().map(|button| button.action.clone()).collect();
    assert_eq!(buttons, [IfExists::Rename, IfExists::Overwrite, IfExists::Skip].map(wanted));
    assert_eq!(asked[0].title, "The name of a file is taken at s3.");
    tell(&app, Command::SettleName { jobs: of_batch(&batch), how: IfExists::Skip }).await.unwrap();
    assert_eq!(ends(&app, &job).await.state, StateName::Cancelled);
    assert!(notices(&app).await.is_empty());
    for (how, objects) in [(IfExists::Overwrite, 1), (IfExists::Rename, 2)] {
        let (_, job, state) = again().await;
        assert_eq!(state, StateName::NeedsAttention, "{how:?}");
        tell(&app, Command::SettleName { jobs: one(&job), how }).await.unwrap();
        let end = crate::rig::until(&app, &job, |line| line.state == StateName::Verified).await;
        assert_eq!(end.state, StateName::Verified);
        assert_eq!(count(&rig.sandbox.dir.join("objects")), objects, "{how:?}");
    }
}

#[tokio::test]
async fn what_is_skipped_is_told_as_skipped_and_a_receipt_has_the_storages_own_checksum() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let (draft, key) = of_kind(&rig, "s3");
    add_destination(&app, draft, key).await.unwrap();
    let file = rig.file("a.mov", 10);
    let (_, jobs, _) = add(&app, std::slice::from_ref(&file), None, false).await.unwrap();
    let end = ends(&app, &jobs[0].id).await;
    // printf aaaaaaaaaa | md5sum
    assert_eq!(end.receipt.unwrap().checksum.as_deref(), Some("e09c80c42fda55f9d992e59ca6b3307d"));
    assert!(!end.skipped);

    std::fs::write(&file, vec![rand(); 11]).unwrap();
    let skip = FieldsDraft { if_exists: Some(IfExists::Skip), ..FieldsDraft::default() };
    let mut events = app.follow();
    let (_, jobs, _) = add_with(&app, &[file], None, false, skip, None).await.unwrap();
    let end = ends(&app, &jobs[0].id).await;
    assert_eq!((end.state, end.skipped), (StateName::Cancelled, true));
    let told = tokio::time::timeout(crate::rig::PATIENCE, async {
        loop {
            if let Some(Ok(Event::Finished { skipped, .. })) = events.next().await {
                return skipped;
            }
        }
    });
    assert!(told.await.unwrap());
}

fn rand() -> u8 {
    static NEXT: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(1);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

fn count(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}

/// How a kind refuses fields: the field, and its message.
async fn told(app: &App, rig: &Rig, kind: &str, fields: FieldsDraft) -> String {
    let (mut draft, key) = of_kind(rig, kind);
    draft.fields = fields;
    match add_destination(app, draft, key).await {
        Ok(taken) => panic!("{kind} took {:?}", taken.fields),
        Err(error) => {
            assert_eq!(error.code, Code::Field);
            format!("{kind} {}: {}", error.field.unwrap_or_default(), error.message)
        }
    }
}

#[tokio::test]
async fn what_a_kind_can_never_take_is_told_where_it_is_typed() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let folder = |folder: &str| FieldsDraft { folder: Some(folder.into()), ..FieldsDraft::default() };
    let tags = |tags: &[&str]| FieldsDraft {
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        ..FieldsDraft::default()
    };
    let metadata = |pairs: &[(&str, &str)]| FieldsDraft {
        metadata: pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
        ..FieldsDraft::default()
    };
    let many: Vec<_> = (0..11).map(|at| at.to_string()).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let (long, longer) = ("k".repeat(129), format!("k={}", "v".repeat(257)));
    let deep = ["é".repeat(250), "é".repeat(250)].join("/") + "/{folder}/{date}/abcdef/ghi";
    let mut all = Vec::new();
    for (kind, fields) in [
        ("s3", folder("a/../b")),
        ("s3", folder("./{stem}")),
        ("s3", folder("a//{stem}")),
        ("s3", folder(&deep)),
        ("s3", tags(&many)),
        ("s3", tags(&[&long])),
        ("s3", tags(&[&longer])),
        ("s3", tags(&["aws:x"])),
        ("s3", tags(&["a=1", "a=2"])),
        ("s3", tags(&["=1"])),
        ("s3", tags(&["a", " "])),
        ("s3", metadata(&[("größe", "1")])),
        ("s3", metadata(&[("size", "größer als {stem}")])),
        ("s3", metadata(&[("a", "1"), ("A", "2")])),
        ("s3", metadata(&[(" ", "1")])),
        ("autorender", folder("a/..")),
        ("autorender", folder("a//b")),
        ("gjirafa", FieldsDraft { title: Some("{stem}".into()), ..FieldsDraft::default() }),
        ("record360", folder("a")),
    ] {
        all.push(told(&app, &rig, kind, fields).await);
    }
    insta::assert_snapshot!(all.join("\n"));
}

#[tokio::test]
async fn what_some_file_can_mend_is_taken() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let (mut draft, key) = of_kind(&rig, "s3");
    draft.fields = FieldsDraft {
        folder: Some("/{date}/{ext}/{folder}/".into()),
        tags: vec!["{stem}".into(), "{name}".into(), "{folder}".into(), "größe={ext}".into()],
        metadata: [("Scene".to_owned(), "12 of {stem}".to_owned()), ("take".to_owned(), String::new())]
            .into(),
        ..FieldsDraft::default()
    };
    let taken = add_destination(&app, draft, key).await.unwrap();
    assert_eq!(taken.fields.folder.as_deref(), Some("{date}/{ext}/{folder}"));
}

#[tokio::test]
async fn the_rules_of_a_kind_hold_for_an_upload_a_batch_a_file_and_a_chosen_folder() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let (mut draft, key) = of_kind(&rig, "s3");
    draft.fields.metadata =
        [("scene".to_owned(), "1".to_owned()), ("crew".to_owned(), "2".to_owned())].into();
    let s3 = add_destination(&app, draft, key).await.unwrap();
    let file = rig.file("a.mov", 10);
    let of = |name: &str, value: &str| FieldsDraft {
        metadata: [(name.to_owned(), value.to_owned())].into(),
        ..FieldsDraft::default()
    };
    // S3 ignores case: another spelling of a name that the destination sets is the same name.
    let respelled = of("Scene", "2");
    let (_, jobs, _) =
        add_with(&app, std::slice::from_ref(&file), None, true, respelled, None).await.unwrap();
    let both = [("Scene".to_owned(), "2".to_owned()), ("crew".to_owned(), "2".to_owned())].into();
    assert_eq!(detail(&app, &jobs[0].id).await.fields.metadata, both);
    let wrong = of("take", "ü");
    let refused = add_with(&app, std::slice::from_ref(&file), None, true, wrong, None).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("metadata"), "{refused:?}");

    let set = of("scene", "2");
    let (batch, jobs, _) = add_with(&app, std::slice::from_ref(&file), None, true, set, None).await.unwrap();
    let metadata = detail(&app, &jobs[0].id).await.fields.metadata;
    assert_eq!(metadata, [("crew".to_owned(), "2".to_owned()), ("scene".to_owned(), "2".to_owned())].into());
    for jobs in [of_batch(&batch), one(&jobs[0].id)] {
        let change = FieldsChange { tags: Some(vec!["aws:x".into()]), ..FieldsChange::default() };
        let refused = tell(&app, Command::ChangeFields { jobs, change }).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("tags"), "{refused:?}");
    }
    let folder = Some("a/../b".to_owned());
    let choose = Command::UseDestination { id: s3.id.clone(), folder: folder.clone() };
    assert_eq!(tell(&app, choose).await.unwrap_err().field.as_deref(), Some("folder"));
    let batch = batch.unwrap();
    let change = Command::ChangeBatch { batch, destination: s3.id, folder };
    assert_eq!(tell(&app, change).await.unwrap_err().field.as_deref(), Some("folder"));
}
