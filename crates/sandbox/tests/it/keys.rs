//! Which keys are accepted.

use serde_json::json;

use crate::rig::{rig, wanted};

#[tokio::test]
async fn either_header_carries_the_key_and_a_wrong_one_spoils_both() {
    let rig = rig(|_| {}).await;
    let key = rig.running.key.clone();
    let bearer = |key: &str| vec![("authorization", format!("Bearer {key}"))];
    let plain = |key: &str| vec![("x-api-key", key.to_owned())];
    let both = |one: &str, other: &str| [bearer(one), plain(other)].concat();
    let cases = [
        (bearer(&key), 200),
        (plain(&key), 200),
        (both(&key, &key), 200),
        (both(&key, "wrong"), 401),
        (both("wrong", &key), 401),
        (bearer("wrong"), 401),
        (plain(""), 401),
        (vec![("authorization", key.clone())], 401),
        (vec![], 401),
    ];
    for (headers, expected) in cases {
        let url = format!("{}/api/v1/multipart/start", rig.running.base_url);
        let mut request = rig.client.post(url).json(&wanted("x", 1));
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), expected, "{headers:?}");
        if expected == 401 {
            let body: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            assert_eq!((&body["success"], &body["code"]), (&json!(false), &json!("unauthorized")));
        }
    }
}

#[tokio::test]
async fn an_invented_session_tells_a_good_key_from_a_bad_one() {
    let rig = rig(|_| {}).await;
    let invented = json!({"session_id": "ses_invented"});
    assert_eq!(rig.call("complete", &invented).await.unwrap().status, 404);
    let url = format!("{}/api/v1/multipart/complete", rig.running.base_url);
    let refused = rig.client.post(url).bearer_auth("no").json(&invented).send().await.unwrap();
    assert_eq!(refused.status(), 401);
}
