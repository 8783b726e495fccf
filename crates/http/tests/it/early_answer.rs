//! A server that answers and closes while the part is still being written: its answer is reported, not the
//! failed write.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use partway_http::PutFailure;

use crate::put::{client, link};
use crate::server::soon;

const BLOCK: usize = 64 << 10;

/// Gives a block, lets it be written, and then blocks the thread (and with it the connection, which runs on
/// it) until the server has answered and closed. The next block meets a closed connection, with the answer
/// unread.
struct Held {
    turn: u8,
    go: Sender<()>,
    closed: Receiver<()>,
}

impl Body for Held {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.turn += 1;
        match self.turn {
            1 => {}
            2 => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            3 => {
                self.go.send(()).unwrap();
                self.closed.recv_timeout(Duration::from_secs(20)).unwrap();
            }
            _ => return Poll::Pending,
        }
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![0; BLOCK])))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(1 << 30)
    }
}

fn refuse(mut stream: TcpStream, go: &Receiver<()>, closed: &Sender<()>) {
    stream.read_exact(&mut [0; 16]).unwrap();
    go.recv_timeout(Duration::from_secs(20)).unwrap();
    let body = "<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>";
    let head = format!("HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    // The rest of the block is unread, so this is a reset.
    drop(stream);
    closed.send(()).unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn the_answer_of_a_server_that_has_closed_already_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let ((go, gone), (close, closed)) = (channel(), channel());
    let server = std::thread::spawn(move || refuse(listener.accept().unwrap().0, &gone, &close));
    match soon(client().put(&link(address), &[], Held { turn: 0, go, closed })).await {
        Err(PutFailure::Wire(failure)) => {
            assert_eq!(failure.code.as_deref(), Some("SignatureDoesNotMatch"), "{failure}");
        }
        other => panic!("{other:?}"),
    }
    server.join().unwrap();
}
