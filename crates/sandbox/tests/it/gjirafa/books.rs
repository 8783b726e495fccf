//! Gjirafa's bookkeeping: stored parts, links, aborted uploads.

use partway_sandbox::Resume;
use serde_json::{Value, json};

use super::{Upload, all, client, lax, wanted};
use crate::rig::{PART, bytes, etag, pieces, rig, with};

#[tokio::test]
async fn what_is_there_is_listed_and_fresh_links_are_given() {
    let data = bytes(3 * PART);
    for (resume, numbers) in [(Resume::All, vec![1, 2, 3]), (Resume::Missing, vec![1, 3])] {
        let rig = rig(|options| {
            lax(options);
            options.ttl = 60;
            options.resume = resume;
        })
        .await;
        let client = client(&rig);
        let upload = client.begin("x", data.len()).await;
        assert_eq!(client.list(&upload).await.json()["result"], json!([]));
        rig.put(upload.link(2), pieces(&data)[1]).await.unwrap();
        let part = client.list(&upload).await.json()["result"][0].clone();
        assert_eq!(
            (&part["partNumber"], &part["size"], &part["eTag"]),
            (&json!(2), &json!(PART), &json!(etag(pieces(&data)[1])))
        );
        assert!(part["lastModified"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
        assert_eq!((&rig.last()["step"], &rig.last()["session"]), (&json!("list"), &json!(upload.key)));
        rig.advance(61);
        let over = rig.put(upload.link(1), pieces(&data)[0]).await.unwrap();
        assert_eq!((over.status, over.xml("Message")), (403, "Request has expired"));
        let fresh = Upload::of(&client.by_key("POST", "resume", &upload).await);
        assert_eq!(fresh.key, upload.key);
        assert_eq!(fresh.links.iter().map(|(number, _)| *number).collect::<Vec<_>>(), numbers);
        assert_eq!(rig.last()["step"], "refresh");
        for (number, link) in &fresh.links {
            let part = pieces(&data)[usize::try_from(*number).unwrap() - 1];
            assert_eq!(rig.put(link, part).await.unwrap().status, 200);
        }
        assert_eq!(client.complete(&upload, all(&data), Some(false)).await.status, 200);
        assert_eq!(std::fs::read(rig.object("objects/x")).unwrap(), data);
        assert_eq!(client.by_key("POST", "resume", &upload).await.status, 404);
        assert_eq!(client.list(&upload).await.status, 404);
    }
}

#[tokio::test]
async fn an_expired_fault_ends_with_fresh_links() {
    let rig = with("403-expired").await;
    let client = client(&rig);
    let upload = client.begin("x", 3).await;
    for _ in 0..2 {
        assert_eq!(rig.put(upload.link(1), b"abc").await.unwrap().xml("Message"), "Request has expired");
    }
    let fresh = Upload::of(&client.by_key("POST", "resume", &upload).await);
    assert_eq!(rig.put(fresh.link(1), b"abc").await.unwrap().status, 200);
}

#[tokio::test]
async fn links_live_as_long_as_was_asked() {
    let rig = rig(|options| options.ttl = 168 * 3600).await;
    let client = client(&rig);
    for (hours, seconds) in [(None, 43_200), (Some(1), 3600), (Some(168), 604_800)] {
        let mut body = wanted("x", 1, 1);
        if let Some(hours) = hours {
            body["presignedUrlExpiryTimeHours"] = json!(hours);
        }
        let upload = Upload::of(&client.ask("POST", "uploads/multipart", &body).await);
        assert!(upload.link(1).contains(&format!("X-Amz-Expires={seconds}&")), "{hours:?}");
        body = json!({"requestKey": upload.key});
        body["presignedUrlExpiryTimeHours"] = json!(2);
        let fresh = Upload::of(&client.ask("POST", "uploads/multipart-resume", &body).await);
        assert!(fresh.link(1).contains("X-Amz-Expires=7200&"));
    }
}

#[tokio::test]
async fn an_aborted_upload_is_gone_with_its_parts() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let data = bytes(2 * PART);
    let upload = client.begin("x", data.len()).await;
    rig.put(upload.link(1), pieces(&data)[0]).await.unwrap();
    let aborted = client.by_key("PUT", "abort", &upload).await;
    assert_eq!((aborted.status, &aborted.json()["result"]), (200, &json!(true)));
    assert_eq!((&rig.last()["step"], &rig.last()["session"]), (&json!("abort"), &json!(upload.key)));
    let late = rig.put(upload.link(2), pieces(&data)[1]).await.unwrap();
    assert_eq!((late.status, late.xml("Code")), (404, "NoSuchUpload"));
    assert_eq!(client.by_key("PUT", "abort", &upload).await.status, 404);
    assert_eq!(client.complete(&upload, all(&data), Some(false)).await.status, 404);
    assert!(!rig.object(&format!("sessions/{}", upload.key)).exists());
    let done = client.send("y", &data).await;
    assert_eq!(client.by_key("PUT", "abort", &done).await.status, 404);
    assert!(rig.object("objects/y").exists());
}

#[tokio::test]
async fn a_part_on_its_way_meets_the_abort() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let rig = rig(lax).await;
    let client = client(&rig);
    let upload = client.begin("x", PART).await;
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", rig.running.port)).await.unwrap();
    let head = format!("{}Content-Length: {PART}\r\n\r\nbegin", rig.head(upload.link(1)));
    stream.write_all(head.as_bytes()).await.unwrap();
    let dir = rig.object(&format!("sessions/{}", upload.key));
    let begun = || {
        let mut files = std::fs::read_dir(&dir).unwrap().map(Result::unwrap);
        files.any(|file| file.file_name().to_string_lossy().starts_with("part-1"))
    };
    crate::rig::until(begun).await;
    assert_eq!(client.by_key("PUT", "abort", &upload).await.status, 200);
    stream.write_all(&bytes(PART - 5)).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 404 ") && answer.contains("NoSuchUpload"), "{answer}");
}

