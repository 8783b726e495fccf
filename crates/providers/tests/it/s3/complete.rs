//! Putting the parts together, the condition at the end, and the look at the finished object.

use std::fmt::Write;

use partway_core::{Cause, FileReceipt, PartReceipt, RetryClass, Strength};
use partway_provider::Session;
use serde_json::json;

use super::{ABSENT, OK, SIZE, answering, by_one_put, error, exists, in_parts, receipts, seen};
use crate::server::told;

/// S3's ETag of the three parts: the MD5 of their MD5s.
const WHOLE: &str = "5501b5b24e40268ba1b717530a753594-3";

fn done(etag: &str) -> (&'static str, String) {
    // While it puts parts together AWS sends blanks first.
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
    let (provider, mut asked) = answering(&[done(WHOLE)], &json!({})).await;
    let mut sent = receipts(SIZE);
    // An ETag that a proxy cut out: the MD5 stands for it. And one that must be written otherwise in XML.
    sent[1].etag = None;
    sent[2].etag = Some(partway_core::Etag("a<\"&".to_owned()));
    let receipt = provider.complete(&in_parts(true), &sent).await.unwrap();
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
        ("another sum", done("ab01b5b24e40268ba1b717530a753594-3")),
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
    for reply in
        [(kms.as_str(), body.clone()), (sse_c.as_str(), body), done("opaque-v1"), done(&"ab".repeat(16))]
    {
        let (provider, _) = answering(std::slice::from_ref(&reply), &json!({})).await;
        let receipt = provider.complete(&in_parts(false), &compared(receipts(SIZE), false)).await.unwrap();
        assert_eq!(receipt.strength, Strength::Confirmed, "{reply:?}");
        let kept = receipt.checksum.unwrap_or_default();
        assert!(!kept.contains("ab01b5"), "{kept}");
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
    // The first answer was lost, and what is there is what it put together.
    let (provider, _) = answering(&[not_met.clone(), ours], &json!({})).await;
    let receipt = provider.complete(&in_parts(true), &receipts(SIZE)).await.unwrap();
    assert_eq!((receipt.strength, receipt.checksum), (Strength::Confirmed, Some(format!("md5:{WHOLE}"))));
    for seen in [theirs, ABSENT] {
        let (provider, _) = answering(&[not_met.clone(), seen], &json!({})).await;
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
    ] {
        let (provider, mut asked) = answering(&[refusal.clone(), ABSENT, done(WHOLE)], &json!({})).await;
        provider.complete(&in_parts(true), &receipts(SIZE)).await.unwrap();
        assert!(seen(&mut asked).await.contains("if-none-match: *"));
        assert!(seen(&mut asked).await.starts_with("HEAD "));
        assert!(!seen(&mut asked).await.contains("if-none-match"));
        let (status, body) = there("etag: \"other\"");
        let (provider, _) = answering(&[refusal, (&status, body)], &json!({})).await;
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
    for (head, open, confirmed) in [
        (there(&format!("etag: \"{WHOLE}\"")), None, true),
        (there("etag: \"ab01b5b24e40268ba1b717530a753594-3\""), None, false),
        // An ETag that says nothing: then the size, the time, and that the upload is over.
        (there(&format!("{after}etag: \"opaque\"")), Some(gone.clone()), true),
        (there(&format!("{after}etag: \"opaque\"")), Some(list), false),
        (there(&format!("{before}etag: \"opaque\"")), None, false),
        (exists(SIZE - 1, &format!("{after}etag: \"opaque\"")), None, false),
        (("404 Not Found".to_owned(), String::new()), None, false),
    ] {
        let replies: Vec<_> = [(head.0.as_str(), head.1.clone())].into_iter().chain(open).collect();
        let (provider, mut asked) = answering(&replies, &json!({})).await;
        let outcome = provider.verify(&in_parts(true), &receipts(SIZE), FileReceipt::unknown()).await;
        assert!(seen(&mut asked).await.starts_with("HEAD "));
        match outcome {
            Ok(receipt) => {
                assert!(confirmed, "{head:?}");
                assert_eq!((receipt.strength, receipt.size), (Strength::Confirmed, Some(SIZE)));
            }
            Err(failure) => {
                assert!(!confirmed, "{head:?} {failure}");
                assert_eq!(failure.class, RetryClass::Conflict, "{failure}");
            }
        }
    }
    // Whoever may not look says nothing.
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
    let (provider, _) = answering(&[done(WHOLE), (&status, body)], &json!({})).await;
    let receipt = provider.complete(&in_parts(true), &receipts(SIZE)).await.unwrap();
    let receipt = provider.verify(&in_parts(true), &receipts(SIZE), receipt).await.unwrap();
    assert_eq!((receipt.size, receipt.checksum), (Some(SIZE), Some(format!("md5:{WHOLE}"))));
}
