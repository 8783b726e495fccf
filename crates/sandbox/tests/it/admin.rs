//! The admin endpoints: only on request, and closed to everyone else.

use serde_json::{Value, json};

use crate::rig::{Rig, rig, wanted};

async fn ask(rig: &Rig, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
    let url = format!("http://127.0.0.1:{}/admin/{path}", rig.running.port);
    let mut request = rig.client.request(method.parse().unwrap(), url).body(body.to_string());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn faults_come_and_go_while_it_runs() {
    let rig = rig(|options| options.admin = true).await;
    let token = format!("Bearer {}", rig.running.admin.as_ref().unwrap().token);
    let own = [("authorization", token.as_str())];
    let (status, said) = ask(&rig, "POST", "faults", &own, &json!({"fault": "502@start:always"})).await;
    assert_eq!((status, &said["faults"][0]["fault"]), (200, &json!("502@start:always")));
    assert_eq!(rig.call("start", &wanted("x", 1)).await.unwrap().status, 502);
    let (_, said) = ask(&rig, "GET", "faults", &own, &Value::Null).await;
    assert_eq!(said["faults"][0]["struck"], 1);
    let (status, said) = ask(&rig, "POST", "faults", &own, &json!({"fault": "nope"})).await;
    assert!(status == 422 && said["error"].as_str().unwrap().contains("There is no fault"), "{said}");
    let (_, said) = ask(&rig, "DELETE", "faults", &own, &Value::Null).await;
    assert_eq!(said, json!({"faults": []}));
    let session = rig.begin("x", 1).await;
    let (_, said) = ask(&rig, "GET", "state", &own, &Value::Null).await;
    let known = &said["sessions"][0];
    assert_eq!(
        (&known["session"], &known["stored"], &known["object"]),
        (&json!(session.id), &json!([]), &Value::Null)
    );
    rig.put_all(&session, b"a").await;
    rig.complete(&session).await.unwrap();
    let (_, said) = ask(&rig, "GET", "state", &own, &Value::Null).await;
    assert_eq!(said["sessions"][0]["object"], "objects/x");
}

#[tokio::test]
async fn only_the_token_from_this_machine_opens_them() {
    let rig = rig(|options| options.admin = true).await;
    let token = format!("Bearer {}", rig.running.admin.as_ref().unwrap().token);
    let auth = ("authorization", token.as_str());
    let local = format!("http://localhost:{}", rig.running.port);
    for (headers, expected) in [
        (vec![], 401),
        (vec![("authorization", "Bearer no")], 401),
        (vec![auth, ("origin", "https://example.com")], 403),
        (vec![auth, ("origin", "null")], 403),
        (vec![auth, ("host", "rebound.example.com")], 403),
        (vec![auth, ("origin", local.as_str())], 200),
    ] {
        assert_eq!(ask(&rig, "GET", "state", &headers, &Value::Null).await.0, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn unasked_for_they_do_not_exist() {
    let rig = rig(|_| {}).await;
    assert!(rig.running.admin.is_none());
    assert_eq!(ask(&rig, "GET", "state", &[], &Value::Null).await.0, 404);
}
