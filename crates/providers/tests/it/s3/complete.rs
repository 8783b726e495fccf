//! Completing, the condition at the end, and the look at the finished object.

use std::fmt::Write;

use partway_core::{Cause, FileReceipt, PartReceipt, RetryClass, Strength};
use partway_provider::Session;
use serde_json::json;

use super::{ABSENT, OK, SIZE, answering, by_one_put, error, exists, in_parts, plan, receipts, seen};
use crate::server::{file, told};

/// S3's ETag of the three parts: the MD5 of their MD5s.
const WHOLE: &str = "5501b5b24e40268ba1b717530a753594-3";

fn done(etag: &str) -> (&'static str, String) {
    // AWS sends blanks first while it puts parts together.
    let body = format!(
        "<?xml version=\"1.0\"?>\n   \n<CompleteMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <Location>https://elsewhere.example/k?X-Amz-Signature=s</Location><Key>k</Key><ETag>&quot;{etag}&quot;</ETag>\
         </CompleteMultipartUploadResult>"
    );
    (OK, body)
}

fn there(headers: &str) -> (String, String) {
    exists(SIZE, headers)
}

fn compared(mut receipts: Vec<PartReceipt>, compared: bool) -> Vec<PartReceipt> {
    receipts.iter_mut().for_each(|receipt| receipt.compared = compared);
    receipts
}

#[tokio::test]
async fn every_part_is_named_with_its_etag_and_nothing_is_replaced() {
    let (provider, mut asked) = answering(&[ABSENT, done(WHOLE)], &json!({})).await;
    let mut sent = receipts(SIZE);
    // If a proxy stripped the ETag, the MD5 replaces it. And one that needs escaping in XML.
    sent[1].etag = None;
    sent[2].etag = Some(partway_core::Etag("a<\"&".to_owned()));
    let receipt = provider.complete(&in_parts(true), &sent).await.unwrap();
    assert!(seen(&mut asked).await.starts_with("HEAD "), "a storage may pass over the condition");
    insta::assert_snapshot!(seen(&mut asked).await, @r#"
    POST /s3/films/in/a%20b.mov?X-Amz-SignedHeaders=host%3Bif-none-match&uploadId=u%2F1
      if-none-match: *
      content-type: application/xml
      content-length: 371
      <CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Part><PartNumber>1</PartNumber><ETag>&quot;01010101010101010101010101010101&quot;</ETag></Part><Part><PartNumber>2</PartNumber><ETag>&quot;02020202020202020202020202020202&quot;</ETag></Part><Part><PartNumber>3</PartNumber><ETag>&quot;a&lt;&quot;&amp;&quot;</ETag></Part></CompleteMultipartUpload>
    "#);
    let host = provider.host();
    let whole = FileReceipt {
        strength: Strength::Confirmed,
        id: Some("in/a b.mov".to_owned()),
        name: Some("a b.mov".to_owned()),
        link: Some(format!("http://{host}/s3/films/in/a%20b.mov")),
        size: None,
        checksum: Some(format!("md5:{WHOLE}")),
    };
    assert_eq!(receipt, whole);
    provider.complete(&in_parts(false), &receipts(SIZE)).await.unwrap();
    assert!(!seen(&mut asked).await.contains("if-none-match"));
}

/// AWS, `CreateMultipartUpload` and `CompletedPart`: without its checksum a part of such an upload is none.
#[tokio::test]
async fn an_upload_that_was_begun_for_a_checksum_names_that_of_every_part() {
    for (set, name) in
        [("crc32", "CRC32"), ("crc32c", "CRC32C"), ("crc64nvme", "CRC64NVME"), ("sha256", "SHA256")]
    {
        let settings = json!({ "part_checksum": set });
        let begun = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";
        let (provider, mut asked) =
            answering(&[ABSENT, (OK, begun.to_owned()), ABSENT, done(WHOLE)], &settings).await;
        let started = provider.start(&file(SIZE), plan(SIZE)).await.unwrap();
        seen(&mut asked).await;
        assert!(seen(&mut asked).await.contains(&format!("x-amz-checksum-algorithm: {name}")));
        let checksum = provider.part_checksum(&started.session).unwrap();
        assert_eq!(checksum.name(), set);
        // That of its own bytes, signed.
        let target = started.targets[0].clone();
        let sealed = provider.with_checksum(&started.session, target, checksum, &[1, 2]).unwrap();
        assert_eq!(sealed.headers, [(format!("x-amz-checksum-{set}"), "AQI=".to_owned())]);
        assert!(sealed.url.expose().contains(&format!("SignedHeaders=host%3Bx-amz-checksum-{set}")));
        let mut sent = receipts(SIZE);
        for part in &mut sent {
            part.checksum = Some(vec![part.number.get() as u8]);
        }
        provider.complete(&started.session, &sent).await.unwrap();
        seen(&mut asked).await;
        let body = seen(&mut asked).await;
        for sum in ["AQ==", "Ag==", "Aw=="] {
            assert!(body.contains(&format!("<Checksum{name}>{sum}</Checksum{name}></Part>")), "{body}");
        }
    }
    // An MD5 goes with any upload, and is none of those.
    for settings in [json!({ "part_checksum": "md5" }), json!({ "part_md5": "true" })] {
        let (provider, _) = answering(&[], &settings).await;
        let due = provider.part_checksum(&in_parts(true)).unwrap();
        assert_eq!(due.name(), "md5", "also where it was set before there were others");
    }
    let (provider, _) = answering(&[], &json!({ "part_checksum": "sha256" })).await;
    assert!(provider.part_checksum(&in_parts(true)).is_none(), "begun before it was set");
    assert_eq!(provider.part_checksum(&by_one_put(true)).unwrap().name(), "sha256");
}

#[tokio::test]
async fn without_a_receipt_for_each_part_nothing_is_asked() {
    let (provider, mut asked) = answering(&[done(WHOLE)], &json!({})).await;
    for some in [&receipts(SIZE)[..2], &receipts(SIZE)[1..], &[]] {
        let failure = provider.complete(&in_parts(true), some).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::PartsMissing);
    }
    for body in ["", "{}", "nonsense", r#"{"key":"a","upload_id":"u"}"#] {
        let session = Session { body: body.to_owned(), expires_at: None };
        let failure = provider.complete(&session, &[]).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::SessionGone, "{body}");
    }
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn a_yes_that_says_no_or_nothing_is_none() {
    let mut words = String::new();
    for (name, reply) in [
        (
            "an error with 200",
            (OK, format!("  \n{}", error("InternalError", "We encountered an internal error"))),
        ),
        (
            "a part is missing, with 200",
            (OK, error("InvalidPart", "One or more of the parts could not be found")),
        ),
        (
            "a part is missing",
            ("400 Bad Request", error("InvalidPart", "One or more of the parts could not be found")),
        ),
        ("too small", ("400 Bad Request", error("EntityTooSmall", "Your proposed upload is smaller"))),
        (
            "order",
            ("400 Bad Request", error("InvalidPartOrder", "The list of parts was not in ascending order")),
        ),
        ("gone", ("404 Not Found", error("NoSuchUpload", "The specified upload does not exist"))),
        ("conflict", ("409 Conflict", error("ConditionalRequestConflict", "Try again"))),
        ("another conflict", ("409 Conflict", error("OperationAborted", "Try again"))),
        ("gateway", ("504 Gateway Timeout", String::new())),
        ("nothing", (OK, String::new())),
        ("another document", (OK, "<ListPartsResult/>".to_owned())),
        ("cut", (OK, "<CompleteMultipartUploadResult><ETag>&quot;5501".to_owned())),
        ("a page", (OK, "<html>Sign in</html>".to_owned())),
        ("quota", ("507 Insufficient Storage", error("XMinioStorageFull", "full"))),
    ] {
        let (provider, _) = answering(&[reply], &json!({})).await;
        let failure = provider.complete(&in_parts(false), &receipts(SIZE)).await.expect_err(name);
        write!(words, "{name}: {}", told(&failure)).unwrap();
    }
    insta::assert_snapshot!(words);
}

