//! A file's path at Gjirafa: start, parts, complete, and the result.

use partway_sandbox::AfterComplete;
use serde_json::{Value, json};

use super::{Upload, all, client, lax, link, listed, wanted};
use crate::rig::{PART, bytes, pieces, rig};

#[tokio::test]
async fn a_file_arrives_byte_for_byte_and_its_path_opens() {
    let rig = rig(lax).await;
    let client = client(&rig);
    for size in [0, 1, PART, PART + 1, 3 * PART] {
        let data = bytes(size);
        let upload = client.send("Füße 映画.mp4", &data).await;
        let line = rig.last();
        assert_eq!(
            (&line["step"], &line["kind"], &line["session"]),
            (&json!("complete"), &json!("gjirafa"), &json!(upload.key))
        );
        assert_eq!(std::fs::read(rig.object(line["object"].as_str().unwrap())).unwrap(), data, "{size}");
        let told = client.ask("POST", &format!("uploads/success/{}", upload.key), &Value::Null).await.json();
        assert_eq!(told["result"]["contentType"], "video/mp4");
        let got = rig.client.get(told["result"]["downloadPath"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(got.bytes().await.unwrap(), data);
        assert_eq!((&rig.last()["step"], &rig.last()["object"]), (&json!("verify"), &line["object"]));
    }
}

#[tokio::test]
async fn links_are_told_apart_by_their_numbers_only() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let answer = client.ask("POST", "uploads/multipart", &wanted("x", 3 * PART, 3)).await.json();
    let numbers: Vec<_> =
        answer["result"]["presignedUrl"].as_array().unwrap().iter().map(|value| link(value).0).collect();
    assert_eq!(numbers, [3, 2, 1]);
}

#[tokio::test]
async fn parts_come_in_any_order_and_length_and_again() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let data = bytes(10);
    let upload = Upload::of(&client.ask("POST", "uploads/multipart", &wanted("x", 10, 3)).await);
    for (number, part) in [(3, &data[9..]), (1, &data[..2]), (2, &data[..5]), (2, &data[2..9])] {
        assert_eq!(rig.put(upload.link(number), part).await.unwrap().status, 200);
    }
    let parts = listed(&[(1, &data[..2]), (2, &data[2..9]), (3, &data[9..])]);
    assert_eq!(client.complete(&upload, parts, Some(false)).await.status, 200);
    assert_eq!(std::fs::read(rig.object("objects/x")).unwrap(), data);
    let left = std::fs::read_dir(rig.object(&format!("sessions/{}", upload.key))).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("part-")), "{left:?}");
}

#[tokio::test]
async fn a_client_that_allows_a_partial_complete_gets_one() {
    let data = bytes(3 * PART);
    let parts = pieces(&data);
    let two = listed(&[(1, parts[0]), (3, parts[2])]);
    for (said, whole) in [(Some(false), false), (None, true), (Some(true), true)] {
        let rig = rig(lax).await;
        let client = client(&rig);
        let upload = client.begin("x", data.len()).await;
        rig.put(upload.link(1), parts[0]).await.unwrap();
        rig.put(upload.link(3), parts[2]).await.unwrap();
        for list in [two.clone(), all(&data)] {
            let answer = client.complete(&upload, list, said).await;
            if whole {
                assert_eq!((answer.status, &answer.json()["result"]), (200, &json!(true)));
                let kept = std::fs::read(rig.object("objects/x")).unwrap();
                assert_eq!(kept, [parts[0], parts[2]].concat(), "cut, and nobody was told");
            } else {
                assert_eq!(
                    (answer.status, &answer.json()["success"]),
                    (400, &json!(false)),
                    "{}",
                    answer.body
                );
                assert_eq!(rig.last()["note"], "InvalidPart");
                assert!(!rig.object("objects/x").exists());
            }
        }
    }
}

#[tokio::test]
async fn complete_compares_etags_lengths_and_order() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let data = bytes(2 * PART);
    let (one, two) = (&data[..PART], &data[PART..]);
    let upload = client.begin("x", data.len()).await;
    client.put_all(&upload, &data).await;
    for (list, code) in [
        (listed(&[(1, two), (2, two)]), "InvalidPart"),
        (listed(&[(2, two), (1, one)]), "InvalidPartOrder"),
        (listed(&[(1, one), (2, two), (3, two)]), "InvalidPart"),
        (json!([]), "InvalidPart"),
    ] {
        let answer = client.complete(&upload, list.clone(), Some(false)).await;
        assert_eq!((answer.status, &answer.json()["errors"][0]["code"]), (400, &json!(code)), "{list}");
    }
    rig.put(upload.link(2), b"short").await.unwrap();
    let answer = client.complete(&upload, listed(&[(1, one), (2, b"short")]), Some(false)).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json()["messages"],
        json!(["The parts have 1005 bytes together, and 2000 were told at the start"])
    );
    client.put_all(&upload, &data).await;
    assert_eq!(client.complete(&upload, all(&data), Some(false)).await.status, 200);
}

