//! Connection faults: idle ones closed under the next request, and new ones closed at once.

use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::rig::{PART, Session, bytes, wanted, with};

/// A keep-alive connection is closed at the first byte of the next request, whatever that is; a new one is
/// served.
#[tokio::test]
async fn a_kept_connection_is_closed_when_the_next_request_comes() {
    for (fault, url) in [("keepalive-closed@start", "start"), ("keepalive-closed@part", "part")] {
        let rig = with(fault).await;
        let keeping = crate::rig::client().pool_max_idle_per_host(1).build().unwrap();
        let start = format!("{}/api/v1/multipart/start", rig.running.base_url);
        let begin = || keeping.post(&start).bearer_auth(&rig.running.key).json(&wanted("x", PART)).send();
        let session = Session::of(&begin().await.unwrap().json().await.unwrap());
        let put = || {
            let put = keeping.put(&session.parts[0]).header("content-length", PART);
            put.body(bytes(PART)).send()
        };
        if url == "start" {
            assert!(begin().await.is_err(), "the second start meets the closed connection");
            assert!(begin().await.is_ok(), "and the third one has a new one");
        } else {
            assert_eq!(put().await.unwrap().status(), 200);
            assert!(put().await.is_err());
            assert_eq!(put().await.unwrap().status(), 200);
        }
    }
}

#[tokio::test]
async fn a_connection_is_closed_as_soon_as_it_was_accepted() {
    let rig = with("accept-close:2").await;
    for _ in 0..2 {
        let mut stream = TcpStream::connect(("127.0.0.1", rig.running.port)).await.unwrap();
        let read = timeout(Duration::from_secs(5), stream.read(&mut [0; 8])).await.unwrap();
        assert!(matches!(read, Ok(0)), "{read:?}");
    }
    assert_eq!(rig.call("start", &wanted("x", 1)).await.unwrap().status, 200);
    let closed = rig.log().iter().filter(|line| line["step"] == "connection").count();
    assert_eq!((closed, &rig.log()[0]["fault"]), (2, &json!("accept-close")));
}
