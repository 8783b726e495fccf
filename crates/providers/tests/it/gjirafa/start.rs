//! Opening a session.

use partway_provider::{Fields, FileFacts, FileHash, HashAlgorithm, Planner};
use serde_json::{Value, json};

use super::{OK, SIZE, answering, link, opened, plan, yes};
use crate::server::file;

#[tokio::test]
async fn the_documented_fields_always_go_and_the_newer_ones_only_where_they_are_set() {
    let replies = [(OK, yes(&opened(&[1, 2, 3, 4])))];
    let (provider, mut asked) = answering(&replies, &json!({})).await;
    let hash = Some(FileHash { algorithm: HashAlgorithm::Sha1, hex: "ab12".to_owned() });
    let facts = FileFacts { hash, ..file(SIZE) };
    provider.start(&facts, Some(plan())).await.unwrap();
    let (head, body) = asked.recv().await.unwrap();
    assert!(head.starts_with("POST /vp/api/projects/p-7/uploads/multipart HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nauthorization: the-secret-key\r\n"), "{head}");
    let documented = json!({
        "partsNumber": 4, "fileName": "cut v7.mov", "contentLength": "31457285", "mimeType": "video/quicktime",
    });
    assert_eq!(body, documented);

    let set = json!({ "duplicates": "sha1", "url_hours": "48", "auth": "bearer" });
    let (provider, mut asked) = answering(&replies, &set).await;
    assert_eq!(provider.capabilities().wants_hash, Some(HashAlgorithm::Sha1));
    provider.start(&facts, Some(plan())).await.unwrap();
    let (head, body) = asked.recv().await.unwrap();
    assert!(head.contains("\r\nauthorization: Bearer the-secret-key\r\n"), "{head}");
    let mut newer = documented.clone();
    newer["enableDuplicateCheck"] = json!(true);
    newer["fileHash"] = json!("ab12");
    newer["presignedUrlExpiryTimeHours"] = json!(48);
    assert_eq!(body, newer);

    // Neither of the two fields of the duplicate check is sent alone.
    for hash in [None, Some(FileHash { algorithm: HashAlgorithm::Md5, hex: "00".to_owned() })] {
        provider.start(&FileFacts { hash, ..file(SIZE) }, Some(plan())).await.unwrap();
        let body = asked.recv().await.unwrap().1;
        assert!(body.get("enableDuplicateCheck").is_none() && body.get("fileHash").is_none(), "{body}");
    }
}

#[tokio::test]
async fn links_are_matched_by_the_number_beside_them_in_whatever_order_they_come() {
    let created = opened(&[3, 1, 4, 2]);
    let (provider, _) = answering(&[("201 Created", yes(&created))], &json!({})).await;
    let started = provider.start(&file(SIZE), Some(plan())).await.unwrap();
    assert_eq!((started.plan.count(), started.session.expires_at), (4, None));
    for (target, number) in started.targets.iter().zip(1..) {
        assert_eq!((target.number.get(), json!(target.url.expose())), (number, link(number)));
        assert!(target.headers.is_empty());
        assert_eq!(target.expires_at, Some(1_714_557_600 + 43_200));
    }
    assert_eq!(started.targets.len(), 4);
    let kept: Value = serde_json::from_str(&started.session.body).unwrap();
    assert_eq!(
        kept,
        json!({ "requestKey": "rk/1", "parts": 4, "uploadId": "u-1", "uploadFileDetailsId": 42 })
    );
}

#[tokio::test]
async fn a_link_that_does_not_tell_its_end_lives_as_long_as_was_asked_or_twelve_hours() {
    let links = json!([{ "partNumber": 1, "presignedUrl": "https://storage.example/k" }]);
    let result = json!({ "requestKey": 9, "presignedUrl": links });
    for (settings, hours) in [(json!({}), 12), (json!({ "url_hours": "1" }), 1)] {
        let (provider, _) = answering(&[(OK, yes(&result))], &settings).await;
        let started = provider.start(&file(5), None).await.unwrap();
        // The server's clock says 10:20.
        assert_eq!(started.targets[0].expires_at, Some(1_714_558_800 + hours * 3600));
        assert_eq!(started.session.body, r#"{"parts":1,"requestKey":9}"#);
    }
}

#[tokio::test]
async fn a_duplicate_is_told_where_it_was_looked_for() {
    let mut flagged = opened(&[1, 2, 3, 4]);
    flagged["isDuplicate"] = json!(true);
    let words = json!({ "success": true, "messages": ["Here already"], "result": opened(&[]) }).to_string();
    for (body, said) in [
        (yes(&opened(&[])), "it has a file with these bytes already"),
        (yes(&flagged), "it has a file with these bytes already"),
        (words, "Here already"),
    ] {
        let (provider, _) = answering(&[(OK, body)], &json!({ "duplicates": "md5" })).await;
        let failure = provider.start(&file(SIZE), Some(plan())).await.unwrap_err();
        assert_eq!(failure.cause, partway_core::Cause::Refused { said: said.to_owned() });
    }
    // If no check was requested, a start without links is a fault of the server.
    let (provider, _) = answering(&[(OK, yes(&opened(&[])))], &json!({})).await;
    let failure = provider.start(&file(SIZE), Some(plan())).await.unwrap_err();
    assert_eq!(failure.detail, "$.result.presignedUrl: expected a link for part 1, found none");
}

#[tokio::test]
async fn an_empty_file_is_one_empty_part() {
    let (provider, mut asked) = answering(&[(OK, yes(&opened(&[1])))], &json!({})).await;
    let started = provider.start(&file(0), None).await.unwrap();
    assert_eq!((started.plan.count(), started.targets.len()), (1, 1));
    let body = asked.recv().await.unwrap().1;
    assert_eq!((&body["partsNumber"], &body["contentLength"]), (&json!(1), &json!("0")));
}

#[tokio::test]
async fn the_title_is_kept_for_the_video_and_only_where_there_will_be_one() {
    let encode = json!({ "encode": "true", "callback": "https://me.example/done" });
    for (settings, title) in [(encode, json!("A day")), (json!({}), Value::Null)] {
        let (provider, mut asked) = answering(&[(OK, yes(&opened(&[1])))], &settings).await;
        let fields = Fields { title: Some("A day".to_owned()), ..Fields::default() };
        let started = provider.start(&FileFacts { fields, ..file(5) }, None).await.unwrap();
        let kept: Value = serde_json::from_str(&started.session.body).unwrap();
        assert_eq!(kept["title"], title);
        assert!(asked.recv().await.unwrap().1.get("title").is_none());
    }
}

#[tokio::test]
async fn what_gjirafa_can_do_is_declared() {
    let (provider, _) = answering(&[(OK, String::new())], &json!({})).await;
    let capabilities = provider.capabilities();
    assert_eq!(capabilities.planner, Planner::ClientByCount);
    assert!(capabilities.refresh && capabilities.list && capabilities.abort && capabilities.verify);
    assert!(capabilities.start_repeatable && !capabilities.link_is_open);
    assert_eq!(capabilities.wants_hash, None);
    assert_eq!(provider.limits(), partway_core::Limits::S3);
    assert!(provider.host().starts_with("127.0.0.1:"));
}

#[tokio::test]
async fn nothing_shows_a_link_a_session_or_a_key() {
    let (provider, _) = answering(&[(OK, yes(&opened(&[1])))], &json!({})).await;
    let shown = format!("{:?}", provider.start(&file(5), None).await.unwrap());
    assert!(!shown.contains("Signature") && !shown.contains("rk/1"), "{shown}");
}