#[tokio::test]
async fn lists_can_disagree() {
    let data = bytes(3 * PART);
    for fault in ["list-missing-part", "list-short-part", "list-wrong-etag", "list-paged"] {
        let rig = with(fault).await;
        let client = client(&rig);
        let upload = client.begin("x", data.len()).await;
        client.put_all(&upload, &data).await;
        let answer = client.list(&upload).await.json();
        assert_eq!(rig.last()["fault"], fault);
        let (result, info) = (&answer["result"], &answer["resultInfo"]);
        match fault {
            "list-missing-part" => {
                assert_eq!((result.as_array().unwrap().len(), &result[0]["partNumber"]), (2, &json!(2)));
            }
            "list-short-part" => assert_eq!(result[0]["size"], PART - 1),
            "list-wrong-etag" => assert_ne!(result[0]["eTag"], etag(pieces(&data)[0])),
            _ => {
                assert_eq!(result.as_array().unwrap().len(), 2);
                assert_eq!(info, &json!({"page": 1, "perPage": 2, "count": 2, "totalCount": 3}));
                let second = format!("uploads/url/multipart/{}/parts?page=2", upload.key);
                let second = client.ask("GET", &second, &Value::Null).await.json();
                assert_eq!(
                    (second["result"].as_array().unwrap().len(), &second["result"][0]["partNumber"]),
                    (1, &json!(3))
                );
            }
        }
        if fault != "list-paged" {
            assert_eq!(client.numbers(&upload).await, [1, 2, 3], "{fault}: once");
        }
    }
}

#[tokio::test]
async fn an_opaque_etag_is_listed_and_taken_as_it_was_given() {
    let rig = with("kms-etag").await;
    let client = client(&rig);
    let upload = client.begin("x", 3).await;
    let given = rig.put(upload.link(1), b"abc").await.unwrap().header("etag").to_owned();
    assert_eq!(client.list(&upload).await.json()["result"][0]["eTag"], given);
    let list = json!([{"partNumber": 1, "eTag": given}]);
    assert_eq!(client.complete(&upload, list, Some(false)).await.status, 200);
}
