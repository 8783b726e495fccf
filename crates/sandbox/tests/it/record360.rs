//! Record360 as its clients see it.

use md5::{Digest, Md5};
use partway_sandbox::Checksum;
use serde_json::{Value, json};

use crate::rig::{Answer, PART, Rig, bytes, etag, pieces, rig, with};

/// A file's id, as clients generate them.
const FILE: &str = "0b0a9f3e-7f0e-4c5b-9d35-3c3f7a1e2b4d";
/// What every request must accept.
const ACCEPT: (&str, &str) = ("accept", "application/json; version=1");

struct Client<'a> {
    rig: &'a Rig,
    users: String,
    token: String,
}

fn client(rig: &Rig) -> Client<'_> {
    let destination = rig.destination("record360");
    let users = format!("{}/api/users", destination.url);
    Client { rig, users, token: destination.key }
}

impl Client<'_> {
    async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let token = format!("Token {}", self.token);
        let headers = [ACCEPT, ("authorization", token.as_str())];
        self.rig.ask(method, &format!("{}/{path}", self.users), &headers, body).await.unwrap()
    }

    async fn start(&self, query: &str) -> Answer {
        self.ask("GET", &format!("multipart_upload_start/{FILE}?{query}"), &Value::Null).await
    }

    async fn begin(&self, data: &[u8]) -> Value {
        let count = pieces(data).len();
        let answer = self.start(&format!("part_count={count}&content_type=video%2Fmp4")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    async fn put_all(&self, upload: &Value, data: &[u8]) {
        for (part, link) in pieces(data).iter().zip(upload["presigned_urls"].as_array().unwrap()) {
            assert_eq!(self.rig.put(link.as_str().unwrap(), part).await.unwrap().status, 200);
        }
    }

    async fn complete(&self, upload: &Value, data: &[u8]) -> Answer {
        let parts: Value = (1..)
            .zip(pieces(data))
            .map(|(number, part): (u32, _)| json!({"part_number": number, "etag": etag(part)}))
            .collect();
        self.complete_with(&upload["upload_id"], &parts).await
    }

    async fn complete_with(&self, upload_id: &Value, parts: &Value) -> Answer {
        let body = json!({"upload_id": upload_id, "parts": parts});
        self.ask("POST", &format!("multipart_upload_complete/{FILE}"), &body).await
    }

    async fn login(&self, name: &str, password: &str) -> Answer {
        let url = format!("{}/authenticate", self.users);
        let body = json!({"user": {"username": name, "password": password}});
        self.rig.ask("POST", &url, &[ACCEPT], &body).await.unwrap()
    }
}

fn lax(options: &mut partway_sandbox::Options) {
    options.min_part = 1;
}

#[tokio::test]
async fn a_file_arrives_byte_for_byte_and_is_known_afterwards() {
    for size in [0, 1, PART, PART + 1, 20 * PART] {
        let rig = rig(lax).await;
        let client = client(&rig);
        let data = bytes(size);
        let upload = client.begin(&data).await;
        assert_eq!(upload["id"], FILE);
        assert_eq!(client.ask("GET", &format!("uploads/{FILE}"), &Value::Null).await.status, 404);
        client.put_all(&upload, &data).await;
        let done = client.complete(&upload, &data).await;
        assert_eq!(done.status, 200, "{}", done.body);
        let line = rig.last();
        assert_eq!(
            (&line["step"], &line["kind"], &line["session"], &line["object"]),
            (
                &json!("complete"),
                &json!("record360"),
                &upload["upload_id"],
                &json!(format!("objects/{FILE}.mp4"))
            )
        );
        assert_eq!(std::fs::read(rig.object(line["object"].as_str().unwrap())).unwrap(), data);
        let reply = done.json();
        assert_eq!((&reply["id"], &reply["filesize"]), (&json!(FILE), &json!(size)));
        assert_eq!(reply["checksum"], hex::encode(Md5::digest(&data)));
        let got = rig.client.get(reply["location"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(got.bytes().await.unwrap(), data);
        let known = client.ask("GET", &format!("uploads/{FILE}"), &Value::Null).await.json();
        assert_eq!((&known["content_type"], &known["filesize"]), (&json!("video/mp4"), &json!(size)));
        assert_eq!(rig.last()["step"], "verify");
        assert_eq!(client.complete(&upload, &data).await.json(), reply, "a retry says the same");
    }
}

#[tokio::test]
async fn the_etag_of_the_whole_counts_its_parts() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let data = bytes(PART + 1);
    let upload = client.begin(&data).await;
    client.put_all(&upload, &data).await;
    let sums: Vec<u8> = pieces(&data).iter().flat_map(|part| Md5::digest(part).to_vec()).collect();
    let whole = format!("\"{}-2\"", hex::encode(Md5::digest(sums)));
    assert_eq!(client.complete(&upload, &data).await.json()["etag"], whole);
}

#[tokio::test]
async fn every_start_is_another_upload_and_the_log_counts_them() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let first = client.begin(b"abc").await;
    assert_eq!(rig.last().get("note"), None);
    let second = client.begin(b"abc").await;
    assert_ne!(first["upload_id"], second["upload_id"]);
    assert_eq!(
        (&rig.last()["note"], &rig.last()["session"]),
        (&json!("start 2 of this file_id"), &second["upload_id"])
    );
    client.put_all(&first, b"abc").await;
    assert_eq!(client.complete(&second, b"abc").await.status, 400, "its parts went to the other");
    assert_eq!(client.complete(&first, b"abc").await.status, 200);
}

#[tokio::test]
async fn ids_counts_and_types_are_as_documented() {
    let rig = rig(lax).await;
    let client = client(&rig);
    for query in [
        "",
        "part_count=0",
        "part_count=21",
        "part_count=1&part_count=2",
        "part_count=1&content_type=text%2Fplain",
        "part_count=1&content_type=application%2Foctet-stream",
        "part_count=1&name=x",
    ] {
        let answer = client.start(query).await;
        assert_eq!((answer.status, answer.json()["errors"].is_string()), (400, true), "{query}");
    }
    for id in ["x", "0198c0de-7f0e-7c5b-9d35-3c3f7a1e2b4d"] {
        let path = format!("multipart_upload_start/{id}?part_count=1");
        assert_eq!(client.ask("GET", &path, &Value::Null).await.status, 400, "{id}");
    }
    let untyped = client.start("part_count=1").await.json();
    client.put_all(&untyped, b"abc").await;
    assert_eq!(client.complete(&untyped, b"abc").await.status, 200);
    let known = client.ask("GET", &format!("uploads/{FILE}"), &Value::Null).await.json();
    assert_eq!(known["content_type"], "application/octet-stream");
    assert_eq!(client.start("part_count=20&content_type=IMAGE/Heic").await.status, 200);
}

#[tokio::test]
async fn the_version_is_part_of_every_request() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let url = format!("{}/multipart_upload_start/{FILE}?part_count=1", client.users);
    let token = format!("Token {}", client.token);
    for (accept, status) in [
        (None, 406),
        (Some("*/*"), 406),
        (Some("application/json"), 406),
        (Some("application/json; version=2"), 406),
        (Some("application/json;version=1"), 200),
    ] {
        let mut headers = vec![("authorization", token.as_str())];
        headers.extend(accept.map(|accept| ("accept", accept)));
        let answer = rig.ask("GET", &url, &headers, &Value::Null).await.unwrap();
        assert_eq!(answer.status, status, "{accept:?}");
    }
}

