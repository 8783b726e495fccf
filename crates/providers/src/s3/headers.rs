//! What an object gets besides its bytes, as headers of its *create* or of its single PUT.

use partway_provider::FileFacts;
use url::form_urlencoded::byte_serialize;

use super::Settings;
use super::fields::{self, can_be_sent, parted, shown};

/// Lower-case name and value of each header, or why one of them cannot be sent.
pub(crate) fn of(settings: &Settings, file: &FileFacts) -> Result<Vec<(String, String)>, String> {
    fields::of(&file.fields).map_err(|(_, said)| said)?;
    let mut headers = Vec::new();
    let mut set = |name: &str, value: String| headers.push((name.to_owned(), value));
    if !file.mime.is_empty() {
        if !can_be_sent(&file.mime) {
            return Err(format!("its type “{}” is none. Choose another", shown(&file.mime)));
        }
        set("content-type", file.mime.clone());
    }
    if let Some(class) = &settings.storage_class {
        set("x-amz-storage-class", class.clone());
    }
    if let Some(acl) = settings.acl {
        set("x-amz-acl", acl.to_owned());
    }
    if !file.fields.tags.is_empty() {
        let tags: Vec<_> = file.fields.tags.iter().map(|tag| tagged(tag)).collect();
        set("x-amz-tagging", tags.join("&"));
    }
    for (name, value) in &file.fields.metadata {
        set(&format!("x-amz-meta-{}", name.to_ascii_lowercase()), value.clone());
    }
    headers.sort();
    Ok(headers)
}

/// A tag in query form (AWS, `PutObject`, `x-amz-tagging`): "camera=B" is a tag with a value, "raw" one
/// without.
fn tagged(tag: &str) -> String {
    let (name, value) = parted(tag);
    // Not every parser takes "+" for a blank.
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    format!("{}={}", encoded(name), encoded(value))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use partway_provider::Fields;
    use serde_json::json;

    use super::*;

    fn headers(
        mime: &str,
        tags: &[&str],
        metadata: &[(&str, &str)],
    ) -> Result<Vec<(String, String)>, String> {
        let settings = json!({ "bucket": "films", "storage_class": "STANDARD_IA", "acl": "private" });
        let fields = Fields {
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            metadata: metadata.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect::<BTreeMap<_, _>>(),
            ..Fields::default()
        };
        let file = FileFacts {
            name: "a".to_owned(),
            size: 1,
            mime: mime.to_owned(),
            fields,
            ..FileFacts::default()
        };
        of(&Settings::read(&settings).unwrap(), &file)
    }

    #[test]
    fn everything_that_is_set_is_a_header() {
        let all = headers("video/mp4", &["camera=B 1", "raw", "ü=+&"], &[("Scene", "12 a"), ("take_2", "")])
            .unwrap();
        insta::assert_debug_snapshot!(all, @r#"
        [
            (
                "content-type",
                "video/mp4",
            ),
            (
                "x-amz-acl",
                "private",
            ),
            (
                "x-amz-meta-scene",
                "12 a",
            ),
            (
                "x-amz-meta-take_2",
                "",
            ),
            (
                "x-amz-storage-class",
                "STANDARD_IA",
            ),
            (
                "x-amz-tagging",
                "camera=B%201&raw=&%C3%BC=%2B%26",
            ),
        ]
        "#);
    }

    #[test]
    fn what_cannot_go_is_told() {
        assert!(headers("video/\u{e4}", &[], &[]).is_err());
        assert!(headers("", &["a", "a"], &[]).unwrap_err().contains("twice"));
        assert!(headers("", &[], &[("a", "ü")]).unwrap_err().contains("cannot carry"));
    }
}
