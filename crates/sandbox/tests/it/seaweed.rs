//! The vendors' parts at a real third-party S3 server: SeaweedFS, started by the test.

use partway_sandbox::{Options, Store};
use partway_seaweed::{KEY, SECRET, server};
use serde_json::json;

use crate::gjirafa::{self, Upload, listed};
use crate::rig::{Rig, Session, bytes, etag, rig};

/// S3's smallest part except the last.
const PART: usize = 5 << 20;

/// A sandbox in front of a separate bucket.
async fn front(bucket: &'static str, change: impl FnOnce(&mut Options)) -> Rig {
    let at = tokio::task::spawn_blocking(move || {
        let server = server().unwrap_or_else(|why| panic!("{why}"));
        server.bucket(bucket).unwrap();
        server.url.clone()
    });
    let store = Store {
        url: at.await.unwrap(),
        bucket: bucket.to_owned(),
        region: "us-east-1".to_owned(),
        key: KEY.to_owned(),
        secret: SECRET.to_owned(),
    };
    rig(|options| {
        options.part_size = PART as u64;
        options.store = Some(store);
        change(options);
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_arrives_there_byte_for_byte() {
    let front = front("bytes", |_| {}).await;
    for size in [0, 1, PART, 2 * PART + 1] {
        let data = bytes(size);
        let mut body = crate::rig::wanted("x ü+1.mov", size);
        (body["folder"], body["format"]) = (json!("a/b"), json!("video/quicktime"));
        let session = Session::of(&front.call("start", &body).await.unwrap().json());
        let pieces = if data.is_empty() { vec![&data[..]] } else { data.chunks(PART).collect() };
        for (link, piece) in session.parts.iter().zip(pieces) {
            let answer = front.put(link, piece).await.unwrap();
            assert_eq!(
                (answer.status, answer.header("etag")),
                (200, etag(piece).as_str()),
                "{}",
                answer.body
            );
        }
        let done = front.complete(&session).await.unwrap();
        assert_eq!(done.status, 200, "{}", done.body);
        assert_eq!(front.complete(&session).await.unwrap().json(), done.json(), "a retry says the same");
        let url = done.json()["url"].as_str().unwrap().to_owned();
        let led = front.client.get(url).send().await.unwrap();
        let place = led.headers()["location"].to_str().unwrap().to_owned();
        let got = front.client.get(place).send().await.unwrap();
        assert_eq!(got.headers()["content-type"], "video/quicktime");
        assert!(got.bytes().await.unwrap() == data, "{size}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_listed_links_renewed_and_uploads_given_up_there() {
    let front = front("books", |options| options.resume = partway_sandbox::Resume::Missing).await;
    let client = gjirafa::client(&front);
    let data = bytes(PART + 10);
    let (one, two) = data.split_at(PART);
    let begin = async |parts: usize| {
        let wanted = gjirafa::wanted("y.mp4", data.len(), parts);
        Upload::of(&client.ask("POST", "uploads/multipart", &wanted).await)
    };
    let upload = begin(2).await;
    assert_eq!(front.put(upload.link(1), one).await.unwrap().status, 200);
    let part = client.list(&upload).await.json()["result"][0].clone();
    assert_eq!((&part["size"], &part["eTag"]), (&json!(PART), &json!(etag(one))));
    let fresh = Upload::of(&client.by_key("POST", "resume", &upload).await);
    assert_eq!(fresh.links.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2]);
    assert_eq!(front.put(fresh.link(2), two).await.unwrap().status, 200);
    let done = client.complete(&upload, listed(&[(1, one), (2, two)]), Some(false)).await;
    assert_eq!((done.status, &done.json()["result"]), (200, &json!(true)), "{}", done.body);

    let other = begin(2).await;
    assert_eq!(front.put(other.link(1), b"abc").await.unwrap().status, 200);
    assert_eq!(client.by_key("PUT", "abort", &other).await.status, 200);
    let gone = front.put(other.link(2), b"abc").await.unwrap();
    assert_eq!((gone.status, gone.xml("Code")), (404, "NoSuchUpload"));
}

/// What the sandbox accepts with `--min-part 1`, a real server does not.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refuses_the_vendor_refuses() {
    let front = front("refusals", |options| options.min_part = 1).await;
    let client = gjirafa::client(&front);
    let wanted = gjirafa::wanted("y.mp4", 6, 2);
    let upload = Upload::of(&client.ask("POST", "uploads/multipart", &wanted).await);
    for number in [1, 2] {
        assert_eq!(front.put(upload.link(number), b"abc").await.unwrap().status, 200);
    }
    let refused = client.complete(&upload, listed(&[(1, b"abc"), (2, b"abc")]), Some(false)).await;
    assert!(refused.status == 400 && refused.body.contains("EntityTooSmall"), "{}", refused.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_end_there_too() {
    let front = front("ends", |options| options.ttl = 60).await;
    // The links expired a minute ago; the sandbox's own requests are valid for longer.
    front.advance(-120);
    let session = front.begin("x", 1).await;
    let over = front.put(&session.parts[0], b"a").await.unwrap();
    assert_eq!((over.status, over.xml("Message")), (403, "Request has expired"), "{}", over.body);
}
