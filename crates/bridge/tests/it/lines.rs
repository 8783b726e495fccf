//! Lines over the socket, including invalid ones.

#![cfg(unix)]

use std::path::Path;
use std::time::Duration;

use partway_api::{Answer, Code, Request};
use partway_bridge::{ANSWER_LIMIT, AskError, Client, FolderLock, REQUEST_LIMIT, Server};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;

use crate::double::Double;

fn serve(folder: &Path) -> Server {
    let lock = FolderLock::take(folder).unwrap().unwrap();
    Server::start(Double::new(), lock, |_| false).unwrap()
}

async fn converse(folder: &Path, input: &[u8], answers: usize) -> Vec<Value> {
    let mut stream = UnixStream::connect(folder.join("socket")).await.unwrap();
    stream.write_all(input).await.unwrap();
    let mut lines = BufReader::new(stream).lines();
    let mut got = Vec::new();
    for _ in 0..answers {
        got.push(serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap());
    }
    got
}

#[tokio::test]
async fn what_is_no_request_gets_an_answer_and_the_next_line_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let _server = serve(folder.path());
    let input = b"nonsense\n\n{\"id\":7,\"request\":{\"ask\":\"fly\"}}\n\xff\xfe\n{\"id\":8,\"request\":{\"ask\":\"list\"}}\n";
    let got = converse(folder.path(), input, 4).await;
    let ids: Vec<_> = got.iter().map(|line| line["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, [0, 7, 0, 8]);
    for line in &got[..3] {
        assert_eq!(line["result"]["Err"]["code"], "refused", "{line}");
        assert!(line["result"]["Err"]["message"].as_str().unwrap().contains("not understood"), "{line}");
    }
    assert_eq!(got[3]["result"]["Ok"]["answer"], "jobs");
}

#[tokio::test]
async fn a_key_in_a_request_that_is_not_understood_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let _server = serve(folder.path());
    let input = b"{\"id\":1,\"request\":{\"ask\":\"lend-key\",\"key\":{\"sk-secret\":1}}}\n{\"id\":2,\"request\":{\"ask\":\"sk-secret\"}}\n";
    let got = converse(folder.path(), input, 2).await;
    assert!(got.iter().all(|line| line["result"]["Err"].is_object()), "{got:?}");
    assert!(got.iter().all(|line| !line.to_string().contains("sk-secret")), "{got:?}");
}

#[tokio::test]
async fn a_line_that_is_too_long_is_told_so_and_the_next_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let _server = serve(folder.path());
    let mut input = vec![b'x'; REQUEST_LIMIT + 1];
    input.extend_from_slice(b"\n{\"id\":8,\"request\":{\"ask\":\"list\"}}\n");
    let got = converse(folder.path(), &input, 2).await;
    assert!(got[0]["result"]["Err"]["message"].as_str().unwrap().contains("longer than 4 MiB"), "{}", got[0]);
    assert_eq!(got[1]["id"], 8);
}

#[tokio::test]
async fn who_closes_its_own_direction_still_gets_its_answer() {
    let folder = tempfile::tempdir().unwrap();
    let double = Double::new();
    let lock = FolderLock::take(folder.path()).unwrap().unwrap();
    let _server = Server::start(double.clone(), lock, |_| false).unwrap();
    let mut stream = UnixStream::connect(folder.path().join("socket")).await.unwrap();
    stream.write_all(b"{\"id\":3,\"request\":{\"ask\":\"take-up\"}}").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut lines = BufReader::new(stream).lines();
    // Time to notice that its sending side closed, in case that ended the request.
    let early = tokio::time::timeout(Duration::from_millis(200), lines.next_line()).await;
    assert!(early.is_err(), "{early:?}");
    double.open_gate();
    let line: Value = serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap();
    assert_eq!(line["id"], 3);
    assert_eq!(lines.next_line().await.unwrap(), None);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let _server = serve(folder.path());
    let client = Client::connect(folder.path()).await.unwrap().unwrap();
    let add = |length: usize| Request::Add {
        paths: vec![],
        destination: Some(length.to_string()),
        countdown: false,
        batch: None,
        fields: Default::default(),
        mime: None,
    };
    let refused = client.ask(add(ANSWER_LIMIT + 1)).await.unwrap_err();
    assert!(matches!(refused, AskError::Api(error) if error.message.contains("longer than 64 MiB")));
    // Long, but still allowed.
    let Answer::Jobs { jobs, .. } = client.ask(add(5 << 20)).await.unwrap() else { panic!() };
    assert_eq!(jobs[0].file.len(), 5 << 20);
}

#[tokio::test]
async fn a_refusal_arrives_whole() {
    let folder = tempfile::tempdir().unwrap();
    let _server = serve(folder.path());
    let client = Client::connect(folder.path()).await.unwrap().unwrap();
    let command = partway_api::Command::EmptyPractice;
    let Err(AskError::Api(error)) = client.ask(Request::Command { command }).await else { panic!() };
    assert_eq!((error.code, error.hint.as_deref()), (Code::Refused, Some("Do something else.")));
}

#[tokio::test]
async fn a_long_wait_for_one_answer_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let double = Double::new();
    let lock = FolderLock::take(folder.path()).unwrap().unwrap();
    let _server = Server::start(double.clone(), lock, |_| false).unwrap();
    let client = Client::connect(folder.path()).await.unwrap().unwrap();
    let slow = client.clone();
    let slow = tokio::spawn(async move { slow.ask(Request::TakeUp { since: None }).await });
    while double.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    client.ask(Request::List).await.unwrap();
    assert!(!slow.is_finished());
    double.open_gate();
    tokio::time::timeout(Duration::from_secs(10), slow).await.unwrap().unwrap().unwrap();
}
