//! Looks for a key where S3 tools do, so that a server set up for them needs no further setup.
//!
//! Order and names are AWS's ("AWS SDKs and Tools Reference Guide", credential provider chain, shared config
//! and credentials files) and botocore's: the variables, unless a profile was named; then a profile in the
//! credentials file, then in the config file. Profiles that get a key elsewhere (a sign-in, a role, another
//! program) are not followed: they hold no key, and the error says so.

use std::io;
use std::path::{Path, PathBuf};

use partway_core::{ApiKey, Credentials};
use partway_engine::plain;

use super::ini;

/// The profile used when none is named.
const DEFAULT_PROFILE: &str = "default";

/// Variables that name a profile; the first one set wins (botocore,
/// `session.BOTOCORE_DEFAUT_SESSION_VARIABLES`).
const PROFILE_VARIABLES: [&str; 2] = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"];

type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Finds the key.
///
/// # Errors
/// Where it looked, as the end of a sentence.
pub(super) fn find(
    variable: Lookup<'_>,
    read: &dyn Fn(&Path) -> io::Result<Vec<u8>>,
    profile: Option<&str>,
) -> Result<Credentials, String> {
    let variable = |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|v| !v.is_empty());
    if profile.is_none()
        && let (Some(key), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"))
    {
        let token = variable("AWS_SECURITY_TOKEN").or_else(|| variable("AWS_SESSION_TOKEN"));
        return Ok(credentials(key, secret, token));
    }
    let by_variable = || PROFILE_VARIABLES.into_iter().find_map(|name| Some((name, variable(name)?)));
    let (wanted, named_by) = match (profile, by_variable()) {
        (Some(profile), _) => (profile.to_owned(), String::new()),
        (None, Some((name, profile))) => (profile, format!(" (named by {name})")),
        (None, None) => (DEFAULT_PROFILE.to_owned(), String::new()),
    };
    let home = variable("HOME").or_else(|| variable("USERPROFILE"));
    let file = |named: &str, own: &str| match variable(named) {
        Some(path) => Some(expanded(&path, home.as_deref(), &variable)),
        None => Some(Path::new(home.as_deref()?).join(".aws").join(own)),
    };
    let places = [
        (file("AWS_SHARED_CREDENTIALS_FILE", "credentials"), is_section as fn(&str, &str) -> bool),
        (file("AWS_CONFIG_FILE", "config"), is_profile),
    ];
    let mut looked = Vec::new();
    for (path, is) in places {
        let Some(path) = path else { continue };
        match in_file(read(&path), |head| is(head, &wanted)) {
            Ok(found) => return Ok(found),
            Err(why) => looked.push(format!("{} ({why})", path.display())),
        }
    }
    let mut places = format!("for the profile “{wanted}”{named_by} in {}", looked.join(" and in "));
    if looked.is_empty() {
        places = "for a profile nowhere, because this user has no home folder".into();
    }
    let variables = match profile {
        None => "in the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and ",
        Some(_) => "",
    };
    Err(format!("looked {variables}{places}"))
}

/// The key in a file's section, or a few words on why there is none.
fn in_file(bytes: io::Result<Vec<u8>>, is: impl Fn(&str) -> bool) -> Result<Credentials, String> {
    let bytes = bytes.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "which is not there".to_owned(),
        _ => format!("which cannot be read: {}", plain(&error)),
    })?;
    let settings = ini::section(&ini::text(&bytes), is).ok_or("no such profile in it")?;
    let value = |name: &str| {
        let found = settings.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        found.filter(|value| !value.is_empty())
    };
    match (value("aws_access_key_id"), value("aws_secret_access_key")) {
        (Some(key), Some(secret)) => {
            let token = value("aws_security_token").or_else(|| value("aws_session_token"));
            Ok(credentials(key, secret, token))
        }
        (None, None) => Err("the profile has no key of its own".into()),
        (None, _) => Err("the profile has no aws_access_key_id".into()),
        (_, None) => Err("the profile has no aws_secret_access_key".into()),
    }
}

fn credentials(key: String, secret: String, session_token: Option<String>) -> Credentials {
    Credentials {
        key: ApiKey::new(key),
        secret: Some(ApiKey::new(secret)),
        session_token: session_token.map(ApiKey::new),
    }
}

/// In the credentials file a section is named after its profile.
fn is_section(head: &str, profile: &str) -> bool {
    head == profile
}

/// In the config file `profile` precedes the name, which may be quoted; the default profile needs neither.
fn is_profile(head: &str, profile: &str) -> bool {
    let after = head.strip_prefix("profile").filter(|rest| rest.starts_with(char::is_whitespace));
    match after {
        Some(name) => ini::unquoted(name.trim()) == profile,
        None => profile == DEFAULT_PROFILE && head == DEFAULT_PROFILE,
    }
}

