//! S3's settings: where the bucket is, under which keys files go, and what every object is given.

use std::time::Duration;

use partway_core::Checksum;
use rusty_s3::{Bucket, UrlStyle};
use serde_json::Value;
use url::{Host, Url};

use super::template::{self, Template};
use crate::checksums::{self, etag_is_md5};
use crate::fields::{beside, unreachable};
use crate::setting::{Choices, Setting, SettingsError};
use crate::web::address;
use crate::{ca, typed};

/// Stands for AWS's own servers in any region.
const AWS: &str = "https://s3.amazonaws.com";

/// AWS's first region, and what most other servers accept.
const REGION: &str = "us-east-1";

/// Default lifetime of a part's link, hours; fresh ones cost nothing, so half a day is enough.
const LINK_HOURS: u64 = 12;

/// No such signature is valid for longer than seven days (AWS, "Authenticating requests: using query
/// parameters").
const MOST_LINK_HOURS: u64 = 168;

const UNENCRYPTED: &str = "With http:// everybody on the way can read and change your files. Use https://, or allow it by “Send unencrypted”; for this computer it is always allowed.";

const STYLE: Choices = &[
    ("auto", "As the server needs it"),
    ("path", "In the path: server/bucket/file"),
    ("vhost", "In the name: bucket.server/file"),
];

const ACL: Choices = &[
    ("none", "As the bucket has it"),
    ("private", "Only the owner"),
    ("bucket-owner-full-control", "The bucket's owner"),
    ("bucket-owner-read", "The bucket's owner, to read"),
    ("authenticated-read", "Everybody with an account, to read"),
    ("public-read", "Everybody, to read"),
];

const PART_CHECKSUM: Choices = &[
    ("none", "None"),
    ("md5", "MD5 (Content-MD5)"),
    ("crc32", "CRC-32"),
    ("sha256", "SHA-256"),
    ("crc64nvme", "CRC-64/NVME"),
    ("crc32c", "CRC-32C"),
];

/// What is asked.
pub(crate) fn asked() -> Vec<Setting> {
    vec![
        Setting::text("url", "Server", "Leave it empty for Amazon S3. Other services name it “endpoint”.", AWS),
        Setting::text("bucket", "Bucket", "Its name alone, as the service shows it.", "my-bucket").required(),
        Setting::text("region", "Region", "As the service names it; many servers other than Amazon's take any.", REGION),
        Setting::text("prefix", "Folder in the bucket", "Comes before every file's own folder.", "incoming"),
        Setting::text(
            "object",
            "Key of each file",
            "May hold {path} (the folder there), {folder} (the one that the file lies in), {name}, {stem}, {ext}, {date}, {year}, {month} and {day}; \
             the dates are those of the day it was added.",
            template::USUAL,
        )
        .advanced(),
        Setting::choice(
            "style",
            "Where the bucket is named",
            "Only where the server understands one of the two.",
            STYLE,
        )
        .advanced(),
        Setting::text("storage_class", "Storage class", "Empty: as the bucket has it.", "STANDARD_IA").advanced(),
        Setting::choice(
            "acl",
            "Who may read it",
            "Many buckets accept no such rule with a file; then leave it.",
            ACL,
        )
        .advanced(),
        Setting::text(
            "link_hours",
            "Hours that a link to send to lives",
            "1 to 168; a lent key may end it sooner.",
            "12",
        )
        .advanced(),
        Setting::choice(
            "part_checksum",
            "Checksum sent with each part",
            "For buckets with Object Lock (MD5), and storages that refuse parts without a checksum: the upload of a test finds out which. Every file is read twice.",
            PART_CHECKSUM,
        )
        .advanced(),
        checksums::setting(),
        Setting::switch(
            "allow_http",
            "Send unencrypted",
            "Only inside a network that you trust: anybody on the way can read the files.",
        )
        .advanced(),
        ca::setting(),
    ]
}

/// The parsed settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Server, bucket and region.
    pub bucket: Bucket,
    /// Whether the server is AWS's own.
    pub aws: bool,
    /// Folders before every key, without leading or trailing slashes.
    pub prefix: String,
    /// How a file's key is built.
    pub object: Template,
    /// `x-amz-storage-class`.
    pub storage_class: Option<String>,
    /// `x-amz-acl`.
    pub acl: Option<&'static str>,
    /// Lifetime of a part's link.
    pub link_life: Duration,
    /// Every part brings this.
    pub part_checksum: Option<Checksum>,
    /// The ETags of the storage can be compared.
    pub etag_is_md5: bool,
}

impl Settings {
    /// Reads the settings; unset ones get their default.
    ///
    /// # Errors
    /// [`SettingsError`] if a field cannot be used.
    pub fn read(settings: &Value) -> Result<Self, SettingsError> {
        let text = |name| typed::text(settings, name);
        let region = text("region")?.unwrap_or_else(|| REGION.to_owned());
        if !is_word(&region, "-_") || region.len() > 64 {
            let sentence = "A region is one word of letters, digits and hyphens, like eu-central-1.";
            return Err(SettingsError::new("region", sentence));
        }
        let unencrypted = if typed::switch(settings, "allow_http")? { None } else { Some(UNENCRYPTED) };
        let typed = text("url")?.filter(|url| url.trim_end_matches('/') != AWS);
        let url = match &typed {
            Some(url) => address(url, unencrypted)?,
            None => aws_server(&region)?,
        };
        let aws = is_aws(&url);
        let name = bucket_name(text("bucket")?)?;
        let style = style(typed::choice(settings, "style", STYLE)?, &url, &name, aws)?;
        let bucket = Bucket::new(url, style, name, region).map_err(|_| {
            SettingsError::new("bucket", "This name cannot stand in a web address. Choose the style “path”.")
        })?;
        Ok(Self {
            bucket,
            aws,
            prefix: prefix(text("prefix")?)?,
            object: Template::read(text("object")?)?,
            storage_class: storage_class(text("storage_class")?)?,
            acl: Some(typed::choice(settings, "acl", ACL)?).filter(|acl| *acl != "none"),
            link_life: link_life(text("link_hours")?)?,
            part_checksum: part_checksum(settings)?,
            etag_is_md5: etag_is_md5(settings)?,
        })
    }
}