#[tokio::test]
async fn a_sum_that_is_none_is_not_compared() {
    let (status, body) = done("ab01b5b24e40268ba1b717530a753594-3");
    let kms = format!("{status}\r\nx-amz-server-side-encryption: aws:kms");
    let sse_c = format!("{status}\r\nx-amz-server-side-encryption-customer-algorithm: AES256");
    let plain = (OK, body.clone());
    for reply in [
        (kms.as_str(), body.clone()),
        (sse_c.as_str(), body),
        done("opaque-v1"),
        done(&"ab".repeat(16)),
        plain,
    ] {
        let (provider, _) = answering(std::slice::from_ref(&reply), &json!({})).await;
        let receipt = provider.complete(&in_parts(false), &compared(receipts(SIZE), false)).await.unwrap();
        assert_eq!(receipt.strength, Strength::Confirmed, "{reply:?}");
        let kept = receipt.checksum.unwrap_or_default();
        assert!(!kept.starts_with("md5:"), "{kept}");
    }
}

#[tokio::test]
async fn a_condition_that_was_not_met_is_looked_at_before_a_name_is_called_taken() {
    let not_met =
        ("412 Precondition Failed", error("PreconditionFailed", "At least one of the preconditions"));
    let (ours, body) = there(&format!("etag: \"{WHOLE}\""));
    let ours = (ours.as_str(), body);
    let (theirs, body) = there("etag: \"ab01b5b24e40268ba1b717530a753594-3\"");
    let theirs = (theirs.as_str(), body);
    // The first answer was lost, and the object is the one that it put together.
    let (provider, _) = answering(&[ABSENT, not_met.clone(), ours], &json!({})).await;
    let receipt = provider.complete(&in_parts(true), &receipts(SIZE)).await.unwrap();
    assert_eq!((receipt.strength, receipt.checksum), (Strength::Confirmed, Some(format!("md5:{WHOLE}"))));
    let list = (OK, "<ListPartsResult/>".to_owned());
    for seen in [theirs, ABSENT] {
        let replies = [ABSENT, not_met.clone(), seen, list.clone()];
        let (provider, _) = answering(&replies, &json!({})).await;
        let failure = provider.complete(&in_parts(true), &receipts(SIZE)).await.unwrap_err();
        assert_eq!(failure.cause, Cause::NameTaken { name: "in/a b.mov".to_owned() });
        assert_eq!(failure.class, RetryClass::Refused);
    }
}

