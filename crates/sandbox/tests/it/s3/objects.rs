//! The bucket and its finished objects, as clients read them.

use serde_json::json;

use super::{Asked, asked, client, code, lax};
use crate::rig::{bytes, etag, rig};

#[tokio::test]
async fn a_range_is_read_and_the_condition_on_it_judged() {
    let rig = rig(lax).await;
    let (client, data) = (client(&rig), bytes(5000));
    client.send(Asked { body: &data, ..asked("PUT", "k") }).await;
    let read = |range: &'static str| {
        let link = client.link(asked("GET", "k"), "60");
        rig.client.get(link).header("range", range).send()
    };
    let part = read("bytes=1000-1999").await.unwrap();
    assert_eq!(
        (part.status(), part.headers()["content-range"].to_str().unwrap()),
        (206.try_into().unwrap(), "bytes 1000-1999/5000")
    );
    assert_eq!(part.bytes().await.unwrap(), data[1000..2000]);
    assert_eq!(read("bytes=-10").await.unwrap().bytes().await.unwrap(), data[4990..]);
    assert_eq!(read("bytes=5000-").await.unwrap().status(), 416);
    let good = etag(&data);
    for (tag, status) in [(good.as_str(), 200), ("\"other\"", 412)] {
        let link = client.link(asked("GET", "k"), "60");
        let got = rig.client.get(link).header("if-match", tag).send().await.unwrap();
        assert_eq!(got.status(), status);
    }
}

#[tokio::test]
async fn what_is_not_there_is_told() {
    let rig = rig(lax).await;
    let client = client(&rig);
    assert_eq!(code(&client.send(asked("GET", "k")).await), (404, "NoSuchKey"));
    assert_eq!(client.send(asked("HEAD", "k")).await.status, 404);
    let elsewhere = super::client(&rig).elsewhere("other");
    for asked in [asked("GET", "k"), asked("PUT", "k"), asked("GET", "")] {
        let refused = elsewhere.send(asked).await;
        assert_eq!((code(&refused), refused.xml("BucketName")), ((404, "NoSuchBucket"), "other"));
    }
}

#[tokio::test]
async fn the_bucket_is_there_and_no_other_can_be_made() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let head = client.send(asked("HEAD", "")).await;
    assert_eq!((head.status, head.header("x-amz-bucket-region")), (200, "us-east-1"));
    assert_eq!(rig.last()["step"], "bucket");
    let location = client.send(Asked { query: &[("location", "")], ..asked("GET", "") }).await;
    assert_eq!((location.status, location.xml("LocationConstraint")), (200, ""));
    assert_eq!(code(&client.send(asked("PUT", "")).await), (409, "BucketAlreadyOwnedByYou"));
    let other = super::client(&rig).elsewhere("other");
    assert_eq!(code(&other.send(asked("PUT", "")).await), (403, "AccessDenied"));
    let root = super::client(&rig).elsewhere("");
    let all = root.send(asked("GET", "")).await;
    assert_eq!((all.status, all.xml("Name")), (200, "sandbox"), "{}", all.body);
}

#[tokio::test]
async fn what_is_deleted_is_gone_with_all_that_it_replaced() {
    let rig = rig(lax).await;
    let client = client(&rig);
    for data in [&b"one"[..], b"two"] {
        client.send(Asked { body: data, ..asked("PUT", "k") }).await;
    }
    client.upload("k", b"three").await;
    assert_eq!(client.send(asked("DELETE", "k")).await.status, 204);
    assert_eq!((&rig.last()["step"], &rig.last()["status"]), (&json!("delete"), &json!(204)));
    assert_eq!(client.send(asked("HEAD", "k")).await.status, 404);
    assert_eq!(client.send(asked("DELETE", "k")).await.status, 204, "gone is gone");
    assert_eq!(std::fs::read_dir(rig.object("objects")).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(rig.object("sessions")).unwrap().count(), 0);
}
