//! The one document that is sent to S3. (Those that it returns are read in one place for every step,
//! `partway_http::xml`.)

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use partway_core::{Checksum, PartReceipt, proof};

/// The list of parts that *complete* sends, with their checksums where the upload was begun for one: it is not put together without them
/// (AWS, `CompletedPart`).
pub(crate) fn complete(receipts: &[PartReceipt], checksum: Option<Checksum>) -> String {
    let mut text =
        String::from("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for part in receipts {
        let (number, etag) = (part.number, escaped(&proof::named_at_complete(part)));
        let sum = checksum.zip(part.checksum.as_ref()).map_or_else(String::new, |(checksum, sum)| {
            let (name, sum) = (checksum.name().to_ascii_uppercase(), BASE64.encode(sum));
            format!("<Checksum{name}>{sum}</Checksum{name}>")
        });
        text.push_str(&format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>&quot;{etag}&quot;</ETag>{sum}</Part>"
        ));
    }
    text.push_str("</CompleteMultipartUpload>");
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
