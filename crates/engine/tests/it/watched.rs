//! The ledger of watched folders: nothing is sent twice and nothing is forgotten, whatever happens to the
//! process.

use std::path::{Path, PathBuf};
use std::time::Duration;

use partway_core::{Cause, FileIdentity, State};
use partway_engine::{Known, Refusal, Seen, Sum, Watched, WatchedId, Which, at, has_sum, scan};
use partway_provider::Fields;
use rusqlite::Connection;
use tokio::runtime::Runtime;

use crate::rig::{Rig, Under, bytes};

/// A watched folder of the rig's.
struct Folder {
    root: PathBuf,
    id: WatchedId,
}

impl Folder {
    async fn of(rig: &Rig, under: &Under) -> Self {
        let root = rig.folder.path().join("in");
        std::fs::create_dir_all(root.join("day")).unwrap();
        let id = under.engine.add_watched(watched(&root, under)).await.unwrap();
        Self { root, id }
    }

    fn file(&self, name: &str, size: usize) -> PathBuf {
        std::fs::write(self.root.join(name), bytes(size)).unwrap();
        name.into()
    }

    async fn known(&self, under: &Under, name: &str) -> Known {
        under.engine.known(&self.id, vec![(name.into(), self.seen(name))]).await.unwrap().remove(0).2
    }

    fn seen(&self, name: &str) -> Seen {
        at::look(&self.root.join(name)).unwrap().seen
    }

    async fn take(&self, under: &Under, names: &[&str]) -> Vec<partway_engine::Job> {
        let files: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
        under
            .engine
            .add_from_watched(&self.id, scan::look_below(&self.root, &files, || true))
            .await
            .unwrap()
            .1
    }
}

fn watched(root: &Path, under: &Under) -> Watched {
    Watched {
        id: WatchedId::new(),
        path: root.to_owned(),
        destination: under.to.clone(),
        fields: Fields { folder: Some("finals".into()), ..Fields::default() },
        done: None,
        watching: true,
        begun: true,
    }
}

