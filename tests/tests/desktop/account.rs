//! An account at a vendor, set up in the window of a computer without a keychain.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::support::{Desk, Driven, Made, Seed, Vendor, bounded, files_in};

#[tokio::test]
async fn a_file_goes_to_an_account_whose_key_is_kept_for_this_session_only() {
    bounded(3, async {
        let mut seed = Seed::of("account");
        let mut desk = Desk::set_up().await;
        let made = Made::in_folder(&desk.folder("takes"), "cut.mov", 30_000_000, &mut seed);
        let Vendor { url, key } = Vendor::start(&mut desk, &[]).await;
        let app = Driven::start(&desk, &[]).await;

        app.set_up_account(&url, &key).await;
        app.shows("Keep for this session only", Duration::from_secs(30)).await;
        app.picture("no-keychain").await;
        app.press("Keep for this session only").await;
        app.shows("Drop files or folders anywhere", Duration::from_secs(30)).await;

        desk.hand_over(&made.path).await;
        app.rows_show("Verified", 1, Duration::from_secs(60)).await;
        app.picture("verified").await;
        assert!(files_in(&desk.folder("vendor/objects")).iter().any(|object| made.equals(object)));

        let lies_in = |secret: &[u8]| {
            let holds = |file: &PathBuf| {
                fs::read(file).is_ok_and(|bytes| bytes.windows(secret.len()).any(|window| window == secret))
            };
            files_in(&desk.data()).into_iter().find(holds)
        };
        assert_eq!(lies_in(key.as_bytes()), None, "the key was kept for this session only");
        // Links are wiped a moment after their file has arrived.
        let begun = Instant::now();
        while let Some(file) = lies_in(b"X-Amz-Signature") {
            assert!(begun.elapsed() < Duration::from_secs(30), "a link lies in {}", file.display());
            sleep(Duration::from_millis(100)).await;
        }

        // The link is on the real clipboard: it can be pasted into any field.
        app.press("Copy link").await;
        app.press("Add destination").await;
        app.pasted(&desk, "Name", "http").await;
    })
    .await;
}
