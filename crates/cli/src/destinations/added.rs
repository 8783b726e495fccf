//! Turns the arguments of `destinations add` into a draft, and its errors into command line terms.

use std::collections::BTreeMap;
use std::io::Read as _;

use partway_api::{ApiError, Code, DestinationDraft, KeyDraft, SettingForm};

use crate::args::AddDestination;
use crate::exit::Stopped;
use crate::text::printable;

/// The arguments as a draft. `read_key` reads that many lines of standard input, and is called only if the
/// key comes from there.
///
/// # Errors
/// There is no key on standard input.
pub(super) fn draft(
    add: AddDestination,
    read_key: impl FnOnce(usize) -> Result<Vec<String>, Stopped>,
) -> Result<(DestinationDraft, KeyDraft), Stopped> {
    let key = if add.key_stdin {
        let two = partway_app::built_in_kinds()
            .iter()
            .any(|kind| kind.kind == add.kind && kind.secret_label.is_some());
        let mut lines = read_key(if two { 3 } else { 1 })?.into_iter();
        let mut part = || lines.next().filter(|part| !part.is_empty());
        KeyDraft::Keychain { key: part().unwrap_or_default(), secret: part(), session_token: part() }
    } else if let Some(variable) = add.key_env {
        // Only the name is kept, so it need not be set now.
        KeyDraft::Environment {
            variable,
            secret_variable: add.secret_env,
            session_token_variable: add.session_token_env,
        }
    } else {
        KeyDraft::Chain { profile: add.profile }
    };
    let (settings, fields) = (texts(&add.kind, add.settings.0)?, add.fields.draft());
    Ok((DestinationDraft { name: add.name, kind: add.kind, settings, fields }, key))
}

/// Larger than any such file, in bytes; validation refuses longer ones.
const LONGEST_TEXT: u64 = 1 << 20;

/// The settings, with files named for multi-line settings replaced by their text. Read here, because a
/// relative path is relative to this process; the text is stored, so that the file may be deleted.
fn texts(kind: &str, mut settings: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Stopped> {
    let kinds = partway_app::built_in_kinds();
    let asked = kinds.iter().filter(|one| one.kind == kind).flat_map(|one| &one.settings);
    for setting in asked.filter(|setting| matches!(setting.form, SettingForm::Lines { .. })) {
        if let Some(given) = settings.get_mut(&setting.name)
            && !given.contains('\n')
            && !given.starts_with("-----")
        {
            *given = read_text(&setting.name, given)?;
        }
    }
    Ok(settings)
}

fn read_text(name: &str, path: &str) -> Result<String, Stopped> {
    let mut text = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LONGEST_TEXT).read_to_end(&mut text));
    match read {
        // Only the surroundings of the text can be in another code page; validation refuses bytes of another
        // format.
        Ok(_) => Ok(String::from_utf8_lossy(&text).into_owned()),
        Err(error) => {
            let flag = name.replace('_', "-");
            let why = partway_app::plain(&error);
            Err(Stopped::usage(format!("--{flag}: {} cannot be read: {why}.", printable(path))))
        }
    }
}

