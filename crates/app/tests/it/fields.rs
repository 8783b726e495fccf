//! What is set for files: filled in when they are added, changed before they start, refused where it is typed.

use partway_api::{
    Code, Command, Done, FieldsChange, FieldsDraft, IfExists, JobDetail, Notice, NoticeAction, Selection,
    StateName,
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
    let (clip, other) = (rig.file("A001/clip.1.mov", 10), rig.file("A001/other", 10));
    let (_, jobs, _) = add(&app, &[card, clip, other], None, true).await.unwrap();
    let mut told = Vec::new();
    for job in &jobs {
        let fields = detail(&app, &job.id).await.fields;
        told.push((fields.folder.unwrap(), fields.tags, fields.custom_id.unwrap()));
    }
    let of = |folder: &str, tags: &[&str], id: &str| {
        (folder.to_owned(), tags.iter().map(|&tag| tag.to_owned()).collect::<Vec<_>>(), id.to_owned())
    };
    // Below the folder at the destination comes the one that was dropped, where one was.
    assert_eq!(
        told,
        [
            of("in/A001/A001", &["mov"], "{clip.1}"),
            of("in/A001/A001", &[""], "{other}"),
            of("in/A001", &["mov"], "{clip.1}"),
            of("in/A001", &[""], "{other}"),
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
    add_destination(&app, draft, rig.key()).await.unwrap();
    let set = FieldsDraft { folder: Some("now".into()), ..FieldsDraft::default() };
    let file = rig.file("a.mov", 10);
    let (_, jobs, _) =
        add_with(&app, std::slice::from_ref(&file), None, true, set, Some("video/mp4")).await.unwrap();
    let found = detail(&app, &jobs[0].id).await;
    assert_eq!((found.fields.folder.as_deref(), found.mime.as_str()), (Some("now"), "video/mp4"));
    assert_eq!(found.fields.tags, ["usual"]);

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
    for (field, text) in [("folder", "{day}"), ("tags", "{name"), ("metadata", "{Name}")] {
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
    let folder = Some("{day}".to_owned());
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
        // Other bytes, so that it cannot be taken for the same file.
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
    assert_eq!(asked[0].title, "s3 has a file of that name already.");
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

fn rand() -> u8 {
    static NEXT: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(1);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

fn count(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}
