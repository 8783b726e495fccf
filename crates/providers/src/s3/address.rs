//! Finds the bucket in a server address, where many services show it, so that it is not added twice.

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use super::settings::{bucket_name, can_be_label};
use crate::setting::SettingsError;
use crate::typed;
use crate::web::address;

/// Services whose server names have this many labels before the domain; anything before those is a bucket.
const BY_LABELS: &[(&str, usize)] = &[
    ("storage.googleapis.com", 0), // Google Cloud Storage, "Request endpoints"
    ("digitaloceanspaces.com", 1), // DigitalOcean, "Spaces endpoints": REGION.digitaloceanspaces.com
    ("linodeobjects.com", 1),      // Akamai, "Access buckets and files through URLs"
    ("vultrobjects.com", 1),       // Vultr, "Object Storage": CLUSTER.vultrobjects.com
    ("your-objectstorage.com", 1), // Hetzner, "Object Storage": LOCATION.your-objectstorage.com
    ("aliyuncs.com", 1),           // Alibaba Cloud, "OSS endpoints": oss-REGION.aliyuncs.com
];

/// Services whose server names begin with a label `s3`, or with one that begins with `s3-` (`s3-eu-west-1`,
/// `s3-accelerate`). AWS, "Virtual hosting of general purpose buckets"; Backblaze, "S3-Compatible API";
/// Wasabi, "Service URLs"; Scaleway, OVH.
const BY_S3: &[&str] = &[
    "amazonaws.com",
    "amazonaws.com.cn",
    "backblazeb2.com",
    "wasabisys.com",
    "scw.cloud",
    "cloud.ovh.net",
    "perf.cloud.ovh.net",
];

/// Cloudflare's R2: `ACCOUNT.r2.cloudflarestorage.com`, or with a jurisdiction (Cloudflare, "R2 data location").
const R2: &str = "r2.cloudflarestorage.com";
const R2_JURISDICTIONS: &[&str] = &["eu", "fedramp"];

/// The settings without a bucket that the address named, and a sentence that says so. `None`: the address
/// names none, or the input is invalid, which is reported elsewhere.
///
/// # Errors
/// If the address is ambiguous: shows both readings, and how to write each.
pub(crate) fn without_bucket(settings: &Value) -> Result<Option<(Value, String)>, SettingsError> {
    let (Ok(Some(text)), Ok(bucket)) = (typed::text(settings, "url"), typed::text(settings, "bucket")) else {
        return Ok(None);
    };
    let Ok(url) = address(&text, None) else { return Ok(None) };
    if bucket.is_some() && bucket_name(bucket.clone()).is_err() {
        return Ok(None);
    }
    let typed = Typed {
        path: url.path_segments().into_iter().flatten().filter(|s| !s.is_empty()).map(decoded).collect(),
        host: url.host_str().unwrap_or_default().to_owned(),
        style: typed::text(settings, "style").ok().flatten().filter(|style| style != "auto"),
        prefix: typed::text(settings, "prefix")
            .ok()
            .flatten()
            .map(|prefix| prefix.trim_matches('/').to_owned())
            .filter(|prefix| !prefix.is_empty()),
        bucket,
        url,
    };
    let found = match own_labels(&typed.host) {
        Some(own) => typed.at_known_service(own)?,
        None => typed.at_any_server()?,
    };
    Ok(found.map(|found| found.into_settings(settings)))
}

/// The input.
struct Typed {
    url: Url,
    host: String,
    path: Vec<String>,
    bucket: Option<String>,
    prefix: Option<String>,
    /// Chosen by the user, not automatic.
    style: Option<String>,
}

/// The same, with each thing in its field.
struct Found {
    server: Url,
    bucket: String,
    prefix: Option<String>,
    style: Option<&'static str>,
    /// How to write the other reading, if there is one.
    otherwise: Option<String>,
}

