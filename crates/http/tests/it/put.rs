//! What is sent over the wire for a part, and over which connection.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use partway_core::SignedUrl;
use partway_http::{HttpOptions, PartClient, PutAnswer, PutFailure};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use tokio::sync::mpsc::unbounded_channel;

use crate::server::{answer, request, serve, soon};

pub(crate) fn client() -> PartClient {
    PartClient::new(&HttpOptions::default()).unwrap()
}

pub(crate) fn link(address: SocketAddr) -> SignedUrl {
    SignedUrl::new(format!("http://{address}/bucket/key%20one?partNumber=1&X-Amz-Signature=abc%2Bdef"))
}

pub(crate) async fn put(
    client: &PartClient,
    address: SocketAddr,
    text: &'static str,
) -> Result<PutAnswer, PutFailure> {
    let headers = [("Content-Type".to_owned(), "application/octet-stream".to_owned())];
    soon(client.put(&link(address), &headers, Full::new(Bytes::from_static(text.as_bytes())))).await
}

/// A server that accepts every part and reports each request with the number of its connection.
async fn taker() -> (SocketAddr, tokio::sync::mpsc::UnboundedReceiver<(usize, String, Vec<u8>)>) {
    let (tell, told) = unbounded_channel();
    let address = serve(move |number, mut stream| {
        let tell = tell.clone();
        async move {
            while let Some((head, body)) = request(&mut stream).await {
                tell.send((number, head, body)).unwrap();
                stream.write_all(answer("200 OK", "etag: \"e\"\r\n", "").as_bytes()).await.unwrap();
            }
        }
    })
    .await;
    (address, told)
}

#[tokio::test]
async fn a_part_carries_exactly_its_targets_headers_host_and_content_length() {
    let (address, mut told) = taker().await;
    put(&client(), address, "hello").await.unwrap();
    let (_, head, body) = told.recv().await.unwrap();
    assert_eq!(
        head,
        format!(
            "PUT /bucket/key%20one?partNumber=1&X-Amz-Signature=abc%2Bdef HTTP/1.1\r\n\
             host: {address}\r\n\
             content-type: application/octet-stream\r\n\
             content-length: 5\r\n\r\n"
        )
    );
    assert_eq!(body, b"hello");
}

#[tokio::test]
async fn an_empty_part_says_that_it_is_empty() {
    let (address, mut told) = taker().await;
    soon(client().put(&link(address), &[], Full::<Bytes>::default())).await.unwrap();
    let (_, head, _) = told.recv().await.unwrap();
    assert!(head.ends_with(&format!("\r\nhost: {address}\r\ncontent-length: 0\r\n\r\n")), "{head}");
}

#[tokio::test]
async fn a_target_cannot_replace_host_or_length() {
    let (address, mut told) = taker().await;
    let headers = [("Host".to_owned(), "other".to_owned()), ("content-length".to_owned(), "99".to_owned())];
    soon(client().put(&link(address), &headers, Full::new(Bytes::from_static(b"abc")))).await.unwrap();
    let (_, head, _) = told.recv().await.unwrap();
    assert!(head.ends_with(&format!("\r\nhost: {address}\r\ncontent-length: 3\r\n\r\n")), "{head}");
}

#[tokio::test]
async fn one_part_after_the_other_shares_a_connection() {
    let (address, mut told) = taker().await;
    let client = client();
    for _ in 0..3 {
        put(&client, address, "hello").await.unwrap();
    }
    for _ in 0..3 {
        assert_eq!(told.recv().await.unwrap().0, 0);
    }
}

#[tokio::test]
async fn connections_that_are_forgotten_are_not_used_again() {
    let (address, mut told) = taker().await;
    let client = client();
    for number in 0..3 {
        put(&client, address, "hello").await.unwrap();
        assert_eq!(told.recv().await.unwrap().0, number);
        client.forget_connections();
    }
}

#[tokio::test]
async fn parts_at_once_have_a_connection_each() {
    let barrier = Arc::new(tokio::sync::Barrier::new(3));
    let address = serve(move |_, mut stream| {
        let barrier = barrier.clone();
        async move {
            request(&mut stream).await.unwrap();
            // No request is answered before all three are here: with fewer connections this would never end.
            barrier.wait().await;
            stream.write_all(answer("200 OK", "", "").as_bytes()).await.unwrap();
        }
    })
    .await;
    let client = client();
    let (a, b, c) =
        tokio::join!(put(&client, address, "a"), put(&client, address, "b"), put(&client, address, "c"));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
}

/// On a single-threaded runtime the client's connection gets no turn between the server's close and the next
/// part: that part is given to a connection that is already dead.
#[tokio::test(flavor = "current_thread")]
async fn a_kept_connection_that_died_meanwhile_costs_nothing() {
    let close = Arc::new(Notify::new());
    let (gone, mut closed) = unbounded_channel();
    let shall_close = Arc::clone(&close);
    let address = serve(move |number, mut stream| {
        let (gone, shall_close) = (gone.clone(), Arc::clone(&shall_close));
        async move {
            request(&mut stream).await.unwrap();
            stream.write_all(answer("200 OK", "", "").as_bytes()).await.unwrap();
            shall_close.notified().await;
            drop(stream);
            gone.send(number).unwrap();
        }
    })
    .await;
    let client = client();
    for number in 0..10 {
        put(&client, address, "hello").await.unwrap();
        close.notify_one();
        assert_eq!(closed.recv().await, Some(number));
    }
}

#[tokio::test]
async fn a_connection_that_shall_close_is_not_kept() {
    let address = serve(|number, mut stream| async move {
        request(&mut stream).await.unwrap();
        let tag = format!("connection: close\r\netag: \"{number}\"\r\n");
        stream.write_all(answer("200 OK", &tag, "").as_bytes()).await.unwrap();
        // Left open by the server: only the header says that it must not be reused.
        request(&mut stream).await;
    })
    .await;
    let client = client();
    for number in ["0", "1"] {
        assert_eq!(put(&client, address, "x").await.unwrap().etag.unwrap().0, number);
    }
}

#[tokio::test]
async fn whoever_drops_a_part_in_flight_has_closed_its_connection() {
    let (tell, mut told) = unbounded_channel();
    let address = serve(move |_, mut stream| {
        let tell = tell.clone();
        async move {
            request(&mut stream).await.unwrap();
            tell.send("got it").unwrap();
            // The answer never comes; the next thing to be seen is the end.
            assert!(request(&mut stream).await.is_none());
            tell.send("closed").unwrap();
        }
    })
    .await;
    let sending = tokio::spawn(async move { put(&client(), address, "hello").await });
    assert_eq!(soon(told.recv()).await, Some("got it"));
    sending.abort();
    assert_eq!(soon(told.recv()).await, Some("closed"));
}