/// Names the flag that a field error is about, and replaces advice meant for the window.
pub(crate) fn in_flags(mut error: ApiError, key_from_input: bool) -> Stopped {
    if matches!(error.code, Code::Keychain | Code::KeychainLocked) {
        // The window can keep a key for its session, but a command's session ends at once.
        error.message = error.message.replace(" A key can be kept for this session only.", "");
        error = error.hint(
            "Nothing was kept. Name an environment variable that holds the key instead: --key-env VAR.",
        );
    }
    let flag = error.field.as_deref().and_then(|field| match (field, key_from_input) {
        ("name", _) => None,
        ("key" | "secret" | "session_token", true) => Some("key-stdin".to_owned()),
        ("key" | "secret" | "session_token", false) => Some(format!("{}-env", field.replace('_', "-"))),
        ("tags", _) => Some("tag".to_owned()),
        ("ttl_seconds", _) => Some("ttl".to_owned()),
        ("mime", _) => Some("type".to_owned()),
        (field, _) => Some(field.replace('_', "-")),
    });
    if let Some(flag) = flag {
        // Sentences refer to other settings by their labels in the window.
        let kinds = partway_app::built_in_kinds();
        for setting in kinds.iter().flat_map(|kind| &kind.settings) {
            let named = format!("“{}”", setting.label);
            error.message = error.message.replace(&named, &format!("--{}", setting.name.replace('_', "-")));
        }
        error.message = format!("--{flag}: {}", error.message);
    }
    error.into()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::{Args, Command, Destinations};
    use crate::exit::Exit;

    fn drafted(line: &str) -> (DestinationDraft, KeyDraft) {
        let args = Args::try_parse_from(line.split_whitespace()).unwrap();
        let Command::Destinations { what: Destinations::Add(add) } = args.command else {
            panic!("not add: {line}")
        };
        draft(*add, |parts| Ok(["k-123", "s-456", ""].map(str::to_owned)[..parts].to_vec())).unwrap()
    }

    #[test]
    fn every_field_reaches_the_draft() {
        let (draft, key) = drafted(
            "partwayctl destinations add Acme --kind autorender --url http://127.0.0.1:9/ --key-stdin --folder up/v --tag a --tag b \
             --metadata k=v=w --custom-id c1 --title {stem} --if-exists skip --random-prefix --ttl 3600 --auth x-api-key",
        );
        insta::assert_json_snapshot!(draft, @r#"
        {
          "name": "Acme",
          "kind": "autorender",
          "settings": {
            "auth": "x-api-key",
            "url": "http://127.0.0.1:9/"
          },
          "fields": {
            "folder": "up/v",
            "tags": [
              "a",
              "b"
            ],
            "metadata": {
              "k": "v=w"
            },
            "custom_id": "c1",
            "title": "{stem}",
            "if_exists": "skip",
            "random_prefix": true,
            "ttl_seconds": 3600
          }
        }
        "#);
        assert!(
            matches!(key, KeyDraft::Keychain { key, secret: None, session_token: None } if key == "k-123")
        );
    }

    #[test]
    fn what_is_not_set_stays_unset_and_a_variable_is_only_named() {
        let (draft, key) = drafted("partwayctl destinations add Acme --kind gjirafa --key-env ACME_KEY");
        assert_eq!(draft.fields, partway_api::FieldsDraft::default());
        assert!(draft.settings.is_empty());
        assert!(
            matches!(key, KeyDraft::Environment { variable, secret_variable: None, .. } if variable == "ACME_KEY")
        );
    }

    #[test]
    fn a_key_of_two_parts_and_the_usual_places_of_one() {
        let (_, key) = drafted(
            "partwayctl destinations add A --kind s3 --key-env K --secret-env S --session-token-env T",
        );
        let KeyDraft::Environment { secret_variable, session_token_variable, .. } = key else {
            panic!("{key:?}")
        };
        assert_eq!((secret_variable.as_deref(), session_token_variable.as_deref()), (Some("S"), Some("T")));
        let (_, key) = drafted("partwayctl destinations add A --kind s3 --key-chain");
        assert!(matches!(key, KeyDraft::Chain { profile: None }));
        let (_, key) = drafted("partwayctl destinations add A --kind s3 --profile work");
        assert!(matches!(key, KeyDraft::Chain { profile: Some(profile) } if profile == "work"));
    }

    #[test]
    fn a_file_that_is_named_for_a_text_is_read_here() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ca.pem");
        std::fs::write(&path, b"-----BEGIN x\n\xff").unwrap();
        let line = format!("partwayctl destinations add A --kind s3 --key-chain --ca {}", path.display());
        assert_eq!(drafted(&line).0.settings["ca"], "-----BEGIN x\n\u{fffd}");
        std::fs::remove_file(&path).unwrap();
        let args = Args::try_parse_from(line.split_whitespace()).unwrap();
        let Command::Destinations { what: Destinations::Add(add) } = args.command else { panic!("not add") };
        let stopped = draft(*add, |_| Ok(Vec::new())).unwrap_err();
        assert_eq!(stopped.exit, Exit::Usage);
        assert!(
            stopped.sentence.ends_with("ca.pem cannot be read: it is not there."),
            "{}",
            stopped.sentence
        );
    }

    #[test]
    fn another_setting_is_named_by_its_flag() {
        let said =
            in_flags(ApiError::field("url", "Allow it by “Send unencrypted”, not “x”."), false).sentence;
        assert_eq!(said, "--url: Allow it by --allow-http, not “x”.");
    }

    #[test]
    fn a_sentence_names_the_flag() {
        let said = |field: &str, from_input| {
            let stopped = in_flags(ApiError::field(field, "No."), from_input);
            assert_eq!(stopped.exit, Exit::Usage);
            stopped.sentence
        };
        assert_eq!(said("name", false), "No.");
        assert_eq!(said("url_hours", false), "--url-hours: No.");
        assert_eq!(said("session_token", false), "--session-token-env: No.");
        assert_eq!(said("secret", true), "--key-stdin: No.");
        assert_eq!(said("tags", true), "--tag: No.");
    }
}
