//! Checks a body against its SHA-256, its MD5 and the checksums that clients send.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};

use super::crc::{Crc, Width};
use super::refusal::Refusal;

/// Prefix of every checksum header; its algorithm follows.
const CHECKSUM: &str = "x-amz-checksum-";

/// What a request claims about its body.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Promised {
    /// From the signature, in hex.
    sha256: Option<String>,
    /// From `Content-MD5`.
    md5: Option<Vec<u8>>,
    /// An algorithm, lower-case, with its value in base64.
    pub(crate) checksum: Option<(&'static str, String)>,
}

impl Promised {
    /// Holds the checksum of a part against the one that its upload was begun for (AWS, "UploadPart"; the words are Amazon's).
    pub(crate) fn fits(&self, begun_for: Option<&str>) -> Result<(), Refusal> {
        let given = self.checksum.as_ref().map(|(algorithm, _)| *algorithm);
        if given == begun_for {
            return Ok(());
        }
        let (expected, actual) = (begun_for.unwrap_or("null"), given.unwrap_or("null"));
        let message = format!(
            "Checksum Type mismatch occurred, expected checksum Type: {expected}, actual checksum Type: {actual}"
        );
        Err(Refusal::new(StatusCode::BAD_REQUEST, "InvalidRequest", message))
    }

    /// Reads headers and query; a presigned link can carry in its query what is a header else.
    pub(crate) fn read(
        headers: &HeaderMap,
        query: &[(String, String)],
        sha256: Option<String>,
    ) -> Result<Self, Refusal> {
        let mut promised = Self { sha256, ..Self::default() };
        if let Some(value) = headers.get("content-md5") {
            let md5 = STANDARD.decode(value.as_bytes()).ok().filter(|md5| md5.len() == 16);
            promised.md5 = Some(md5.ok_or_else(|| {
                let message = "The Content-MD5 you specified is not valid.";
                Refusal::new(StatusCode::BAD_REQUEST, "InvalidDigest", message)
            })?);
        }
        let given = headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()));
        for (name, value) in given.chain(query.iter().map(|(name, value)| (name.as_str(), value.as_str()))) {
            let Some(algorithm) = name.strip_prefix(CHECKSUM) else { continue };
            if matches!(algorithm, "algorithm" | "type" | "mode") {
                continue;
            }
            let known = Running::ALL.iter().find(|(known, _)| *known == algorithm);
            let (algorithm, _) = known.ok_or_else(|| Refusal::not_implemented("Header", name))?;
            if promised.checksum.replace((algorithm, value.to_owned())).is_some() {
                let message =
                    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";
                return Err(Refusal::new(StatusCode::BAD_REQUEST, "InvalidRequest", message));
            }
        }
        Ok(promised)
    }
}

/// The checksum that an upload is begun for (`x-amz-checksum-algorithm`), in lower case.
pub(crate) fn begun_for(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(given) = headers.get("x-amz-checksum-algorithm") else { return Ok(None) };
    let name = given.to_str().unwrap_or_default().to_ascii_lowercase();
    if Running::of(&name).is_none() {
        let message = "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA256]";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "InvalidRequest", message));
    }
    Ok(Some(name))
}

/// Digests in the making, of a body whose MD5 somebody else computes.
pub(crate) struct Digests {
    promised: Promised,
    sha256: Option<Sha256>,
    checksum: Option<Running>,
}

/// Creates a checksum's initial state.
type Begin = fn() -> Running;

enum Running {
    Crc(Crc),
    Sha256(Sha256),
}

impl Running {
    /// The known algorithms and their initial states. SHA-1 is omitted: no client sends it by default.
    const ALL: [(&'static str, Begin); 4] = [
        ("crc32", || Self::Crc(Crc::new(Width::Crc32))),
        ("crc32c", || Self::Crc(Crc::new(Width::Crc32c))),
        ("crc64nvme", || Self::Crc(Crc::new(Width::Crc64Nvme))),
        ("sha256", || Self::Sha256(Sha256::new())),
    ];

    fn of(algorithm: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == algorithm).map(|(_, begin)| begin())
    }

