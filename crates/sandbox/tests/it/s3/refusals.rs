//! What S3 refuses, each with its code.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::json;

use super::{Asked, asked, client, code, lax, listed, parts};
use crate::rig::{PART, bytes, etag, rig};

const FIVE_GIB: u64 = 5 << 30;

#[tokio::test]
async fn small_parts_are_told_at_complete_only() {
    let rig = rig(|_| {}).await;
    let client = client(&rig);
    let (id, data) = (client.create("k").await, bytes(2 * PART));
    client.put_all("k", &id, &data).await;
    let refused = client.complete("k", &id, &listed(&data)).await;
    assert_eq!(code(&refused), (400, "EntityTooSmall"));
    assert_eq!(
        (refused.xml("ProposedSize"), refused.xml("MinSizeAllowed"), refused.xml("PartNumber")),
        ("1000", "5242880", "1")
    );
    let last = client.complete("k", &id, &parts(&[(2, &etag(&data[PART..]))])).await;
    assert_eq!(last.status, 200, "one part alone is the last: {}", last.body);
}

#[tokio::test]
async fn parts_may_have_to_be_equal() {
    let rig = rig(|options| {
        lax(options);
        options.equal_parts = true;
    })
    .await;
    let client = client(&rig);
    let id = client.create("k").await;
    for (part, data) in [(1, "aaaa"), (2, "bbb"), (3, "cccc")] {
        client.put_part("k", &id, part, data.as_bytes()).await;
    }
    let all = [(1, etag(b"aaaa")), (2, etag(b"bbb")), (3, etag(b"cccc"))];
    let list =
        |numbers: &[usize]| parts(&numbers.iter().map(|n| (*n, all[n - 1].1.as_str())).collect::<Vec<_>>());
    assert_eq!(code(&client.complete("k", &id, &list(&[1, 2, 3])).await), (400, "InvalidPart"));
    assert_eq!(client.complete("k", &id, &list(&[1, 2])).await.status, 200);
}

#[tokio::test]
async fn a_list_of_parts_that_cannot_be_is_refused() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let id = client.create("k").await;
    let (one, two) = (etag(b"a"), etag(b"b"));
    client.put_part("k", &id, 1, b"a").await;
    client.put_part("k", &id, 2, b"b").await;
    let wrong_order = client.complete("k", &id, &parts(&[(2, &two), (1, &one)])).await;
    assert_eq!(code(&wrong_order), (400, "InvalidPartOrder"));
    let twice = client.complete("k", &id, &parts(&[(1, &one), (1, &one)])).await;
    assert_eq!(code(&twice), (400, "InvalidPartOrder"));
    let missing = client.complete("k", &id, &parts(&[(1, &one), (3, &two)])).await;
    assert_eq!((code(&missing), missing.xml("PartNumber")), ((400, "InvalidPart"), "3"));
    assert_eq!(code(&client.complete("k", &id, &parts(&[(1, &two)])).await), (400, "InvalidPart"));
    for body in ["", "{}", "<CompleteMultipartUpload/>", "<CompleteMultipartUpload><Part></Part>"] {
        assert_eq!(code(&client.complete("k", &id, body).await), (400, "MalformedXML"), "{body}");
    }
    let long = format!("<CompleteMultipartUpload>{}", " ".repeat(5 << 20));
    assert_eq!(code(&client.complete("k", &id, &long).await), (400, "MaxMessageLengthExceeded"));
    assert_eq!(client.complete("k", &id, &parts(&[(1, one.trim_matches('"')), (2, &two)])).await.status, 200);
}

/// The head alone is judged: no test sends five gibibytes for this.
#[tokio::test]
async fn more_than_five_gibibytes_are_refused_before_they_come() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let id = client.create("k").await;
    for link in [client.part_link("k", &id, 1), client.link(asked("PUT", "k"), "60")] {
        let head = rig.head(&link);
        let too_large = format!("{head}Content-Length: {}\r\n\r\n", FIVE_GIB + 1);
        let answer = rig.raw(too_large.as_bytes()).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("<Code>EntityTooLarge<"), "{answer}");
        assert_eq!((&rig.last()["note"], &rig.last()["bytes"]), (&json!("EntityTooLarge"), &json!(0)));
        // The largest allowed part is waited for, and when it does not arrive, nothing is kept.
        use tokio::io::AsyncWriteExt;
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", rig.running.port)).await.unwrap();
        let most = format!("{head}Content-Length: {FIVE_GIB}\r\n\r\nab");
        stream.write_all(most.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        drop(stream);
        let line = rig.logged(|line| line["bytes"] == 2).await;
        assert_eq!((&line["status"], &line["stored"]), (&json!(null), &json!(false)));
        let raw: Vec<_> = rig.log().into_iter().filter(|line| line["bytes"] == 2).collect();
        assert!(!raw.is_empty());
    }
    crate::rig::until(|| std::fs::read_dir(rig.object("sessions")).unwrap().count() == 1).await;
}

