//! A folder is chosen in the system's dialog and watched while a program writes into it; the app is killed, and goes on watching.

use std::path::Path;
use std::time::Duration;

use crate::support::{Desk, Driven, Made, Practice, Seed, bounded, program, until};

/// Appends for some seconds, opening the file anew for every piece: nothing but its growing shows that it is not through.
const WRITER: &str =
    "for piece in 1 2 3 4 5 6 7 8 9 10; do head -c 300000 /dev/urandom >> grows.mov; sleep 0.5; done";

#[tokio::test]
async fn a_folder_is_watched_while_a_program_writes_into_it_and_after_a_crash() {
    bounded(4, async {
        let mut seed = Seed::of("watched");
        let desk = Desk::set_up().await;
        let (folder, beside) = (desk.folder("in"), desk.folder("beside"));
        let practice = Practice::of(&desk);
        let app = Driven::start_with_practice(&desk).await;
        desk.press_keys("ctrl+comma").await;
        app.press("Watch a folder").await;
        app.press("Choose the folder …").await;
        desk.choose_in_dialog("Watch a folder", &folder).await;
        app.shows("New files go to Practice", Duration::from_secs(20)).await;
        app.shows("Watching", Duration::from_secs(20)).await;

        let mut writer = desk.command("sh");
        writer.args(["-c", WRITER]).current_dir(&folder);
        let mut writer = writer.spawn().unwrap();
        app.shows("1 file still growing", Duration::from_secs(20)).await;
        app.picture("watched-growing").await;
        assert_eq!(practice.objects(), 0, "it went while it grew");
        assert!(writer.wait().await.unwrap().success());
        let moved = moved_into(&folder, &Made::in_folder(&beside, "moved.mov", 2_000_000, &mut seed));
        arrived(&practice, 2).await;
        assert!(
            practice.has(&Made { path: folder.join("grows.mov") }),
            "it went before its writer was through"
        );
        assert!(practice.has(&moved));

        // One comes while nobody watches, and what went does not go again.
        desk.crash().await;
        drop(app);
        let late = moved_into(&folder, &Made::in_folder(&beside, "late.mov", 1_000_000, &mut seed));
        let app = Driven::start(&desk, &[]).await;
        arrived(&practice, 3).await;
        app.rows_show("Practice finished", 3, Duration::from_secs(30)).await;
        app.picture("watched-after-crash").await;
        assert!(practice.has(&late));
        let mut list = desk.command(program("partwayctl"));
        list.arg("--data-dir").arg(desk.data()).args(["watch", "list"]);
        let said = String::from_utf8(list.output().await.unwrap().stdout).unwrap();
        assert!(said.contains("Watching"), "{said}");
    })
    .await;
}

/// Renames a file into the folder.
fn moved_into(folder: &Path, made: &Made) -> Made {
    let path = folder.join(made.path.file_name().unwrap());
    std::fs::rename(&made.path, &path).unwrap();
    Made { path }
}

async fn arrived(practice: &Practice, files: usize) {
    until(&format!("{files} objects"), Duration::from_secs(60), async || {
        (practice.objects() >= files).then_some(())
    })
    .await;
    assert_eq!(practice.objects(), files, "one went twice");
}