    fn update(&mut self, data: &[u8]) {
        match self {
            Self::Crc(crc) => crc.update(data),
            Self::Sha256(sha) => sha.update(data),
        }
    }

    fn end(self) -> String {
        match self {
            Self::Crc(crc) => STANDARD.encode(crc.end()),
            Self::Sha256(sha) => STANDARD.encode(sha.finalize()),
        }
    }
}

impl Digests {
    /// Only the claimed ones.
    pub(crate) fn new(promised: Promised) -> Self {
        let sha256 = promised.sha256.as_ref().map(|_| Sha256::new());
        let checksum = promised.checksum.as_ref().and_then(|(algorithm, _)| Running::of(algorithm));
        Self { promised, sha256, checksum }
    }

    /// Adds bytes.
    pub(crate) fn update(&mut self, data: &[u8]) {
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(data);
        }
        if let Some(checksum) = &mut self.checksum {
            checksum.update(data);
        }
    }

    /// Compares the body, whose MD5 in hex is `md5`, with what was claimed.
    pub(crate) fn end(self, md5: &str) -> Result<(), Refusal> {
        let refused = |code, message: &str| Err(Refusal::new(StatusCode::BAD_REQUEST, code, message));
        let computed = self.sha256.map(|sha256| hex::encode(sha256.finalize()));
        if computed != self.promised.sha256 {
            return Err(Refusal::other_sha256());
        }
        if self.promised.md5.is_some_and(|promised| hex::encode(promised) != md5) {
            return refused("BadDigest", "The Content-MD5 you specified did not match what we received.");
        }
        let computed = self.checksum.map(Running::end);
        match self.promised.checksum {
            Some((name, value)) if computed.as_ref() != Some(&value) => refused(
                "BadDigest",
                &format!("The {} you specified did not match the calculated checksum.", name.to_uppercase()),
            ),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use md5::Md5;

    fn ended(pairs: &[(&'static str, &str)], sha256: Option<&str>, body: &[u8]) -> Result<(), &'static str> {
        let headers =
            pairs.iter().map(|(n, v)| (http::HeaderName::from_static(n), v.parse().unwrap())).collect();
        let promised = Promised::read(&headers, &[], sha256.map(str::to_owned)).map_err(|r| r.code)?;
        let mut digests = Digests::new(promised);
        digests.update(body);
        digests.end(&hex::encode(Md5::digest(body))).map_err(|r| r.code)
    }

    #[test]
    fn promises_that_hold_are_kept() {
        let sha = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let all = [("content-md5", "kAFQmDzST7DWlj99KOF/cg=="), ("x-amz-checksum-crc32", "NSRBwg==")];
        assert_eq!(ended(&all, Some(sha), b"abc"), Ok(()));
        assert_eq!(ended(&[], None, b""), Ok(()));
    }

    #[test]
    fn promises_that_do_not_hold_are_named() {
        assert_eq!(ended(&[], Some("00"), b"abc"), Err("XAmzContentSHA256Mismatch"));
        assert_eq!(ended(&[("content-md5", "kAFQmDzST7DWlj99KOF/cg==")], None, b"abd"), Err("BadDigest"));
        assert_eq!(ended(&[("content-md5", "abc")], None, b"abc"), Err("InvalidDigest"));
        for name in ["x-amz-checksum-crc32", "x-amz-checksum-crc32c", "x-amz-checksum-sha256"] {
            assert_eq!(ended(&[(name, "AAAAAA==")], None, b"abc"), Err("BadDigest"), "{name}");
        }
        assert_eq!(ended(&[("x-amz-checksum-sha1", "x")], None, b"abc"), Err("NotImplemented"));
        let two = [("x-amz-checksum-crc32", "NSRBwg=="), ("x-amz-checksum-crc32c", "NktLcQ==")];
        assert_eq!(ended(&two, None, b"abc"), Err("InvalidRequest"));
    }
}
