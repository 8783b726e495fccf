//! An open session: fresh links, the list of its parts, aborting it.

use partway_core::RetryClass;
use partway_provider::Session;
use serde_json::{Value, json};

use super::{OK, answering, link, no, number, opened, session, yes};

/// The list entries of these parts.
fn parts(numbers: &[u32]) -> Value {
    let part = |number: &u32| {
        json!({ "size": 10 + number, "lastModified": "2024-05-01T10:00:00Z", "partNumber": number,
                "eTag": format!("\"e{number}\"") })
    };
    numbers.iter().map(part).collect()
}

#[tokio::test]
async fn fresh_links_come_by_number_whether_the_reply_holds_all_or_only_the_missing() {
    for told in [&[4, 2, 1, 3][..], &[4, 2]] {
        let hours = json!({ "url_hours": "168" });
        let (provider, mut asked) = answering(&[(OK, yes(&opened(told)))], &hours).await;
        let targets = provider.targets(&session(), &[number(2), number(4)]).await.unwrap();
        let found: Vec<_> =
            targets.iter().map(|target| (target.number.get(), json!(target.url.expose()))).collect();
        assert_eq!(found, [(2, link(2)), (4, link(4))]);
        assert!(targets.iter().all(|target| target.expires_at == Some(1_714_557_600 + 43_200)));
        let (head, body) = asked.recv().await.unwrap();
        assert!(
            head.starts_with("POST /vp/api/projects/p-7/uploads/multipart-resume HTTP/1.1\r\n"),
            "{head}"
        );
        assert_eq!(body, json!({ "requestKey": "rk/1", "presignedUrlExpiryTimeHours": 168 }));
    }
}

#[tokio::test]
async fn a_part_that_gjirafa_has_needs_no_fresh_link_and_one_that_it_lacks_does() {
    let replies = [(OK, yes(&opened(&[2]))), (OK, yes(&parts(&[1])))];
    let (provider, mut asked) = answering(&replies, &json!({})).await;
    let targets = provider.targets(&session(), &[number(1), number(2)]).await.unwrap();
    assert_eq!(targets.iter().map(|target| target.number.get()).collect::<Vec<_>>(), [2]);
    assert_eq!(asked.recv().await.unwrap().1, json!({ "requestKey": "rk/1" }));
    assert!(asked.recv().await.unwrap().0.contains("/parts "));

    let (provider, _) = answering(&replies, &json!({})).await;
    let failure = provider.targets(&session(), &[number(2), number(3)]).await.unwrap_err();
    assert_eq!(failure.class, RetryClass::Refused);
    assert_eq!(failure.detail, "$.result.presignedUrl: expected a link for part 3, found none");
}

#[tokio::test]
async fn the_parts_are_listed_in_their_order_without_quotes() {
    let (provider, mut asked) = answering(&[(OK, yes(&parts(&[3, 1])))], &json!({})).await;
    let listed = provider.list_parts(&session()).await.unwrap();
    let found: Vec<_> = listed
        .iter()
        .map(|part| {
            (part.number.get(), part.size.unwrap(), part.etag.as_ref().map_or("", |etag| etag.0.as_str()))
        })
        .collect();
    assert_eq!(found, [(1, 11, "e1"), (3, 13, "e3")]);
    let (head, body) = asked.recv().await.unwrap();
    // The key is one path segment, whatever it contains.
    let line = "GET /vp/api/projects/p-7/uploads/url/multipart/rk%2F1/parts HTTP/1.1\r\n";
    assert!(head.starts_with(line), "{head}");
    assert_eq!(body, Value::Null);
}

#[tokio::test]
async fn a_list_that_tells_of_pages_is_read_to_its_end() {
    let page = |numbers: &[u32], total: u32| {
        let info = json!({ "page": 1, "perPage": 2, "count": numbers.len(), "totalCount": total });
        (OK, json!({ "success": true, "result": parts(numbers), "resultInfo": info }).to_string())
    };
    let pages = [page(&[1, 2], 5), page(&[3, 4], 5), page(&[5], 5)];
    let (provider, mut asked) = answering(&pages, &json!({})).await;
    let listed = provider.list_parts(&session()).await.unwrap();
    assert_eq!(listed.iter().map(|part| part.number.get()).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    for query in ["/parts ", "/parts?page=2 ", "/parts?page=3 "] {
        let head = asked.recv().await.unwrap().0;
        assert!(head.contains(query), "{head}");
    }
    // A total that is never reached ends with the first empty page; repeated pages are an error.
    let (provider, _) = answering(&[page(&[1], 9), page(&[], 9)], &json!({})).await;
    assert_eq!(provider.list_parts(&session()).await.unwrap().len(), 1);
    let (provider, _) = answering(&[page(&[1], 9)], &json!({})).await;
    assert_eq!(provider.list_parts(&session()).await.unwrap_err().class, RetryClass::Refused);
}

#[tokio::test]
async fn a_session_is_thrown_away_and_one_that_is_gone_is_gone() {
    let gone = ("404 Not Found", no(404, "Upload not found"));
    for reply in [(OK, yes(&json!(true))), (OK, yes(&json!(null))), gone, (OK, no(404, "Upload not found"))] {
        let (provider, mut asked) = answering(&[reply], &json!({})).await;
        provider.abort(&session()).await.unwrap();
        let (head, body) = asked.recv().await.unwrap();
        assert!(head.starts_with("PUT /vp/api/projects/p-7/uploads/multipart-abort HTTP/1.1\r\n"), "{head}");
        assert_eq!(body, json!({ "requestKey": "rk/1" }));
    }
    let (provider, _) = answering(&[(OK, no(500, "Try later"))], &json!({})).await;
    assert_eq!(provider.abort(&session()).await.unwrap_err().class, RetryClass::Again);
}

#[tokio::test]
async fn a_session_that_cannot_be_read_begins_anew_and_nobody_is_asked() {
    let (provider, mut asked) = answering(&[(OK, yes(&json!(true)))], &json!({})).await;
    for body in ["", "{}", "nonsense", r#"{"requestKey":"k"}"#, r#"{"requestKey":[],"parts":1}"#] {
        let session = Session { body: body.to_owned(), expires_at: None };
        let classes = [
            provider.targets(&session, &[]).await.err().map(|failure| failure.class),
            provider.list_parts(&session).await.err().map(|failure| failure.class),
            provider.complete(&session, &[]).await.err().map(|failure| failure.class),
        ];
        assert_eq!(classes, [const { Some(RetryClass::SessionGone) }; 3], "{body}");
    }
    assert!(asked.try_recv().is_err());
}