#[tokio::test]
async fn a_length_is_needed_and_chunks_are_not_taken() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let id = client.create("k").await;
    for link in [client.part_link("k", &id, 1), client.link(asked("PUT", "k"), "60")] {
        let head = rig.head(&link);
        let none = rig.raw(format!("{head}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
        assert!(none.starts_with("HTTP/1.1 411 ") && none.contains("MissingContentLength"), "{none}");
        let chunks = format!("{head}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n");
        let chunks = rig.raw(chunks.as_bytes()).await.unwrap();
        assert!(chunks.starts_with("HTTP/1.1 501 ") && chunks.contains("NotImplemented"), "{chunks}");
    }
    let complete = Asked { query: &[("uploadId", &id)], ..asked("POST", "k") };
    let head = rig.head(&client.link(complete, "60")).replacen("PUT", "POST", 1);
    let none = rig.raw(format!("{head}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
    assert!(none.starts_with("HTTP/1.1 411 ") && none.contains("MissingContentLength"), "{none}");
    let streaming = ("x-amz-content-sha256".to_owned(), "STREAMING-UNSIGNED-PAYLOAD-TRAILER".to_owned());
    let put = Asked { body: b"ab", ..asked("PUT", "k") };
    let mut headers = client.signed(put);
    headers.retain(|(name, _)| *name != streaming.0);
    headers.push(streaming);
    assert_eq!(code(&client.send_with(put, headers).await), (501, "NotImplemented"));
}

#[tokio::test]
async fn a_body_where_none_belongs_is_refused() {
    let rig = rig(lax).await;
    let client = client(&rig);
    client.send(Asked { body: b"ab", ..asked("PUT", "k") }).await;
    let id = client.create("k").await;
    let list = Asked { query: &[("uploadId", &id)], ..asked("GET", "k") };
    for asked in
        [asked("GET", "k"), list, asked("GET", ""), Asked { query: &[("uploads", "")], ..asked("POST", "l") }]
    {
        let head = rig.head(&client.link(asked, "60")).replacen("PUT", asked.method, 1);
        let answer = rig.raw(format!("{head}Content-Length: 2\r\n\r\nab").as_bytes()).await.unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 400 ") && answer.contains("InvalidRequest"),
            "{asked:?}: {answer}"
        );
    }
}

#[tokio::test]
async fn sums_that_come_along_are_held_against_the_body() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let id = client.create("k").await;
    let md5 = |text: &str| STANDARD.encode(Md5::digest(text));
    let (right, wrong) = (md5("ab"), md5("abc"));
    let part = [("partNumber", "1"), ("uploadId", id.as_str())];
    for (headers, expected) in [
        ([("content-md5", right.as_str())], (200, "")),
        ([("content-md5", &wrong)], (400, "BadDigest")),
        ([("content-md5", "x")], (400, "InvalidDigest")),
        ([("x-amz-checksum-crc32", "AAAAAQ==")], (400, "BadDigest")),
        ([("x-amz-checksum-crc32", "noNIbQ==")], (200, "")),
        ([("x-amz-checksum-md4", "x")], (501, "NotImplemented")),
    ] {
        for query in [&part[..], &[]] {
            // An upload that was begun for none takes no part with one.
            let expected = match headers[0].0 {
                "x-amz-checksum-crc32" if !query.is_empty() => (400, "InvalidRequest"),
                _ => expected,
            };
            let put = Asked { query, headers: &headers, body: b"ab", ..asked("PUT", "k") };
            assert_eq!(code(&client.send(put).await), expected, "{headers:?}");
        }
    }
    // Also in the query of a link: this one accepts no body at all.
    let poisoned = [part[0], part[1], ("x-amz-checksum-crc32", "AAAAAA==")];
    let link = client.link(Asked { query: &poisoned, ..asked("PUT", "k") }, "60");
    assert_eq!(code(&rig.put(&link, b"ab").await.unwrap()), (400, "BadDigest"));
    assert_eq!(rig.put(&link, b"").await.unwrap().status, 200);
}

/// The words and what is refused are Amazon's (AWS, "UploadPart", "CompletedPart").
#[tokio::test]
async fn an_upload_that_was_begun_for_a_checksum_wants_it_with_every_part_and_most_again_at_complete() {
    let rig = rig(lax).await;
    let client = client(&rig);
    // Each the checksum of the letters "ab".
    for (name, sum, of_the_parts) in [
        ("CRC32", "noNIbQ==", true),
        ("SHA256", "+44g/C5MPySMYMOb1lLzwTRymLuXe4tNWQO4UFViBgM=", true),
        ("CRC64NVME", "60+yEsi2VDI=", false),
    ] {
        let header = format!("x-amz-checksum-{}", name.to_lowercase());
        let begin = [("x-amz-checksum-algorithm", name)];
        let create = Asked { query: &[("uploads", "")], headers: &begin, ..asked("POST", "k") };
        let id = client.send(create).await.xml("UploadId").to_owned();
        let part = [("partNumber", "1"), ("uploadId", id.as_str())];
        let other = [("x-amz-checksum-crc32c", "NktLcQ==")];
        let right = [(header.as_str(), sum)];
        for (headers, expected) in
            [(&[][..], (400, "InvalidRequest")), (&other, (400, "InvalidRequest")), (&right, (200, ""))]
        {
            let put = Asked { query: &part, headers, body: b"ab", ..asked("PUT", "k") };
            assert_eq!(code(&client.send(put).await), expected, "{name} {headers:?}");
        }
        let list = |sum: &str| {
            let sum = if sum.is_empty() {
                String::new()
            } else {
                format!("<Checksum{name}>{sum}</Checksum{name}>")
            };
            parts(&[(1, etag(b"ab").as_str())]).replace("</Part>", &format!("{sum}</Part>"))
        };
        let wrong = client.complete("k", &id, &list("AAAAAQ==")).await;
        assert_eq!(code(&wrong), (400, "InvalidPart"), "{name}");
        if of_the_parts {
            let without = client.complete("k", &id, &list("")).await;
            assert_eq!(code(&without), (400, "InvalidRequest"), "{name}");
            assert_eq!(client.complete("k", &id, &list(sum)).await.status, 200, "{name}");
        } else {
            assert_eq!(client.complete("k", &id, &list("")).await.status, 200, "{name}");
        }
    }
    let id = client.create("k").await;
    let part = [("partNumber", "1"), ("uploadId", id.as_str())];
    let put = Asked {
        query: &part,
        headers: &[("x-amz-checksum-crc32", "noNIbQ==")],
        body: b"ab",
        ..asked("PUT", "k")
    };
    assert_eq!(code(&client.send(put).await), (400, "InvalidRequest"), "it was begun for none");
    let begin = [("x-amz-checksum-algorithm", "MD4")];
    let create = Asked { query: &[("uploads", "")], headers: &begin, ..asked("POST", "k") };
    assert_eq!(code(&client.send(create).await), (400, "InvalidRequest"));
}

#[tokio::test]
async fn what_is_not_made_is_told_and_not_taken_for_something_else() {
    let rig = rig(lax).await;
    let client = client(&rig);
    let id = client.create("k").await;
    let (upload, long) = (("uploadId", id.as_str()), "k".repeat(1025));
    let cases: [(Asked<'_>, (u16, &str)); 9] = [
        (Asked { query: &[("acl", "")], ..asked("PUT", "k") }, (501, "NotImplemented")),
        (Asked { query: &[("versionId", "1")], ..asked("GET", "k") }, (501, "NotImplemented")),
        (Asked { headers: &[("x-amz-copy-source", "/b/k")], ..asked("PUT", "k") }, (501, "NotImplemented")),
        (Asked { query: &[("partNumber", "0"), upload], ..asked("PUT", "k") }, (400, "InvalidArgument")),
        (Asked { query: &[("partNumber", "10001"), upload], ..asked("PUT", "k") }, (400, "InvalidArgument")),
        (Asked { query: &[("partNumber", "1")], ..asked("PUT", "k") }, (400, "InvalidArgument")),
        (asked("POST", "k"), (405, "MethodNotAllowed")),
        (
            Asked {
                query: &[("uploads", "")],
                headers: &[("x-amz-storage-class", "FAST")],
                ..asked("POST", "k")
            },
            (400, "InvalidStorageClass"),
        ),
        (asked("PUT", &long), (400, "KeyTooLongError")),
    ];
    for (asked, expected) in cases {
        let answer = client.send(asked).await;
        assert_eq!(code(&answer), expected, "{asked:?}");
    }
}
