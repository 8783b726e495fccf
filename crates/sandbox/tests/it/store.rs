//! The vendors' parts at a real S3 server: here played by another sandbox's own S3, which refuses what S3
//! refuses.

use partway_sandbox::{Checksum, Options, Resume, Store};
use serde_json::{Value, json};

use crate::gjirafa::{self, Upload, all};
use crate::rig::{PART, Rig, bytes, etag, pieces, rig};
use crate::s3;

/// The server that stores the bytes.
async fn back() -> Rig {
    rig(|options| options.min_part = 1).await
}

/// The store's address and keys.
fn store(back: &Rig) -> Store {
    let entry = back.destination("s3");
    Store {
        url: entry.url.clone(),
        bucket: entry.more["bucket"].clone(),
        region: entry.more["region"].clone(),
        key: entry.key.clone(),
        secret: entry.more["secret"].clone(),
    }
}

/// The server that plays the vendors, in front of it.
async fn front(back: &Rig, change: impl FnOnce(&mut Options)) -> Rig {
    let store = store(back);
    rig(|options| {
        options.min_part = 1;
        options.store = Some(store);
        change(options);
    })
    .await
}

/// The key of a finished object at the back, from the log of the front.
fn key(line: &Value) -> String {
    line["object"].as_str().unwrap().strip_prefix("s3://sandbox/").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn autorenders_parts_go_to_the_store_and_its_url_leads_there() {
    for size in [0, PART, 3 * PART + 1] {
        let back = back().await;
        let front = front(&back, |_| {}).await;
        let data = bytes(size);
        let mut body = crate::rig::wanted("x ü.mov", size);
        body["folder"] = json!("a/b");
        let session = crate::rig::Session::of(&front.call("start", &body).await.unwrap().json());
        for link in &session.parts {
            assert!(
                link.starts_with(&store(&back).url) && !link.starts_with(&front.running.base_url),
                "{link}"
            );
        }
        front.put_all(&session, &data).await;
        assert_eq!((&back.last()["kind"], &back.last()["step"]), (&json!("s3"), &json!("part")));
        let done = front.complete(&session).await.unwrap();
        assert_eq!(done.status, 200, "{}", done.body);
        let line = front.last();
        assert_eq!(key(&line), format!("autorender/{}/a/b/x ü.mov", session.id));
        assert_eq!(s3::client(&back).get(&key(&line)).await, data);
        let head = s3::client(&back).send(s3::asked("HEAD", &key(&line))).await;
        assert_eq!(head.header("content-type"), "application/octet-stream");
        assert_eq!(std::fs::read_dir(front.object("objects")).unwrap().count(), 0);
        let url = done.json()["url"].as_str().unwrap().to_owned();
        let led = front.client.get(url).send().await.unwrap();
        assert_eq!(led.status(), 307);
        let place = led.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(front.client.get(place).send().await.unwrap().bytes().await.unwrap(), data);
        assert_eq!(front.complete(&session).await.unwrap().json(), done.json(), "a retry says the same");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_planned_is_held_at_complete() {
    let back = back().await;
    let front = front(&back, |_| {}).await;
    let session = front.begin("x", 2 * PART).await;
    front.put(&session.parts[0], &bytes(PART)).await.unwrap();
    let missing = front.complete(&session).await.unwrap();
    assert_eq!((missing.status, &missing.json()["code"]), (400, &json!("parts_missing")));
    front.put(&session.parts[1], &bytes(PART - 1)).await.unwrap();
    assert_eq!(front.complete(&session).await.unwrap().status, 400);
    front.put(&session.parts[1], &bytes(PART)).await.unwrap();
    assert_eq!(front.complete(&session).await.unwrap().status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn gjirafa_lists_refreshes_and_aborts_there() {
    // Its lists are paged, and the front must read all pages.
    let back = rig(|options| {
        options.min_part = 1;
        options.faults.push("list-paged".to_owned());
    })
    .await;
    let front = front(&back, |options| options.resume = Resume::Missing).await;
    let client = gjirafa::client(&front);
    let data = bytes(3 * PART);
    let upload = client.begin("x.mp4", data.len()).await;
    assert_eq!(front.put(upload.link(2), pieces(&data)[1]).await.unwrap().status, 200);
    let part = client.list(&upload).await.json()["result"][0].clone();
    assert_eq!(
        (&part["partNumber"], &part["size"], &part["eTag"]),
        (&json!(2), &json!(PART), &json!(etag(pieces(&data)[1])))
    );
    let fresh = Upload::of(&client.by_key("POST", "resume", &upload).await);
    for (number, link) in &fresh.links {
        let part = pieces(&data)[usize::try_from(*number).unwrap() - 1];
        assert_eq!(front.put(link, part).await.unwrap().status, 200);
    }
    assert_eq!(fresh.links.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(client.complete(&upload, all(&data), Some(false)).await.status, 200);
    assert_eq!(s3::client(&back).get(&key(&front.last())).await, data);

    let other = client.begin("y.mp4", PART).await;
    assert_eq!(client.by_key("PUT", "abort", &other).await.status, 200);
    let gone = front.put(other.link(1), &data[..PART]).await.unwrap();
    assert_eq!((gone.status, gone.xml("Code")), (404, "NoSuchUpload"));
    assert_eq!(client.by_key("PUT", "abort", &other).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn record360_tells_the_stores_etag() {
    let back = back().await;
    let front = front(&back, |options| options.checksum = Checksum::Etag).await;
    let entry = front.destination("record360");
    let token = format!("Token {}", entry.key);
    let headers = [("accept", "application/json; version=1"), ("authorization", token.as_str())];
    let (users, file) = (format!("{}/api/users", entry.url), "0b0a9f3e-7f0e-4c5b-9d35-3c3f7a1e2b4d");
    let url = format!("{users}/multipart_upload_start/{file}?part_count=2");
    let started = front.ask("GET", &url, &headers, &Value::Null).await.unwrap().json();
    let data = bytes(PART + 1);
    let mut parts = Vec::new();
    for (number, part) in (1..).zip(pieces(&data)) {
        let link = started["presigned_urls"][number - 1].as_str().unwrap();
        assert_eq!(front.put(link, part).await.unwrap().status, 200);
        parts.push(json!({"part_number": number, "etag": etag(part)}));
    }
    let body = json!({"upload_id": started["upload_id"], "parts": parts});
    let url = format!("{users}/multipart_upload_complete/{file}");
    let done = front.ask("POST", &url, &headers, &body).await.unwrap();
    assert_eq!((done.status, &done.json()["filesize"]), (200, &json!(PART + 1)), "{}", done.body);
    let etag = done.json()["etag"].as_str().unwrap().to_owned();
    assert_eq!(etag, s3::whole(&data));
    assert_eq!(done.json()["checksum"], etag.trim_matches('"'));
}

#[tokio::test(flavor = "multi_thread")]
async fn links_end_when_the_store_says_so() {
    let back = back().await;
    let front = front(&back, |options| options.ttl = 60).await;
    let session = front.begin("x", PART).await;
    back.advance(70);
    let over = front.put(&session.parts[0], &bytes(PART)).await.unwrap();
    assert_eq!((over.status, over.xml("Message")), (403, "Request has expired"));
    // A server whose clock is wrong hands out links that are not valid yet.
    let skewed = self::front(&back, |options| options.faults.push("clock-skew".to_owned())).await;
    back.advance(-70);
    let session = skewed.begin("x", PART).await;
    let early = skewed.put(&session.parts[0], &bytes(PART)).await.unwrap();
    assert_eq!((early.status, early.xml("Message")), (403, "Request is not yet valid"));
    let poisoned = self::front(&back, |options| options.faults.push("poisoned-checksum".to_owned())).await;
    let session = poisoned.begin("x", PART).await;
    let refused = poisoned.put(&session.parts[0], &bytes(PART)).await.unwrap();
    assert_eq!((refused.status, refused.xml("Code")), (400, "BadDigest"));
}

/// Completed there and killed before it was recorded here: the next complete finds the object.
#[tokio::test(flavor = "multi_thread")]
async fn a_complete_that_was_interrupted_is_known_by_its_object() {
    let back = back().await;
    let front = front(&back, |_| {}).await;
    let (session, data) = (front.begin("x", PART).await, bytes(PART));
    front.put_all(&session, &data).await;
    let about = front.object(&format!("sessions/{}/session.json", session.id));
    let about: Value = serde_json::from_slice(&std::fs::read(about).unwrap()).unwrap();
    let (key, id) = (about["store"]["key"].as_str().unwrap(), about["store"]["upload"].as_str().unwrap());
    assert_eq!(s3::client(&back).complete(key, id, &s3::listed(&data)).await.status, 200);
    let done = front.complete(&session).await.unwrap();
    assert_eq!((done.status, &done.json()["size"]), (200, &json!(PART)), "{}", done.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_outlive_a_kill_and_expired_ones_are_aborted_there() {
    let back = back().await;
    let (folder, data) = (tempfile::TempDir::new().unwrap(), bytes(PART));
    let options = |ttl| {
        let mut options = Options::new(folder.path());
        (options.part_size, options.ttl, options.store) = (PART as u64, ttl, Some(store(&back)));
        options
    };
    let call = |running: &partway_sandbox::Running, step: &str, body: Value| {
        let url = format!("{}/api/v1/multipart/{step}", running.base_url);
        back.client.post(url).bearer_auth(&running.key).json(&body).send()
    };
    let first = partway_sandbox::start(options(600)).await.unwrap();
    let mut sessions = Vec::new();
    for ttl in [600, 1] {
        let mut body = crate::rig::wanted("x", PART);
        body["ttl_seconds"] = json!(ttl);
        let reply: Value = call(&first, "start", body).await.unwrap().json().await.unwrap();
        sessions.push(crate::rig::Session::of(&reply));
    }
    assert_eq!(back.put(&sessions[0].parts[0], &data).await.unwrap().status, 200);
    drop(first);
    let mut later = options(600);
    later.clock = partway_sandbox::Clock::of(|| {
        jiff::Timestamp::try_from(std::time::SystemTime::now()).unwrap() + jiff::SignedDuration::from_secs(5)
    });
    let second = partway_sandbox::start(later).await.unwrap();
    let complete = call(&second, "complete", json!({"session_id": sessions[0].id})).await.unwrap();
    assert_eq!(complete.status(), 200);
    back.logged(|line| line["step"] == "abort" && line["status"] == 204).await;
    let open = s3::Asked { query: &[("uploads", "")], ..s3::asked("GET", "") };
    assert!(!s3::client(&back).send(open).await.body.contains("<Upload>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_is_told_and_nothing_is_begun() {
    let back = back().await;
    let mut away = store(&back);
    away.url = "http://127.0.0.1:1".to_owned();
    let front = rig(|options| options.store = Some(away)).await;
    let told = front.call("start", &crate::rig::wanted("x", 1)).await.unwrap();
    assert_eq!((told.status, &told.json()["code"]), (502, &json!("store_unavailable")), "{}", told.body);
    let mut wrong = store(&back);
    wrong.secret = "another".to_owned();
    let front = rig(|options| options.store = Some(wrong)).await;
    let told = front.call("start", &crate::rig::wanted("x", 1)).await.unwrap();
    assert!(told.status == 502 && told.body.contains("SignatureDoesNotMatch"), "{}", told.body);
    assert_eq!(std::fs::read_dir(front.object("sessions")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_store_that_cannot_be_one_is_refused_at_the_start() {
    let good = store(&back().await);
    for url in
        ["", "x", "https://127.0.0.1:9", "http://127.0.0.1:9/path", "http://user:pw@127.0.0.1:9", "ftp://h"]
    {
        let mut options = Options::new(tempfile::TempDir::new().unwrap().path());
        options.store = Some(Store { url: url.to_owned(), ..good.clone() });
        let told = partway_sandbox::start(options).await.unwrap_err().to_string();
        assert!(told.starts_with("--store-s3: "), "{url}: {told}");
    }
    assert!(!format!("{good:?}").contains(&good.secret), "a secret is not shown");
}
