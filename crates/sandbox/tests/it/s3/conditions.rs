//! Conditional writes replace nothing: `If-None-Match: *`.

use super::{Asked, asked, client, code, lax, listed};
use crate::rig::rig;

const NEW: &[(&str, &str)] = &[("if-none-match", "*")];

#[tokio::test]
async fn a_whole_file_is_refused_where_something_is() {
    let rig = rig(|_| {}).await;
    let client = client(&rig);
    let put = Asked { headers: NEW, body: b"one", ..asked("PUT", "k") };
    assert_eq!(client.send(put).await.status, 200);
    let refused = client.send(Asked { body: b"two", ..put }).await;
    assert_eq!((code(&refused), refused.xml("Condition")), ((412, "PreconditionFailed"), "If-None-Match"));
    assert_eq!(client.get("k").await, b"one");
    let link = client.link(Asked { body: b"", ..put }, "60");
    let by_link = rig.client.put(link).header("if-none-match", "*").body("three").send().await.unwrap();
    assert_eq!(by_link.status(), 412);
    let odd = Asked { headers: &[("if-none-match", "\"abc\"")], ..put };
    assert_eq!(code(&client.send(odd).await), (501, "NotImplemented"));
}

#[tokio::test]
async fn a_complete_is_refused_and_the_upload_stays() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let id = client.create("k").await;
    client.put_all("k", &id, b"ab").await;
    client.send(Asked { body: b"first", ..asked("PUT", "k") }).await;
    let body = listed(b"ab");
    let complete =
        Asked { query: &[("uploadId", &id)], headers: NEW, body: body.as_bytes(), ..asked("POST", "k") };
    assert_eq!(code(&client.send(complete).await), (412, "PreconditionFailed"));
    assert_eq!(client.get("k").await, b"first");
    assert_eq!(client.send(asked("DELETE", "k")).await.status, 204);
    assert_eq!(client.send(complete).await.status, 200);
    assert_eq!(client.get("k").await, b"ab");
}

/// Of many at once one wins, and the others learn that the object exists.
#[tokio::test]
async fn at_one_moment_one_wins() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let mut ids = Vec::new();
    for _ in 0..8 {
        let id = client.create("k").await;
        client.put_all("k", &id, b"ab").await;
        ids.push(id);
    }
    let body = listed(b"ab");
    let all =
        ids.iter().map(|id| {
            let query = [("uploadId", id.as_str())];
            let (client, body) = (&client, body.as_bytes());
            async move {
                client.send(Asked { query: &query, headers: NEW, body, ..asked("POST", "k") }).await.status
            }
        });
    let mut statuses = futures_util::future::join_all(all).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
}
