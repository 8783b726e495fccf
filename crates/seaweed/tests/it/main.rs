//! The server starts, takes a bucket, and ends with whoever started it, however that ends.
#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside the test functions")]

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use partway_seaweed::Server;

/// A connection to a server that runs.
fn connected(url: &str) -> TcpStream {
    let address = url.strip_prefix("http://").unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// Waits until the other end is gone for good.
fn ended(mut stream: TcpStream, url: &str) {
    let address = url.strip_prefix("http://").unwrap();
    let end = stream.read(&mut [0; 1]);
    assert!(!matches!(&end, Err(error) if error.kind() == ErrorKind::WouldBlock), "it goes on");
    // Of a process that is killed the system closes one socket after the other: the listening one may be the last.
    let begun = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(30), "it goes on");
        std::thread::yield_now();
    }
}

/// Another process with a server, and that server's address.
fn other() -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_partway-seaweed"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.split('"').nth(3).unwrap().to_owned();
    (child, url)
}

#[test]
fn a_server_that_is_dropped_has_ended() {
    let server = Server::start().unwrap();
    server.bucket("films").unwrap();
    server.bucket("films").unwrap();
    let stream = connected(&server.url);
    let url = server.url.clone();
    drop(server);
    ended(stream, &url);
}

#[test]
fn a_server_ends_with_its_process_also_when_that_is_killed() {
    let (mut child, url) = other();
    let stream = connected(&url);
    child.kill().unwrap();
    child.wait().unwrap();
    ended(stream, &url);
}

#[test]
fn a_program_that_is_missing_is_told_with_what_to_do() {
    let why = partway_seaweed::program("nobody-made-this").unwrap_err();
    assert!(why.contains("cargo xtask test --only venv"), "{why}");
}
