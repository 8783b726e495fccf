//! Hosts that cannot be connected to: reported in time, and as a network problem.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use partway_core::{Failure, RetryClass, SignedUrl, Step};
use partway_http::{ApiCall, ApiClient, HttpOptions, PartClient, PutFailure};
use url::Url;

use crate::server::{serve, soon};

/// Short for the test; far below what [`soon`] waits and the call's own timeout.
const SHORT: Duration = Duration::from_millis(300);

fn options() -> HttpOptions {
    HttpOptions { connect_timeout: SHORT, ..HttpOptions::default() }
}

async fn call(to: &str) -> Failure {
    let call = ApiCall {
        step: Step::Start,
        method: http::Method::POST,
        url: &Url::parse(to).unwrap(),
        headers: Vec::new(),
        key: None,
        body: None,
        timeout: Duration::from_secs(600),
    };
    soon(ApiClient::new(&options()).unwrap().json(call)).await.unwrap_err()
}

async fn put(to: &str) -> Failure {
    let client = PartClient::new(&options()).unwrap();
    match soon(client.put(&SignedUrl::new(to.to_owned()), &[], Full::<Bytes>::default())).await {
        Err(PutFailure::Wire(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

#[cfg(target_os = "linux")]
mod without_room {
    use std::net::{SocketAddr, TcpStream};

    use super::*;

    /// A host that accepts no more connections: its backlog is full, and the system drops further ones
    /// (Linux, `listen(2)`).
    struct NoRoom {
        address: SocketAddr,
        _listener: socket2::Socket,
        _waiting: Vec<TcpStream>,
    }

    fn no_room() -> NoRoom {
        let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let mut waiting = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, SHORT) {
            waiting.push(stream);
            assert!(waiting.len() < 100, "its queue has no end");
        }
        NoRoom { address, _listener: listener, _waiting: waiting }
    }

    #[tokio::test]
    async fn a_host_that_takes_no_connection_is_given_up_after_the_connect_timeout() {
        let host = tokio::task::spawn_blocking(no_room).await.unwrap();
        for failure in [
            call(&format!("http://{}/", host.address)).await,
            put(&format!("http://{}/x", host.address)).await,
        ] {
            // Nothing was sent, so even a start certainly did not happen.
            assert_eq!(failure.class, RetryClass::Offline, "{failure}");
        }
    }
}

#[tokio::test]
async fn a_host_that_never_ends_the_handshake_is_given_up_too() {
    let mute = serve(|_, stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    for failure in [
        call(&format!("https://localhost:{}/", mute.port())).await,
        put(&format!("https://localhost:{}/x", mute.port())).await,
    ] {
        assert_eq!(failure.class, RetryClass::Offline, "{failure}");
    }
}
