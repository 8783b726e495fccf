//! A file's path: start, parts, complete, and the resulting object.

use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::rig::{PART, bytes, etag, pieces, rig, wanted};

#[tokio::test]
async fn a_file_arrives_byte_for_byte() {
    let rig = rig(|_| {}).await;
    for size in [0, 1, PART, PART + 1, 10 * PART, 10 * PART + 7] {
        let data = bytes(size);
        let session = rig.begin("x.bin", size).await;
        assert_eq!(session.part_size, PART as u64);
        rig.put_all(&session, &data).await;
        let reply = rig.complete(&session).await.unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body);
        let line = rig.last();
        assert_eq!((&line["step"], &line["session"]), (&json!("complete"), &json!(session.id)));
        let object = rig.object(line["object"].as_str().unwrap());
        assert_eq!(std::fs::read(object).unwrap(), data, "{size}");
        assert_eq!(reply.json()["data"]["file_size"], size);
    }
}

#[tokio::test]
async fn parts_may_come_all_at_once_and_in_any_order() {
    let rig = rig(|_| {}).await;
    let data = bytes(40 * PART + 3);
    let session = rig.begin("x.bin", data.len()).await;
    let all = session.parts.iter().zip(pieces(&data)).rev().map(|(url, part)| rig.put(url, part));
    for answer in futures_util::future::join_all(all).await {
        assert_eq!(answer.unwrap().status, 200);
    }
    rig.complete(&session).await.unwrap();
    assert_eq!(std::fs::read(rig.object("objects/x.bin")).unwrap(), data);
}

#[tokio::test]
async fn a_part_sent_again_replaces_the_first() {
    let rig = rig(|_| {}).await;
    let (old, new) = (bytes(2 * PART), bytes(2 * PART).into_iter().map(|b| !b).collect::<Vec<_>>());
    let session = rig.begin("x.bin", old.len()).await;
    rig.put_all(&session, &old).await;
    for _ in 0..2 {
        rig.put_all(&session, &new).await;
    }
    rig.complete(&session).await.unwrap();
    assert_eq!(std::fs::read(rig.object("objects/x.bin")).unwrap(), new);
}

#[tokio::test]
async fn a_part_cut_short_leaves_the_stored_one_alone() {
    let rig = rig(|_| {}).await;
    let data = bytes(PART);
    let session = rig.begin("x.bin", PART).await;
    let cut = async || {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", rig.running.port)).await.unwrap();
        let head = rig.head(&session.parts[0]);
        stream.write_all(format!("{head}Content-Length: {PART}\r\n\r\nshort").as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
    };
    cut().await;
    let line = rig.logged(|line| line["bytes"] == 5).await;
    assert_eq!((&line["stored"], &line["status"]), (&json!(false), &json!(null)));
    assert_eq!(rig.complete(&session).await.unwrap().status, 400);
    rig.put_all(&session, &data).await;
    cut().await;
    rig.logged(|_| rig.log().iter().filter(|line| line["bytes"] == 5).count() == 2).await;
    assert_eq!(rig.complete(&session).await.unwrap().status, 200);
    assert_eq!(std::fs::read(rig.object("objects/x.bin")).unwrap(), data);
}

#[tokio::test]
async fn missing_parts_are_named_and_can_still_be_sent() {
    let rig = rig(|_| {}).await;
    let data = bytes(3 * PART);
    let session = rig.begin("x.bin", data.len()).await;
    rig.put(&session.parts[1], pieces(&data)[1]).await.unwrap();
    let refused = rig.complete(&session).await.unwrap();
    assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("parts_missing")));
    assert_eq!(refused.json()["message"], "2 of 3 parts are missing: 1, 3");
    rig.put_all(&session, &data).await;
    assert_eq!(rig.complete(&session).await.unwrap().status, 200);
}