#[tokio::test]
async fn a_token_ends_and_a_login_gives_another() {
    let rig = rig(|options| {
        lax(options);
        options.token_ttl = 60;
        options.password = Some("open sesame".to_owned());
    })
    .await;
    let mut client = client(&rig);
    assert_eq!(client.start("part_count=1").await.status, 200);
    rig.advance(61);
    let over = client.start("part_count=1").await;
    assert_eq!((over.status, over.json()["error"].is_string()), (401, true));
    assert_eq!(client.login("partway", "guess").await.status, 401);
    assert_eq!(client.login("someone", "open sesame").await.status, 401);
    let login = client.login("partway", "open sesame").await;
    assert_eq!((login.status, &login.json()["user"]["username"]), (200, &json!("partway")));
    assert_eq!(rig.last()["step"], "authenticate");
    client.token = login.json()["auth_token"].as_str().unwrap().to_owned();
    assert_eq!(client.start("part_count=1").await.status, 200);
    let (token, bearer) = (client.token.clone(), format!("Bearer {}", client.token));
    for wrong in ["", "Token", token.as_str(), bearer.as_str()] {
        let url = format!("{}/uploads/{FILE}", client.users);
        let answer = rig.ask("GET", &url, &[ACCEPT, ("authorization", wrong)], &Value::Null).await.unwrap();
        assert_eq!(answer.status, 401, "{wrong}");
    }
    let log = format!("{:?}", rig.log());
    assert!(!log.contains(&token) && !log.contains("sesame"));
}

