//! Idle connections that their server closes, and what must never be sent over one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::Method;
use partway_core::{Failure, RetryClass, Step};
use partway_http::{ApiCall, ApiClient, ApiReply, HttpOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use crate::server::{answer, request, reset, serve, soon};

/// How a server ends a connection.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Fin,
    Reset,
}

fn end(stream: TcpStream, how: End) {
    match how {
        End::Fin => drop(stream),
        End::Reset => reset(stream),
    }
}

async fn call(client: &ApiClient, at: SocketAddr, step: Step) -> Result<ApiReply, Failure> {
    let url = Url::parse(&format!("http://{at}/")).unwrap();
    let call = ApiCall {
        step,
        method: Method::POST,
        url: &url,
        headers: Vec::new(),
        key: None,
        body: Some(json!({ "step": 1 })),
        timeout: Duration::from_secs(15),
    };
    soon(client.json(call)).await
}

/// Answers with the connection's number, and closes a connection at the first byte of its next request.
async fn closes_what_it_kept(how: End) -> (SocketAddr, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let address = serve(move |number, mut stream| {
        let count = Arc::clone(&count);
        async move {
            request(&mut stream).await.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            stream.write_all(answer("200 OK", "", &number.to_string()).as_bytes()).await.unwrap();
            let _ = stream.read_u8().await;
            end(stream, how);
        }
    })
    .await;
    (address, asked)
}

#[tokio::test]
async fn a_kept_connection_that_its_server_closed_is_no_failure() {
    for how in [End::Fin, End::Reset] {
        let (address, asked) = closes_what_it_kept(how).await;
        let client = ApiClient::new(&HttpOptions::default()).unwrap().with_repeatable_starts();
        let steps = [Step::List, Step::Refresh, Step::Verify, Step::Abort, Step::Check, Step::Start];
        for step in steps {
            // The first call opens a connection that is kept, the second finds it closed.
            for _ in 0..2 {
                call(&client, address, step).await.unwrap_or_else(|failure| panic!("{how:?}: {failure}"));
            }
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2 * steps.len(), "each was asked once");
    }
}

#[tokio::test]
async fn what_must_not_be_sent_twice_never_goes_over_a_kept_connection() {
    let address = serve(|number, mut stream| async move {
        while request(&mut stream).await.is_some() {
            stream.write_all(answer("200 OK", "", &number.to_string()).as_bytes()).await.unwrap();
        }
    })
    .await;
    let client = ApiClient::new(&HttpOptions::default()).unwrap();
    let on = async |step| call(&client, address, step).await.unwrap().json;
    assert_eq!([on(Step::List).await, on(Step::List).await], [json!(0), json!(0)], "others keep theirs");
    let alone = [on(Step::Start).await, on(Step::Complete).await, on(Step::Start).await];
    assert_eq!(alone, [json!(1), json!(2), json!(3)]);
    assert_eq!(on(Step::List).await, json!(0), "and theirs is kept for nobody");
}

#[tokio::test]
async fn a_new_connection_that_broke_is_not_tried_again_here() {
    for how in [End::Fin, End::Reset] {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let address = serve(move |_, mut stream| {
            let count = Arc::clone(&count);
            async move {
                request(&mut stream).await.unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                end(stream, how);
            }
        })
        .await;
        let client = ApiClient::new(&HttpOptions::default()).unwrap();
        for (step, class) in [
            (Step::List, RetryClass::Again),
            (Step::Start, RetryClass::Unknown),
            (Step::Complete, RetryClass::Unknown),
        ] {
            assert_eq!(call(&client, address, step).await.unwrap_err().class, class, "{step:?} {how:?}");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }
}

/// Nothing was written to a connection that was closed right after it was accepted: so nothing was requested,
/// and nothing can have begun.
#[tokio::test]
async fn a_start_that_met_a_connection_closed_at_once_was_not_asked() {
    for how in [End::Fin, End::Reset] {
        let address = serve(move |_, stream| async move { end(stream, how) }).await;
        let client = ApiClient::new(&HttpOptions::default()).unwrap();
        let failure = call(&client, address, Step::Start).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::Again, "{how:?}: {failure}");
        assert!(failure.detail.contains("before anything was asked"), "{failure}");
    }
}

/// A single byte of the request on the wire is enough: the server may have had all of it.
#[tokio::test]
async fn a_start_of_which_a_byte_left_is_not_known() {
    for how in [End::Fin, End::Reset] {
        let address = serve(move |_, mut stream| async move {
            let _ = stream.read_u8().await;
            end(stream, how);
        })
        .await;
        let client = ApiClient::new(&HttpOptions::default()).unwrap();
        let failure = call(&client, address, Step::Start).await.unwrap_err();
        assert_eq!(failure.class, RetryClass::Unknown, "{how:?}: {failure}");
    }
}

#[tokio::test]
async fn an_answer_that_ends_with_its_connection_is_read_whole() {
    let address = serve(|_, mut stream| async move {
        request(&mut stream).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n[1,").await.unwrap();
        stream.write_all(b"2]").await.unwrap();
    })
    .await;
    let client = ApiClient::new(&HttpOptions::default()).unwrap();
    for step in [Step::Start, Step::Complete, Step::List] {
        assert_eq!(call(&client, address, step).await.unwrap().json, Value::from(vec![1, 2]), "{step:?}");
    }
}
