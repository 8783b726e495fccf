//! Retrying a single PUT: what is there decides the condition.

use partway_core::{Cause, Etag, Failure, FileReceipt, RetryClass, Step, Strength};
use partway_provider::PartTarget;
use serde_json::json;

use super::{ABSENT, answering, by_one_put, error, exists, number, receipts, seen};

const MD5: &str = "01010101010101010101010101010101";

/// The conditions among the headers.
fn conditions(target: &PartTarget) -> Vec<(&str, &str)> {
    let all = target.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    all.filter(|(name, _)| *name != "content-type").collect()
}

#[tokio::test]
async fn what_is_there_decides_on_which_condition_it_goes_once_more() {
    let denied = ("403 Forbidden", error("AccessDenied", "Access Denied"));
    let hidden = vec![("403 Forbidden", String::new()), denied];
    // Just looked, so without the condition: a storage that does not support it would refuse forever.
    for (replies, condition) in [(vec![ABSENT], vec![]), (hidden, vec![("if-none-match", "*")])] {
        let (provider, _) = answering(&replies, &json!({})).await;
        let fresh = provider.targets(&by_one_put(true), &[number(1)]).await.unwrap();
        assert_eq!(conditions(&fresh[0]), condition);
        let fresh = provider.targets(&by_one_put(false), &[number(1)]).await.unwrap();
        assert_eq!(conditions(&fresh[0]), []);
    }
}

#[tokio::test]
async fn an_object_that_may_be_ours_is_replaced_by_the_same_bytes_only_and_any_other_is_not() {
    let after = "last-modified: Wed, 01 May 2024 10:20:30 GMT\r\n";
    let before = "last-modified: Wed, 01 May 2024 10:19:00 GMT\r\n";
    let etag = format!("etag: \"{MD5}\"");
    for (size, headers, ours) in [
        (5, format!("{after}{etag}"), true),
        (5, etag.clone(), true),
        (6, format!("{after}{etag}"), false),
        (5, format!("{before}{etag}"), false),
        (5, after.to_owned(), false),
        (5, format!("{after}etag: \"v1\""), false),
        (5, format!("{after}{etag}\r\nx-amz-server-side-encryption: aws:kms"), false),
    ] {
        let (status, body) = exists(size, &headers);
        let (provider, _) = answering(&[(&status, body)], &json!({})).await;
        let fresh = provider.targets(&by_one_put(true), &[number(1)]).await;
        if ours {
            // The ETag's MD5 in Base64: nothing else is accepted, so no one's file can be lost.
            let match_it = format!("\"{MD5}\"");
            let due = [("content-md5", "AQEBAQEBAQEBAQEBAQEBAQ=="), ("if-match", match_it.as_str())];
            let fresh = fresh.unwrap();
            assert_eq!(conditions(&fresh[0]), due, "{headers}");
            assert!(fresh[0].url.expose().contains("content-md5%3Bcontent-type%3Bhost%3Bif-match"));
        } else {
            let failure = fresh.unwrap_err();
            assert_eq!(failure.cause, Cause::NameTaken { name: "a.mov".to_owned() }, "{headers}");
        }
    }
}