/// The ledger on disk: path and whether it is verified.
fn ledger(rig: &Rig) -> Vec<(String, bool)> {
    let conn = Connection::open(rig.data().join("journal.db")).unwrap();
    let mut rows =
        conn.prepare("SELECT path, verified_at IS NOT NULL FROM watched_file ORDER BY path").unwrap();
    let text = |path: Vec<u8>| partway_engine::paths::from_bytes(path).to_string_lossy().into_owned();
    rows.query_map([], |row| Ok((text(row.get(0)?), row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[tokio::test]
async fn a_file_goes_once_under_whatever_name_and_again_when_it_changed() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let folder = Folder::of(&rig, &under).await;
    folder.file("day/a.mov", 3000);
    assert_eq!(folder.known(&under, "day/a.mov").await, Known::New);
    let job = folder.take(&under, &["day/a.mov"]).await.remove(0);
    assert_eq!((job.folders.as_str(), job.fields.folder.as_deref()), ("day", Some("finals/day")));
    assert_eq!(under.ends(&job.id).await, State::Verified);
    assert_eq!(folder.known(&under, "day/a.mov").await, Known::Settled);
    assert_eq!(ledger(&rig), [("day/a.mov".to_owned(), true)]);

    // Seen as new just before it was taken in: checked again in the commit, it is not taken in twice.
    assert!(folder.take(&under, &["day/a.mov"]).await.is_empty());

    // It is the same file under another name.
    std::fs::rename(folder.root.join("day/a.mov"), folder.root.join("b.mov")).unwrap();
    if cfg!(unix) {
        assert_eq!(
            folder.known(&under, "b.mov").await,
            Known::Renamed { from: "day/a.mov".into(), moved: false }
        );
        under.engine.renamed(&folder.id, "day/a.mov".into(), "b.mov".into()).await.unwrap();
        // And another file under its first name is another file.
        folder.file("day/a.mov", 3000);
        assert_eq!(folder.known(&under, "day/a.mov").await, Known::New);
        // A rename touches a file: it is now recognized by its content.
        let known = folder.known(&under, "b.mov").await;
        let Known::Touched(sum) = known else { panic!("{known:?}") };
        let (path, seen) = (folder.root.join("b.mov"), folder.seen("b.mov"));
        assert!(has_sum(&path, &seen.identity, &sum, &|| true).unwrap());
        under.engine.date(&folder.id, vec![("b.mov".into(), seen)]).await.unwrap();
        assert_eq!(folder.known(&under, "b.mov").await, Known::Settled);
        let other = Sum { checksum: sum.checksum.replace(|c: char| c.is_ascii_digit(), "1"), ..sum };
        assert!(!has_sum(&path, &seen.identity, &other, &|| true).unwrap());
    }

    // Removing from the list does not remove from the ledger.
    under.engine.remove(&Which::Ended).await.unwrap();
    assert_eq!(folder.known(&under, "b.mov").await, Known::Settled);
    folder.file("b.mov", 3001);
    assert_eq!(folder.known(&under, "b.mov").await, Known::New);
}

#[tokio::test]
async fn what_is_given_up_does_not_go_again_until_it_changes_and_is_not_verified() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let folder = Folder::of(&rig, &under).await;
    rig.vendor.shut();
    folder.file("a.mov", 3000);
    let job = folder.take(&under, &["a.mov"]).await.remove(0);
    assert_eq!(folder.known(&under, "a.mov").await, Known::Open);
    under.engine.cancel(&Which::Job(job.id.clone())).await.unwrap();
    assert_eq!(under.ends(&job.id).await, State::Cancelled);
    assert_eq!(folder.known(&under, "a.mov").await, Known::Settled);
    assert_eq!(ledger(&rig), [("a.mov".to_owned(), false)]);
    assert!(under.engine.to_move(&folder.id, Path::new(""), 10).await.unwrap().is_empty());
    folder.file("a.mov", 3001);
    assert_eq!(folder.known(&under, "a.mov").await, Known::New);
}

#[tokio::test]
async fn a_file_that_was_written_while_it_went_goes_on_as_the_same_job() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let folder = Folder::of(&rig, &under).await;
    rig.vendor.storage.shut();
    folder.file("a.mov", 30_000);
    let job = folder.take(&under, &["a.mov"]).await.remove(0);
    rig.vendor.storage.begun(1).await;
    folder.file("a.mov", 31_000);
    rig.vendor.storage.open();
    assert_eq!(under.ends(&job.id).await, State::NeedsAttention(Cause::SourceChanged));
    assert_eq!(folder.known(&under, "a.mov").await, Known::Again(job.id.clone()));
    under.engine.retry(&Which::Job(job.id.clone())).await.unwrap();
    assert_eq!(under.until(&job.id, |job| job.state.is_end()).await.state, State::Verified);
    // The ledger has what was sent, not what was taken in.
    assert_eq!(folder.known(&under, "a.mov").await, Known::Settled);
    assert_eq!(ledger(&rig), [("a.mov".to_owned(), true)]);
}

/// Files of the same size and time, as unpacking and copying produce them.
fn dated(file: &Path, byte: u8) {
    std::fs::write(file, [byte; 3000]).unwrap();
    let made = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    std::fs::File::options().append(true).open(file).unwrap().set_modified(made).unwrap();
}

#[tokio::test]
async fn a_new_file_that_got_all_of_a_deleted_one_but_its_birth_goes() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let folder = Folder::of(&rig, &under).await;
    dated(&folder.root.join("one.mov"), 1);
    let job = folder.take(&under, &["one.mov"]).await.remove(0);
    assert_eq!(under.ends(&job.id).await, State::Verified);
    let went = folder.seen("one.mov");
    let born = went.born_ns.expect("the file system of the tests tells when a file was made");
    let ask = async |name: &str, born_ns| {
        let seen = Seen { born_ns, ..went };
        under.engine.known(&folder.id, vec![(name.into(), seen)]).await.unwrap().remove(0).2
    };
    // Number, size and change time are those of the deleted file.
    assert_eq!(ask("two.mov", Some(born + 1)).await, Known::New);
    assert_eq!(ask("two.mov", None).await, Known::New, "what cannot be told apart goes");
    if cfg!(unix) {
        assert_eq!(ask("two.mov", Some(born)).await, Known::Renamed { from: "one.mov".into(), moved: false });
    }
    assert_eq!(ask("one.mov", Some(born + 1)).await, Known::New, "deleted and made again under its name");
    assert_eq!(ask("one.mov", None).await, Known::Settled);
    // A drive that is plugged in again has another device number.
    let again = Seen { identity: FileIdentity { file_id: Some((77, 99)), ..went.identity }, ..went };
    let known = under.engine.known(&folder.id, vec![("one.mov".into(), again)]).await.unwrap().remove(0).2;
    assert_eq!(known, Known::Settled);
}

