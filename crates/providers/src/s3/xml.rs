//! The one document that S3 is sent. (Those that it sends are read in one place for every step, `partway_http::xml`.)

use partway_core::{PartReceipt, proof};

/// The list of parts that *complete* sends.
pub(crate) fn complete(receipts: &[PartReceipt]) -> String {
    let mut text =
        String::from("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for part in receipts {
        let (number, etag) = (part.number, escaped(&proof::named_at_complete(part)));
        text.push_str(&format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>&quot;{etag}&quot;</ETag></Part>"
        ));
    }
    text.push_str("</CompleteMultipartUpload>");
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
