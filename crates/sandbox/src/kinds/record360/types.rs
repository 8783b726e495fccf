//! The types that Record360 accepts, with the extension for an object's name.

/// The type of a file that was sent without one.
pub(crate) const UNTYPED: &str = "application/octet-stream";

/// The vendor's twelve.
const TYPES: [(&str, &str); 12] = [
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("video/mp4", "mp4"),
    ("image/heif", "heif"),
    ("image/heic", "heic"),
    ("video/quicktime", "mov"),
    ("image/webp", "webp"),
    ("video/3gpp", "3gp"),
    ("video/webm", "webm"),
    ("image/gif", "gif"),
    ("video/x-m4v", "m4v"),
    ("image/bmp", "bmp"),
];

/// The type in lower case, if it is accepted.
pub(crate) fn taken(given: &str) -> Option<&'static str> {
    TYPES.iter().map(|(kind, _)| *kind).find(|kind| kind.eq_ignore_ascii_case(given))
}

/// An object's name: Record360 receives none, so it is the file's id.
pub(crate) fn name(file_id: &str, kind: &str) -> String {
    match TYPES.iter().find(|(known, _)| *known == kind) {
        Some((_, extension)) => format!("{file_id}.{extension}"),
        None => file_id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_types_are_taken_in_any_case() {
        assert_eq!(taken("Video/MP4"), Some("video/mp4"));
        for not in ["", "video/*", "application/octet-stream", "video/mp4; codecs=avc1", "text/plain"] {
            assert_eq!(taken(not), None, "{not}");
        }
        assert_eq!((name("f", "video/quicktime"), name("f", UNTYPED)), ("f.mov".to_owned(), "f".to_owned()));
    }
}