#[tokio::test]
async fn another_file_of_the_same_size_and_time_that_is_moved_over_one_that_went_goes() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let folder = Folder::of(&rig, &under).await;
    dated(&folder.root.join("same.mov"), 1);
    let job = folder.take(&under, &["same.mov"]).await.remove(0);
    assert_eq!(under.ends(&job.id).await, State::Verified);
    assert_eq!(folder.known(&under, "same.mov").await, Known::Settled);
    let other = rig.folder.path().join("other");
    dated(&other, 2);
    std::fs::rename(&other, folder.root.join("same.mov")).unwrap();
    assert_eq!(folder.known(&under, "same.mov").await, Known::New);
    assert_eq!(folder.take(&under, &["same.mov"]).await.len(), 1);
}

#[tokio::test]
async fn what_went_before_changes_were_noted_does_not_go_again_and_is_noted() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let folder = Folder::of(&rig, &under).await;
    for name in ["a.mov", "lay there.mov"] {
        folder.file(name, 3000);
    }
    let there = vec![("lay there.mov".into(), folder.seen("lay there.mov"))];
    under.engine.lay_there(&folder.id, there).await.unwrap();
    let job = folder.take(&under, &["a.mov"]).await.remove(0);
    assert_eq!(under.ends(&job.id).await, State::Verified);
    let journal = || Connection::open(rig.data().join("journal.db")).unwrap();
    // As earlier versions left it; a time that did not fit was clamped.
    let cut = "UPDATE watched_file SET changed_ns = NULL, modified_ns = 9223372036854775807";
    journal().execute(cut, []).unwrap();
    for name in ["a.mov", "lay there.mov"] {
        assert_eq!(folder.known(&under, name).await, Known::Dateless);
        under.engine.date(&folder.id, vec![(name.into(), folder.seen(name))]).await.unwrap();
        assert_eq!(folder.known(&under, name).await, Known::Settled);
    }
    // If the system reports no such time, none is missing.
    let seen = folder.seen("a.mov");
    let untold = Seen { identity: FileIdentity { changed: None, ..seen.identity }, ..seen };
    let known = under.engine.known(&folder.id, vec![("a.mov".into(), untold)]).await.unwrap().remove(0).2;
    assert_eq!(known, Known::Settled);
}

#[tokio::test]
async fn what_went_before_births_were_noted_does_not_go_again_and_is_noted() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let folder = Folder::of(&rig, &under).await;
    folder.file("a.mov", 3000);
    let job = folder.take(&under, &["a.mov"]).await.remove(0);
    assert_eq!(under.ends(&job.id).await, State::Verified);
    let journal = || Connection::open(rig.data().join("journal.db")).unwrap();
    journal().execute("UPDATE watched_file SET born_ns = NULL", []).unwrap();
    assert_eq!(folder.known(&under, "a.mov").await, Known::Dateless);
    assert!(folder.take(&under, &["a.mov"]).await.is_empty());
    under.engine.date(&folder.id, vec![("a.mov".into(), folder.seen("a.mov"))]).await.unwrap();
    assert_eq!(folder.known(&under, "a.mov").await, Known::Settled);
    let noted: Option<i64> =
        journal().query_row("SELECT born_ns FROM watched_file", [], |row| row.get(0)).unwrap();
    assert_eq!(noted, folder.seen("a.mov").born_ns);
}

