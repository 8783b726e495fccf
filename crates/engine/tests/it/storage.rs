//! A part storage whose answers, and their timing, are controlled by the test.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use md5::{Digest, Md5};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// One PUT that was received completely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Put {
    pub(crate) session: String,
    pub(crate) part: u32,
    pub(crate) bytes: Vec<u8>,
}

/// The answer to a PUT.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Stored, with its ETag.
    Stored,
    /// Stored, with this ETag.
    StoredWith(&'static str),
    /// This status, additional header lines, and this code in S3's XML.
    No(u16, &'static str, &'static str),
    /// The inner answer, with this time (Unix seconds) in its `Date`.
    At(i64, Box<Self>),
    /// Stored, and the connection closed before the answer.
    Lost,
}

type Judge = Arc<dyn Fn(&Put) -> Reply + Send + Sync>;

#[derive(Default)]
struct Seen {
    puts: Vec<Put>,
    kept: HashMap<(String, u32), Vec<u8>>,
    open: usize,
    most_open: usize,
}

/// A storage on a separate port.
pub(crate) struct Storage {
    pub(crate) port: u16,
    seen: Mutex<Seen>,
    judge: Mutex<Judge>,
    gate: watch::Sender<bool>,
    deaf_to: watch::Sender<Option<u32>>,
    begun: watch::Sender<usize>,
    counted: watch::Sender<usize>,
}

impl Storage {
    pub(crate) async fn start() -> Arc<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let storage = Arc::new(Self {
            port: listener.local_addr().unwrap().port(),
            seen: Mutex::default(),
            judge: Mutex::new(Arc::new(|_| Reply::Stored)),
            gate: watch::channel(true).0,
            deaf_to: watch::channel(None).0,
            begun: watch::channel(0).0,
            counted: watch::channel(0).0,
        });
        let shared = Arc::clone(&storage);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    // Connections dropped by the client are part of the test.
                    let _ = shared.serve(stream).await;
                });
            }
        });
        storage
    }

    /// Sets how PUTs are answered from now on.
    pub(crate) fn judge(&self, judge: impl Fn(&Put) -> Reply + Send + Sync + 'static) {
        *self.judge.lock().unwrap() = Arc::new(judge);
    }

    /// Holds back answers.
    pub(crate) fn shut(&self) {
        self.gate.send_replace(false);
    }

    /// Releases answers.
    pub(crate) fn open(&self) {
        self.gate.send_replace(true);
    }

    /// Stops reading the body of this part, or reads all again.
    pub(crate) fn deaf_to(&self, part: Option<u32>) {
        self.deaf_to.send_replace(part);
    }

    /// Waits until this many PUTs have started.
    pub(crate) async fn begun(&self, puts: usize) {
        let mut begun = self.begun.subscribe();
        let enough = begun.wait_for(|count| *count >= puts);
        tokio::time::timeout(crate::rig::PATIENCE, enough)
            .await
            .expect("fewer parts were begun than expected")
            .unwrap();
    }

    /// Waits until this many PUTs have been received completely, answered or not.
    pub(crate) async fn came_in(&self, puts: usize) {
        let mut counted = self.counted.subscribe();
        let enough = counted.wait_for(|count| *count >= puts);
        tokio::time::timeout(crate::rig::PATIENCE, enough)
            .await
            .expect("fewer parts came than expected")
            .unwrap();
    }

    pub(crate) fn puts(&self) -> Vec<Put> {
        self.seen.lock().unwrap().puts.clone()
    }

    /// The most connections open at once.
    pub(crate) fn most_open(&self) -> usize {
        self.seen.lock().unwrap().most_open
    }

    /// The parts of a session by number.
    pub(crate) fn kept(&self, session: &str) -> Vec<(u32, Vec<u8>)> {
        let seen = self.seen.lock().unwrap();
        let of = seen.kept.iter().filter(|((of, _), _)| of == session);
        let mut parts: Vec<_> = of.map(|((_, part), bytes)| (*part, bytes.clone())).collect();
        parts.sort();
        parts
    }

    /// The assembled parts of a session.
    pub(crate) fn object(&self, session: &str) -> Vec<u8> {
        let seen = self.seen.lock().unwrap();
        let mut parts: Vec<_> = seen.kept.iter().filter(|((of, _), _)| of == session).collect();
        parts.sort_by_key(|((_, part), _)| *part);
        parts.into_iter().flat_map(|(_, bytes)| bytes.clone()).collect()
    }

    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        {
            let mut seen = self.seen.lock().unwrap();
            seen.open += 1;
            seen.most_open = seen.most_open.max(seen.open);
        }
        let outcome = self.talk(BufReader::new(stream)).await;
        self.seen.lock().unwrap().open -= 1;
        outcome
    }

    async fn talk(&self, mut stream: BufReader<TcpStream>) -> std::io::Result<()> {
        loop {
            let put = self.read(&mut stream).await?;
            self.seen.lock().unwrap().puts.push(put.clone());
            self.counted.send_modify(|count| *count += 1);
            let _ = self.gate.subscribe().wait_for(|open| *open).await;
            let judge = Arc::clone(&self.judge.lock().unwrap());
            let mut reply = judge(&put);
            let mut date = String::new();
            if let Reply::At(second, then) = reply {
                let time = jiff::Timestamp::from_second(second).unwrap();
                date = time.strftime("Date: %a, %d %b %Y %H:%M:%S GMT\r\n").to_string();
                reply = *then;
            }
            if matches!(reply, Reply::Stored | Reply::StoredWith(_) | Reply::Lost) {
                let mut seen = self.seen.lock().unwrap();
                seen.kept.insert((put.session, put.part), put.bytes.clone());
            }
            let answer = match reply {
                Reply::Lost | Reply::At(..) => return Ok(()),
                Reply::Stored => {
                    let etag = hex::encode(Md5::digest(&put.bytes));
                    format!("HTTP/1.1 200 OK\r\n{date}ETag: \"{etag}\"\r\nContent-Length: 0\r\n\r\n")
                }
                Reply::StoredWith(etag) => {
                    format!("HTTP/1.1 200 OK\r\n{date}ETag: \"{etag}\"\r\nContent-Length: 0\r\n\r\n")
                }
                Reply::No(status, headers, code) => {
                    let body =
                        format!("<Error><Code>{code}</Code><Message>said the storage</Message></Error>");
                    let length = body.len();
                    format!(
                        "HTTP/1.1 {status} No\r\n{date}{headers}Content-Type: application/xml\r\nContent-Length: {length}\r\n\r\n{body}"
                    )
                }
            };
            stream.get_mut().write_all(answer.as_bytes()).await?;
        }
    }

    /// Reads one request for `/session/part`.
    async fn read(&self, stream: &mut BufReader<TcpStream>) -> std::io::Result<Put> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        let head = String::from_utf8(head).unwrap();
        let path = head.split(' ').nth(1).unwrap().split('?').next().unwrap().to_owned();
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let (session, part) = path.trim_start_matches('/').split_once('/').unwrap();
        let part = part.parse().unwrap();
        self.begun.send_modify(|count| *count += 1);
        let _ = self.deaf_to.subscribe().wait_for(|deaf| *deaf != Some(part)).await;
        let mut bytes = vec![0; length.expect("a part has a length")];
        stream.read_exact(&mut bytes).await?;
        Ok(Put { session: session.to_owned(), part, bytes })
    }
}