#[tokio::test]
async fn a_storage_that_does_not_know_the_condition_is_asked_without_it_where_nothing_is_there() {
    for refusal in [
        ("501 Not Implemented", error("NotImplemented", "A header you provided implies functionality")),
        ("400 Bad Request", error("InvalidArgument", "Unsupported header")),
        ("400 Bad Request", error("InvalidRequest", "If-None-Match is not supported")),
        ("400 Bad Request", error("SomethingElse", "no")),
        ("400 Bad Request", String::new()),
        ("405 Method Not Allowed", error("MethodNotAllowed", "no")),
        ("422 Unprocessable Content", "{}".to_owned()),
        ("501 Not Implemented", String::new()),
        // A proxy that strips the header breaks the signature.
        ("403 Forbidden", error("SignatureDoesNotMatch", "no")),
        (OK, error("NotImplemented", "a no with a yes")),
    ] {
        let replies = [ABSENT, refusal.clone(), ABSENT, done(WHOLE)];
        let (provider, mut asked) = answering(&replies, &json!({})).await;
        provider.complete(&in_parts(true), &receipts(SIZE)).await.unwrap();
        assert!(seen(&mut asked).await.starts_with("HEAD "));
        assert!(seen(&mut asked).await.contains("if-none-match: *"));
        assert!(seen(&mut asked).await.starts_with("HEAD "));
        assert!(!seen(&mut asked).await.contains("if-none-match"));
        let (status, body) = there("etag: \"other\"");
        let (provider, _) = answering(&[ABSENT, refusal, (&status, body)], &json!({})).await;
        let failure = provider.complete(&in_parts(true), &receipts(SIZE)).await.unwrap_err();
        assert!(matches!(failure.cause, Cause::NameTaken { .. }));
    }
}

#[tokio::test]
async fn after_a_lost_answer_the_object_is_ours_only_if_everything_says_so() {
    let list = (OK, "<ListPartsResult><IsTruncated>false</IsTruncated></ListPartsResult>".to_owned());
    let gone = ("404 Not Found", error("NoSuchUpload", "gone"));
    let after = "last-modified: Wed, 01 May 2024 10:20:30 GMT\r\n";
    let before = "last-modified: Tue, 30 Apr 2024 10:20:30 GMT\r\n";
    let unproved = Strength::Unproved;
    let another = "ab01b5b24e40268ba1b717530a753594";
    for (head, open, found) in [
        (there(&format!("etag: \"{WHOLE}\"")), None, Some(Strength::Confirmed)),
        // A checksum that does not match what was sent: computed in the storage's own way, or of another
        // file.
        (there(&format!("{after}etag: \"{another}-3\"")), Some(gone.clone()), Some(unproved)),
        (there(&format!("{after}etag: \"{another}\"")), Some(gone.clone()), Some(unproved)),
        (there(&format!("etag: \"{another}-3\"")), Some(list.clone()), None),
        (there(&format!("{before}etag: \"{another}-3\"")), None, None),
        // An ETag that says nothing: then the size, the time, and that the upload is over decide.
        (there(&format!("{after}etag: \"opaque\"")), Some(gone.clone()), Some(Strength::Confirmed)),
        (there(&format!("{after}etag: \"opaque\"")), Some(list), None),
        (there(&format!("{before}etag: \"opaque\"")), None, None),
        (exists(SIZE - 1, &format!("{after}etag: \"opaque\"")), None, None),
        (("404 Not Found".to_owned(), String::new()), None, None),
    ] {
        let replies: Vec<_> = [(head.0.as_str(), head.1.clone())].into_iter().chain(open).collect();
        let (provider, mut asked) = answering(&replies, &json!({})).await;
        let outcome = provider.verify(&in_parts(true), &receipts(SIZE), FileReceipt::unknown()).await;
        assert!(seen(&mut asked).await.starts_with("HEAD "));
        match outcome {
            Ok(receipt) => {
                assert_eq!((Some(receipt.strength), receipt.size), (found, Some(SIZE)), "{head:?}");
            }
            Err(failure) => {
                assert!(found.is_none(), "{head:?} {failure}");
                assert_eq!(failure.class, RetryClass::Conflict, "{failure}");
            }
        }
    }
    // A client without permission to look learns nothing.
    let denied = ("403 Forbidden", error("AccessDenied", "Access Denied"));
    let (provider, _) = answering(&[("403 Forbidden", String::new()), denied], &json!({})).await;
    for session in [in_parts(true), by_one_put(true)] {
        let failure = provider.verify(&session, &receipts(SIZE), FileReceipt::unknown()).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::Refused);
    }
}

