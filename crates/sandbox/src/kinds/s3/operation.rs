//! Which S3 operation a request asks for, and which parameters it may have.

use http::{Method, StatusCode};

use super::place::Place;
use crate::faults::step::Step;
use crate::storage::link::part_number;
use crate::storage::query;
use crate::storage::refusal::Refusal;

/// An operation, with the ids from its query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operation {
    ListBuckets,
    CreateBucket,
    HeadBucket,
    Location,
    ListObjects,
    ListUploads,
    Put,
    Head,
    Get,
    Delete,
    Create,
    Part { upload: String, part: u32 },
    ListParts { upload: String },
    Complete { upload: String },
    Abort { upload: String },
}

impl Operation {
    /// Its step in an upload.
    pub(crate) fn step(&self) -> Step {
        match self {
            Self::ListBuckets | Self::CreateBucket | Self::HeadBucket | Self::Location => Step::Bucket,
            Self::ListObjects => Step::Objects,
            Self::ListUploads => Step::Uploads,
            Self::Put => Step::Put,
            Self::Head => Step::Verify,
            Self::Get => Step::Get,
            Self::Delete => Step::Delete,
            Self::Create => Step::Start,
            Self::Part { .. } => Step::Part,
            Self::ListParts { .. } => Step::List,
            Self::Complete { .. } => Step::Complete,
            Self::Abort { .. } => Step::Abort,
        }
    }

    /// The upload it refers to.
    pub(crate) fn upload(&self) -> Option<&str> {
        match self {
            Self::Part { upload, .. }
            | Self::ListParts { upload }
            | Self::Complete { upload }
            | Self::Abort { upload } => Some(upload),
            _ => None,
        }
    }

    /// The part's number.
    pub(crate) fn part(&self) -> Option<u32> {
        match self {
            Self::Part { part, .. } => Some(*part),
            _ => None,
        }
    }

    /// Its known parameters.
    fn parameters(&self) -> &'static [&'static str] {
        match self {
            Self::ListBuckets | Self::CreateBucket | Self::HeadBucket => &[],
            Self::Location => &["location"],
            Self::ListObjects => &[
                "list-type",
                "prefix",
                "delimiter",
                "max-keys",
                "marker",
                "start-after",
                "continuation-token",
                "encoding-type",
                "fetch-owner",
            ],
            Self::ListUploads => {
                &["uploads", "prefix", "key-marker", "upload-id-marker", "max-uploads", "encoding-type"]
            }
            Self::Put | Self::Head | Self::Get | Self::Delete => &[],
            Self::Create => &["uploads"],
            Self::Part { .. } => &["uploadId", "partNumber"],
            Self::ListParts { .. } => &["uploadId", "max-parts", "part-number-marker", "encoding-type"],
            Self::Complete { .. } | Self::Abort { .. } => &["uploadId"],
        }
    }
}

/// Determines the operation. An unknown parameter is refused: it would ask for something else.
pub(crate) fn of(method: &Method, place: &Place, pairs: &[(String, String)]) -> Result<Operation, Refusal> {
    let operation = choose(method, place, pairs)?;
    // x-amz-*: headers that a presigned link carries in its query; x-id: a name that SDKs add for themselves.
    let passed = |name: &str| name.to_ascii_lowercase().starts_with("x-amz-") || name == "x-id";
    let known = operation.parameters();
    match pairs.iter().find(|(name, _)| !passed(name) && !known.contains(&name.as_str())) {
        Some((name, _)) => Err(Refusal::not_implemented("Parameter", name)),
        None => Ok(operation),
    }
}

fn choose(method: &Method, place: &Place, pairs: &[(String, String)]) -> Result<Operation, Refusal> {
    let has = |name: &str| pairs.iter().any(|(n, _)| n == name);
    let upload = || {
        let id = query::one(pairs, "uploadId").filter(|id| !id.is_empty());
        let missing = || Refusal::argument("One uploadId is needed").with("ArgumentName", "uploadId");
        id.map(str::to_owned).ok_or_else(missing)
    };
    let within = has("uploadId");
    Ok(match (method.as_str(), place.bucket.is_empty(), place.key.is_empty()) {
        ("GET", true, _) => Operation::ListBuckets,
        ("PUT", false, true) => Operation::CreateBucket,
        ("HEAD", false, true) => Operation::HeadBucket,
        ("GET", false, true) if has("location") => Operation::Location,
        ("GET", false, true) if has("uploads") => Operation::ListUploads,
        ("GET", false, true) => Operation::ListObjects,
        ("PUT", false, false) if within || has("partNumber") => {
            Operation::Part { part: part_number(query::one(pairs, "partNumber"))?, upload: upload()? }
        }
        ("PUT", false, false) => Operation::Put,
        ("HEAD", false, false) => Operation::Head,
        ("GET", false, false) if within => Operation::ListParts { upload: upload()? },
        ("GET", false, false) => Operation::Get,
        ("POST", false, false) if has("uploads") => Operation::Create,
        ("POST", false, false) if within => Operation::Complete { upload: upload()? },
        ("DELETE", false, false) if within => Operation::Abort { upload: upload()? },
        ("DELETE", false, false) => Operation::Delete,
        _ => {
            let message = "The specified method is not allowed against this resource.";
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
                .with("Method", method.as_str()));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: &str, key: &str, text: &str) -> Result<Operation, (u16, &'static str)> {
        let place = Place { bucket: "b".to_owned(), key: key.to_owned() };
        of(&method.parse().unwrap(), &place, &query::pairs(text).unwrap())
            .map_err(|refusal| (refusal.status.as_u16(), refusal.code))
    }

    #[test]
    fn method_and_query_tell_the_operation() {
        let upload = || "u".to_owned();
        assert_eq!(asked("POST", "k", "uploads="), Ok(Operation::Create));
        assert_eq!(
            asked("PUT", "k", "partNumber=7&uploadId=u"),
            Ok(Operation::Part { upload: upload(), part: 7 })
        );
        assert_eq!(asked("PUT", "k", "x-id=PutObject&X-Amz-Date=x"), Ok(Operation::Put));
        assert_eq!(
            asked("GET", "k", "uploadId=u&max-parts=2"),
            Ok(Operation::ListParts { upload: upload() })
        );
        assert_eq!(asked("DELETE", "k", "uploadId=u"), Ok(Operation::Abort { upload: upload() }));
        assert_eq!(asked("GET", "", "uploads"), Ok(Operation::ListUploads));
        assert_eq!(asked("GET", "", "list-type=2&prefix=a"), Ok(Operation::ListObjects));
    }

    #[test]
    fn what_is_not_there_is_refused_and_not_taken_for_something_else() {
        assert_eq!(asked("PUT", "k", "acl"), Err((501, "NotImplemented")));
        assert_eq!(asked("PUT", "k", "uploadid=u&partnumber=1"), Err((501, "NotImplemented")));
        assert_eq!(asked("PUT", "k", "uploadId=u"), Err((400, "InvalidArgument")));
        assert_eq!(asked("PUT", "k", "partNumber=1"), Err((400, "InvalidArgument")));
        assert_eq!(asked("PUT", "k", "partNumber=10001&uploadId=u"), Err((400, "InvalidArgument")));
        assert_eq!(asked("POST", "k", ""), Err((405, "MethodNotAllowed")));
        assert_eq!(asked("DELETE", "", ""), Err((405, "MethodNotAllowed")));
    }
}
