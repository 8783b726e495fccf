//! An API that does not answer: what is known then depends on the step.

use std::time::Duration;

use partway_core::{ApiKey, Cause, RetryClass, Step};
use partway_http::{ApiCall, ApiClient, HttpOptions, KeyHeader};
use tokio::io::AsyncWriteExt;
use url::Url;

use crate::api::{call, call_within};
use crate::server::{always, answer, nobody, request, reset, serve};

#[tokio::test]
async fn nobody_there_is_offline_at_every_step() {
    let address = nobody().await;
    for step in [Step::Start, Step::Complete, Step::List] {
        assert_eq!(call(address, step).await.unwrap_err().class, RetryClass::Offline);
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_start_and_complete_unknown() {
    let closing = serve(|_, mut stream| async move {
        request(&mut stream).await;
    })
    .await;
    let resetting = serve(|_, mut stream| async move {
        request(&mut stream).await;
        reset(stream);
    })
    .await;
    let breaking_off = serve(|_, mut stream| async move {
        request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"a\":").await.unwrap();
    })
    .await;
    for address in [closing, resetting, breaking_off] {
        let lost = call(address, Step::Start).await.unwrap_err();
        assert_eq!(lost.class, RetryClass::Unknown);
        // A sentence has no library's words, and no address; Details have both.
        assert!(
            ["the connection broke off before an answer came", "the answer broke off"]
                .contains(&lost.plain())
        );
        assert!(lost.detail.contains("127.0.0.1"), "{lost}");
        assert_eq!(call(address, Step::Complete).await.unwrap_err().class, RetryClass::Unknown);
        assert_eq!(call(address, Step::List).await.unwrap_err().class, RetryClass::Again);
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_counts_as_lost() {
    let silent = serve(|_, mut stream| async move {
        request(&mut stream).await;
        request(&mut stream).await;
    })
    .await;
    let patience = Duration::from_millis(100);
    for (step, class) in [(Step::Complete, RetryClass::Unknown), (Step::Abort, RetryClass::Again)] {
        let failure = call_within(silent, step, patience).await.unwrap_err();
        assert_eq!(failure.class, class);
        assert_eq!(failure.detail, format!("{silent}: no answer came in time"));
    }
}

#[tokio::test]
async fn statuses_reach_the_table() {
    let cases = [
        ("401 Unauthorized", RetryClass::Credentials),
        ("500 Oh", RetryClass::Again),
        ("503 Wait\r\nretry-after: 3", RetryClass::Throttled { after: Some(Duration::from_secs(3)) }),
    ];
    for (status, class) in cases {
        let failure = call(always(answer(status, "", "{}")).await, Step::Start).await.unwrap_err();
        assert_eq!(failure.class, class, "{status}");
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_sent_is_a_matter_of_the_key() {
    let address = nobody().await;
    let call = ApiCall {
        step: Step::Start,
        method: http::Method::GET,
        url: &Url::parse(&format!("http://{address}/")).unwrap(),
        headers: Vec::new(),
        key: Some((KeyHeader::X_API_KEY, &ApiKey::new("two\nlines"))),
        body: None,
        timeout: Duration::from_secs(5),
    };
    let failure = ApiClient::new(&HttpOptions::default()).unwrap().json(call).await.unwrap_err();
    // It was sent to no server, so none refused it.
    assert_eq!(failure.class, RetryClass::Credentials);
    assert!(matches!(failure.cause, Cause::KeyUnusable { .. }), "{:?}", failure.cause);
}

#[tokio::test]
async fn a_kept_connection_that_the_server_has_closed_costs_no_answer() {
    let (tell, mut closed) = tokio::sync::mpsc::unbounded_channel();
    let address = serve(move |_, mut stream| {
        let tell = tell.clone();
        async move {
            request(&mut stream).await.unwrap();
            stream.write_all(answer("200 OK", "", "{}").as_bytes()).await.unwrap();
            drop(stream);
            tell.send(()).unwrap();
        }
    })
    .await;
    let client = ApiClient::new(&HttpOptions::default()).unwrap();
    for _ in 0..10 {
        let call = ApiCall {
            step: Step::Start,
            method: http::Method::POST,
            url: &Url::parse(&format!("http://{address}/")).unwrap(),
            headers: Vec::new(),
            key: None,
            body: Some(serde_json::json!({})),
            timeout: Duration::from_secs(5),
        };
        client.json(call).await.unwrap();
        closed.recv().await.unwrap();
    }
}