#[tokio::test]
async fn without_another_the_password_lies_in_the_folder() {
    let rig = rig(|_| {}).await;
    let settings = std::fs::read_to_string(rig.object("sandbox.json")).unwrap();
    let settings: Value = serde_json::from_str(&settings).unwrap();
    let password = settings["record360"]["password"].as_str().unwrap();
    assert_eq!(client(&rig).login("partway", password).await.status, 200);
}

#[tokio::test]
async fn complete_wants_every_part_by_number_and_etag() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let data = bytes(2 * PART);
    let upload = client.begin(&data).await;
    client.put_all(&upload, &data).await;
    let part = |number: u32, data: &[u8]| json!({"part_number": number, "etag": etag(data)});
    let (one, two) = (part(1, &data[..PART]), part(2, &data[PART..]));
    for (parts, code) in [
        (json!([one]), "InvalidPart"),
        (json!([]), "InvalidPart"),
        (json!([two, one]), "InvalidPartOrder"),
        (json!([one, part(2, b"other")]), "InvalidPart"),
    ] {
        let answer = client.complete_with(&upload["upload_id"], &parts).await;
        assert_eq!((answer.status, &rig.last()["note"]), (400, &json!(code)), "{parts}");
    }
    let answer = client.complete_with(&json!("upl_none"), &json!([one, two])).await;
    assert_eq!((answer.status, answer.json()["message"].is_string()), (404, true));
    assert_eq!(client.complete(&upload, &data).await.status, 200);
}

#[tokio::test]
async fn parts_under_five_mebibytes_are_found_out_at_complete() {
    let rig = rig(|_| {}).await;
    let client = client(&rig);
    let data = bytes(2 * PART);
    let upload = client.begin(&data).await;
    client.put_all(&upload, &data).await;
    assert_eq!(client.complete(&upload, &data).await.status, 400);
    assert_eq!(rig.last()["note"], "EntityTooSmall");
}

#[tokio::test]
async fn complete_comes_within_a_day_or_not_at_all() {
    let rig = rig(|options| options.ttl = 7 * 86_400).await;
    let client = client(&rig);
    let upload = client.begin(b"abc").await;
    assert!(upload["presigned_urls"][0].as_str().unwrap().contains("X-Amz-Expires=86400&"));
    client.put_all(&upload, b"abc").await;
    rig.advance(86_401);
    assert_eq!(client.complete(&upload, b"abc").await.status, 404);
}

#[tokio::test]
async fn a_checksum_is_of_the_kind_that_was_asked_for() {
    for (kind, expected) in [
        (Checksum::Md5, Some("900150983cd24fb0d6963f7d28e17f72")),
        (Checksum::Sha256, Some("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")),
        (Checksum::Etag, Some("af5da9f45af7a300e3aded972f8ff687-1")),
        (Checksum::None, None),
    ] {
        let rig = rig(|options| options.checksum = kind).await;
        let client = client(&rig);
        let upload = client.begin(b"abc").await;
        client.put_all(&upload, b"abc").await;
        let reply = client.complete(&upload, b"abc").await.json();
        assert_eq!(reply.get("checksum").and_then(Value::as_str), expected);
    }
}

#[tokio::test]
async fn replies_can_be_broken() {
    for (fault, looks) in
        [("parts-too-few", json!(1)), ("parts-too-many", json!(3)), ("json-wrong-types", json!({"1": true}))]
    {
        let rig = with(fault).await;
        let links = client(&rig).start("part_count=2").await.json()["presigned_urls"].clone();
        assert_eq!(links.as_array().map_or(links.clone(), |all| json!(all.len())), looks, "{fault}");
    }
    let rig = with("complete-200-with-error").await;
    let client = client(&rig);
    let upload = client.begin(b"abc").await;
    client.put_all(&upload, b"abc").await;
    let answer = client.complete(&upload, b"abc").await;
    assert_eq!((answer.status, answer.json()["errors"].is_string()), (200, true));
    assert_eq!(client.complete(&upload, b"abc").await.json()["filesize"], 3);
}

#[tokio::test]
async fn a_refused_token_is_one_refusal_when_asked_for_once() {
    let rig = with("401-key@start:1").await;
    let client = client(&rig);
    let refused = client.start("part_count=1").await;
    assert_eq!((refused.status, refused.json()["error"].is_string()), (401, true));
    assert_eq!(client.start("part_count=1").await.status, 200);
}

/// Its start is a GET, which has no body.
#[tokio::test]
async fn a_start_takes_no_body() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let path = format!("multipart_upload_start/{FILE}?part_count=1");
    let refused = client.ask("GET", &path, &json!({"part_count": 1})).await;
    assert_eq!((refused.status, &rig.last()["session"]), (400, &Value::Null));
    assert_eq!(client.ask("GET", &path, &Value::Null).await.status, 200);
}
