//! Where the tools for S3 look for a key by themselves, so that a server that is set up for them needs nothing else.
//!
//! The order and the names are AWS's ("AWS SDKs and Tools Reference Guide", credential provider chain, shared config and credentials
//! files): the three variables, unless a profile was named; then a profile of the credentials file, then of the config file. What such a
//! profile gets from elsewhere (a sign-in, a role, another program) is not asked for: it holds no key, and that is told.

use std::path::{Path, PathBuf};

use partway_core::{ApiKey, Credentials};

/// The profile that is meant where none is named.
const DEFAULT_PROFILE: &str = "default";

/// The key that is found there.
///
/// # Errors
/// Where was looked, as the end of a sentence.
pub(super) fn find(
    variable: &dyn Fn(&str) -> Option<String>,
    read: &dyn Fn(&Path) -> Option<String>,
    profile: Option<&str>,
) -> Result<Credentials, String> {
    let variable = |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|v| !v.is_empty());
    if profile.is_none()
        && let (Some(key), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"))
    {
        return Ok(credentials(key, secret, variable("AWS_SESSION_TOKEN")));
    }
    let profile = profile.map(str::to_owned).or_else(|| variable("AWS_PROFILE"));
    let profile = profile.as_deref().unwrap_or(DEFAULT_PROFILE);
    let home = variable("HOME").or_else(|| variable("USERPROFILE"));
    let file = |named: &str, own: &str| -> Option<PathBuf> {
        variable(named)
            .map(PathBuf::from)
            .or_else(|| Some(Path::new(home.as_deref()?).join(".aws").join(own)))
    };
    let kept = file("AWS_SHARED_CREDENTIALS_FILE", "credentials");
    let config = file("AWS_CONFIG_FILE", "config");
    // In the config file every profile but the default one has the word before its name.
    let in_config =
        if profile == DEFAULT_PROFILE { profile.to_owned() } else { format!("profile {profile}") };
    let looked = [(&kept, profile), (&config, in_config.as_str())];
    for (path, section) in looked {
        let Some(text) = path.as_deref().and_then(read) else { continue };
        let value = |name: &str| in_section(&text, section, name);
        if let (Some(key), Some(secret)) = (value("aws_access_key_id"), value("aws_secret_access_key")) {
            return Ok(credentials(key, secret, value("aws_session_token")));
        }
    }
    let kept = kept.map_or_else(|| "no home folder".to_owned(), |path| path.display().to_string());
    Err(format!(
        "neither in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY nor as profile {profile} in {kept} is there a key"
    ))
}

fn credentials(key: String, secret: String, session_token: Option<String>) -> Credentials {
    Credentials {
        key: ApiKey::new(key),
        secret: Some(ApiKey::new(secret)),
        session_token: session_token.map(ApiKey::new),
    }
}

/// The value of a name in a section of such a file. Indented lines belong to the setting above them.
fn in_section(text: &str, section: &str, name: &str) -> Option<String> {
    let mut inside = false;
    let mut found = None;
    for line in text.lines() {
        if let Some(head) = line.trim().strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            // Blanks between the two words of "[profile  x]" may be any.
            inside = head.0.split_whitespace().eq(section.split_whitespace());
        } else if inside
            && !line.starts_with([' ', '\t', '#', ';'])
            && let Some((key, value)) = line.split_once('=')
            && key.trim().eq_ignore_ascii_case(name)
        {
            found = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const CREDENTIALS: &str = "
# of the default
[default]
aws_access_key_id = AKID
aws_secret_access_key=SE=CRET/

[ work ]
  nested = 1
AWS_ACCESS_KEY_ID = WORK
aws_secret_access_key = hush
aws_session_token = token
;aws_session_token = old
[empty]
region = eu-west-1
";
    const CONFIG: &str = "[profile far]\naws_access_key_id = FAR\naws_secret_access_key = away\n";

    /// What is found, its three parts in plain text.
    fn found(variables: &[(&str, &str)], profile: Option<&str>) -> Result<[String; 3], String> {
        let variables: HashMap<_, _> = variables.iter().copied().collect();
        let variable = |name: &str| variables.get(name).map(|value| (*value).to_owned());
        let read = |path: &Path| match path.file_name()?.to_str()? {
            "credentials" | "mine" => Some(CREDENTIALS.to_owned()),
            "config" => Some(CONFIG.to_owned()),
            _ => None,
        };
        find(&variable, &read, profile).map(|key| {
            let plain = |part: Option<&ApiKey>| part.map_or(String::new(), |part| part.expose().to_owned());
            [plain(Some(&key.key)), plain(key.secret.as_ref()), plain(key.session_token.as_ref())]
        })
    }

    const HOME: (&str, &str) = ("HOME", "/home/ada");
    const ENV: [(&str, &str); 3] =
        [("AWS_ACCESS_KEY_ID", "ENV"), ("AWS_SECRET_ACCESS_KEY", " sec\n"), ("AWS_SESSION_TOKEN", "")];

    #[test]
    fn variables_come_first_unless_a_profile_was_named() {
        let all = [ENV.as_slice(), &[HOME]].concat();
        assert_eq!(found(&all, None).unwrap(), ["ENV", "sec", ""]);
        assert_eq!(found(&all, Some("work")).unwrap(), ["WORK", "hush", "token"]);
        // Half a key is none.
        assert_eq!(found(&[ENV[0], HOME], None).unwrap(), ["AKID", "SE=CRET/", ""]);
    }

    #[test]
    fn a_profile_is_looked_for_in_both_files() {
        assert_eq!(found(&[HOME], None).unwrap(), ["AKID", "SE=CRET/", ""]);
        assert_eq!(found(&[("USERPROFILE", "C:/ada")], Some("far")).unwrap(), ["FAR", "away", ""]);
        assert_eq!(found(&[HOME, ("AWS_PROFILE", "work")], None).unwrap()[0], "WORK");
        let elsewhere = [HOME, ("AWS_SHARED_CREDENTIALS_FILE", "/etc/mine"), ("AWS_CONFIG_FILE", "/none")];
        assert_eq!(found(&elsewhere, Some("work")).unwrap()[0], "WORK");
    }

    #[test]
    fn where_there_is_none_it_says_where_it_looked() {
        assert!(found(&[HOME], Some("empty")).unwrap_err().contains("as profile empty in /home/ada"));
        assert!(found(&[], None).unwrap_err().contains("no home folder"));
    }
}
