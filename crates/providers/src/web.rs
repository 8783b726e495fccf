//! Server addresses, as the user enters them and as calls need them.

use url::{Host, Url};

use crate::setting::SettingsError;

/// An API's base address, to which paths can be appended.
///
/// `http://` is accepted only for this computer: anywhere else the key would travel in clear.
pub(crate) fn base_url(text: &str) -> Result<Url, SettingsError> {
    address(
        text,
        Some(
            "With http:// your key would travel unencrypted. Use https://; http:// is only for this computer.",
        ),
    )
}

/// A server's address, with or without a path. `unencrypted` is the sentence that refuses `http://` to
/// another computer; without one it is allowed.
pub(crate) fn address(text: &str, unencrypted: Option<&str>) -> Result<Url, SettingsError> {
    let wrong = |sentence: &str| SettingsError::new("url", sentence);
    if let Some(sentence) = without_scheme(text.trim(), unencrypted.is_none()) {
        return Err(wrong(&sentence));
    }
    let url = Url::parse(text.trim())
        .map_err(|_| wrong("This is not a web address. It begins with https:// and names a host."))?;
    if url.host().is_none() {
        return Err(wrong("The address names no host."));
    }
    match url.scheme() {
        "https" => {}
        "http" => match unencrypted {
            Some(sentence) if !is_this_computer(&url) => return Err(wrong(sentence)),
            _ => {}
        },
        _ => return Err(wrong("The address begins with https://.")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "The address holds a user name or password. Leave them out; the key goes beside it.",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("The address ends with its path: leave out what begins with ? or #."));
    }
    Ok(url)
}

/// How to write an address that lacks its scheme: `localhost:9000`, `minio.example.com`, `[::1]:9000`.
/// `None`: it has one, or is no address either way. (Otherwise the part before the port would be read as a
/// scheme.)
fn without_scheme(text: &str, unencrypted_anywhere: bool) -> Option<String> {
    if text.contains("://")
        || text.contains(['@', ' '])
        || text.starts_with("https:")
        || text.starts_with("http:")
    {
        return None;
    }
    let bare = text.trim_start_matches('/');
    let url = Url::parse(&format!("https://{bare}")).ok()?;
    let is_host = match url.host()? {
        // A single word may be anything; with a port it is a host.
        Host::Domain(name) => name == "localhost" || name.contains('.') || bare.contains(':'),
        // URL parsers read a lone number as an address, too.
        Host::Ipv4(_) => bare.contains('.'),
        Host::Ipv6(_) => true,
    };
    let plain = if is_this_computer(&url) || unencrypted_anywhere {
        format!(", or http://{bare} if that server does not encrypt")
    } else {
        String::new()
    };
    is_host.then(|| format!("The address lacks its beginning. Write https://{bare}{plain}."))
}

/// Whether a host is this computer (RFC 6761, 6.3: every name under `localhost.` is).
fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Appends path segments to `base`.
pub(crate) fn endpoint(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    // Only addresses that cannot be a base (mailto:) have no segments, and `base_url` accepts none.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// Host and port, for permits and messages.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_its_beginning_is_told_how_to_write_it() {
        let said = |typed: &str| base_url(typed).unwrap_err().sentence;
        for (typed, better) in [
            (
                "localhost:9000",
                "Write https://localhost:9000, or http://localhost:9000 if that server does not encrypt.",
            ),
            (" LOCALHOST ", "Write https://LOCALHOST, or http://LOCALHOST if that server does not encrypt."),
            ("127.0.0.1:9000/base", "Write https://127.0.0.1:9000/base, or http://127.0.0.1:9000/base if"),
            ("[::1]:9000", "Write https://[::1]:9000, or http://[::1]:9000 if"),
            ("//minio.example.com", "Write https://minio.example.com."),
            ("minio.example.com:9000", "Write https://minio.example.com:9000."),
            ("minio:9000", "Write https://minio:9000."),
            ("10.0.0.7", "Write https://10.0.0.7."),
        ] {
            let said = said(typed);
            assert!(
                said.starts_with("The address lacks its beginning. ") && said.contains(better),
                "{typed}: {said}"
            );
        }
        for typed in ["", "minio", "a word or two", "ftp://example.com", "key:secret@host", "12"] {
            assert!(!said(typed).contains("lacks"), "{typed}: {}", said(typed));
        }
        let anywhere = address("nas:9000", None).unwrap_err().sentence;
        assert!(anywhere.contains("or http://nas:9000 if"), "{anywhere}");
    }
}
