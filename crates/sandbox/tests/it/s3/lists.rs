//! Paged lists: parts, uploads, objects.

use super::{Asked, asked, client, code, lax};
use crate::rig::{Answer, bytes, rig};

/// The text of every element with this name.
fn all<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let open = format!("<{name}>");
    answer.body.split(open.as_str()).skip(1).map(|rest| rest.split("</").next().unwrap()).collect()
}

#[tokio::test]
async fn parts_come_by_number_and_in_pages() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let id = client.create("k").await;
    for part in [9, 2, 10_000, 4, 1] {
        assert_eq!(client.put_part("k", &id, part, &bytes(part % 7 + 1)).await.status, 200);
    }
    let page = |more: &'static [(&'static str, &'static str)]| {
        let (client, id) = (&client, id.as_str());
        async move {
            let query: Vec<_> = [("uploadId", id)].into_iter().chain(more.iter().copied()).collect();
            client.send(Asked { query: &query, ..asked("GET", "k") }).await
        }
    };
    let one = page(&[]).await;
    assert_eq!(all(&one, "PartNumber"), ["1", "2", "4", "9", "10000"]);
    assert_eq!((all(&one, "Size"), one.xml("IsTruncated")), (vec!["2", "3", "5", "3", "5"], "false"));
    assert!(
        all(&one, "ETag").iter().all(|etag| etag.starts_with("&quot;") && etag.len() == 44),
        "{}",
        one.body
    );
    let first = page(&[("max-parts", "2")]).await;
    assert_eq!(all(&first, "PartNumber"), ["1", "2"]);
    assert_eq!((first.xml("IsTruncated"), first.xml("NextPartNumberMarker")), ("true", "2"));
    let second = page(&[("max-parts", "2"), ("part-number-marker", "2")]).await;
    assert_eq!((all(&second, "PartNumber"), second.xml("IsTruncated")), (vec!["4", "9"], "true"));
    let third = page(&[("max-parts", "2"), ("part-number-marker", "9")]).await;
    assert_eq!((all(&third, "PartNumber"), third.xml("IsTruncated")), (vec!["10000"], "false"));
    assert_eq!(code(&page(&[("max-parts", "-1")]).await), (400, "InvalidArgument"));
    assert_eq!(code(&page(&[("part-number-marker", "x")]).await), (400, "InvalidArgument"));
}

#[tokio::test]
async fn a_page_has_a_thousand_parts_at_most() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let id = client.create("k").await;
    for part in 1..=1001 {
        client.put_part("k", &id, part, b"").await;
    }
    let page =
        client.send(Asked { query: &[("uploadId", &id), ("max-parts", "5000")], ..asked("GET", "k") }).await;
    assert_eq!((all(&page, "PartNumber").len(), page.xml("IsTruncated")), (1000, "true"));
    assert_eq!(page.xml("NextPartNumberMarker"), "1000");
}

#[tokio::test]
async fn open_uploads_come_by_key_and_in_pages() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let mut ids = Vec::new();
    for key in ["b", "a", "b", "c/ü"] {
        ids.push(client.create(key).await);
    }
    client.abort("a", &ids[1]).await;
    let page = |query: Vec<(String, String)>| {
        let client = &client;
        async move {
            let mut all = vec![("uploads", "")];
            all.extend(query.iter().map(|(n, v)| (n.as_str(), v.as_str())));
            client.send(Asked { query: &all, ..asked("GET", "") }).await
        }
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let one = page(vec![]).await;
    assert_eq!((all(&one, "Key"), one.xml("IsTruncated")), (vec!["b", "b", "c/ü"], "false"));
    let mut both = [ids[0].as_str(), ids[2].as_str()];
    both.sort_unstable();
    assert_eq!(all(&one, "UploadId")[..2], both);
    let first = page(vec![pair("max-uploads", "1")]).await;
    assert_eq!((all(&first, "UploadId"), first.xml("IsTruncated")), (vec![both[0]], "true"));
    let next = vec![
        pair("key-marker", first.xml("NextKeyMarker")),
        pair("upload-id-marker", first.xml("NextUploadIdMarker")),
    ];
    assert_eq!(all(&page(next).await, "Key"), ["b", "c/ü"]);
    assert_eq!(all(&page(vec![pair("key-marker", "b")]).await, "Key"), ["c/ü"]);
    assert_eq!(all(&page(vec![pair("prefix", "c/")]).await, "Key"), ["c/ü"]);
    let encoded = page(vec![pair("encoding-type", "url"), pair("prefix", "c")]).await;
    assert_eq!(all(&encoded, "Key"), ["c/%C3%BC"]);
}

#[tokio::test]
async fn objects_come_by_key_by_folder_and_in_pages() {
    let rig = rig(|_| {}).await;
    let client = client(&rig);
    for key in ["b/2", "a", "b/1", "c/3/4", "d & <e>"] {
        client.send(Asked { body: b"x", ..asked("PUT", key) }).await;
    }
    for query in [&[("list-type", "2")][..], &[]] {
        let list = client.send(Asked { query, ..asked("GET", "") }).await;
        assert_eq!(all(&list, "Key"), ["a", "b/1", "b/2", "c/3/4", "d &amp; &lt;e&gt;"]);
    }
    let query = [("list-type", "2"), ("delimiter", "/")];
    let list = client.send(Asked { query: &query, ..asked("GET", "") }).await;
    assert_eq!(all(&list, "Key"), ["a", "d &amp; &lt;e&gt;"]);
    assert_eq!(all(&list, "Prefix")[1..], ["b/", "c/"]);
    let (mut token, mut seen) = (String::new(), Vec::new());
    loop {
        let mut query = vec![("list-type", "2"), ("max-keys", "1"), ("delimiter", "/")];
        query.extend((!token.is_empty()).then_some(("continuation-token", token.as_str())));
        let page = client.send(Asked { query: &query, ..asked("GET", "") }).await;
        assert_eq!(page.xml("KeyCount"), "1");
        let rows = [all(&page, "Key"), all(&page, "Prefix").split_off(1)].concat();
        seen.extend(rows.iter().map(ToString::to_string));
        if page.xml("IsTruncated") == "false" {
            break;
        }
        token = page.xml("NextContinuationToken").to_owned();
    }
    assert_eq!(seen, ["a", "b/", "c/", "d &amp; &lt;e&gt;"]);
}
