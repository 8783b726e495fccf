//! What survives `kill -9`, and a complete that was interrupted.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::{Asked, Client, asked, client, code, lax, listed, parts, whole};
use crate::command::Process;
use crate::rig::{PART, bytes, etag, rig};

#[tokio::test]
async fn killed_and_started_again_it_knows_keys_uploads_parts_and_objects() {
    let folder = TempDir::new().unwrap();
    let (dir, lax) = (folder.path().join("d"), ["--min-part", "1"]);
    let entry = |process: &Process| process.destination("s3");
    let data = bytes(3 * PART);
    let first = Process::start(&dir, &lax);
    let known = entry(&first);
    let client = Client::of(&known);
    let headers = [("content-type", "video/mp4"), ("x-amz-meta-a", "b")];
    let create = Asked { query: &[("uploads", "")], headers: &headers, ..asked("POST", "f/k") };
    let id = client.send(create).await.xml("UploadId").to_owned();
    client.put_part("f/k", &id, 1, &data[..PART]).await;
    let link = client.part_link("f/k", &id, 3);
    client.send(Asked { body: b"old", ..asked("PUT", "whole") }).await;
    client.send(Asked { body: b"new", headers: &headers, ..asked("PUT", "whole") }).await;
    drop(first);

    let second = Process::start(&dir, &lax);
    assert_eq!(entry(&second), known, "keys and port are the folder's");
    let list = client.send(Asked { query: &[("uploadId", &id)], ..asked("GET", "f/k") }).await;
    assert_eq!((list.xml("PartNumber"), list.xml("Size")), ("1", "1000"));
    assert_eq!(client.get("whole").await, b"new", "the last of a key is the object");
    assert_eq!(client.send(asked("HEAD", "whole")).await.header("x-amz-meta-a"), "b");
    client.put_part("f/k", &id, 2, &data[PART..2 * PART]).await;
    let sent = crate::rig::client().build().unwrap().put(link).body(data[2 * PART..].to_vec());
    assert_eq!(sent.send().await.unwrap().status(), 200, "links from before the kill are still good");
    drop(second);

    let third = Process::start(&dir, &lax);
    let done = client.complete("f/k", &id, &listed(&data)).await;
    assert_eq!(done.status, 200, "{}", done.body);
    drop(third);

    let _fourth = Process::start(&dir, &lax);
    let head = client.send(asked("HEAD", "f/k")).await;
    assert_eq!((head.header("etag"), head.header("content-type")), (whole(&data).as_str(), "video/mp4"));
    assert_eq!(client.get("f/k").await, data);
    assert_eq!(fs::read(dir.join("objects/f/k")).unwrap(), data);
    assert_eq!(client.complete("f/k", &id, &listed(&data)).await.status, 200, "and the retry is known");
    assert_eq!(code(&client.abort("f/k", &id).await), (404, "NoSuchUpload"));
}

/// A kill in the middle of a put leaves nothing: no client got an answer.
#[tokio::test]
async fn a_put_that_was_cut_by_a_kill_is_forgotten() {
    use tokio::io::AsyncWriteExt;
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("d");
    let first = Process::start(&dir, &[]);
    let client = Client::of(&first.destination("s3"));
    let link = client.link(asked("PUT", "k"), "60");
    let path = link.split_once(&client.host).unwrap().1;
    let mut stream = tokio::net::TcpStream::connect(&client.host).await.unwrap();
    let head = format!("PUT {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: 10\r\n\r\nhalf", client.host);
    stream.write_all(head.as_bytes()).await.unwrap();
    crate::rig::until(|| fs::read_dir(dir.join("sessions")).is_ok_and(|all| all.count() == 1)).await;
    drop(first);
    let _second = Process::start(&dir, &[]);
    assert_eq!(client.send(asked("HEAD", "k")).await.status, 404);
    assert_eq!(fs::read_dir(dir.join("sessions")).unwrap().count(), 0);
}

/// Already put together from more parts than are named now: the object ends where its parts do.
#[tokio::test]
async fn what_an_interrupted_complete_left_does_not_come_with_the_next_one() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let id = client.create("k").await;
    let (one, two) = (bytes(PART), bytes(PART / 2));
    client.put_part("k", &id, 1, &one).await;
    client.put_part("k", &id, 2, &two).await;
    // As after a kill between putting it together and recording it.
    let partial = rig.object(&format!("sessions/{id}/data.partial"));
    fs::write(&partial, [&one[..], &two, b"and more of it"].concat()).unwrap();
    let done = client.complete("k", &id, &parts(&[(1, &etag(&one))])).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(client.get("k").await, one);
    assert_eq!(fs::read(rig.object("objects/k")).unwrap(), one);
    assert_eq!(rig.last()["step"], json!("get"));
}
