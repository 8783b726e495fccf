//! Every implemented fault, as a client meets it.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::rig::{Answer, PART, Rig, Session, bytes, etag, rig, wanted, with};

/// Sends part 1 and expects an answer.
async fn part(rig: &Rig, session: &Session) -> Answer {
    rig.put(&session.parts[0], &bytes(PART)).await.unwrap()
}

/// Finishes a session of one part, whatever the fault did before, and compares the object with the bytes.
async fn ends_well(rig: &Rig, session: &Session) {
    rig.put_all(session, &bytes(PART)).await;
    assert_eq!(rig.complete(session).await.unwrap().status, 200);
    let object = rig.last()["object"].as_str().unwrap().to_owned();
    assert_eq!(std::fs::read(rig.object(&object)).unwrap(), bytes(PART));
}

/// Sends part 1 by hand and returns how the connection ended.
async fn raw_part(rig: &Rig, session: &Session) -> std::io::Result<String> {
    let mut request =
        format!("{}Content-Length: {PART}\r\nConnection: close\r\n\r\n", rig.head(&session.parts[0]))
            .into_bytes();
    request.extend(bytes(PART));
    rig.raw(&request).await
}

#[tokio::test]
async fn passing_refusals_pass() {
    for (fault, times, status, code) in [
        ("500-once", 1, 500, "InternalError"),
        ("500-n-then-ok", 3, 500, "InternalError"),
        ("502:2", 2, 502, "BadGateway"),
        ("503", 3, 503, "ServiceUnavailable"),
        ("504", 3, 504, "GatewayTimeout"),
        ("409-conflict", 3, 409, "OperationAborted"),
        ("503-slowdown", 3, 503, "SlowDown"),
        ("429-seconds", 3, 429, "TooManyRequests"),
        ("429-date", 3, 429, "TooManyRequests"),
        ("400-request-timeout", 3, 400, "RequestTimeout"),
        ("400-incomplete-body", 3, 400, "IncompleteBody"),
        ("400-bad-digest", 3, 400, "BadDigest"),
    ] {
        let rig = with(fault).await;
        let session = rig.begin("x.bin", PART).await;
        for _ in 0..times {
            let answer = part(&rig, &session).await;
            assert_eq!((answer.status, answer.xml("Code")), (status, code), "{fault}");
            let after = answer.header("retry-after");
            match fault {
                "503-slowdown" | "429-seconds" => assert_eq!(after, "1"),
                "429-date" => assert!(after.ends_with(" GMT"), "{after}"),
                _ => assert_eq!(after, ""),
            }
            let line = rig.last();
            assert_eq!((&line["fault"], &line["stored"]), (&json!(fault.split(':').next()), &json!(false)));
        }
        ends_well(&rig, &session).await;
    }
}

#[tokio::test]
async fn refusals_of_the_api_speak_json() {
    for (fault, status) in [
        ("401-key", 401),
        ("403-permission", 403),
        ("402-quota", 402),
        ("413-too-large", 413),
        ("415-type", 415),
        ("503-slowdown@start", 503),
        ("500-once@start", 500),
    ] {
        let rig = with(fault).await;
        let answer = rig.call("start", &wanted("x", 1)).await.unwrap();
        assert_eq!((answer.status, &answer.json()["success"]), (status, &json!(false)), "{fault}");
        assert_eq!(rig.last()["fault"], fault.split('@').next().unwrap());
    }
}

#[tokio::test]
async fn connections_die_when_asked() {
    for fault in ["reset-before-headers", "reset-mid-body", "reset-after-success"] {
        let rig = with(&format!("{fault}:1")).await;
        let session = rig.begin("x.bin", PART).await;
        let died = raw_part(&rig, &session).await.unwrap_err();
        assert_eq!(died.kind(), std::io::ErrorKind::ConnectionReset, "{fault}");
        let line = rig.logged(|line| line["fault"] == fault).await;
        let stored = fault == "reset-after-success";
        assert_eq!((&line["stored"], &line["status"]), (&json!(stored), &json!(null)), "{fault}");
        if stored {
            assert_eq!(rig.complete(&session).await.unwrap().status, 200, "{fault}");
        } else {
            assert_eq!(rig.complete(&session).await.unwrap().status, 400, "{fault}");
            ends_well(&rig, &session).await;
        }
    }
}

#[tokio::test]
async fn half_a_close_is_an_end_without_an_answer() {
    let rig = with("half-close:1").await;
    let session = rig.begin("x.bin", PART).await;
    assert_eq!(raw_part(&rig, &session).await.unwrap(), "");
    ends_well(&rig, &session).await;
}

#[tokio::test]
async fn calls_can_die_too() {
    for fault in ["reset-before-headers@start:1", "reset-after-success@start:1", "half-close@start:1"] {
        let rig = with(fault).await;
        assert!(rig.call("start", &wanted("x", 1)).await.is_err(), "{fault}");
        rig.begin("x", 1).await;
    }
}

