//! Checking a destination: a real request about its bucket, so that the result means something.

use std::fmt::Write;

use partway_provider::Finding;
use serde_json::json;

use super::{OK, answering, error, seen};
use crate::server::told;

#[tokio::test]
async fn a_key_that_may_look_is_not_ticked_and_the_clock_is_measured() {
    let body = "<ListMultipartUploadsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>".to_owned();
    let (provider, mut asked) = answering(&[(OK, body)], &json!({})).await;
    let report = provider.check().await;
    assert!(matches!(report.host, Finding::Good(_)));
    assert_eq!(report.clock_ahead, Finding::Good(1200));
    // It may read; whether it may write is unknown.
    assert!(matches!(report.key, Finding::CannotKnow(why) if why.contains("write")), "{:?}", report.key);
    let line = "GET /s3/films/?X-Amz-SignedHeaders=host&max-uploads=1&uploads=";
    assert_eq!(seen(&mut asked).await, line);
}

#[tokio::test]
async fn each_line_says_what_was_seen() {
    let mut words = String::new();
    for (name, status, body) in [
        ("unknown key", "403 Forbidden", error("InvalidAccessKeyId", "no such key")),
        ("wrong secret", "403 Forbidden", error("SignatureDoesNotMatch", "no")),
        ("token is over", "400 Bad Request", error("ExpiredToken", "over")),
        ("token of another", "400 Bad Request", error("InvalidToken", "no")),
        ("may not look", "403 Forbidden", error("AccessDenied", "Access Denied")),
        ("no bucket", "404 Not Found", error("NoSuchBucket", "none")),
        ("clock", "403 Forbidden", error("RequestTimeTooSkewed", "clock")),
        ("another server", OK, "{}".to_owned()),
        ("another server's no", "404 Not Found", "not here".to_owned()),
        ("a page", OK, "<html>".to_owned()),
        ("lists nothing", "501 Not Implemented", error("NotImplemented", "no")),
        ("lists nothing either", "405 Method Not Allowed", error("MethodNotAllowed", "no")),
    ] {
        let (provider, _) = answering(&[(status, body)], &json!({})).await;
        let report = provider.check().await;
        let server = provider.host();
        let line = |finding: Finding<String>| match finding {
            Finding::Good(what) => format!("good {what}\n"),
            Finding::CannotKnow(why) => format!("– {why}\n"),
            Finding::Bad(failure) => told(&failure).replace(&server, "SERVER"),
        };
        let good = |finding: Finding<u64>| match finding {
            Finding::Good(_) => Finding::Good(String::new()),
            Finding::Bad(failure) => Finding::Bad(failure),
            Finding::CannotKnow(why) => Finding::CannotKnow(why),
        };
        let clock = match report.clock_ahead {
            Finding::Good(ahead) => Finding::Good(ahead.to_string()),
            Finding::Bad(failure) => Finding::Bad(failure),
            Finding::CannotKnow(why) => Finding::CannotKnow(why),
        };
        let key = match report.key {
            Finding::Good(()) => Finding::Good(String::new()),
            Finding::Bad(failure) => Finding::Bad(failure),
            Finding::CannotKnow(why) => Finding::CannotKnow(why),
        };
        write!(words, "{name}\n host {} clock {} key {}", line(good(report.host)), line(clock), line(key))
            .unwrap();
    }
    insta::assert_snapshot!(words);
}

#[tokio::test]
async fn a_storage_that_lists_no_uploads_is_asked_for_its_files() {
    for no in [
        ("501 Not Implemented", error("NotImplemented", "no")),
        ("405 Method Not Allowed", String::new()),
        (OK, "{}".to_owned()),
        (OK, "<html>".to_owned()),
        (OK, "<ListBucketResult/>".to_owned()),
    ] {
        let files = (OK, "<ListBucketResult/>".to_owned());
        let (provider, mut asked) = answering(&[no, files], &json!({})).await;
        let report = provider.check().await;
        assert!(matches!(report.host, Finding::Good(_)), "{report:?}");
        assert!(matches!(report.key, Finding::CannotKnow(why) if why.contains("write")), "{report:?}");
        seen(&mut asked).await;
        assert_eq!(seen(&mut asked).await, "GET /s3/films/?X-Amz-SignedHeaders=host&list-type=2&max-keys=1");
    }
    // And its answer about the key counts.
    let no = ("501 Not Implemented", error("NotImplemented", "no"));
    let key = ("403 Forbidden", error("InvalidAccessKeyId", "no such key"));
    let (provider, _) = answering(&[no, key], &json!({})).await;
    assert!(matches!(provider.check().await.key, Finding::Bad(_)));
}