#[tokio::test]
async fn its_answer_is_all_that_complete_needs_and_the_look_afterwards_tells_size_and_etag() {
    let (status, body) = exists(5, &format!("etag: \"{MD5}\""));
    let (provider, mut asked) = answering(&[(&status, body)], &json!({})).await;
    let receipt = provider.complete(&by_one_put(true), &receipts(5)).await.unwrap();
    assert!(asked.try_recv().is_err(), "nobody is asked");
    let host = provider.host();
    let whole = FileReceipt {
        strength: Strength::Confirmed,
        id: Some("a.mov".to_owned()),
        name: Some("a.mov".to_owned()),
        link: Some(format!("http://{host}/s3/films/a.mov")),
        size: None,
        checksum: Some(format!("md5:{MD5}")),
    };
    assert_eq!(receipt, whole);
    let verified = provider.verify(&by_one_put(true), &receipts(5), receipt).await.unwrap();
    assert_eq!(verified, FileReceipt { size: Some(5), ..whole.clone() });
    assert!(seen(&mut asked).await.starts_with("HEAD /s3/films/a.mov?"));
    let again = provider.verify(&by_one_put(true), &receipts(5), verified.clone()).await.unwrap();
    assert_eq!(again, verified);
    assert!(asked.try_recv().is_err(), "what is known is not asked again");

    // What was replaced there is refused, or reported with its own checksum, and never called the same.
    let mut other = receipts(5);
    other[0].md5 = [2; 16];
    match provider.verify(&by_one_put(true), &other, whole).await {
        Ok(receipt) => assert_eq!(receipt.checksum, Some(format!("etag:{MD5}"))),
        Err(failure) => {
            assert!(failure.class == RetryClass::Refused && failure.detail.contains(MD5), "{failure}");
        }
    }
    for some in [&[][..], &[receipts(5), receipts(5)].concat()] {
        let failure = provider.complete(&by_one_put(true), some).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::PartsMissing);
    }
}

#[tokio::test]
async fn its_list_is_the_object_and_there_is_nothing_to_throw_away() {
    let (status, body) = exists(5, &format!("etag: \"{MD5}\""));
    let (provider, mut asked) = answering(&[(&status, body), ABSENT], &json!({})).await;
    let listed = provider.list_parts(&by_one_put(true)).await.unwrap();
    assert_eq!(
        (listed[0].number, listed[0].size.unwrap(), &listed[0].etag),
        (number(1), 5, &Some(Etag(MD5.to_owned())))
    );
    assert!(provider.list_parts(&by_one_put(true)).await.unwrap().is_empty());
    while asked.try_recv().is_ok() {}
    provider.abort(&by_one_put(true)).await.unwrap();
    assert!(asked.try_recv().is_err());
}

/// The PUT may be the first request that the storage answers: its words about bucket and region are explained
/// as for any other call.
#[tokio::test]
async fn a_no_to_a_part_that_lies_in_the_settings_says_which_and_what_to_do() {
    let no = |status, code: &str| Failure {
        status: Some(status),
        code: Some(code.to_owned()),
        ..Failure::new(Step::Part, RetryClass::LinkBroken, Cause::Refused { said: "said".to_owned() }, "said")
    };
    let (provider, mut asked) = answering(&[ABSENT], &json!({})).await;
    let told = provider.explain(no(404, "NoSuchBucket")).await;
    let host = provider.host();
    let said = format!("there is no bucket “films” at {host}. Correct its name or the server's address");
    assert_eq!((told.class, told.cause), (RetryClass::Refused, Cause::Refused { said }));
    for code in ["AccessDenied", "SignatureDoesNotMatch", "EntityTooLarge"] {
        assert_eq!(provider.explain(no(403, code)).await, no(403, code), "it is left as it is");
    }
    assert!(asked.try_recv().is_err(), "nobody is asked for that");

    let region = "x-amz-bucket-region: ap-south-1";
    let moved = (format!("301 Moved Permanently\r\n{region}"), error("PermanentRedirect", "Elsewhere"));
    for (status, code) in [
        (301, "PermanentRedirect"),
        (307, "TemporaryRedirect"),
        (400, "AuthorizationHeaderMalformed"),
        (400, "AuthorizationQueryParametersError"),
        (400, "IllegalLocationConstraintException"),
    ] {
        let (provider, _) = answering(&[(&moved.0, moved.1.clone())], &json!({})).await;
        let told = provider.explain(no(status, code)).await;
        let said = "the bucket “films” lies in the region ap-south-1, not in eu-west-1. Set the region to ap-south-1";
        assert_eq!(
            (told.class, told.cause),
            (RetryClass::Refused, Cause::Refused { said: said.to_owned() }),
            "{code}"
        );
    }
    // If the storage does not explain it, its first words are kept.
    let (provider, _) = answering(&[("500 Oh", String::new())], &json!({})).await;
    assert_eq!(provider.explain(no(301, "PermanentRedirect")).await, no(301, "PermanentRedirect"));
}