/// Expands `~`, `$NAME` and `${NAME}` in a path as the AWS CLI does; unknown names stay.
fn expanded(path: &str, home: Option<&str>, variable: &dyn Fn(&str) -> Option<String>) -> PathBuf {
    let mut out = String::new();
    let mut rest = path;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, end) = match after.strip_prefix('{').and_then(|inner| inner.find('}')) {
            Some(end) => (&after[1..=end], end + 2),
            None => {
                let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
                (&after[..end], end)
            }
        };
        match variable(name) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&rest[at..=at + end]),
        }
        rest = &after[end..];
    }
    out.push_str(rest);
    match (out.strip_prefix('~'), home) {
        (Some(""), Some(home)) => home.into(),
        (Some(under), Some(home)) if under.starts_with(['/', '\\']) => {
            Path::new(home).join(under.trim_start_matches(['/', '\\']))
        }
        _ => out.into(),
    }
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
[half]
aws_access_key_id = HALF
";
    const CONFIG: &str = "[profile far]\naws_access_key_id = FAR\naws_secret_access_key = away\n\
         [profile\t'far away']\naws_access_key_id = FAR2\naws_secret_access_key = away2\n[far]\naws_access_key_id = NO\n";

    /// The three parts of the key found, in plain text.
    fn found(variables: &[(&str, &str)], profile: Option<&str>) -> Result<[String; 3], String> {
        let variables: HashMap<_, _> = variables.iter().copied().collect();
        let variable = |name: &str| variables.get(name).map(|value| (*value).to_owned());
        let read = |path: &Path| match path.file_name().and_then(|name| name.to_str()) {
            Some("credentials" | "mine") => Ok(CREDENTIALS.into()),
            Some("config") => Ok(CONFIG.into()),
            Some("locked") => Err(io::ErrorKind::PermissionDenied.into()),
            _ => Err(io::ErrorKind::NotFound.into()),
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
        let profile = [ENV.as_slice(), &[HOME, ("AWS_PROFILE", "work")]].concat();
        assert_eq!(found(&profile, None).unwrap()[0], "ENV");
        // Half a key counts as none.
        assert_eq!(found(&[ENV[0], HOME], None).unwrap(), ["AKID", "SE=CRET/", ""]);
    }

    #[test]
    fn a_profile_is_looked_for_in_both_files() {
        assert_eq!(found(&[HOME], None).unwrap(), ["AKID", "SE=CRET/", ""]);
        assert_eq!(found(&[("USERPROFILE", "C:/ada")], Some("far")).unwrap(), ["FAR", "away", ""]);
        assert_eq!(found(&[HOME], Some("far away")).unwrap(), ["FAR2", "away2", ""]);
        assert_eq!(found(&[HOME, ("AWS_PROFILE", "work")], None).unwrap()[0], "WORK");
        let both = [HOME, ("AWS_PROFILE", "default"), ("AWS_DEFAULT_PROFILE", "work")];
        assert_eq!(found(&both, None).unwrap()[0], "WORK");
        for path in ["/etc/mine", "~/mine", "$HOME/mine", "${HOME}/a/mine"] {
            let elsewhere = [HOME, ("AWS_SHARED_CREDENTIALS_FILE", path), ("AWS_CONFIG_FILE", "/none")];
            assert_eq!(found(&elsewhere, Some("work")).unwrap()[0], "WORK", "{path}");
        }
    }

    #[test]
    fn a_path_is_expanded_as_far_as_it_is_known() {
        let variable = |name: &str| (name == "AWS").then(|| "/etc/aws".to_owned());
        for (path, meant) in [
            ("~", "/home/ada"),
            ("~/a", "/home/ada/a"),
            ("~bob/a", "~bob/a"),
            ("${AWS}/a", "/etc/aws/a"),
            ("$AWS.d/$NONE/${NONE}", "/etc/aws.d/$NONE/${NONE}"),
            ("/a/${", "/a/${"),
            ("a$", "a$"),
        ] {
            assert_eq!(expanded(path, Some("/home/ada"), &variable), Path::new(meant), "{path}");
        }
    }

    #[test]
    fn where_there_is_none_it_says_where_it_looked() {
        let said = |variables: &[(&str, &str)], profile| found(variables, profile).unwrap_err();
        let gone = [HOME, ("AWS_SHARED_CREDENTIALS_FILE", "/none"), ("AWS_CONFIG_FILE", "/etc/locked")];
        let named = [HOME, ("AWS_PROFILE", "empty")];
        insta::assert_snapshot!(
            [said(&gone, None), said(&named, None), said(&[HOME], Some("half")), said(&[], None), said(&[], Some("x"))].join("\n").replace('\\', "/"),
            @r"
        looked in the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and for the profile “default” in /none (which is not there) and in /etc/locked (which cannot be read: permission denied)
        looked in the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and for the profile “empty” (named by AWS_PROFILE) in /home/ada/.aws/credentials (the profile has no key of its own) and in /home/ada/.aws/config (no such profile in it)
        looked for the profile “half” in /home/ada/.aws/credentials (the profile has no aws_secret_access_key) and in /home/ada/.aws/config (no such profile in it)
        looked in the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and for a profile nowhere, because this user has no home folder
        looked for a profile nowhere, because this user has no home folder
        "
        );
    }
}
