//! Watched folders with real files and the sandbox: each file arrives once, and the folder's status is shown.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use partway_api::{
    Answer, ApiError, Command, Done, FieldsDraft, JobLine, RawPath, Request, Selection, StateName,
    WatchedChange, WatchedView,
};
use partway_app::App;

use crate::rig::{PATIENCE, Rig, add_destination, in_variable, list, tell, until};

fn raw(path: &Path) -> RawPath {
    RawPath::from_bytes(&partway_engine::paths::to_bytes(path))
}

/// Creates a folder inside the rig's.
pub(crate) fn folder(rig: &Rig, name: &str) -> PathBuf {
    let path = rig.folder.path().join(name);
    std::fs::create_dir_all(&path).unwrap();
    path
}

async fn ask(app: &App, request: Request) -> Result<Vec<WatchedView>, ApiError> {
    match app.ask(request).await? {
        Answer::Done { done: Done::Watched { folders } } => Ok(folders),
        other => panic!("{other:?}"),
    }
}

/// Watches a folder for the chosen destination.
pub(crate) async fn watch(
    app: &App,
    path: &Path,
    done: Option<&Path>,
    existing: bool,
) -> Result<WatchedView, ApiError> {
    let fields = FieldsDraft { folder: Some("finals".into()), ..FieldsDraft::default() };
    let (destination, done) = (None, done.map(raw));
    let all = ask(app, Request::AddWatched { path: raw(path), destination, done, fields, existing }).await?;
    Ok(all.into_iter().find(|one| one.path == path.to_string_lossy()).unwrap())
}

pub(crate) async fn watched(app: &App) -> Vec<WatchedView> {
    match tell(app, Command::WatchedFolders).await.unwrap() {
        Done::Watched { folders } => folders,
        other => panic!("{other:?}"),
    }
}

/// Polls until `look` finds something. Some changes, such as a folder's state, come without an event.
pub(crate) async fn wait_for<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until this many files have come, all of them verified.
pub(crate) async fn verified(app: &App, files: usize) -> Vec<JobLine> {
    wait_for(&format!("{files} verified files"), async || {
        let all = list(app).await;
        assert!(all.len() <= files, "one more than was put there: {all:#?}");
        let through = all.len() == files && all.iter().all(|job| job.state == StateName::Verified);
        through.then_some(all)
    })
    .await
}

pub(crate) async fn state(app: &App, wanted: &str) {
    wait_for(wanted, async || {
        let is = watched(app).await.remove(0).state;
        (is == wanted).then_some(())
    })
    .await;
}

pub(crate) fn name(job: &JobLine) -> String {
    Path::new(&job.file).file_name().unwrap().to_string_lossy().into_owned()
}

#[tokio::test]
async fn what_is_new_goes_once_in_its_folder_and_what_lay_there_stays() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let path = folder(&rig, "in");
    std::fs::write(path.join("old.mov"), "old").unwrap();
    let one = watch(&app, &path, None, false).await.unwrap();
    assert_eq!((one.to.as_str(), one.watched), ("New files go to Acme, finals", true));

    std::fs::create_dir(path.join("day")).unwrap();
    std::fs::write(path.join("day/a.mov"), vec![b'a'; 3000]).unwrap();
    std::fs::write(path.join("day/.hidden"), "x").unwrap();
    std::fs::write(path.join("b.mov.crdownload"), "x").unwrap();
    // A file moved into it counts, under its new name.
    std::fs::rename(rig.file("c.mov", 2000), path.join("c.mov")).unwrap();
    let jobs = verified(&app, 2).await;
    let mut names: Vec<_> = jobs.iter().map(name).collect();
    names.sort();
    assert_eq!(names, ["a.mov", "c.mov"]);
    let detail = async |id: &str| match tell(&app, Command::Detail { job: id.into() }).await.unwrap() {
        Done::Detail { detail } => detail,
        other => panic!("{other:?}"),
    };
    let (first, second) = (detail(&jobs[0].id).await, detail(&jobs[1].id).await);
    let mut to = [first.to, second.to];
    to.sort();
    assert_eq!(to, ["Acme, finals", "Acme, finals/day"]);

    // After a restart nothing is sent again, but what came meanwhile is.
    app.close(Duration::ZERO).await;
    std::fs::rename(path.join("b.mov.crdownload"), path.join("b.mov")).unwrap();
    std::fs::rename(path.join("c.mov"), path.join("c, renamed.mov")).unwrap();
    let app = rig.open().await;
    tell(&app, Command::ReplaceKey { destination: one.destination, key: rig.key() }).await.unwrap();
    let jobs = verified(&app, 3).await;
    assert!(jobs.iter().any(|job| name(job) == "b.mov"));
    // A file from before is sent once it changes.
    std::fs::write(path.join("old.mov"), "newer").unwrap();
    assert!(verified(&app, 4).await.iter().any(|job| name(job) == "old.mov"));
    app.close(Duration::ZERO).await;
}

