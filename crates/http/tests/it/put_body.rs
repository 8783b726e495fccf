//! A body that fails, or that is not read to its end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http_body::{Body, Frame, SizeHint};
use http_body_util::StreamBody;
use partway_core::RetryClass;
use partway_http::PutFailure;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc::unbounded_channel;

use crate::put::{client, link};
use crate::server::{answer, head, serve, soon};

/// Any body with an announced length.
struct Announced<B> {
    body: B,
    length: u64,
}

impl<B: Body + Unpin> Body for Announced<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        std::pin::Pin::new(&mut self.body).poll_frame(cx)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

fn frames(frames: Vec<io::Result<&'static [u8]>>, length: u64) -> impl Body<Data = Bytes, Error = io::Error> {
    let frames = frames.into_iter().map(|frame| frame.map(|data| Frame::data(Bytes::from_static(data))));
    Announced { body: StreamBody::new(stream::iter(frames)), length }
}

/// Counts the bytes that were read from it.
fn counted(blocks: u64, taken: &Arc<AtomicU64>) -> impl Body<Data = Bytes, Error = io::Error> + use<> {
    const BLOCK: u64 = 64 << 10;
    let taken = Arc::clone(taken);
    let frames = (0..blocks).map(move |_| {
        taken.fetch_add(BLOCK, Ordering::Relaxed);
        Ok(Frame::data(Bytes::from(vec![0; BLOCK as usize])))
    });
    Announced { body: StreamBody::new(stream::iter(frames)), length: blocks * BLOCK }
}

/// A storage that accepts everything and reports how much it was when the connection ended.
async fn sink() -> (std::net::SocketAddr, tokio::sync::mpsc::UnboundedReceiver<usize>) {
    let (tell, told) = unbounded_channel();
    let address = serve(move |_, mut stream| {
        let tell = tell.clone();
        async move {
            head(&mut stream).await;
            let mut rest = Vec::new();
            // The end may be a reset; what came before it counts.
            drop(stream.read_to_end(&mut rest).await);
            tell.send(rest.len()).unwrap();
        }
    })
    .await;
    (address, told)
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_no_matter_of_the_network() {
    let (address, mut told) = sink().await;
    let body = frames(vec![Ok(b"some"), Err(io::Error::new(io::ErrorKind::NotFound, "it is gone"))], 100);
    match soon(client().put(&link(address), &[], body)).await {
        Err(PutFailure::Body(fault)) => {
            assert_eq!((fault.kind(), fault.to_string().as_str()), (io::ErrorKind::NotFound, "it is gone"));
        }
        other => panic!("{other:?}"),
    }
    assert!(soon(told.recv()).await.unwrap() < 100, "the storage must see that the part is not whole");
}

#[tokio::test]
async fn a_part_that_is_shorter_or_longer_than_announced_is_never_sent_as_whole() {
    for (body, kind) in [
        (frames(vec![Ok(b"short")], 100), io::ErrorKind::UnexpectedEof),
        (frames(vec![Ok(b"much too long")], 5), io::ErrorKind::InvalidData),
    ] {
        let (address, _told) = sink().await;
        match soon(client().put(&link(address), &[], body)).await {
            Err(PutFailure::Body(fault)) => assert_eq!(fault.kind(), kind),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_body_of_unknown_length_is_not_sent() {
    let body = StreamBody::new(stream::iter([Ok::<_, io::Error>(Frame::data(Bytes::from_static(b"x")))]));
    let failure = client().put(&link("127.0.0.1:9".parse().unwrap()), &[], body).await.unwrap_err();
    assert!(matches!(failure, PutFailure::Body(fault) if fault.kind() == io::ErrorKind::InvalidInput));
}

#[tokio::test]
async fn a_refusal_is_seen_although_the_body_breaks_on_it() {
    let body = "<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>";
    let refusal = answer("403 Forbidden", "connection: close\r\n", body);
    let address = serve(move |_, mut stream| {
        let refusal = refusal.clone();
        async move {
            head(&mut stream).await;
            stream.write_all(refusal.as_bytes()).await.unwrap();
            // There are unread bytes, so closing is a reset and the client's next write fails.
            drop(stream);
        }
    })
    .await;
    // The race is between the answer and the failed write: once is no proof.
    for _ in 0..50 {
        match soon(client().put(&link(address), &[], counted(256, &Arc::default()))).await {
            Err(PutFailure::Wire(failure)) => {
                assert_eq!(failure.code.as_deref(), Some("SignatureDoesNotMatch"), "{failure}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn after_an_early_answer_no_more_is_read_and_the_connection_closes() {
    let (tell, mut told) = unbounded_channel();
    let address = serve(move |_, mut stream| {
        let tell = tell.clone();
        async move {
            head(&mut stream).await;
            stream.write_all(answer("403 Forbidden", "", "").as_bytes()).await.unwrap();
            let mut rest = Vec::new();
            drop(stream.read_to_end(&mut rest).await);
            tell.send(()).unwrap();
        }
    })
    .await;
    let taken = Arc::new(AtomicU64::new(0));
    let blocks = 1 << 20; // 64 GiB, which would take far too long
    let failure = soon(client().put(&link(address), &[], counted(blocks, &taken))).await.unwrap_err();
    assert!(matches!(failure, PutFailure::Wire(failure) if failure.status == Some(403)));
    soon(told.recv()).await.unwrap();
    assert!(taken.load(Ordering::Relaxed) < 64 << 20, "{taken:?}");
}

#[tokio::test]
async fn nothing_more_is_read_from_the_file_while_a_slow_refusal_comes_in() {
    let address = serve(|_, mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n").await.unwrap();
        // Reads whatever comes: a client that keeps sending delivers 64 MiB in a fraction of that time.
        let (mut buffer, mut came) = (vec![0; 1 << 16], 0);
        let more = async {
            while came < 64 << 20 {
                came += stream.read(&mut buffer).await.unwrap();
            }
        };
        assert!(tokio::time::timeout(Duration::from_millis(500), more).await.is_err(), "it goes on sending");
        stream.write_all(b"no").await.unwrap();
    })
    .await;
    let taken = Arc::new(AtomicU64::new(0));
    let failure = soon(client().put(&link(address), &[], counted(1 << 20, &taken))).await.unwrap_err();
    assert!(matches!(failure, PutFailure::Wire(failure) if failure.detail == "no"));
    assert!(taken.load(Ordering::Relaxed) < 64 << 20, "{taken:?}");
}

#[tokio::test]
async fn a_yes_before_the_whole_part_came_is_not_believed() {
    let address = serve(|_, mut stream| async move {
        head(&mut stream).await;
        stream.write_all(answer("200 OK", "etag: \"early\"\r\n", "").as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        drop(stream.read_to_end(&mut rest).await);
    })
    .await;
    match soon(client().put(&link(address), &[], counted(1 << 20, &Arc::default()))).await {
        Err(PutFailure::Wire(failure)) => assert_eq!(failure.class, RetryClass::Again),
        other => panic!("{other:?}"),
    }
}
