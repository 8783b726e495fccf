//! *Practice*: the bundled sandbox as a child process, which outlives neither this process nor its folder.

use std::path::PathBuf;

use partway_api::{Command, Done, Request, StateName};

use crate::rig::{Rig, add, destinations, ends, tell};

/// The sandbox binary: where `cargo xtask test` puts it, else beside this test's own; `None` if it was not
/// built.
fn binary() -> Option<PathBuf> {
    let name = format!("partway-sandbox{}", std::env::consts::EXE_SUFFIX);
    if let Some(said) = std::env::var_os("PARTWAY_BIN_DIR") {
        let path = PathBuf::from(said).join(&name);
        assert!(path.exists(), "{} is not there", path.display());
        return Some(path);
    }
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).map(|dir| dir.join(&name)).filter(|path| path.exists())
}

async fn rig() -> Option<Rig> {
    let practice = binary();
    if practice.is_none() {
        println!("left out: cargo build -p partway-sandbox first");
    }
    Some(Rig { practice: Some(practice?), ..Rig::new().await })
}

async fn start(app: &partway_app::App) -> partway_api::DestinationView {
    match tell(app, Command::Practice).await.unwrap() {
        Done::Destination { destination, .. } => destination,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn it_comes_back_as_it_was_after_both_were_killed() {
    let Some(rig) = rig().await else { return };
    let app = rig.open().await;
    let first = start(&app).await;
    assert!(first.practice && first.chosen);
    assert_eq!(first.kind_name, "This computer only");
    let (_, jobs, _) = add(&app, &[rig.file("a.mov", 3_000)], None, false).await.unwrap();
    let done = ends(&app, &jobs[0].id).await;
    assert_eq!((done.state, done.destination.as_str()), (StateName::Verified, "Practice"));
    let key = || std::fs::read_to_string(rig.folder.path().join("data/practice/sandbox.json")).unwrap();
    let before = key();
    // No shutdown request, as after a kill: the child notices that its standard input is closed.
    app.close(std::time::Duration::ZERO).await;
    drop(app);

    let app = rig.open().await;
    assert_eq!(start(&app).await.id, first.id, "there is only one");
    let (_, jobs, _) = add(&app, &[rig.file("b.mov", 3_000)], None, false).await.unwrap();
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified);
    assert_eq!(key(), before, "the same key, port and secret");
    let objects = || std::fs::read_dir(rig.folder.path().join("data/practice/objects")).unwrap().count();
    assert!(objects() > 0);
    tell(&app, Command::EmptyPractice).await.unwrap();
    assert_eq!(objects(), 0);
    let (_, jobs, _) = add(&app, &[rig.file("c.mov", 3_000)], None, false).await.unwrap();
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified, "it works on after it was emptied");
    app.close(std::time::Duration::ZERO).await;
}

#[tokio::test]
async fn it_is_never_chosen_by_itself_once_there_is_a_real_destination() {
    let Some(rig) = rig().await else { return };
    let app = rig.open().await;
    start(&app).await;
    start(&app).await; // The button pressed again chooses it.
    assert!(rig.destination(&app, "Acme").await.chosen);
    let chosen = async || -> Vec<String> {
        destinations(&app).await.into_iter().filter(|to| to.chosen).map(|to| to.name).collect()
    };
    assert_eq!(chosen().await, ["Acme"]);
    start(&app).await;
    assert_eq!(chosen().await, ["Practice"], "who asks for it gets it");
    app.close(std::time::Duration::ZERO).await;
}

#[tokio::test]
async fn it_takes_no_key_but_its_own() {
    let Some(rig) = rig().await else { return };
    let app = rig.open().await;
    let practice = start(&app).await;
    let key = partway_api::LentKey::from("a real one".to_owned());
    app.ask(Request::LendKey { destination: Some("Practice".into()), key }).await.unwrap();
    let refused =
        tell(&app, Command::ReplaceKey { destination: practice.id, key: rig.key() }).await.unwrap_err();
    assert_eq!(refused.message, "Practice has a key of its own and needs no other.");
    let (_, jobs, _) = add(&app, &[rig.file("a.mov", 10)], None, false).await.unwrap();
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified);
    assert!(destinations(&app).await[0].practice);
    app.close(std::time::Duration::ZERO).await;
}

#[tokio::test]
async fn it_takes_up_to_two_gigabytes_a_file() {
    let Some(rig) = rig().await else { return };
    let app = rig.open().await;
    start(&app).await;
    let large = rig.folder.path().join("large.mxf");
    std::fs::File::create(&large).unwrap().set_len(2_000_000_001).unwrap();
    let (_, jobs, left) = add(&app, &[large], None, false).await.unwrap();
    assert_eq!((jobs.len(), left.len()), (0, 1));
    assert_eq!(left[0].1, "large.mxf is too large: this destination takes up to 2.00 GB a file.");
    app.close(std::time::Duration::ZERO).await;
}

#[cfg(unix)]
#[tokio::test]
async fn without_the_program_it_says_what_is_wrong() {
    let mut rig = Rig::new().await;
    let app = rig.open().await;
    let refused = tell(&app, Command::Practice).await.unwrap_err();
    assert!(refused.message.contains("does not lie beside this program"), "{refused}");
    rig.practice = Some(PathBuf::from("/bin/true"));
    app.close(std::time::Duration::ZERO).await;
    let app = rig.open().await;
    let refused = tell(&app, Command::Practice).await.unwrap_err();
    assert!(refused.message.contains("it ended at once"), "{refused}");
    assert!(destinations(&app).await.is_empty() && crate::rig::list(&app).await.is_empty());
}

/// A killed process cannot clean up: the child has to notice by itself.
#[cfg(unix)]
#[tokio::test]
async fn it_ends_when_its_parent_is_killed() {
    use crate::rig::PATIENCE;
    use tokio::io::{AsyncBufReadExt as _, BufReader};

    /// Set in the copy of this test that starts *Practice* and is killed.
    const INSIDE: &str = "PARTWAY_TEST_PRACTICE_FOLDER";
    const NAME: &str = "practice::it_ends_when_its_parent_is_killed";
    const FIRST: &str = "practice is at ";
    if let Some(folder) = std::env::var_os(INSIDE) {
        let rig = Rig { practice: binary(), ..Rig::new().await };
        let app = rig.open_at(folder.into()).await;
        println!("{FIRST}{}", start(&app).await.url);
        return std::future::pending().await;
    }
    let Some(rig) = rig().await else { return };
    let mut parent = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(INSIDE, rig.folder.path().join("data"))
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let told = async {
        loop {
            let line = lines.next_line().await.unwrap().expect("it ended before it had started Practice");
            if let Some((_, url)) = line.split_once(FIRST) {
                return url.to_owned();
            }
        }
    };
    let url = tokio::time::timeout(PATIENCE, told).await.unwrap();
    let address = url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    assert!(tokio::net::TcpStream::connect(&address).await.is_ok(), "{address} answers");
    parent.kill().await.unwrap();
    let gone = async {
        while tokio::net::TcpStream::connect(&address).await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("it outlived the process that had started it");
}
