//! Refusals: each is decoded to its class and a sentence, without the credentials.

use std::fmt::Write;

use serde_json::json;

use super::{ABSENT, KEY, OK, SECRET, SIZE, answering, error, plan, with};
use crate::server::{file, told};

#[tokio::test]
async fn a_refusal_at_the_start_is_decoded_to_its_class_and_sentence() {
    let region = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'eu-west-1' is wrong; expecting \
                  'us-west-2'</Message><Region>us-west-2</Region></Error>";
    let mut words = String::new();
    for (name, status, body) in [
        (
            "unknown key",
            "403 Forbidden",
            error("InvalidAccessKeyId", &format!("The key {KEY} does not exist")),
        ),
        ("wrong secret", "403 Forbidden", error("SignatureDoesNotMatch", &format!("not by {SECRET}"))),
        ("lent key is over", "400 Bad Request", error("ExpiredToken", "The provided token has expired.")),
        ("not allowed", "403 Forbidden", error("AccessDenied", "Access Denied")),
        ("no bucket", "404 Not Found", error("NoSuchBucket", "The specified bucket does not exist")),
        ("other region", "400 Bad Request", region.to_owned()),
        (
            "moved",
            "301 Moved Permanently\r\nx-amz-bucket-region: us-west-2",
            error("PermanentRedirect", "elsewhere"),
        ),
        ("clock", "403 Forbidden", error("RequestTimeTooSkewed", "The difference is too large.")),
        ("clock, by a link", "403 Forbidden", error("AccessDenied", "Request has expired")),
        ("clock, ahead", "403 Forbidden", error("AccessDenied", "Request is not valid yet")),
        ("acl", "400 Bad Request", error("AccessControlListNotSupported", "The bucket does not allow ACLs")),
        ("class", "400 Bad Request", error("InvalidStorageClass", "The storage class is not valid")),
        ("quota", "403 Forbidden", error("QuotaExceeded", "used up")),
        ("slow", "503 Slow Down\r\nretry-after: 7", error("SlowDown", "Please reduce your request rate.")),
        ("busy", "500 Internal Server Error", error("InternalError", "Please try again.")),
        ("page", OK, "<!DOCTYPE html><title>Sign in</title>".to_owned()),
        ("no answer of S3", "404 Not Found", "nginx".to_owned()),
        ("no id", OK, "<InitiateMultipartUploadResult/>".to_owned()),
        ("a no with a yes", OK, error("AccessDenied", "Access Denied")),
    ] {
        let (provider, _) = answering(&[ABSENT, (status, body)], &json!({})).await;
        let failure = provider.start(&file(SIZE), plan(SIZE)).await.expect_err(name);
        write!(words, "{name}: {}", told(&failure).replace(&provider.host(), "SERVER")).unwrap();
    }
    assert!(!words.contains(KEY) && !words.contains(SECRET), "{words}");
    insta::assert_snapshot!(words);
}

#[tokio::test]
async fn a_head_that_does_not_say_why_is_followed_by_a_get_that_does() {
    let mut words = String::new();
    for (status, body) in [
        ("403 Forbidden", error("InvalidAccessKeyId", "unknown")),
        ("403 Forbidden", error("RequestTimeTooSkewed", "clock")),
        ("404 Not Found", error("NoSuchBucket", "no bucket")),
        ("503 Service Unavailable", error("SlowDown", "slow")),
    ] {
        let head = ("400 Bad Request", String::new());
        let (provider, _) = answering(&[head, (status, body)], &json!({})).await;
        let failure = provider.start(&with(5, None), plan(5)).await.unwrap_err();
        words.push_str(&told(&failure).replace(&provider.host(), "SERVER"));
    }
    insta::assert_snapshot!(words);
    // Nothing is there after all.
    let replies = [("405 Method Not Allowed", String::new()), ("404 Not Found", error("NoSuchKey", "no"))];
    let (provider, _) = answering(&replies, &json!({})).await;
    assert!(provider.start(&with(5, None), plan(5)).await.is_ok());
}
