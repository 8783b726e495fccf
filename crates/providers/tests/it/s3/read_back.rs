//! A single PUT whose answer was lost: the stored object is read back and compared.

use std::time::Duration;

use md5::{Digest, Md5};
use partway_core::{Cause, Failure, FileReceipt, PartReceipt, RetryClass, Strength};
use partway_provider::Session;
use serde_json::json;

use super::{ABSENT, OK, answering, error, exists, receipts, seen};

/// A single PUT of so many bytes.
fn one_put(size: usize) -> Session {
    let body = json!({ "key": "a.mov", "size": size, "parts": 1, "one_put": [], "only_if_free": true,
                       "began": 1_714_558_800 });
    Session { body: body.to_string(), expires_at: None }
}

/// The receipt of its bytes.
fn sent(bytes: &[u8]) -> Vec<PartReceipt> {
    let mut receipts = receipts(5);
    receipts[0].size = bytes.len() as u64;
    receipts[0].md5 = Md5::digest(bytes).into();
    receipts
}

/// What the look at the object makes of it, if the GET has this reply, whose ETag says nothing.
async fn verified(bytes: &[u8], reply: (&str, String)) -> Result<FileReceipt, Failure> {
    let (head, none) = exists(bytes.len() as u64, "etag: \"opaque\"");
    let (provider, mut asked) = answering(&[(&head, none), reply], &json!({})).await;
    let outcome = provider.verify(&one_put(bytes.len()), &sent(bytes), FileReceipt::unknown()).await;
    assert!(seen(&mut asked).await.starts_with("HEAD "));
    assert!(seen(&mut asked).await.starts_with("GET "));
    outcome
}

#[tokio::test]
async fn an_object_of_the_same_bytes_is_ours_and_any_other_is_not() {
    // A file may itself look like a network's page, or like a refusal.
    let refusal = error("SlowDown", "Please reduce your request rate");
    for text in ["hello", "<html>Sign in</html>", &refusal] {
        let receipt = verified(text.as_bytes(), (OK, text.to_owned())).await.unwrap();
        let md5 = format!("md5:{}", hex::encode(Md5::digest(text)));
        assert_eq!((receipt.strength, receipt.checksum), (Strength::Confirmed, Some(md5)));
    }
    for other in ["HELLO", "hello, world"] {
        let failure = verified(b"hello", (OK, other.to_owned())).await.unwrap_err();
        assert_eq!((failure.class, failure.cause), (RetryClass::Conflict, Cause::NeverConfirmed), "{other}");
    }
}

#[tokio::test]
async fn a_read_that_was_refused_says_nothing_of_the_object() {
    let wait = RetryClass::Throttled { after: Some(Duration::from_secs(7)) };
    let denied = error("AccessDenied", "Access Denied");
    let slow = error("SlowDown", "Please reduce your request rate");
    for (status, body, class) in [
        ("503 Busy", String::new(), RetryClass::Again),
        ("503 Busy\r\nretry-after: 7", slow, wait.clone()),
        ("429 Slow\r\nretry-after: 7", String::new(), wait),
        ("500 Oh", String::new(), RetryClass::Again),
        ("403 Forbidden", denied, RetryClass::Refused),
        // A sign-in page of the network.
        ("200 OK\r\ncontent-type: text/html", "<html>Sign in</html>".to_owned(), RetryClass::Offline),
    ] {
        let failure = verified(b"hello", (status, body)).await.unwrap_err();
        assert_eq!(failure.class, class, "{status}: {failure}");
        assert_ne!(failure.cause, Cause::NeverConfirmed, "{status}: {failure}");
    }
}

#[tokio::test]
async fn an_object_that_went_meanwhile_is_not_there() {
    for reply in [ABSENT, ("404 Not Found", error("NoSuchKey", "The specified key does not exist."))] {
        let failure = verified(b"hello", reply).await.unwrap_err();
        assert_eq!((failure.class, failure.cause), (RetryClass::Conflict, Cause::NeverConfirmed));
        assert!(!failure.detail.contains("another"), "{}", failure.detail);
    }
}

#[tokio::test]
async fn an_object_too_large_to_be_read_is_not_called_another() {
    let size = 40 << 20;
    let (head, none) = exists(size as u64, "etag: \"opaque\"");
    let (provider, mut asked) = answering(&[(&head, none)], &json!({})).await;
    let receipt = provider.verify(&one_put(size), &sent(b"any"), FileReceipt::unknown()).await.unwrap();
    assert_eq!((receipt.strength, receipt.size), (Strength::Unproved, Some(size as u64)));
    assert!(seen(&mut asked).await.starts_with("HEAD "));
    assert!(asked.try_recv().is_err(), "it is not read");
}

/// Every answer that is packed is unpacked, also where the file itself is.
#[tokio::test]
async fn an_object_that_was_unpacked_on_the_way_is_not_called_another() {
    // "abc" in raw deflate.
    let packed = "KLJ\u{6}\0";
    let reply = ("200 OK\r\ncontent-encoding: deflate", packed.to_owned());
    let receipt = verified(packed.as_bytes(), reply).await.unwrap();
    assert_eq!((receipt.strength, receipt.size), (Strength::Unproved, Some(5)));
}
