//! Slightly deviating stores, and those that ask to wait.

use std::time::Duration;

use partway_core::{FileReceipt, RetryClass};
use serde_json::json;

use super::{ABSENT, OK, SIZE, answering, by_one_put, exists, in_parts, number, plan, seen, with};

#[tokio::test]
async fn whoever_asks_for_patience_at_a_look_is_not_asked_at_once_by_another_method() {
    let patient = RetryClass::Throttled { after: Some(Duration::from_secs(7)) };
    for (status, class) in [
        ("503 Busy\r\nretry-after: 7", patient.clone()),
        ("429 Slow\r\nretry-after: 7", patient),
        ("503 Busy", RetryClass::Again),
        ("500 Oh", RetryClass::Again),
        ("504 Gateway", RetryClass::Again),
        ("408 Late", RetryClass::Again),
    ] {
        let replies = [(status, String::new())];
        let (provider, mut asked) = answering(&replies, &json!({})).await;
        let failure = provider.start(&with(SIZE, None), plan(SIZE)).await.unwrap_err();
        assert_eq!(failure.class, class, "{status} {failure}");
        assert!(seen(&mut asked).await.starts_with("HEAD "), "{status}");
        assert!(asked.try_recv().is_err(), "{status}: one question");

        let receipt = FileReceipt::unknown();
        for session in [by_one_put(true), in_parts(true)] {
            let failure = provider.verify(&session, &[], receipt.clone()).await.unwrap_err();
            assert_eq!(failure.class, class, "{status} {failure}");
            assert!(seen(&mut asked).await.starts_with("HEAD "), "{status}");
            assert!(asked.try_recv().is_err(), "{status}: one question");
        }
        let failure = provider.targets(&by_one_put(true), &[number(1)]).await.unwrap_err();
        assert_eq!(failure.class, class, "{status} {failure}");
        seen(&mut asked).await;
        assert!(asked.try_recv().is_err(), "{status}: one question");
    }
}

#[tokio::test]
async fn a_sign_in_page_that_answers_a_look_is_no_object_and_a_page_that_is_one_is() {
    let page = ("200 OK\r\ncontent-type: text/html", String::new());
    let (provider, _asked) = answering(&[page, (OK, "<html>Sign in".to_owned())], &json!({})).await;
    let failure = provider.start(&with(SIZE, None), plan(SIZE)).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::Offline, "{failure}");
    let (status, body) = exists(5, "content-type: text/html\r\netag: \"abc\"\r\n");
    let (provider, _asked) = answering(&[(&status, body)], &json!({})).await;
    let failure = provider.start(&with(SIZE, None), plan(SIZE)).await.unwrap_err();
    assert!(matches!(failure.cause, partway_core::Cause::NameTaken { .. }), "{failure}");
}

#[tokio::test]
async fn an_upload_is_opened_and_listed_whatever_the_document_is_wrapped_in() {
    let kinds = ["", "\r\ncontent-type: text/html; charset=UTF-8"];
    for kind in kinds {
        for (before, open, close) in [
            (
                "<?xml version='1.0' encoding='UTF-8'?>",
                "<InitiateMultipartUploadResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>",
                "</InitiateMultipartUploadResult>",
            ),
            (
                "\u{feff}<!-- a -->",
                "<s:InitiateMultipartUploadResult xmlns:s='x'>",
                "</s:InitiateMultipartUploadResult>",
            ),
            ("", "<InitiateMultipartUploadResult>", "</InitiateMultipartUploadResult>"),
        ] {
            let created =
                format!("{before}{open}<Key>a&amp;b</Key><UploadId><![CDATA[u<1]]></UploadId>{close}");
            let head = format!("200 OK{kind}");
            let (provider, _asked) = answering(&[ABSENT, (&head, created)], &json!({})).await;
            let started = provider.start(&with(SIZE, None), plan(SIZE)).await.unwrap();
            assert!(started.session.body.contains("u<1"), "{kind} {before}");
        }
        for etag in ["", "<ETag/>", "<ETag></ETag>", "<ETag>&quot;&quot;</ETag>"] {
            let part = |number| format!("<Part><PartNumber>{number}</PartNumber>{etag}<Size>7</Size></Part>");
            let list = format!("<ListPartsResult>{}{}</ListPartsResult>", part(1), part(3));
            let head = format!("200 OK{kind}");
            let (provider, _asked) = answering(&[(&head, list)], &json!({})).await;
            let listed = provider.list_parts(&in_parts(true)).await.unwrap();
            let told: Vec<_> = listed
                .iter()
                .map(|part| (part.number.get(), part.size.unwrap(), part.etag.clone()))
                .collect();
            assert_eq!(told, [(1, 7, None), (3, 7, None)], "{kind} {etag}");
        }
        for size in ["", "<Size/>", "<Size>many</Size>"] {
            let list = format!(
                "<ListPartsResult><Part><PartNumber>2</PartNumber><ETag>e</ETag>{size}</Part></ListPartsResult>"
            );
            let head = format!("200 OK{kind}");
            let (provider, _asked) = answering(&[(&head, list)], &json!({})).await;
            let listed = provider.list_parts(&in_parts(true)).await.unwrap();
            assert_eq!((listed[0].number.get(), listed[0].size), (2, None), "{kind} {size}");
        }
    }
}

#[tokio::test]
async fn an_upload_whose_reply_breaks_off_is_as_good_as_lost_and_a_list_is_asked_for_again() {
    let cut = "<InitiateMultipartUploadResult><UploadId>u</Uplo".to_owned();
    let (provider, _asked) = answering(&[ABSENT, (OK, cut)], &json!({})).await;
    let failure = provider.start(&with(SIZE, None), plan(SIZE)).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::Unknown, "{failure}");
    let cut = "<ListPartsResult><Part><PartNumber>1</PartNumber><Size>7</Size></Part>".to_owned();
    let (provider, _asked) = answering(&[(OK, cut)], &json!({})).await;
    assert_eq!(provider.list_parts(&in_parts(true)).await.unwrap_err().class, RetryClass::Again);
}

#[tokio::test]
async fn a_wrong_key_is_told_as_one_however_the_refusal_is_written() {
    for error in [
        "<Error xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Code>InvalidAccessKeyId</Code></Error>",
        "<?xml version=\"1.0\"?><s:Error xmlns:s=\"x\"><s:Code>InvalidAccessKeyId</s:Code></s:Error>",
        "<!-- a --><Error><Code><![CDATA[InvalidAccessKeyId]]></Code></Error>",
        "<ErrorResponse><Error><Code>InvalidAccessKeyId</Code></Error></ErrorResponse>",
    ] {
        for kind in ["", "\r\ncontent-type: text/html"] {
            let head = format!("403 Forbidden{kind}");
            let (provider, _asked) = answering(&[(&head, error.to_owned())], &json!({})).await;
            let report = provider.check().await;
            assert!(matches!(report.key, partway_provider::Finding::Bad(_)), "{kind} {error}: {report:?}");
        }
    }
}
