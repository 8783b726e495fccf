//! The test upload against unusual storages: it reports what it finds, with what to do.

use partway_api::{CheckLine, Mark};

use crate::kinds::{checked, of_kind};
use crate::rig::{Rig, add_destination};

/// The upload line for a destination of this kind with these settings.
async fn tried(kind: &str, faults: &[&str], settings: &[(&str, &str)]) -> CheckLine {
    let faults: Vec<String> = faults.iter().map(|fault| (*fault).to_owned()).collect();
    let rig = Rig::with(|options| options.faults = faults).await;
    let app = rig.open().await;
    let (mut draft, key) = of_kind(&rig, kind);
    draft.settings.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    add_destination(&app, draft, key).await.unwrap();
    checked(&app, kind, true).await.into_iter().find(|line| line.about == "upload").unwrap()
}

#[tokio::test]
async fn a_bucket_that_wants_checksums_is_found_out_and_told_with_its_setting() {
    let line = tried("s3", &["checksum-wanted@put"], &[]).await;
    assert_eq!(line.mark, Mark::Bad, "{line:?}");
    assert!(line.text.contains("--part-checksum md5") && line.text.contains("Object Lock"), "{line:?}");
    let line = tried("s3", &["checksum-wanted@put"], &[("part_checksum", "md5")]).await;
    assert_eq!(line.mark, Mark::Good, "{line:?}");
    // The one the storage names, or the first it accepts; also if another is set.
    for (fault, found) in [("checksum-wanted-amz@put", "crc32"), ("checksum-wanted-sha256@put", "sha256")] {
        for set in ["none", "md5", "crc64nvme"] {
            if (fault, set) == ("checksum-wanted-amz@put", "crc64nvme") {
                continue;
            }
            let line = tried("s3", &[fault], &[("part_checksum", set)]).await;
            let told = line.text.contains(&format!("--part-checksum {found})"));
            assert!(line.mark == Mark::Bad && told, "{fault} {set}: {line:?}");
        }
        let line = tried("s3", &[fault], &[("part_checksum", found)]).await;
        assert_eq!(line.mark, Mark::Good, "{fault}: {line:?}");
    }
    // If links come from elsewhere, there is nothing to set.
    for kind in ["autorender", "gjirafa", "record360"] {
        let line = tried(kind, &["checksum-wanted"], &[]).await;
        assert!(line.mark == Mark::Bad && line.text.contains("links"), "{kind}: {line:?}");
    }
}

#[tokio::test]
async fn a_storage_with_checksums_of_another_kind_is_told_with_its_setting() {
    for (kind, fault) in [
        ("autorender", "part-etag-other"),
        ("gjirafa", "part-etag-other"),
        ("record360", "part-etag-other"),
        ("s3", "part-etag-other@put"),
    ] {
        let line = tried(kind, &[fault], &[]).await;
        assert!(line.mark == Mark::Bad && line.text.contains("--checksums ignore"), "{kind}: {line:?}");
        let line = tried(kind, &[fault], &[("checksums", "ignore")]).await;
        assert!(line.mark == Mark::Good && !line.text.contains("matches"), "{kind}: {line:?}");
    }
}

#[tokio::test]
async fn a_storage_that_lists_nothing_does_not_refuse() {
    for fault in ["no-list@uploads", "no-list-405@uploads", "no-list-page@uploads", "no-list-other@uploads"] {
        let rig = Rig::with(|options| options.faults.push(fault.into())).await;
        let app = rig.open().await;
        let (draft, key) = of_kind(&rig, "s3");
        add_destination(&app, draft, key).await.unwrap();
        for line in checked(&app, "s3", true).await {
            assert!(line.mark != Mark::Bad && !line.refused, "{fault}: {line:?}");
        }
    }
}