impl Typed {
    /// Servers that offer nothing but buckets, in their path or before their name.
    fn at_known_service(&self, own: usize) -> Result<Option<Found>, SettingsError> {
        let labels: Vec<_> = self.host.split('.').collect();
        let in_host = labels[..labels.len() - own].join(".");
        let server = self.server(&labels[labels.len() - own..].join("."), &[]);
        let (named, folder) = match (in_host.is_empty(), self.path.split_first()) {
            (true, None) => return Ok(None),
            (true, Some((first, rest))) => (first.clone(), rest),
            (false, _) => (in_host.clone(), &self.path[..]),
        };
        // Host names are case-insensitive.
        let bucket = match &self.bucket {
            Some(bucket) if *bucket == named || (!in_host.is_empty() && same(bucket, &named)) => {
                bucket.clone()
            }
            None if bucket_name(Some(named.clone())).is_ok() => named.clone(),
            None => return Ok(None),
            Some(bucket) => return Err(self.two_buckets(&named, bucket, &server)),
        };
        let by_host = !in_host.is_empty() && self.style.is_none() && can_be_label(&bucket);
        let style = (by_host && !super::settings::is_aws(&server)).then_some("vhost");
        self.with_folder(Found { server, bucket, prefix: None, style, otherwise: None }, folder).map(Some)
    }

    fn at_any_server(&self) -> Result<Option<Found>, SettingsError> {
        let found = |path: &[String], bucket: &str| Found {
            server: self.server(&self.host, path),
            bucket: bucket.to_owned(),
            prefix: None,
            style: None,
            otherwise: None,
        };
        let Some(bucket) = &self.bucket else {
            return match self.path.as_slice() {
                [only] if bucket_name(Some(only.clone())).is_ok() => Ok(Some(found(&[], only))),
                [first, .., last] => {
                    let rest = self.path[1..].join("/");
                    let before = self.server(&self.host, &self.path[..self.path.len() - 1]);
                    let bare = self.server(&self.host, &[]);
                    Err(SettingsError::new(
                        "bucket",
                        format!(
                            "The bucket is missing, and the address can be read in two ways: bucket “{first}” with the folder “{rest}” at \
                             {bare}, or bucket “{last}” at {before}. Give the server, the bucket and the folder each in its own field.",
                        ),
                    ))
                }
                _ => Ok(None),
            };
        };
        match self.path.iter().rposition(|segment| same(segment, bucket)) {
            Some(at) if self.path[at] != *bucket => {
                Err(self.two_buckets(&self.path[at], bucket, &self.server(&self.host, &self.path[..at])))
            }
            Some(at) if at + 1 == self.path.len() => {
                let otherwise = format!(
                    " If the server's own path ends with “{bucket}”, write it twice: {}.",
                    self.server(&self.host, &[&self.path[..], std::slice::from_ref(bucket)].concat())
                );
                Ok(Some(Found { otherwise: Some(otherwise), ..found(&self.path[..at], bucket) }))
            }
            Some(at) => {
                let (server, folder) =
                    (self.server(&self.host, &self.path[..at]), self.path[at + 1..].join("/"));
                let whole = self.server(&self.host, &self.path);
                let longer =
                    self.server(&self.host, &[&self.path[..], std::slice::from_ref(bucket)].concat());
                Err(SettingsError::new(
                    "url",
                    format!(
                        "This address can be read in two ways: the folder “{folder}” in the bucket at {server}, or a server that lies at \
                         {whole}. For the first write {server} and give the folder in its own field; for the second write {longer}."
                    ),
                ))
            }
            None => self.in_any_host(bucket),
        }
    }

    /// `media.example.com` and a bucket `media`: that may be the server's name, or the bucket may precede it.
    fn in_any_host(&self, bucket: &str) -> Result<Option<Found>, SettingsError> {
        let Some(rest) = self.host.strip_prefix(&format!("{}.", bucket.to_lowercase())) else {
            return Ok(None);
        };
        let local = rest == "localhost" || rest.ends_with(".localhost");
        let sure = local || rest.starts_with("s3.") || rest.starts_with("s3-");
        match self.style.as_deref() {
            Some("path") => return Ok(None),
            // Removing a single label would leave no server name.
            None if !local && !rest.contains('.') => return Ok(None),
            None if !sure => {
                let server = self.server(rest, &[]);
                let choices = (
                    format!("{}/{bucket}/…", bare(&self.server(&self.host, &self.path))),
                    format!("{}/…", bare(&self.server(&self.host, &self.path))),
                );
                return Err(SettingsError::new(
                    "url",
                    format!(
                        "This address can be read in two ways: a server of that name, with files at {}, or the bucket before the name of \
                         the server {server}, with files at {}. Choose “path” for the first or “vhost” for the second by “Where the bucket \
                         is named”.",
                        choices.0, choices.1
                    ),
                ));
            }
            _ => {}
        }
        let server = self.server(rest, &self.path);
        let style = (self.style.is_none() && can_be_label(bucket)).then_some("vhost");
        Ok(Some(Found { server, bucket: bucket.to_owned(), prefix: None, style, otherwise: None }))
    }