#[tokio::test]
async fn a_stalled_part_is_not_read_and_not_answered_and_another_attempt_gets_through() {
    const SIZE: usize = 16 * 1024 * 1024;
    let data = vec![7; SIZE];
    let rig = rig(|options| {
        options.part_size = SIZE as u64;
        options.faults.push("stall-mid-body".to_owned());
    })
    .await;
    let session = rig.begin("x.bin", SIZE).await;
    let mut stream = TcpStream::connect(("127.0.0.1", rig.running.port)).await.unwrap();
    let head = format!("{}Content-Length: {SIZE}\r\n\r\n", rig.head(&session.parts[0]));
    stream.write_all(head.as_bytes()).await.unwrap();
    let stuck = async {
        stream.write_all(&data).await.unwrap();
        stream.read_u8().await
    };
    assert!(timeout(Duration::from_secs(1), stuck).await.is_err(), "the server went on");
    let line = rig.last();
    assert_eq!(
        (&line["fault"], &line["status"]),
        (&json!("stall-mid-body"), &json!(null)),
        "told while it lasts"
    );
    let answer = rig.put(&session.parts[0], &data).await.unwrap();
    assert_eq!((answer.status, answer.header("etag")), (200, etag(&data).as_str()));
    assert_eq!(rig.complete(&session).await.unwrap().status, 200);
    assert!(std::fs::read(rig.object("objects/x.bin")).unwrap() == data);
}

#[tokio::test]
async fn expired_links_end_with_a_new_session() {
    for (fault, status, code) in [
        ("403-expired", 403, "AccessDenied"),
        ("403-expired-r2", 403, "ExpiredRequest"),
        ("400-expired-token", 400, "ExpiredToken"),
        ("404-no-such-upload", 404, "NoSuchUpload"),
    ] {
        let rig = with(fault).await;
        let session = rig.begin("x.bin", PART).await;
        for _ in 0..3 {
            let answer = part(&rig, &session).await;
            assert_eq!((answer.status, answer.xml("Code")), (status, code));
            assert_eq!(fault == "403-expired", !answer.xml("ServerTime").is_empty());
        }
        let second = rig.begin("x.bin", PART).await;
        ends_well(&rig, &second).await;
    }
}

#[tokio::test]
async fn links_that_can_never_work_never_do() {
    for (fault, code) in [
        ("403-signature", "SignatureDoesNotMatch"),
        ("403-headers-not-signed", "AccessDenied"),
        ("poisoned-checksum", "BadDigest"),
    ] {
        let rig = with(fault).await;
        let session = rig.begin("x.bin", PART).await;
        let poisoned = session.parts[0].contains("x-amz-checksum-crc32=AAAAAA%3D%3D");
        assert_eq!(poisoned, fault == "poisoned-checksum");
        for _ in 0..3 {
            assert_eq!(part(&rig, &session).await.xml("Code"), code);
        }
    }
}

#[tokio::test]
async fn a_lost_answer_at_complete_leaves_the_object() {
    use partway_sandbox::AfterComplete::{Conflict, Gone, Same};
    for (after, status) in [(Same, 200), (Gone, 404), (Conflict, 409)] {
        let rig = rig(|options| {
            options.after_complete = after;
            options.faults.push("complete-lost-answer".to_owned());
        })
        .await;
        let session = rig.begin("x.bin", PART).await;
        rig.put_all(&session, &bytes(PART)).await;
        assert!(rig.complete(&session).await.is_err());
        let line = rig.logged(|line| line["fault"] == "complete-lost-answer").await;
        assert_eq!((&line["object"], &line["status"]), (&json!("objects/x.bin"), &json!(null)));
        assert_eq!(std::fs::read(rig.object("objects/x.bin")).unwrap(), bytes(PART));
        assert_eq!(rig.complete(&session).await.unwrap().status, status);
    }
}

#[tokio::test]
async fn finishing_can_be_refused_late_or_repeated() {
    for (fault, first) in [("complete-409", 409), ("complete-twice", 500), ("complete-200-with-error", 200)] {
        let rig = with(fault).await;
        let session = rig.begin("x.bin", PART).await;
        rig.put_all(&session, &bytes(PART)).await;
        let answer = rig.complete(&session).await.unwrap();
        assert_eq!((answer.status, &answer.json()["success"]), (first, &json!(false)), "{fault}");
        let there = rig.object("objects/x.bin").exists();
        assert_eq!(there, fault == "complete-twice", "{fault}");
        assert_eq!(rig.complete(&session).await.unwrap().status, 200, "{fault}");
        assert!(rig.object("objects/x.bin").exists());
    }
}

#[tokio::test]
async fn answers_can_be_late() {
    for fault in ["slow@part:1", "slow@start:1", "complete-slow"] {
        let rig = rig(|options| {
            options.slow = Duration::from_millis(300);
            options.faults.push(fault.to_owned());
        })
        .await;
        let began = std::time::Instant::now();
        let session = rig.begin("x.bin", PART).await;
        ends_well(&rig, &session).await;
        assert!(began.elapsed() >= Duration::from_millis(300), "{fault}");
    }
}

#[tokio::test]
async fn low_speed_is_a_few_kilobytes_a_second() {
    let rig = with("low-speed").await;
    let session = rig.begin("x.bin", PART).await;
    let began = std::time::Instant::now();
    ends_well(&rig, &session).await;
    assert!(began.elapsed() >= Duration::from_millis(100));
}

