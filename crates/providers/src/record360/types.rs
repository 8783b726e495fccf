//! The file types that Record360 accepts.

/// The documented list for `content_type`; anything else is answered with 400.
const TAKEN: [&str; 12] = [
    "image/jpeg",
    "image/png",
    "video/mp4",
    "image/heif",
    "image/heic",
    "video/quicktime",
    "image/webp",
    "video/3gpp",
    "video/webm",
    "image/gif",
    "video/x-m4v",
    "image/bmp",
];

/// The type as listed, ignoring parameters (`; codecs=…`) and case; `None` if it is not listed.
pub(crate) fn taken(mime: &str) -> Option<&'static str> {
    let essence = mime.split(';').next().unwrap_or_default().trim();
    TAKEN.into_iter().find(|taken| taken.eq_ignore_ascii_case(essence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_types_in_any_case_and_nothing_else() {
        for mime in TAKEN {
            assert_eq!(taken(&mime.to_uppercase()), Some(mime));
        }
        assert_eq!(taken(" Video/MP4 ; codecs=avc1"), Some("video/mp4"));
        for mime in ["", "video/x-matroska", "application/octet-stream", "video/mp4x", "mp4"] {
            assert_eq!(taken(mime), None, "{mime}");
        }
    }
}
