//! The command itself: its first line, and what survives `kill -9`.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::rig::{PART, bytes, client, pieces, wanted};

/// A sandbox in a separate process, killed when dropped.
pub(crate) struct Process {
    child: Child,
    first: Value,
}

impl Process {
    pub(crate) fn start(dir: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_partway-sandbox"))
            .arg("--dir")
            .arg(dir)
            .args(["--part-size", &PART.to_string()])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self { first: serde_json::from_str(&line).unwrap(), child }
    }

    /// The first line's entry for a kind.
    pub(crate) fn destination(&self, kind: &str) -> Value {
        let all = self.first["destinations"].as_array().unwrap();
        all.iter().find(|entry| entry["kind"] == kind).unwrap().clone()
    }

    async fn call(&self, step: &str, body: &Value) -> (u16, Value) {
        let destination = &self.first["destinations"][0];
        let (url, key) = (destination["url"].as_str().unwrap(), destination["key"].as_str().unwrap());
        let url = format!("{url}/api/v1/multipart/{step}");
        let answer = client().build().unwrap().post(url).bearer_auth(key).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

impl Drop for Process {
    /// SIGKILL, as the tests want it.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn put(reply: &Value, number: usize, data: &[u8]) -> u16 {
    let url = reply["parts"][number - 1].as_str().unwrap();
    let body = pieces(data)[number - 1].to_vec();
    client().build().unwrap().put(url).body(body).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn killed_and_started_again_it_knows_key_port_sessions_and_parts() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("d");
    let data = bytes(3 * PART + 1);
    let first = Process::start(&dir, &[]);
    let destinations = first.first["destinations"].clone();
    let (_, reply) = first.call("start", &wanted("x.bin", data.len())).await;
    assert_eq!(put(&reply, 1, &data).await, 200);
    assert_eq!(put(&reply, 3, &data).await, 200);
    drop(first);

    let second = Process::start(&dir, &[]);
    assert_eq!(second.first["destinations"], destinations, "key and port are the folder's");
    let complete = json!({"session_id": reply["session_id"]});
    let (status, refused) = second.call("complete", &complete).await;
    assert_eq!((status, &refused["message"]), (400, &json!("2 of 4 parts are missing: 2, 4")));
    assert_eq!(put(&reply, 2, &data).await, 200, "links from before the kill are still good");
    assert_eq!(put(&reply, 4, &data).await, 200);
    drop(second);

    let third = Process::start(&dir, &[]);
    let (status, done) = third.call("complete", &complete).await;
    assert_eq!((status, &done["path"]), (200, &json!("x.bin")));
    assert_eq!(std::fs::read(dir.join("objects/x.bin")).unwrap(), data);
    drop(third);

    let fourth = Process::start(&dir, &[]);
    assert_eq!(fourth.call("complete", &complete).await, (200, done), "a record outlives a kill too");
    drop(fourth);
    let fifth = Process::start(&dir, &["--after-complete", "409"]);
    assert_eq!(fifth.call("complete", &complete).await.0, 409);
}

#[tokio::test]
async fn a_half_sent_upload_of_a_clients_own_parts_outlives_a_kill_too() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("d");
    let lax = ["--min-part", "1"];
    let first = Process::start(&dir, &lax);
    let project = first.first["destinations"][1].clone();
    let (url, key) = (project["url"].as_str().unwrap(), project["key"].as_str().unwrap());
    let uploads = format!("{url}/api/projects/{}/uploads", project["project"].as_str().unwrap());
    let ask = async |method: reqwest::Method, path: &str, body: &Value| -> Value {
        let request = client().build().unwrap().request(method, format!("{uploads}/{path}"));
        request.header("authorization", key).json(body).send().await.unwrap().json().await.unwrap()
    };
    let wanted =
        json!({"partsNumber": 3, "fileName": "x.bin", "contentLength": "7", "mimeType": "video/mp4"});
    let started = ask(reqwest::Method::POST, "multipart", &wanted).await["result"].clone();
    let put = async |number: usize, data: &'static str| {
        let link = started["presignedUrl"][3 - number]["presignedUrl"].as_str().unwrap();
        client().build().unwrap().put(link).body(data).send().await.unwrap().headers()["etag"].clone()
    };
    let one = put(1, "abc").await;
    drop(first);

    let second = Process::start(&dir, &lax);
    assert_eq!(second.first["destinations"][1], project);
    let list = format!("{uploads}/url/multipart/{}/parts", started["requestKey"].as_str().unwrap());
    let list = client().build().unwrap().get(list).header("authorization", key).send().await.unwrap();
    assert_eq!(list.json::<Value>().await.unwrap()["result"][0]["size"], 3);
    let (three, two) = (put(3, "g").await, put(2, "def").await);
    drop(second);