#[test]
fn killed_at_any_moment_a_file_is_in_the_ledger_exactly_when_it_is_verified() {
    let outside = Runtime::new().unwrap();
    let mut rig = outside.block_on(Rig::new());
    rig.bounds.parts_per_job = 1;
    let names: Vec<String> = (0..12).map(|number| format!("{number:02}.mov")).collect();
    for kill in 0..8 {
        // A dropped runtime takes everything down in mid-air, as a kill does.
        let inside = Runtime::new().unwrap();
        let before = rig.vendor.storage.puts().len();
        inside.block_on(async {
            let under = rig.open().await;
            let root = rig.folder.path().join("in");
            let folder = match under.engine.watched().await.unwrap().pop() {
                Some(watched) => Folder { root, id: watched.id },
                None => Folder::of(&rig, &under).await,
            };
            for name in &names {
                if kill == 0 {
                    folder.file(name, 5_000);
                }
                if folder.known(&under, name).await == Known::New {
                    assert_eq!(kill, 0, "{name} was taken in before");
                    folder.take(&under, &[name]).await;
                }
            }
            let all = under.engine.page(0, 100).await.unwrap();
            assert_eq!(all.len(), names.len(), "each once");
            let open = all.iter().any(|job| !job.state.is_end());
            if open {
                let more = rig.vendor.storage.came_in(before + 1 + kill);
                let _ = tokio::time::timeout(Duration::from_secs(2), more).await;
            }
        });
        inside.shutdown_timeout(Duration::from_secs(5));
        let conn = Connection::open(rig.data().join("journal.db")).unwrap();
        let (verified, noted): (u32, u32) = conn
            .query_row(
                "SELECT count(*) FILTER (WHERE state = 'verified'), count(*) FILTER (WHERE state = 'verified' AND verified_at IS NOT NULL)
                 FROM job LEFT JOIN watched_file ON watched_file.job = job.id",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        assert_eq!(verified, noted, "kill {kill}");
        let early: u32 = conn
            .query_row(
                "SELECT count(*) FROM watched_file JOIN job ON job.id = job WHERE verified_at IS NOT NULL AND state <> 'verified'",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(early, 0, "kill {kill}");
    }
    outside.block_on(async {
        let under = rig.open().await;
        for job in under.engine.page(0, 100).await.unwrap() {
            assert_eq!(under.ends(&job.id).await, State::Verified);
        }
        let id = under.engine.watched().await.unwrap().remove(0).id;
        assert_eq!(under.engine.to_move(&id, Path::new(""), 100).await.unwrap().len(), names.len());
    });
    assert!(ledger(&rig).iter().all(|(_, verified)| *verified));
}

#[tokio::test]
async fn a_folder_that_is_watched_again_knows_what_went_and_a_destination_that_it_needs_stays() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let folder = Folder::of(&rig, &under).await;
    folder.file("a.mov", 3000);
    folder.file("old.mov", 10);
    let old = folder.seen("old.mov");
    under.engine.lay_there(&folder.id, vec![("old.mov".into(), old)]).await.unwrap();
    assert_eq!(folder.known(&under, "old.mov").await, Known::Settled);
    let job = folder.take(&under, &["a.mov"]).await.remove(0);
    assert_eq!(under.ends(&job.id).await, State::Verified);

    let again = under.engine.add_watched(watched(&folder.root, &under)).await;
    assert!(matches!(again, Err(Refusal::NotNow(_))), "{again:?}");
    let kept = under.engine.remove_destination(&under.to).await;
    assert!(matches!(&kept, Err(Refusal::NotNow(why)) if why.contains("watched folder")), "{kept:?}");

    under.engine.remove_watched(&folder.id).await.unwrap();
    assert!(under.engine.watched().await.unwrap().is_empty());
    let gone = under
        .engine
        .add_from_watched(&folder.id, scan::look_below(&folder.root, &["a.mov".into()], || true))
        .await;
    assert!(matches!(gone, Err(Refusal::NotThere(_))));
    let again = under.engine.add_watched(watched(&folder.root, &under)).await.unwrap();
    assert_eq!(again, folder.id);
    assert_eq!(folder.known(&under, "a.mov").await, Known::Settled);
    assert_eq!(folder.known(&under, "old.mov").await, Known::Settled);
    under.engine.remove_watched(&folder.id).await.unwrap();
    under.engine.remove_destination(&under.to).await.unwrap();
}

#[tokio::test]
async fn verified_files_are_moved_once() {
    let rig = Rig::new().await;
    let under = rig.open().await;
    let folder = Folder::of(&rig, &under).await;
    for name in ["a.mov", "b.mov", "day/c.mov"] {
        folder.file(name, 2000 + name.len());
    }
    for job in folder.take(&under, &["a.mov", "b.mov", "day/c.mov"]).await {
        assert_eq!(under.ends(&job.id).await, State::Verified);
    }
    let to_move = async |after: &str, limit| {
        let files = under.engine.to_move(&folder.id, Path::new(after), limit).await.unwrap();
        files.into_iter().map(|(file, _)| file.to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    assert_eq!(to_move("", 2).await, ["a.mov", "b.mov"]);
    assert_eq!(to_move("b.mov", 2).await, ["day/c.mov"]);
    under.engine.moved(&folder.id, vec!["a.mov".into(), "day/c.mov".into()]).await.unwrap();
    assert_eq!(to_move("", 9).await, ["b.mov"]);
}
