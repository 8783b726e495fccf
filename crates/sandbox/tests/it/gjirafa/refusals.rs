//! What Gjirafa refuses, and how it misbehaves on request.

use serde_json::{Value, json};

use super::{client, wanted};
use crate::rig::{rig, with};

#[tokio::test]
async fn the_key_comes_in_any_form_and_the_project_is_its_own() {
    let rig = rig(|_| {}).await;
    let client = client(&rig);
    let url = format!("{}/uploads/multipart", client.base);
    let (key, other) = (client.key.as_str(), url.replace("/prj-", "/prj-x"));
    let start = wanted("x", 1, 1);
    let ask = async |url: &str, value: &str| {
        rig.ask("POST", url, &[("authorization", value)], &start).await.unwrap().status
    };
    assert_eq!(ask(&url, key).await, 201);
    assert_eq!(ask(&url, &format!("Bearer {key}")).await, 201);
    assert_eq!(ask(&url, &format!("Token {key}")).await, 201);
    assert_eq!(ask(&url, &rig.running.key).await, 401);
    assert_eq!(ask(&other, key).await, 404);
    let none = rig.ask("POST", &url, &[("x-api-key", key)], &start).await.unwrap();
    assert_eq!((none.status, &none.json()["success"]), (401, &json!(false)));
}

#[tokio::test]
async fn what_is_not_as_documented_is_refused() {
    let rig = rig(|_| {}).await;
    let client = client(&rig);
    let mut number = wanted("x", 1, 1);
    number["contentLength"] = json!(1);
    let mut untyped = wanted("x", 1, 1);
    untyped.as_object_mut().unwrap().remove("mimeType");
    let mut lonely = wanted("x", 1, 1);
    lonely["fileHash"] = json!("h");
    for body in [number, untyped, lonely, json!([])] {
        let answer = client.ask("POST", "uploads/multipart", &body).await;
        assert_eq!((answer.status, &answer.json()["success"]), (400, &json!(false)), "{body}");
    }
    let upload = client.begin("x", 1).await;
    let bad = client.ask("PUT", "uploads/multipart-complete", &json!({"requestKey": upload.key})).await;
    assert_eq!(bad.status, 400);
    let early = client.ask("POST", &format!("uploads/success/{}", upload.key), &json!({})).await;
    assert_eq!(early.status, 400);
    assert_eq!(client.ask("POST", "uploads/success/req_none", &Value::Null).await.status, 404);
}

/// No test sends five gibibytes for this: the head alone is judged.
#[tokio::test]
async fn a_part_of_more_than_five_gibibytes_is_refused_before_it_comes() {
    let rig = rig(|_| {}).await;
    let upload = client(&rig).begin("x", 1).await;
    let head = rig.head(upload.link(1));
    let answer =
        rig.raw(format!("{head}Content-Length: {}\r\n\r\n", (5_u64 << 30) + 1).as_bytes()).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("<Code>EntityTooLarge<"), "{answer}");
    assert_eq!((&rig.last()["bytes"], &rig.last()["stored"]), (&json!(0), &json!(false)));
}

#[tokio::test]
async fn a_list_takes_no_body() {
    let rig = rig(|_| {}).await;
    let client = client(&rig);
    let upload = client.begin("x", 1).await;
    let path = format!("uploads/url/multipart/{}/parts", upload.key);
    let refused = client.ask("GET", &path, &json!({"page": 1})).await;
    assert_eq!((refused.status, &refused.json()["errors"][0]["code"]), (400, &json!("ValidationError")));
}

#[tokio::test]
async fn replies_can_be_broken() {
    for (fault, step) in [
        ("parts-too-few", "start"),
        ("parts-too-many", "start"),
        ("json-wrong-types", "start"),
        ("complete-200-with-error", "complete"),
        ("500-once@complete", "complete"),
        ("401-key@complete", "complete"),
    ] {
        let rig = with(fault).await;
        let client = client(&rig);
        let started = client.ask("POST", "uploads/multipart", &wanted("x", 2, 2)).await.json();
        let links = started["result"]["presignedUrl"].as_array().map(Vec::len);
        if step == "start" {
            let expected =
                [("parts-too-few", Some(1)), ("parts-too-many", Some(3)), ("json-wrong-types", None)];
            assert!(expected.contains(&(fault, links)), "{fault}: {started}");
            continue;
        }
        let body = json!({"requestKey": started["result"]["requestKey"], "parts": []});
        let answer = client.ask("PUT", "uploads/multipart-complete", &body).await;
        let said = answer.json();
        match fault {
            "complete-200-with-error" => assert_eq!(
                (answer.status, &said["success"], &said["result"]),
                (200, &json!(true), &json!(false))
            ),
            _ => assert_eq!(said["success"], false, "{said}"),
        }
        assert_eq!(rig.last()["fault"], fault.split('@').next().unwrap());
    }
}