#[tokio::test]
async fn receipts_can_be_wrong() {
    for fault in ["wrong-etag", "no-etag", "kms-etag", "unquoted-etag"] {
        let rig = with(fault).await;
        let session = rig.begin("x.bin", PART).await;
        let answer = part(&rig, &session).await;
        let (got, right) = (answer.header("etag"), etag(&bytes(PART)));
        assert_eq!(answer.status, 200);
        match fault {
            "no-etag" => assert_eq!(got, ""),
            "unquoted-etag" => assert_eq!(format!("\"{got}\""), right),
            _ => assert!(got != right && got.len() == right.len(), "{got}"),
        }
        let kms = answer.header("x-amz-server-side-encryption");
        assert_eq!(kms, if fault == "kms-etag" { "aws:kms" } else { "" });
    }
}

#[tokio::test]
async fn replies_can_be_broken() {
    let data = bytes(3 * PART);
    for fault in [
        "html-instead-of-json",
        "json-cut",
        "json-wrong-types",
        "parts-too-few",
        "parts-too-many",
        "part-size-zero",
        "part-size-absurd",
    ] {
        let rig = with(fault).await;
        let answer = rig.call("start", &wanted("x.bin", data.len())).await.unwrap();
        assert_eq!(answer.status, 200, "{fault}");
        let reply: Option<serde_json::Value> = serde_json::from_str(&answer.body).ok();
        match fault {
            "html-instead-of-json" => {
                assert!(answer.header("content-type").starts_with("text/html") && reply.is_none());
            }
            "json-cut" => assert!(answer.body.starts_with('{') && reply.is_none()),
            "json-wrong-types" => assert!(reply.unwrap()["session_id"].is_number()),
            "parts-too-few" => assert_eq!(reply.unwrap()["parts"].as_array().unwrap().len(), 2),
            "parts-too-many" => assert_eq!(reply.unwrap()["parts"].as_array().unwrap().len(), 4),
            "part-size-zero" => assert_eq!(reply.unwrap()["part_size"], 0),
            _ => assert_eq!(reply.unwrap()["part_size"], 1_000_000_000_000_000_000_u64),
        }
    }
}

#[tokio::test]
async fn a_portal_before_storage_stores_nothing() {
    let rig = with("html-instead-of-json@part").await;
    let session = rig.begin("x.bin", PART).await;
    let answer = part(&rig, &session).await;
    assert_eq!((answer.status, answer.header("etag")), (200, ""));
    assert!(answer.body.starts_with("<!DOCTYPE html>"));
    assert_eq!(rig.complete(&session).await.unwrap().status, 400);
    ends_well(&rig, &session).await;
}

#[tokio::test]
async fn a_huge_reply_goes_on_and_on() {
    let rig = with("json-huge").await;
    let url = format!("{}/api/v1/multipart/start", rig.running.base_url);
    let mut answer =
        rig.client.post(url).bearer_auth(&rig.running.key).json(&wanted("x", 1)).send().await.unwrap();
    let mut got = 0;
    while got < 64 * 1024 * 1024 {
        got += answer.chunk().await.unwrap().expect("more").len();
    }
}

#[tokio::test]
async fn redirects_lead_where_the_log_watches() {
    for (fault, place) in [
        ("redirect-same-host", "http://127.0.0.1:PORT/elsewhere/autorender/api/v1/multipart/start"),
        ("redirect-other-host", "http://localhost:PORT/elsewhere/autorender/api/v1/multipart/start"),
        ("captive-portal", "http://localhost:PORT/elsewhere/sign-in"),
        ("redirect-loop", "/autorender/api/v1/multipart/start"),
    ] {
        let rig = with(fault).await;
        let answer = rig.call("start", &wanted("x", 1)).await.unwrap();
        assert_eq!(answer.status, if fault == "captive-portal" { 302 } else { 307 });
        let place = place.replace("PORT", &rig.running.port.to_string());
        assert_eq!(answer.header("location"), place);
        if fault == "redirect-same-host" {
            rig.client.post(place).bearer_auth("k").body("abc").send().await.unwrap();
            let line = rig.last();
            assert_eq!(
                (&line["step"], &line["note"], &line["bytes"]),
                (&json!("elsewhere"), &json!("with a key"), &json!(3))
            );
        }
    }
}

#[tokio::test]
async fn a_wrong_clock_shows_in_dates_and_links() {
    for skew in [1200, -1200] {
        let rig = rig(|options| {
            options.skew = skew;
            options.faults.push("clock-skew".to_owned());
        })
        .await;
        let answer = rig.call("start", &wanted("x", PART)).await.unwrap();
        let date = jiff::fmt::rfc2822::parse(answer.header("date")).unwrap().timestamp();
        let now = jiff::Timestamp::try_from(std::time::SystemTime::now()).unwrap();
        let ahead = date.duration_since(now).as_secs();
        assert!((ahead - skew).abs() < 30, "{ahead}");
        let session = Session::of(&answer.json());
        ends_well(&rig, &session).await;
    }
}