#[tokio::test]
async fn a_file_whose_half_lies_beside_it_waits_and_says_for_what() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let path = folder(&rig, "in");
    std::fs::write(path.join("big.mov.part"), "half").unwrap();
    std::fs::write(path.join("big.mov"), "whole").unwrap();
    watch(&app, &path, None, true).await.unwrap();
    state(&app, "1 file waits: big.mov.part is still beside it").await;
    assert!(list(&app).await.is_empty());
    std::fs::remove_file(path.join("big.mov.part")).unwrap();
    assert_eq!(name(&verified(&app, 1).await.remove(0)), "big.mov");
    state(&app, "Watching").await;
    app.close(Duration::ZERO).await;
}

#[tokio::test]
async fn a_new_file_that_got_number_size_and_time_of_a_deleted_one_goes() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let path = folder(&rig, "in");
    watch(&app, &path, None, true).await.unwrap();
    let put = |name: &str, byte: u8| {
        let file = path.join(name);
        std::fs::write(&file, [byte; 2000]).unwrap();
        let made = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        std::fs::File::options().append(true).open(&file).unwrap().set_modified(made).unwrap();
    };
    put("one.mov", 1);
    verified(&app, 1).await;
    std::fs::remove_file(path.join("one.mov")).unwrap();
    // ext4 reuses the inode number at once; elsewhere this is an ordinary new file.
    put("two.mov", 2);
    verified(&app, 2).await;
    app.close(Duration::ZERO).await;
}

#[tokio::test]
async fn a_file_that_is_written_slowly_goes_when_its_writer_is_through() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let path = folder(&rig, "in");
    watch(&app, &path, None, true).await.unwrap();
    let mut file = std::fs::File::create(path.join("a.mov")).unwrap();
    for _ in 0..10 {
        file.write_all(&[b'a'; 1000]).unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(list(&app).await.is_empty(), "it went while it grew");
    }
    // Still, but held open.
    if cfg!(target_os = "linux") {
        state(&app, "1 file still open in another program").await;
        assert!(list(&app).await.is_empty());
    }
    drop(file);
    let job = verified(&app, 1).await.remove(0);
    assert_eq!(job.size, 10_000);
    state(&app, "Watching").await;
    app.close(Duration::ZERO).await;
}

#[tokio::test]
async fn verified_files_are_moved_and_the_others_are_not() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let path = folder(&rig, "in");
    // Inside the watched folder itself, where it must not be watched.
    let done = path.join("sent");
    let one = watch(&app, &path, Some(&done), true).await.unwrap();
    assert_eq!(one.done.as_deref(), Some(done.to_str().unwrap()));
    std::fs::create_dir(path.join("day")).unwrap();
    std::fs::write(path.join("day/a.mov"), vec![b'a'; 3000]).unwrap();
    verified(&app, 1).await;
    // The target is reserved before the file is moved there.
    let (from, to) = (path.join("day/a.mov"), done.join("day/a.mov"));
    wait_for("the move", async || (!from.exists() && to.exists()).then_some(())).await;
    assert_eq!(std::fs::metadata(&to).unwrap().len(), 3000);

    // Cancelled: it stays where it is, and is not sent again until it changes. The key was for one session,
    // so it waits.
    let switch = async |app: &App, on: bool| {
        let change = WatchedChange { watching: Some(on), ..WatchedChange::default() };
        tell(app, Command::ChangeWatched { id: one.id.clone(), change }).await.unwrap();
    };
    switch(&app, false).await;
    state(&app, "Off").await;
    app.close(Duration::ZERO).await;
    let app = rig.open().await;
    std::fs::write(path.join("b.mov"), "b").unwrap();
    switch(&app, true).await;
    let job = wait_for("b.mov", async || list(&app).await.into_iter().find(|job| name(job) == "b.mov")).await;
    tell(&app, Command::Cancel { jobs: Selection::Job(job.id.clone()) }).await.unwrap();
    until(&app, &job.id, |job| job.state == StateName::Cancelled).await;
    app.close(Duration::ZERO).await;
    let app = rig.open().await;
    // Once a later file shows up, a walk has completed.
    std::fs::write(path.join("c.mov"), "c").unwrap();
    wait_for("c.mov", async || list(&app).await.into_iter().find(|job| name(job) == "c.mov")).await;
    assert_eq!(list(&app).await.iter().filter(|job| name(job) == "b.mov").count(), 1);
    assert!(path.join("b.mov").exists() && !done.join("b.mov").exists());
    app.close(Duration::ZERO).await;
}