#[tokio::test]
async fn the_size_of_the_whole_comes_from_a_look() {
    let (status, body) = there(&format!("etag: \"{WHOLE}\""));
    let (provider, _) = answering(&[ABSENT, done(WHOLE), (&status, body)], &json!({})).await;
    let receipt = provider.complete(&in_parts(true), &receipts(SIZE)).await.unwrap();
    let receipt = provider.verify(&in_parts(true), &receipts(SIZE), receipt).await.unwrap();
    assert_eq!((receipt.size, receipt.checksum), (Some(SIZE), Some(format!("md5:{WHOLE}"))));
}

#[tokio::test]
async fn what_is_there_before_the_parts_are_put_together_is_not_replaced_whatever_the_storage_makes_of_the_condition()
 {
    let after = "last-modified: Wed, 01 May 2024 10:20:30 GMT\r\n";
    let gone = ("404 Not Found", error("NoSuchUpload", "gone"));
    let list = (OK, "<ListPartsResult/>".to_owned());
    let same_size = there(&format!("{after}etag: \"other\""));
    let same_size = (same_size.0.as_str(), same_size.1);
    let ours = there(&format!("etag: \"{WHOLE}\""));
    let other = exists(SIZE - 1, &format!("{after}etag: \"other\""));
    // Ours, from a *complete* whose answer was lost: no further request.
    let (provider, mut asked) = answering(&[(&ours.0, ours.1)], &json!({})).await;
    provider.complete(&in_parts(true), &receipts(SIZE)).await.unwrap();
    assert!(seen(&mut asked).await.starts_with("HEAD ") && asked.try_recv().is_err());
    // Another's; or of our size while the upload is open, or while its state is unknown.
    let no_list = ("501 Not Implemented", error("NotImplemented", "no"));
    for replies in [
        vec![(other.0.as_str(), other.1.clone())],
        vec![same_size.clone(), list],
        vec![same_size.clone(), no_list],
    ] {
        let (provider, mut asked) = answering(&replies, &json!({})).await;
        let failure = provider.complete(&in_parts(true), &receipts(SIZE)).await.unwrap_err();
        assert!(matches!(failure.cause, Cause::NameTaken { .. }), "{failure}");
        while let Ok((head, _)) = asked.try_recv() {
            assert!(!head.starts_with("POST"), "{head}");
        }
    }
    // The upload is over: *complete* itself says so.
    let (provider, _) = answering(&[same_size, gone.clone(), gone], &json!({})).await;
    let failure = provider.complete(&in_parts(true), &receipts(SIZE)).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::Conflict, "{failure}");
    // If everything may be replaced, there is no look.
    let (provider, mut asked) = answering(&[done(WHOLE)], &json!({})).await;
    provider.complete(&in_parts(false), &receipts(SIZE)).await.unwrap();
    assert!(seen(&mut asked).await.starts_with("POST "));
}

#[tokio::test]
async fn another_mark_than_the_storage_gave_is_not_the_same_object_any_more() {
    for (given, shown, strength) in [
        // It computes them in its own way, and consistently.
        ("ab01b5b24e40268ba1b717530a753594-3", "ab01b5b24e40268ba1b717530a753594-3", Strength::Confirmed),
        ("ab01b5b24e40268ba1b717530a753594-3", "cc01b5b24e40268ba1b717530a753594-3", Strength::Unproved),
        ("opaque-1", "opaque-2", Strength::Unproved),
        ("ab01b5b24e40268ba1b717530a753594-3", WHOLE, Strength::Confirmed),
    ] {
        let (status, body) = there(&format!("etag: \"{shown}\""));
        let (provider, _) = answering(&[done(given), (&status, body)], &json!({})).await;
        let receipt = provider.complete(&in_parts(false), &receipts(SIZE)).await.unwrap();
        let receipt = provider.verify(&in_parts(false), &receipts(SIZE), receipt).await.unwrap();
        assert_eq!((receipt.strength, receipt.size), (strength, Some(SIZE)), "{given} {shown}");
    }
}
