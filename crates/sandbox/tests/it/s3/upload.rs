//! A file's path: created, sent in parts, listed, completed, aborted, or sent whole.

use serde_json::json;

use super::{Asked, asked, client, code, lax, listed, parts, whole};
use crate::rig::{PART, bytes, etag, rig};

#[tokio::test]
async fn a_file_in_parts_arrives_byte_for_byte() {
    for size in [0, 1, PART, PART + 1, 12 * PART] {
        let rig = rig(lax).await;
        let (client, data) = (client(&rig), bytes(size));
        let headers = [
            ("content-type", "video/mp4"),
            ("x-amz-meta-title", "Take 3"),
            ("x-amz-storage-class", "STANDARD_IA"),
        ];
        let key = "2026/räume/a b+c.mp4";
        let create = Asked { query: &[("uploads", "")], headers: &headers, ..asked("POST", key) };
        let created = client.send(create).await;
        let line = rig.last();
        let id = created.xml("UploadId").to_owned();
        assert_eq!(
            (&line["step"], &line["kind"], &line["session"]),
            (&json!("start"), &json!("s3"), &json!(id))
        );
        client.put_all(key, &id, &data).await;
        let line = rig.last();
        assert_eq!(
            (&line["step"], &line["kind"], &line["session"], &line["stored"], &line["status"]),
            (&json!("part"), &json!("s3"), &json!(id), &json!(true), &json!(200))
        );
        let done = client.complete(key, &id, &listed(&data)).await;
        assert_eq!(
            (done.status, done.xml("Key"), done.xml("Bucket")),
            (200, key, "sandbox"),
            "{}",
            done.body
        );
        let line = rig.last();
        assert_eq!((&line["step"], &line["object"]), (&json!("complete"), &json!(format!("objects/{key}"))));
        assert_eq!(std::fs::read(rig.object(line["object"].as_str().unwrap())).unwrap(), data);

        let head = client.send(asked("HEAD", key)).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""));
        assert_eq!(head.header("content-length"), size.to_string());
        for (name, value) in headers {
            assert_eq!(head.header(name), value);
        }
        if size > 0 {
            assert_eq!(head.header("etag"), whole(&data));
        }
        assert_eq!(rig.last()["step"], "verify");
        assert_eq!(client.get(key).await, data);
        assert_eq!(rig.last()["step"], "get");
    }
}

#[tokio::test]
async fn a_small_file_comes_whole() {
    let rig = rig(|_| {}).await;
    let client = client(&rig);
    for data in [&b""[..], b"hello"] {
        let put = client
            .send(Asked { body: data, headers: &[("content-type", "text/plain")], ..asked("PUT", "x.txt") })
            .await;
        assert_eq!((put.status, put.header("etag")), (200, etag(data).as_str()), "{}", put.body);
        let line = rig.last();
        assert_eq!(
            (&line["step"], &line["object"], &line["bytes"], &line["stored"]),
            (&json!("put"), &json!("objects/x.txt"), &json!(data.len()), &json!(true))
        );
        assert_eq!(std::fs::read(rig.object("objects/x.txt")).unwrap(), data);
        let head = client.send(asked("HEAD", "x.txt")).await;
        assert_eq!((head.header("etag"), head.header("content-type")), (etag(data).as_str(), "text/plain"));
        assert!(head.headers.get("x-amz-storage-class").is_none());
    }
    let uploads = client.send(Asked { query: &[("uploads", "")], ..asked("GET", "") }).await;
    assert!(!uploads.body.contains("<Upload>"), "what comes whole is no upload: {}", uploads.body);
}

#[tokio::test]
async fn the_bucket_may_stand_in_the_host() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let host = format!("sandbox.localhost:{}", rig.running.port);
    let date = super::date();
    // Another kind's path is an ordinary key here.
    let request = super::Request {
        method: "PUT",
        host: &host,
        path: "/storage/x",
        query: &[],
        headers: &[],
        date: &date,
    };
    let query = client.keys.presigned(&request, "60");
    let raw = format!(
        "PUT /storage/x?{query} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab"
    );
    let answer = rig.raw(raw.as_bytes()).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(client.get("storage/x").await, b"ab");
}