#[tokio::test]
async fn names_stay_what_they_were_and_never_collide() {
    let rig = rig(|_| {}).await;
    let mut objects = Vec::new();
    for name in ["Füße 映画.mov", "Füße 映画.mov", "new\nline \"q\".bin", "%2e%2e", "#?&=+.x"] {
        let session = rig.begin(name, 3).await;
        rig.put_all(&session, b"abc").await;
        assert_eq!(rig.complete(&session).await.unwrap().status, 200);
        objects.push(rig.last()["object"].as_str().unwrap().to_owned());
    }
    let expected = ["Füße 映画.mov", "Füße 映画-2.mov", "new\nline \"q\".bin", "%2e%2e", "#?&=+.x"];
    let kept = |name: &str| if cfg!(windows) { name.replace(['\n', '"', '?'], "_") } else { name.to_owned() };
    assert_eq!(objects, expected.map(|name| format!("objects/{}", kept(name))));
}

#[tokio::test]
async fn a_folder_and_a_prefix_are_honoured() {
    let rig = rig(|_| {}).await;
    let mut body = wanted("x.mov", 3);
    body["folder"] = json!("2026/räume");
    body["random_prefix"] = json!(true);
    let started = rig.call("start", &body).await.unwrap().json();
    assert_eq!(started["policy"]["folder"], "2026/räume");
    let session = crate::rig::Session::of(&started);
    rig.put_all(&session, b"abc").await;
    rig.complete(&session).await.unwrap();
    let object = rig.last()["object"].as_str().unwrap().to_owned();
    let name = object.strip_prefix("objects/2026/räume/").unwrap();
    assert!(name.len() == "01234567-x.mov".len() && name.ends_with("-x.mov"), "{name}");
}

#[tokio::test]
async fn the_link_of_a_finished_file_opens() {
    let rig = rig(|options| options.log = None).await;
    let data = bytes(60_000);
    let mut body = wanted("a page.html", data.len());
    body["format"] = json!("text/html");
    let reply = rig.call("start", &body).await.unwrap().json();
    let session = crate::rig::Session::of(&reply);
    rig.put_all(&session, &data).await;
    let url = rig.complete(&session).await.unwrap().json()["url"].as_str().unwrap().to_owned();
    let got = rig.client.get(&url).send().await.unwrap();
    assert_eq!(got.headers()["content-disposition"], "attachment");
    assert_eq!(got.headers()["content-type"], "text/html");
    assert_eq!(got.bytes().await.unwrap(), data);
}

#[tokio::test]
async fn discard_counts_and_hashes_but_writes_nothing() {
    let rig = rig(|options| options.discard = true).await;
    let data = bytes(3 * PART + 1);
    let session = rig.begin("x.bin", data.len()).await;
    rig.put_all(&session, &data).await;
    assert_eq!(rig.complete(&session).await.unwrap().status, 200);
    assert_eq!(rig.last()["discarded"], true);
    assert!(!rig.object("objects/x.bin").exists());
    let held = walk(&rig.running.dir);
    assert!(held < data.len() as u64 * 2, "{held} bytes lie in the folder");
}

#[tokio::test]
async fn a_huge_file_is_planned_and_never_written() {
    let rig = rig(|_| {}).await;
    let session = rig.begin("x.bin", 1 << 40).await;
    assert_eq!(session.parts.len(), 10_000);
    assert_eq!(session.part_size, (1_u64 << 40).div_ceil(10_000));
}

#[tokio::test]
async fn no_key_and_no_signature_reaches_the_log() {
    let rig = rig(|_| {}).await;
    let session = rig.begin("x.bin", 3).await;
    rig.put_all(&session, b"abc").await;
    rig.put(&session.parts[0].replace("partNumber=1", "partNumber=2"), b"abc").await.unwrap();
    rig.complete(&session).await.unwrap();
    let log = format!("{:?}", rig.log());
    assert!(!log.contains(&rig.running.key) && !log.contains("Signature="), "{log}");
    let signature = session.parts[0].rsplit_once('=').unwrap().1;
    assert!(!log.contains(signature));
    assert_eq!(etag(b"abc"), "\"900150983cd24fb0d6963f7d28e17f72\"");
}

fn walk(dir: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(dir).unwrap().map(Result::unwrap);
    entries
        .map(
            |entry| if entry.path().is_dir() { walk(&entry.path()) } else { entry.metadata().unwrap().len() },
        )
        .sum()
}
