//! Checking a Record360 destination.

use partway_provider::Finding;
use serde_json::json;

use super::{OK, answering, with_key};

#[tokio::test]
async fn a_refused_token_is_seen_and_any_other_answer_proves_nothing() {
    for (status, refused) in
        [("401 Unauthorized", true), ("403 Forbidden", true), ("404 Not Found", false), (OK, false)]
    {
        let (provider, mut asked) = answering(&[(status, "{}".to_owned())], &json!({})).await;
        let report = provider.check().await;
        assert!(matches!(report.host, Finding::Good(_)), "{status} {report:?}");
        assert_eq!(report.clock_ahead, Finding::Good(1200), "{status}");
        match report.key {
            Finding::Bad(_) => assert!(refused, "{status}"),
            Finding::CannotKnow(why) => {
                assert!(!refused, "{status}");
                assert_eq!(why, "Record360 tells whether a token is good only at the first upload");
            }
            Finding::Good(()) => panic!("no answer proves a token"),
        }
        let head = asked.recv().await.unwrap().0;
        let nobodys =
            head.strip_prefix("GET /api/users/uploads/").and_then(|rest| rest.split_once(' ')).unwrap().0;
        assert_eq!(uuid::Uuid::parse_str(nobodys).unwrap().get_version_num(), 4);
    }
}

#[tokio::test]
async fn a_password_that_brings_a_token_is_proved_by_it() {
    let user = json!({ "user": "ana" });
    let token = (OK, json!({ "auth_token": "t.1.a" }).to_string());
    let unknown = ("404 Not Found", r#"{"error":"not found"}"#.to_owned());
    let (provider, _) = with_key(&[token.clone(), unknown], &user, "pass").await;
    assert_eq!(provider.check().await.key, Finding::Good(()));

    let wrong = ("401 Unauthorized", r#"{"error":"no"}"#.to_owned());
    for replies in [vec![wrong.clone()], vec![token, wrong.clone()]] {
        let mut all = replies;
        all.push(wrong.clone());
        let (provider, _) = with_key(&all, &user, "pass").await;
        let report = provider.check().await;
        assert!(matches!(report.key, Finding::Bad(_)), "{report:?}");
        assert!(matches!(report.host, Finding::Good(_)), "{report:?}");
    }
}

#[tokio::test]
async fn a_page_or_a_fault_is_a_matter_of_the_host() {
    for (status, body) in [(OK, "<html>"), ("502 Bad Gateway", ""), ("404 Not Found", "<!doctype html>")] {
        for user in [json!({}), json!({ "user": "ana" })] {
            let key = super::TOKEN;
            let (provider, _) = with_key(&[(status, body.to_owned())], &user, key).await;
            let report = provider.check().await;
            assert!(matches!(report.host, Finding::Bad(_)), "{report:?}");
            assert!(matches!(report.key, Finding::CannotKnow(_)), "{report:?}");
        }
    }
}