#[tokio::test]
async fn a_folder_that_is_away_is_told_and_found_again() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let path = folder(&rig, "in");
    watch(&app, &path, None, true).await.unwrap();
    state(&app, "Watching").await;
    std::fs::rename(&path, rig.folder.path().join("away")).unwrap();
    state(&app, "The folder is not there: is its drive connected? Partway goes on when it is.").await;
    std::fs::rename(rig.folder.path().join("away"), &path).unwrap();
    state(&app, "Watching").await;
    // Another folder at the same path is followed like the first.
    std::fs::write(path.join("a.mov"), "a").unwrap();
    verified(&app, 1).await;
    app.close(Duration::ZERO).await;
}

#[tokio::test]
async fn ten_thousand_files_are_few_batches_and_each_is_taken_once() {
    let mut rig = Rig::new().await;
    // Without a key the files are taken in and wait.
    rig.variables.clear();
    let app = rig.open().await;
    add_destination(&app, rig.draft("Acme"), in_variable("NOT_SET")).await.unwrap();
    let path = folder(&rig, "in");
    watch(&app, &path, None, true).await.unwrap();
    for number in 0..10_000 {
        let folder = path.join(format!("{:02}", number % 100));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{number}.jpg")), "x").unwrap();
    }
    let count = |sql: &str| {
        let conn = rusqlite::Connection::open(rig.data().join("journal.db")).unwrap();
        conn.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap()
    };
    let begun = Instant::now();
    while count("SELECT count(*) FROM job") < 10_000 {
        assert!(begun.elapsed() < Duration::from_secs(120), "{} jobs", count("SELECT count(*) FROM job"));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Once more from the beginning: nothing is taken twice.
    app.close(Duration::ZERO).await;
    let app = rig.open().await;
    state(&app, "Watching").await;
    std::fs::write(path.join("last.jpg"), "x").unwrap();
    wait_for("the last", async || (count("SELECT count(*) FROM job") == 10_001).then_some(())).await;
    assert_eq!(count("SELECT count(*) FROM watched_file"), 10_001);
    assert_eq!(count("SELECT count(DISTINCT path) FROM job"), 10_001);
    let batches = count("SELECT count(*) FROM batch");
    assert!(batches <= 20, "{batches} batches");
    app.close(Duration::ZERO).await;
}

#[tokio::test]
async fn what_is_set_for_its_files_is_named_and_what_cannot_be_is_refused_beside_its_field() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let one = watch(&app, &folder(&rig, "in"), None, false).await.unwrap();
    let set = async |fields: FieldsDraft| {
        let change = WatchedChange { fields: Some(fields), ..WatchedChange::default() };
        tell(&app, Command::ChangeWatched { id: one.id.clone(), change }).await
    };
    let tags = |tag: &str| FieldsDraft { tags: vec!["raw".into(), tag.into()], ..FieldsDraft::default() };
    set(tags("{stem}")).await.unwrap();
    for (fields, field) in [
        (tags("{name"), "tags"),
        (FieldsDraft { title: Some("a".into()), ..FieldsDraft::default() }, "title"),
        (FieldsDraft { folder: Some("../up".into()), ..FieldsDraft::default() }, "folder"),
    ] {
        assert_eq!(set(fields).await.unwrap_err().field.as_deref(), Some(field));
    }
    let now = watched(&app).await.remove(0);
    assert_eq!((now.to.as_str(), now.fields), ("New files go to Acme · 2 tags", tags("{stem}")));
    app.close(Duration::ZERO).await;
}

#[tokio::test]
async fn what_cannot_be_watched_is_refused_in_words() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let path = folder(&rig, "in");
    assert!(watch(&app, &path, None, true).await.is_err(), "there is no destination");
    rig.destination(&app, "Acme").await;
    watch(&app, &path, None, true).await.unwrap();
    let mut said = Vec::new();
    for (path, done) in [
        (path.clone(), None),
        (rig.folder.path().join("gone"), None),
        (rig.file("file", 1), None),
        (rig.data(), None),
        (folder(&rig, "b"), Some(folder(&rig, "b"))),
    ] {
        let why = watch(&app, &path, done.as_deref(), true).await.unwrap_err().to_string();
        said.push(why.replace(&*rig.folder.path().to_string_lossy(), "DIR").replace('\\', "/"));
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    This folder is watched already.
    DIR/gone is no folder, or is not there.
    DIR/file is no folder, or is not there.
    Partway keeps its own data there. Choose another folder.
    Verified files are in the watched folder already. Choose another folder for them.
    ");
    assert!(watched(&app).await.len() == 1);
    let id = watched(&app).await.remove(0).id;
    tell(&app, Command::RemoveWatched { id: id[id.len() - 8..].into() }).await.unwrap();
    assert!(watched(&app).await.is_empty());
    app.close(Duration::ZERO).await;
}