    /// What follows the bucket is a folder in it.
    fn with_folder(&self, found: Found, folder: &[String]) -> Result<Found, SettingsError> {
        let folder = folder.join("/");
        match &self.prefix {
            _ if folder.is_empty() => Ok(found),
            Some(prefix) if *prefix != folder => Err(SettingsError::new(
                "prefix",
                format!(
                    "The address names the folder “{folder}”, and here it is “{prefix}”. Write the server as {}, and here the folder that you mean.",
                    bare(&found.server)
                ),
            )),
            _ => Ok(Found { prefix: Some(folder), ..found }),
        }
    }

    fn two_buckets(&self, named: &str, bucket: &str, server: &Url) -> SettingsError {
        SettingsError::new(
            "url",
            format!(
                "The address names “{named}”, and the bucket is “{bucket}”. Files would go to “{named}”, or to “{bucket}”: write the server as {}, \
                 and the bucket that you mean in its own field.",
                bare(server)
            ),
        )
    }

    /// The server with that name and path.
    fn server(&self, host: &str, path: &[String]) -> Url {
        let mut url = self.url.clone();
        // This was parsed as a host before, so it can be set as one.
        let _ = url.set_host(Some(host));
        // An address with a host always has segments.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(path);
        }
        url
    }
}

impl Found {
    fn into_settings(self, settings: &Value) -> (Value, String) {
        let mut settings = settings.clone();
        let server = bare(&self.server);
        let folder = self.prefix.as_ref().map_or_else(String::new, |folder| format!(", folder “{folder}”"));
        let said = format!(
            "The address named the bucket, too. It is kept as: server {server}, bucket “{}”{folder}.{}",
            self.bucket,
            self.otherwise.unwrap_or_default()
        );
        let given = [
            ("url", Some(server)),
            ("bucket", Some(self.bucket)),
            ("prefix", self.prefix),
            ("style", self.style.map(Into::into)),
        ];
        for (name, value) in given {
            if let Some(value) = value {
                settings[name] = value.into();
            }
        }
        (settings, said)
    }
}

/// A segment as it is meant: in an address, other letters than ASCII are percent-encoded (RFC 3986, 2.1).
fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8().map_or_else(|_| segment.to_owned(), Into::into)
}

/// An address as people write it.
fn bare(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// How many trailing labels of a known service's host are the server's own name.
fn own_labels(host: &str) -> Option<usize> {
    let labels: Vec<_> = host.split('.').collect();
    let of = |domain: &str| {
        let inside = host == domain || host.strip_suffix(domain).is_some_and(|before| before.ends_with('.'));
        inside.then(|| domain.split('.').count())
    };
    if let Some(domain) = of(R2) {
        let before = labels.len() - domain;
        let jurisdiction = before > 1 && R2_JURISDICTIONS.contains(&labels[before - 1]);
        return Some(domain + if jurisdiction { 2 } else { 1 }).filter(|own| *own <= labels.len());
    }
    // The address of a private endpoint contains the word “bucket” itself (AWS, "AWS PrivateLink for Amazon
    // S3").
    if BY_S3.iter().any(|domain| of(domain).is_some()) && !labels.contains(&"vpce") {
        let begins = labels.iter().rposition(|label| *label == "s3" || label.starts_with("s3-"));
        return begins.map(|at| labels.len() - at);
    }
    let (domain, more) = BY_LABELS.iter().find_map(|(domain, more)| Some((of(domain)?, more)))?;
    let own = domain + more;
    // Alibaba Cloud, "Use AWS SDKs to access OSS": s3.oss-REGION.aliyuncs.com is the same server for S3's clients.
    let for_s3 = labels.len() > own && labels[labels.len() - own - 1] == "s3";
    Some(if for_s3 { own + 1 } else { own }).filter(|own| *own <= labels.len())
}

#[cfg(test)]
mod tests;