#[tokio::test]
async fn a_part_sent_again_counts_and_the_one_before_does_not() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let id = client.create("k").await;
    client.put_part("k", &id, 1, b"first").await;
    let again = client.put_part("k", &id, 1, b"second").await;
    let stale = client.complete("k", &id, &parts(&[(1, &etag(b"first"))])).await;
    assert_eq!(code(&stale), (400, "InvalidPart"));
    let done = client.complete("k", &id, &parts(&[(1, again.header("etag"))])).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(client.get("k").await, b"second");
}

#[tokio::test]
async fn an_upload_that_was_aborted_is_gone_and_so_is_a_complete_one() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let (gone, data) = ((404, "NoSuchUpload"), bytes(PART));
    let id = client.create("k").await;
    client.put_all("k", &id, &data).await;
    assert_eq!(client.abort("k", &id).await.status, 204);
    assert_eq!(code(&client.abort("k", &id).await), gone);
    assert_eq!(code(&client.put_part("k", &id, 1, &data).await), gone);
    assert_eq!(code(&client.complete("k", &id, &listed(&data)).await), gone);
    let list = |id: String| async move {
        client.send(Asked { query: &[("uploadId", &id)], ..asked("GET", "k") }).await
    };
    assert_eq!(code(&list(id).await), gone);

    let client = super::client(&rig);
    let id = client.create("k").await;
    client.put_all("k", &id, &data).await;
    let done = client.complete("k", &id, &listed(&data)).await;
    assert_eq!(client.complete("k", &id, &listed(&data)).await.body, done.body, "a retry says the same");
    assert_eq!(code(&client.put_part("k", &id, 1, &data).await), gone);
    assert_eq!(code(&client.abort("k", &id).await), gone);
    // An id belongs to its key.
    let other = client.create("k").await;
    assert_eq!(code(&client.put_part("l", &other, 1, &data).await), gone);
}

#[tokio::test]
async fn a_second_complete_is_answered_as_asked() {
    use partway_sandbox::AfterComplete;
    for (how, expected) in [
        (AfterComplete::Same, (200, "")),
        (AfterComplete::Gone, (404, "NoSuchUpload")),
        (AfterComplete::Conflict, (409, "OperationAborted")),
    ] {
        let rig = rig(|options| options.after_complete = how).await;
        let client = client(&rig);
        let id = client.create("k").await;
        client.put_all("k", &id, b"ab").await;
        client.complete("k", &id, &listed(b"ab")).await;
        assert_eq!(code(&client.complete("k", &id, &listed(b"ab")).await), expected);
    }
}

#[tokio::test]
async fn an_object_replaces_the_one_of_its_key_whatever_way_it_comes() {
    let rig = rig(lax).await;
    let client = client(&rig);
    client.upload("k", b"one").await;
    client.send(Asked { body: b"two", ..asked("PUT", "k") }).await;
    assert_eq!(client.get("k").await, b"two");
    client.upload("k", b"three").await;
    assert_eq!(client.get("k").await, b"three");
    let files: Vec<_> = std::fs::read_dir(rig.object("objects")).unwrap().collect();
    assert_eq!(files.len(), 1);
}

#[tokio::test]
async fn with_discard_nothing_is_written_and_all_else_is_the_same() {
    let rig = rig(|options| {
        options.discard = true;
        options.min_part = 1;
    })
    .await;
    let (client, data) = (client(&rig), bytes(2 * PART));
    let done = client.upload("k", &data).await;
    assert_eq!(done.xml("ETag").replace("&quot;", "\""), whole(&data));
    let put = client.send(Asked { body: b"hello", ..asked("PUT", "l") }).await;
    assert_eq!((put.status, &rig.last()["discarded"]), (200, &json!(true)));
    let head = client.send(asked("HEAD", "k")).await;
    assert_eq!((head.status, head.header("content-length")), (200, "2000"));
    assert_eq!(std::fs::read_dir(rig.object("objects")).unwrap().count(), 0);
    for session in std::fs::read_dir(rig.object("sessions")).unwrap() {
        assert!(!session.unwrap().path().join("data.partial").exists());
    }
}