    let _third = Process::start(&dir, &lax);
    let parts: Value = (1..)
        .zip([one, two, three])
        .map(|(number, etag): (u32, _)| json!({"partNumber": number, "eTag": etag.to_str().unwrap()}))
        .collect();
    let body = json!({"requestKey": started["requestKey"], "allowPartialComplete": false, "parts": parts});
    assert_eq!(ask(reqwest::Method::PUT, "multipart-complete", &body).await["result"], true);
    assert_eq!(std::fs::read(dir.join("objects/x.bin")).unwrap(), b"abcdefg");
}

#[tokio::test]
async fn the_first_line_is_what_the_contract_says() {
    let folder = TempDir::new().unwrap();
    let plain = Process::start(&folder.path().join("d"), &[]);
    let line = plain.first.clone();
    assert_eq!(line["admin"], Value::Null);
    let whole = if cfg!(windows) { std::path::absolute(folder.path()) } else { folder.path().canonicalize() };
    assert_eq!(line["dir"], whole.unwrap().join("d").to_str().unwrap());
    assert_eq!(line["destinations"][0]["kind"], "autorender");
    assert!(line["destinations"][0]["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert!(line["destinations"][0]["key"].is_string());
    let fields =
        |at: usize| line["destinations"][at].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let kinds: Vec<_> = line["destinations"].as_array().unwrap().iter().map(|d| d["kind"].clone()).collect();
    assert_eq!(kinds, ["autorender", "gjirafa", "record360", "s3"]);
    assert_eq!(fields(0), ["key", "kind", "url"]);
    assert_eq!(fields(1), ["key", "kind", "project", "url"]);
    assert_eq!(fields(2), ["key", "kind", "url"]);
    assert_eq!(fields(3), ["bucket", "key", "kind", "region", "secret", "style", "url"]);
    drop(plain);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    drop(taken);
    let told = Process::start(&folder.path().join("d"), &["--port", &port.to_string(), "--seed", "7"]);
    assert_eq!(told.first["seed"], 7);
    assert!(told.first["destinations"][0]["url"].as_str().unwrap().contains(&format!(":{port}/")));
    assert_eq!(told.first["destinations"][0]["key"], line["destinations"][0]["key"]);
}

#[tokio::test]
async fn the_folders_port_is_waited_for_while_the_one_before_ends() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("d");
    let first = Process::start(&dir, &[]).first["destinations"].clone();
    let url: reqwest::Url = first[0]["url"].as_str().unwrap().parse().unwrap();
    let holds = std::net::TcpListener::bind(("127.0.0.1", url.port().unwrap())).unwrap();
    let second = std::thread::spawn(move || Process::start(&dir, &[]).first["destinations"].clone());
    std::thread::sleep(std::time::Duration::from_millis(200)); // the passing of time is what is tested
    drop(holds);
    assert_eq!(second.join().unwrap(), first);
}

#[test]
fn a_child_ends_with_its_parents_pipe() {
    let folder = TempDir::new().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_partway-sandbox"))
        .arg("--dir")
        .arg(folder.path())
        .arg("--end-with-stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(child.try_wait().unwrap(), None);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn wrong_use_is_told_and_ends_with_2() {
    let folder = TempDir::new().unwrap();
    for (arguments, says) in [
        (&["--fault", "500-twice"][..], "There is no fault \"500-twice\". The names are: slow low-speed"),
        (&["--fault", "dns-fail"], "known, not made yet"),
        (&["--fault", "502:"], "after the colon stands"),
        (&["--part-size", "0"], "--part-size 0 is outside"),
        (&["--ttl", "604801"], "--ttl 604801 is outside"),
        (&["--min-part", "5368709121"], "--min-part 5368709121 is more than"),
        (&["--token-ttl", "0"], "--token-ttl 0 would refuse"),
        (&["--resume", "some"], "missing"),
        (&["--port", "70000"], "70000"),
        (&["--store-s3", "http://127.0.0.1:9"], "--store-bucket"),
        (
            &[
                "--store-s3",
                "http://127.0.0.1:9",
                "--store-bucket",
                "b",
                "--store-key-env",
                "PARTWAY_TEST_KEY",
                "--store-secret-env",
                "PARTWAY_TEST_NONE",
            ],
            "The environment variable \"PARTWAY_TEST_NONE\" is not set",
        ),
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_partway-sandbox"))
            .arg("--dir")
            .arg(folder.path())
            .args(arguments)
            .env("PARTWAY_TEST_KEY", "k")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = String::new();
        child.stderr.as_mut().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(2), "{arguments:?}");
        assert!(told.contains(says), "{arguments:?}: {told}");
    }
}