#[tokio::test]
async fn sizes_of_parts_are_judged_at_complete_and_not_before() {
    let data = bytes(2 * PART + 1);
    let uneven = [&data[..PART], &data[PART..PART + 999], &data[PART + 999..]];
    for (least, equal, code) in
        [(PART, false, Some("EntityTooSmall")), (PART - 1, false, None), (1, true, Some("InvalidPart"))]
    {
        let rig = rig(|options| {
            options.min_part = least as u64;
            options.equal_parts = equal;
        })
        .await;
        let client = client(&rig);
        let upload = client.begin("x", data.len()).await;
        let mut list = Vec::new();
        for (number, part) in (1..).zip(uneven) {
            assert_eq!(rig.put(upload.link(number), part).await.unwrap().status, 200);
            list.push((usize::try_from(number).unwrap(), part));
        }
        let answer = client.complete(&upload, listed(&list), Some(false)).await.json();
        assert_eq!(answer["errors"][0]["code"].as_str(), code);
        assert_eq!(answer["success"], code.is_none());
    }
}

#[tokio::test]
async fn a_second_complete_is_answered_as_asked() {
    for (after, status) in
        [(AfterComplete::Same, 200), (AfterComplete::Gone, 404), (AfterComplete::Conflict, 409)]
    {
        let rig = rig(|options| options.after_complete = after).await;
        let client = client(&rig);
        let upload = client.send("x", b"abc").await;
        assert_eq!(client.complete(&upload, all(b"abc"), Some(false)).await.status, status);
    }
}

#[tokio::test]
async fn a_file_that_is_known_is_not_asked_for_again() {
    let rig = rig(|_| {}).await;
    let client = client(&rig);
    let mut body = wanted("x", 3, 1);
    body["enableDuplicateCheck"] = json!(true);
    body["fileHash"] = json!("ABC");
    let upload = Upload::of(&client.ask("POST", "uploads/multipart", &body).await);
    let unfinished = Upload::of(&client.ask("POST", "uploads/multipart", &body).await);
    assert!(unfinished.key != upload.key && unfinished.links.len() == 1, "what is not finished is not known");
    client.put_all(&upload, b"abc").await;
    client.complete(&upload, all(b"abc"), Some(false)).await;
    body["fileHash"] = json!("abc");
    let answer = client.ask("POST", "uploads/multipart", &body).await;
    let known = &answer.json()["result"];
    assert_eq!(
        (answer.status, &known["requestKey"], &known["presignedUrl"]),
        (200, &json!(upload.key), &json!([]))
    );
    assert_eq!(known["isDuplicate"], true);
    assert_eq!((&rig.last()["note"], &rig.last()["object"]), (&json!("duplicate"), &json!("objects/x")));
    body["enableDuplicateCheck"] = json!(false);
    assert_eq!(client.ask("POST", "uploads/multipart", &body).await.status, 201);
}

#[tokio::test]
async fn a_finished_file_is_registered_as_a_video() {
    let rig = rig(|_| {}).await;
    let client = client(&rig);
    let upload = client.send("x.mp4", b"abc").await;
    let told = client.ask("POST", &format!("uploads/success/{}", upload.key), &json!({})).await.json();
    let path = told["result"]["downloadPath"].clone();
    let body = json!({"downloadUrl": path, "callBackUrl": "https://example.com/done", "title": "A film"});
    let video = client.ask("POST", "encodes", &body).await;
    assert_eq!(
        (video.status, &video.json()["result"]),
        (201, &json!({"name": "A film", "originalFile": path}))
    );
    assert_eq!((&rig.last()["step"], &rig.last()["session"]), (&json!("register"), &json!(upload.key)));
    let text = std::fs::read_to_string(rig.object("registered.ndjson")).unwrap();
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((&line["object"], &line["title"]), (&json!("objects/x.mp4"), &json!("A film")));
    let body = json!({"downloadUrl": "https://example.com/x.mp4", "callBackUrl": "https://example.com/done"});
    assert_eq!(client.ask("POST", "encodes", &body).await.status, 400);
}
