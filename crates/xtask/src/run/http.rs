//! One JSON request over loopback: all of HTTP that speaking to a browser's driver takes.

use crate::stop::{Outcome, Stop, not_passed};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Starting the app counts as one request; everything else takes milliseconds.
const LIMIT: Duration = Duration::from_secs(60);
/// A screenshot is the largest answer: under 2 MiB here.
const LARGEST: u64 = 32 * 1024 * 1024;

/// Sends one request to `port` of this machine; answers the status and the body.
pub(crate) fn request(port: u16, method: &str, path: &str, body: Option<&Value>) -> Outcome<(u16, Value)> {
    let refused = |cause: std::io::Error| not_passed(format!("{method} {path}: {cause}"));
    let body = body.map(Value::to_string).unwrap_or_default();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, LIMIT).map_err(refused)?;
    stream.set_read_timeout(Some(LIMIT)).map_err(refused)?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).map_err(refused)?;
    let mut answer = Vec::new();
    stream.take(LARGEST).read_to_end(&mut answer).map_err(refused)?;
    parse(&answer).ok_or_else(|| unreadable(method, path, &answer))
}

/// Splits an answer with `Connection: close` into status and JSON; an empty body is `null`.
fn parse(answer: &[u8]) -> Option<(u16, Value)> {
    let text = std::str::from_utf8(answer).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split_whitespace().nth(1)?.parse().ok()?;
    let body = if body.trim().is_empty() { Value::Null } else { serde_json::from_str(body).ok()? };
    Some((status, body))
}

fn unreadable(method: &str, path: &str, answer: &[u8]) -> Stop {
    let begin = String::from_utf8_lossy(&answer[..answer.len().min(200)]).into_owned();
    not_passed(format!("{method} {path}: the answer cannot be read: {begin}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn answers_are_split() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"value\":null}";
        assert_eq!(parse(answer), Some((200, serde_json::json!({"value": null}))));
        assert_eq!(parse(b"HTTP/1.1 404 Not Found\r\n\r\n"), Some((404, Value::Null)));
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\n\r\n<html>"), None);
        assert_eq!(parse(b"gibberish"), None);
    }

    #[test]
    fn a_request_arrives_whole() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut got = [0; 1024];
            let length = stream.read(&mut got).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"value\":1}").unwrap();
            String::from_utf8_lossy(&got[..length]).into_owned()
        });
        let answer = request(port, "POST", "/session", Some(&serde_json::json!({"a": 1}))).unwrap();
        assert_eq!(answer, (200, serde_json::json!({"value": 1})));
        let got = server.join().unwrap();
        assert!(got.starts_with("POST /session HTTP/1.1\r\n"), "{got}");
        let (head, body) = got.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with("Content-Length: 7"), "{head}");
        assert_eq!(body, "{\"a\":1}");
    }
}
