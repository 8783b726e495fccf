//! An account at a vendor, set up in the window of a computer without a keychain.

use std::fs;
use std::time::Duration;

use serde_json::Value;

use crate::support::{Desk, Driven, Made, Seed, bounded, files_in, program};

#[tokio::test]
async fn a_file_goes_to_an_account_whose_key_is_kept_for_this_session_only() {
    bounded(3, async {
        let mut seed = Seed::of("account");
        let mut desk = Desk::set_up().await;
        let made = Made::in_folder(&desk.folder("takes"), "cut.mov", 30_000_000, &mut seed);
        let (url, key) = vendor(&mut desk).await;
        let app = Driven::start(&desk, &[]).await;

        app.press("Add your first destination").await;
        app.field("Name").await.send_keys("Dailies").await.unwrap();
        app.field("API key").await.send_keys(&key).await.unwrap();
        app.press("Advanced").await;
        app.field("Server").await.send_keys(&url).await.unwrap();
        app.press_at("//form//button[@type='submit']").await;
        app.shows("Keep for this session only", Duration::from_secs(30)).await;
        app.picture("no-keychain").await;
        app.press("Keep for this session only").await;
        app.shows("Drop files or folders anywhere", Duration::from_secs(30)).await;

        desk.hand_over(&made.path).await;
        app.rows_show("Verified", 1, Duration::from_secs(60)).await;
        app.picture("verified").await;
        assert!(files_in(&desk.folder("vendor/objects")).iter().any(|object| made.equals(object)));

        let secrets = [key.as_bytes(), b"X-Amz-Signature"];
        for file in files_in(&desk.data()) {
            let bytes = fs::read(&file).unwrap_or_default();
            let found =
                secrets.iter().any(|secret| bytes.windows(secret.len()).any(|window| window == *secret));
            assert!(!found, "a secret lies in {}", file.display());
        }

        // The link is on the real clipboard: it can be pasted into any field.
        app.press("Copy link").await;
        app.press("Add destination").await;
        let field = app.field("Name").await;
        field.click().await.unwrap();
        desk.press_keys("ctrl+v").await;
        app.field_holds(&field, "http").await;
    })
    .await;
}

/// A vendor of our own: its address and a key.
pub(crate) async fn vendor(desk: &mut Desk) -> (String, String) {
    let mut vendor = desk.command(program("partway-sandbox"));
    vendor.arg("--dir").arg(desk.folder("vendor"));
    let line: Value = serde_json::from_str(&desk.first_line(vendor).await).unwrap();
    let account = &line["destinations"][0];
    (account["url"].as_str().unwrap().to_owned(), account["key"].as_str().unwrap().to_owned())
}
