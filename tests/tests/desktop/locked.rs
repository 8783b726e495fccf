//! A keyring that is locked while something uploads, and at the start: what the window says, and how it goes on.

use std::fs;
use std::time::Duration;

use crate::support::{
    Desk, Driven, Keyring, Made, Seed, Vendor, bounded, files_in, program, resume, stop, terminate, until,
};

const SOON: Duration = Duration::from_secs(30);
const LONG: Duration = Duration::from_secs(60);
const LOCKED: &str = "The keychain is locked.";

#[tokio::test]
async fn what_is_on_its_way_goes_on_and_the_rest_waits_until_the_keyring_is_unlocked() {
    bounded(5, async {
        let mut seed = Seed::of("locked");
        let mut desk = Desk::set_up().await;
        let keyring = Keyring::start(&mut desk).await;
        let folder = desk.folder("takes");
        let mut made = |name: &str| Made::in_folder(&folder, name, 12_000_000, &mut seed);
        let [first, second, third] = ["first.mov", "second.mov", "third.mov"].map(&mut made);
        let Vendor { url, key } = Vendor::start(&mut desk, &[]).await;
        let server = desk.running("partway-sandbox");
        let app = Driven::start(&desk, &[]).await;
        add(&app, &url, &key).await;
        assert!(keyring.holds_keys(&desk).await);

        // The vendor sleeps, so that the first upload has its key and is not through.
        stop(&server);
        desk.hand_over(&first.path).await;
        let uploads = "return document.querySelector('[data-testid=row][data-state=uploading]') !== null";
        until("the start of the first", SOON, async || (app.ask(uploads).await == true).then_some(())).await;
        keyring.lock(&desk).await;
        desk.hand_over(&second.path).await;
        app.shows(LOCKED, SOON).await;
        app.rows_show("Waiting for the key", 1, SOON).await;
        app.shows("Dailies needs its key: 1 upload waits, nothing is lost.", SOON).await;
        app.shows("Keychain locked", SOON).await;
        app.picture("locked").await;
        resume(&server);
        app.rows_show("Verified", 1, LONG).await;
        app.rows_show("Waiting for the key", 1, SOON).await;

        // Nobody answers the question that this raises.
        app.press("Unlock").await;
        app.shows("The keychain is locked. Unlock it, then try again.", SOON).await;
        keyring.unlock(&desk).await;
        app.rows_show("Verified", 2, LONG).await;
        until("the end of the banner", SOON, async || {
            app.text().await.filter(|text| !text.contains(LOCKED)).map(drop)
        })
        .await;

        desk.press_keys("ctrl+comma").await;
        app.shows("Working: a test entry was stored and read back", SOON).await;
        keyring.lock(&desk).await;
        app.press("Check again").await;
        app.shows("The keychain is locked. Unlock it, then try again.", SOON).await;
        app.picture("locked-settings").await;
        keyring.unlock(&desk).await;
        app.press("Unlock").await;
        app.shows("Working: a test entry was stored and read back", SOON).await;

        // Locked at the start: what was unfinished waits, and one press sets it going.
        stop(&server);
        desk.press_keys("Escape").await;
        desk.hand_over(&third.path).await;
        app.has_rows(3, SOON).await;
        keyring.lock(&desk).await;
        terminate(&desk.running("partway"));
        until("the end of the app", SOON, async || desk.running("partway").is_empty().then_some(())).await;
        drop(app);
        resume(&server);
        let app = Driven::start(&desk, &[]).await;
        app.shows(LOCKED, SOON).await;
        app.picture("locked-at-start").await;
        keyring.unlock(&desk).await;
        app.rows_show("Verified", 3, LONG).await;
        let objects = files_in(&desk.folder("vendor/objects"));
        for file in [&first, &second, &third] {
            assert!(
                objects.iter().any(|object| file.equals(object)),
                "{} did not arrive",
                file.path.display()
            );
        }
        for file in files_in(&desk.data()) {
            let bytes = fs::read(&file).unwrap_or_default();
            let found = bytes.windows(key.len()).any(|window| window == key.as_bytes());
            assert!(!found, "the key lies in {}", file.display());
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_that_cannot_leave_a_locked_keyring_is_told_and_leaves_when_it_is_unlocked() {
    bounded(3, async {
        let mut desk = Desk::set_up().await;
        let keyring = Keyring::start(&mut desk).await;
        let Vendor { url, key } = Vendor::start(&mut desk, &[]).await;
        let app = Driven::start(&desk, &[]).await;
        add(&app, &url, &key).await;
        keyring.lock(&desk).await;
        app.press_at("//nav//button[contains(., 'Dailies')]").await;
        app.press_at("//*[@role='menuitem'][normalize-space()='Remove']").await;
        app.press_at("//*[@role='alertdialog']//button[normalize-space()='Remove']").await;
        app.shows("Its key is still in the keychain, which is locked", SOON).await;
        app.picture("locked-removed").await;

        keyring.unlock(&desk).await;
        until("the end of the key", SOON, async || (!keyring.holds_keys(&desk).await).then_some(())).await;
    })
    .await;
}

#[tokio::test]
async fn partwayctl_ends_with_3_and_says_that_the_keyring_is_locked() {
    bounded(3, async {
        let mut seed = Seed::of("locked headless");
        let mut desk = Desk::set_up().await;
        let keyring = Keyring::start(&mut desk).await;
        let made = Made::in_folder(&desk.folder("takes"), "one.mov", 1_000_000, &mut seed);
        let Vendor { url, key } = Vendor::start(&mut desk, &[]).await;
        let app = Driven::start(&desk, &[]).await;
        add(&app, &url, &key).await;
        terminate(&desk.running("partway"));
        until("the end of the app", SOON, async || desk.running("partway").is_empty().then_some(())).await;
        drop(app);

        let (ctl, data) = (program("partwayctl"), desk.data());
        let upload = ["--data-dir".as_ref(), data.as_os_str(), "upload".as_ref(), made.path.as_os_str()];
        keyring.lock(&desk).await;
        let ended = desk.output(ctl.to_str().unwrap(), upload).await;
        let said =
            format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
        assert_eq!(ended.status.code(), Some(3), "{said}");
        assert!(said.contains("The keychain is locked. Unlock it, then try again."), "{said}");

        keyring.unlock(&desk).await;
        let resume = ["--data-dir".as_ref(), data.as_os_str(), "resume".as_ref()];
        let ended = desk.output(ctl.to_str().unwrap(), resume).await;
        assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    })
    .await;
}

/// Adds the vendor, with its key in the keychain.
async fn add(app: &Driven, url: &str, key: &str) {
    app.set_up_account(url, key).await;
    app.shows("Drop files or folders anywhere", SOON).await;
}
