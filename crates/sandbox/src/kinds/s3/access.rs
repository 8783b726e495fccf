//! Authentication: a signature in the `Authorization` header, or in the query of a presigned link.

use http::request::Parts;
use http::{StatusCode, header};
use jiff::Timestamp;

use crate::storage::authorization;
use crate::storage::headers::{not_signed, strangers};
use crate::storage::presigned::{self, Asked};
use crate::storage::query;
use crate::storage::refusal::Refusal;
use crate::storage::sign::Signer;

/// What a valid signature says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    /// The body's SHA-256 in hex, if given.
    pub(crate) sha256: Option<String>,
    /// Identifies this signature; for a link, identifies the link.
    pub(crate) signature: String,
}

/// Judges the signature as of the request's beginning, and that it covers what it must.
pub(crate) fn judge(
    signer: &Signer,
    head: &Parts,
    pairs: &[(String, String)],
    began: Timestamp,
) -> Result<Granted, Refusal> {
    let asked =
        Asked { method: head.method.as_str(), path: head.uri.path(), query: pairs, headers: &head.headers };
    let in_query = pairs.iter().any(|(name, _)| name == "X-Amz-Algorithm");
    let in_header = head.headers.contains_key(header::AUTHORIZATION);
    if in_query {
        strangers(&head.headers)?; // also refuses both at once
        let signed = presigned::judge(signer, &asked, began)?;
        not_signed(&head.headers, &signed)?;
        let told = head.headers.get(presigned::BODY).and_then(|value| value.to_str().ok());
        let sha256 = told.filter(|told| *told != crate::storage::sign::UNSIGNED).map(str::to_owned);
        let signature = query::one(pairs, "X-Amz-Signature").unwrap_or_default().to_owned();
        return Ok(Granted { sha256, signature });
    }
    if in_header {
        let sha256 = authorization::judge(signer, &asked, began)?;
        let value = head.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let signature = value.and_then(|value| value.rsplit_once("Signature=")).unwrap_or_default().1;
        return Ok(Granted { sha256, signature: signature.to_owned() });
    }
    Err(Refusal::new(StatusCode::FORBIDDEN, "AccessDenied", "Access Denied"))
}
