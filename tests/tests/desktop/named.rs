//! What is named at a start and cannot be taken is told in the window, whatever came first: the app, the page or a destination. And what
//! keeps the app from starting is told where somebody reads it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use crate::support::{Desk, Driven, Made, Practice, Seed, bounded, program, until};

const SOON: Duration = Duration::from_secs(20);

/// A start with these arguments, to its end.
async fn start(desk: &Desk, named: &[&OsStr]) -> Output {
    let data = desk.data();
    let all = [OsStr::new("--data-dir"), data.as_os_str()].into_iter().chain(named.iter().copied());
    desk.output(program("partway").to_str().unwrap(), all).await
}

/// A second start that says this on its error stream, as the window does.
async fn is_told(desk: &Desk, app: &Driven, named: &[&Path], sentence: &str) {
    let named: Vec<_> = named.iter().map(|path| path.as_os_str()).collect();
    let second = start(desk, &named).await;
    assert_eq!(second.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&second.stderr).trim(), sentence);
    app.shows(sentence, SOON).await;
}

#[tokio::test]
async fn a_second_start_tells_in_the_window_what_cannot_be_taken() {
    bounded(3, async {
        let mut seed = Seed::of("named");
        let desk = Desk::set_up().await;
        let folder = desk.folder("takes");
        let [ok, by_address] = ["ok.mov", "by address #1.mov"].map(|name| Made::in_folder(&folder, name, 5_000, &mut seed));
        let (missing, pipe) = (folder.join("nix.mov"), folder.join("pipe"));
        desk.run("mkfifo", [&pipe]).await;
        let app = Driven::start_with_practice(&desk).await;

        let at = missing.display();
        is_told(&desk, &app, &[&missing], &format!("nix.mov was not found at {at}. Check the path.")).await;
        let sentence = format!("1 of 2 cannot be sent: nix.mov was not found at {at}. Check the path.");
        is_told(&desk, &app, &[&ok.path, &missing], &sentence).await;
        app.picture("named-not-there").await;
        let sentence = "None of these 2 can be sent. The first of them: pipe is neither a file nor a folder, so it was not sent.";
        is_told(&desk, &app, &[&pipe, Path::new("/dev/null")], sentence).await;

        let address = format!("file://{}/by%20address%20%231.mov", folder.display());
        assert!(start(&desk, &[OsStr::new(&address)]).await.status.success());
        let practice = Practice::of(&desk);
        until("both objects", SOON, async || (practice.has(&ok) && practice.has(&by_address)).then_some(())).await;
        assert_eq!(practice.objects(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_first_start_tells_it_too_before_there_is_a_destination_and_after() {
    bounded(3, async {
        let desk = Desk::set_up().await;
        let folder = desk.folder("takes");
        let missing = folder.join("nix.mov");
        let sentence = format!("nix.mov was not found at {}. Check the path.", missing.display());
        let named = [missing.to_str().unwrap()];

        let app = Driven::start(&desk, &named).await;
        app.shows(&sentence, SOON).await;
        app.shows("Where should your files go?", SOON).await;
        app.picture("named-first-run").await;
        assert!(!app.text().await.unwrap().contains("waits here"), "it will never go");
        app.press("Practice on this computer").await;
        app.shows("Drop files or folders anywhere", SOON).await;
        desk.press_keys("ctrl+q").await;
        until("the end", SOON, async || desk.running("partway").is_empty().then_some(())).await;
        drop(app);

        let app = Driven::start(&desk, &named).await;
        app.shows(&sentence, SOON).await;
        app.shows("Drop files or folders anywhere", SOON).await;
    })
    .await;
}

#[tokio::test]
async fn a_damaged_record_of_uploads_is_told_on_the_first_page() {
    bounded(3, async {
        let desk = Desk::set_up().await;
        let app = Driven::start_with_practice(&desk).await;
        desk.press_keys("ctrl+q").await;
        until("the end", SOON, async || desk.running("partway").is_empty().then_some(())).await;
        drop(app);
        std::fs::write(desk.data().join("journal.db"), b"garbage".repeat(3_000)).unwrap();

        let app = Driven::start(&desk, &[]).await;
        app.shows("Where should your files go?", SOON).await;
        app.shows("The record of your uploads could not be read.", SOON).await;
        app.picture("damaged-first-run").await;
        app.press("Understood").await;
        until("its end", SOON, async || {
            let text = app.text().await?;
            (!text.contains("The record of your uploads")).then_some(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn without_a_screen_that_opens_it_ends_in_a_sentence() {
    bounded(2, async {
        let desk = Desk::set_up().await;
        for display in ["", ":999"] {
            let mut command = desk.command(program("partway"));
            command.arg("--data-dir").arg(desk.data()).env("DISPLAY", display);
            let ended = tokio::time::timeout(SOON, command.output()).await.unwrap().unwrap();
            let said = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(ended.status.code(), Some(1), "{said}");
            assert_eq!(said.trim(), "There is no screen to open a window on. partwayctl works without one.");
        }

        let file = desk.folder("other").join("a file");
        std::fs::write(&file, "x").unwrap();
        let mut command = desk.command(program("partway"));
        command.arg("--data-dir").arg(&file).env("DISPLAY", ":999");
        let said = tokio::time::timeout(SOON, command.output()).await.unwrap().unwrap().stderr;
        let sentence = format!(
            "The data folder {} cannot be used: something else of that name is there already. Change that, or name another folder with --data-dir.",
            file.display()
        );
        assert_eq!(String::from_utf8_lossy(&said).trim(), sentence);
    })
    .await;
}