/// AWS's server for a region (AWS General Reference, "Amazon S3 endpoints and quotas"); China has a separate
/// domain.
fn aws_server(region: &str) -> Result<Url, SettingsError> {
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    address(&format!("https://s3.{region}.{domain}"), None)
        .map_err(|error| SettingsError { field: "region".into(), ..error })
}

pub(super) fn is_aws(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn")
}

/// Checks a bucket's name. AWS's own rules are stricter (3 to 63, lower case), but its oldest buckets and
/// other servers have looser ones.
pub(super) fn bucket_name(typed: Option<String>) -> Result<String, SettingsError> {
    let wrong = |sentence: &str| Err(SettingsError::new("bucket", sentence));
    let Some(name) = typed else { return wrong("The bucket is missing. Copy its name from the service.") };
    if name.contains("://") {
        return wrong("Only the bucket's name is needed: no address, and nothing after its name.");
    }
    if name.starts_with("arn:") {
        return wrong(
            "An ARN cannot be used here. Give the bucket's name, or the alias of the access point.",
        );
    }
    if name.contains('/') {
        return wrong("A bucket's name has no slash. A folder in it goes into its own field.");
    }
    if !(3..=255).contains(&name.len()) || !is_word(&name, ".-_") || name.starts_with('.') {
        return wrong("A bucket's name has at least 3 letters, digits, hyphens or dots, and nothing else.");
    }
    Ok(name)
}

/// Whether the text is non-empty and has only ASCII letters, digits and the characters of `more`.
fn is_word(text: &str, more: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
}

/// Whether it can be a single label before a server's name, so that a certificate for one label covers it.
pub(super) fn can_be_label(bucket: &str) -> bool {
    bucket.len() <= 63
        && bucket.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !bucket.starts_with('-')
        && !bucket.ends_with('-')
}

/// The bucket goes into the host name for AWS, if its certificate covers that; else into the path, which
/// every server understands.
fn style(chosen: &str, url: &Url, bucket: &str, aws: bool) -> Result<UrlStyle, SettingsError> {
    let wrong = |sentence: &str| Err(SettingsError::new("style", sentence));
    let is_label = can_be_label(bucket);
    match chosen {
        "path" => Ok(UrlStyle::Path),
        "vhost" if !matches!(url.host(), Some(Host::Domain(_))) => {
            wrong("A server without a name has no place for the bucket in it. Choose “path”.")
        }
        // Certificates cover one label before the server's name (AWS, "Virtual hosting of general purpose
        // buckets").
        "vhost" if url.scheme() == "https" && bucket.contains('.') => {
            wrong("The server's certificate does not cover a bucket with a dot in its name. Choose “path”.")
        }
        "vhost" if !is_label && !bucket.contains('.') => {
            wrong("This bucket's name cannot stand in a server's name. Choose “path”.")
        }
        "vhost" => Ok(UrlStyle::VirtualHost),
        _ => Ok(if aws && is_label { UrlStyle::VirtualHost } else { UrlStyle::Path }),
    }
}

/// The checksum that goes with each part. (`part_md5` is how it was called while there was only one.)
fn part_checksum(settings: &Value) -> Result<Option<Checksum>, SettingsError> {
    let before = typed::switch(settings, "part_md5")?.then_some(Checksum::Md5);
    let chosen = typed::text(settings, "part_checksum")?;
    let named = typed::choice(settings, "part_checksum", PART_CHECKSUM)?;
    Ok(if chosen.is_some() { Checksum::named(named) } else { before })
}

fn prefix(typed: Option<String>) -> Result<String, SettingsError> {
    let prefix = typed.unwrap_or_default().trim_matches('/').to_owned();
    unreachable(&prefix).map_or(Ok(prefix), |said| Err(beside(("prefix", said))))
}

/// Storage classes differ by service, so only their form is checked.
fn storage_class(typed: Option<String>) -> Result<Option<String>, SettingsError> {
    match typed {
        Some(class) if !class.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') => {
            let sentence = "A storage class is one word in capitals, like STANDARD_IA.";
            Err(SettingsError::new("storage_class", sentence))
        }
        other => Ok(other),
    }
}

fn link_life(typed: Option<String>) -> Result<Duration, SettingsError> {
    let hours = typed.map_or(Some(LINK_HOURS), |hours| hours.parse().ok());
    match hours {
        Some(hours) if (1..=MOST_LINK_HOURS).contains(&hours) => Ok(Duration::from_secs(hours * 3600)),
        _ => Err(SettingsError::new("link_hours", "A link lives 1 to 168 whole hours (seven days).")),
    }
}
