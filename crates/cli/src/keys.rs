//! Reads keys from standard input and environment variables. They are never printed or logged.

use std::io::BufRead;
use std::str::FromStr;

use partway_api::{LentKey, Request};

use crate::args::Keys;
use crate::exit::Stopped;

/// Longer than any key, in bytes: a wrong file on standard input is noticed and not stored.
const LONGEST_KEY: u64 = 16 << 10;

/// `[NAME=]VAR`: which variable holds the key of which destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyEnv {
    /// The destination's name; `None` for every one without its own key.
    pub(crate) destination: Option<String>,
    /// The variable's name.
    pub(crate) variable: String,
}

impl FromStr for KeyEnv {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A destination's name may contain '=', a variable's may not.
        let (destination, variable) = match text.rsplit_once('=') {
            Some((name, variable)) => (Some(name.to_owned()), variable),
            None => (None, text),
        };
        if variable.is_empty() || destination.as_deref() == Some("") {
            return Err("write it as VAR or NAME=VAR".to_owned());
        }
        Ok(Self { destination, variable: variable.to_owned() })
    }
}

impl KeyEnv {
    fn read(&self, flag: &str, read: &impl Fn(&str) -> Option<String>) -> Result<String, Stopped> {
        let key = read(&self.variable).map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
        key.ok_or_else(|| {
            let variable = &self.variable;
            Stopped::usage(format!(
                "{flag}: the environment variable {variable} is not set. Set it to the key and try again."
            ))
        })
    }
}

/// A lent key with its destination's name; `None` for every one without its own key.
pub(crate) type Lent = (Option<String>, LentKey);

/// The request that lends a key.
pub(crate) fn request((destination, key): &Lent) -> Request {
    Request::LendKey { destination: destination.clone(), key: key.clone() }
}

/// The lent keys; parts for the same destination form one key.
///
/// # Errors
/// A variable is not set, or a part has no key that it belongs to.
pub(crate) fn lend(keys: &Keys, read: impl Fn(&str) -> Option<String>) -> Result<Vec<Lent>, Stopped> {
    let further = [("--secret-env", &keys.secret_env), ("--session-token-env", &keys.session_token_env)];
    for (flag, parts) in further {
        if let Some(alone) = parts.iter().find(|part| !keys.key_env.iter().any(|key| key.same(part))) {
            let whose = alone.destination.as_deref().map_or(String::new(), |name| format!("{name}="));
            return Err(Stopped::usage(format!(
                "{flag}: it belongs to a key. Name that in the same way: --key-env {whose}VAR."
            )));
        }
    }
    let lent = keys.key_env.iter().map(|key| {
        let part = |(flag, parts): (&str, &Vec<KeyEnv>)| {
            parts.iter().find(|part| part.same(key)).map(|part| part.read(flag, &read)).transpose()
        };
        let [secret, session_token] = further.map(part);
        let key_itself = key.read("--key-env", &read)?;
        let lent = LentKey { key: key_itself, secret: secret?, session_token: session_token? };
        Ok((key.destination.clone(), lent))
    });
    lent.collect()
}

impl KeyEnv {
    /// Whether both are for the same destination.
    fn same(&self, other: &Self) -> bool {
        self.destination.as_ref().map(|name| name.to_lowercase())
            == other.destination.as_ref().map(|name| name.to_lowercase())
    }
}

/// The parts of a key, one per line of `input`; reads up to `parts` lines.
///
/// # Errors
/// There is none, or it cannot be a key.
pub(crate) fn from_input(input: impl BufRead, parts: usize) -> Result<Vec<String>, Stopped> {
    let mut input = input.take(LONGEST_KEY);
    let mut lines = Vec::new();
    for _ in 0..parts.max(1) {
        let mut line = String::new();
        input.read_line(&mut line).map_err(|fault| {
            Stopped::usage(format!("--key-stdin: the key could not be read from standard input: {fault}."))
        })?;
        if !line.ends_with('\n') && input.limit() == 0 {
            return Err(Stopped::usage("--key-stdin: what is on standard input is too long to be a key."));
        }
        lines.push(line.trim().to_owned());
    }
    if lines.first().is_none_or(String::is_empty) {
        return Err(Stopped::usage("--key-stdin: there is no key on standard input."));
    }
    Ok(lines)
}

/// Looks up an environment variable, for use by libraries.
#[expect(clippy::disallowed_methods, reason = "a program, and the one place where it reads keys")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::{Args, Command};
    use crate::exit::Exit;

    #[test]
    fn a_variable_stands_alone_or_after_the_name() {
        let parse = |text: &str| text.parse::<KeyEnv>();
        assert_eq!(parse("KEY"), Ok(KeyEnv { destination: None, variable: "KEY".into() }));
        assert_eq!(
            parse("Acme=media=KEY"),
            Ok(KeyEnv { destination: Some("Acme=media".into()), variable: "KEY".into() })
        );
        assert!(parse("").is_err());
        assert!(parse("=KEY").is_err());
        assert!(parse("Acme=").is_err());
    }

    fn keys(line: &str) -> Keys {
        let line = format!("partwayctl resume {line}");
        match Args::try_parse_from(line.split_whitespace()).unwrap().command {
            Command::Resume(resume) => resume.wait.keys,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_variable_that_is_not_set_is_named_and_used_wrongly() {
        for value in [None, Some("  \n".to_owned())] {
            let stopped = lend(&keys("--key-env ACME_KEY"), |_| value.clone()).unwrap_err();
            assert_eq!(stopped.exit, Exit::Usage);
            assert!(stopped.sentence.contains("ACME_KEY is not set"), "{}", stopped.sentence);
        }
    }

    #[test]
    fn the_parts_of_a_key_go_together() {
        let read = |name: &str| Some(format!(" {name}-value\n"));
        let words = "--key-env Acme=K --secret-env ACME=S --session-token-env acme=T --key-env A";
        let lent: Vec<_> = lend(&keys(words), read)
            .unwrap()
            .into_iter()
            .map(|(destination, key)| (destination, key.key, key.secret, key.session_token))
            .collect();
        let value = |name: &str| format!("{name}-value");
        assert_eq!(
            lent,
            [
                (Some("Acme".into()), value("K"), Some(value("S")), Some(value("T"))),
                (None, value("A"), None, None)
            ]
        );
        let stopped = lend(&keys("--key-env A --secret-env Fleet=S"), read).unwrap_err();
        assert_eq!(stopped.exit, Exit::Usage);
        assert!(stopped.sentence.contains("--key-env Fleet=VAR"), "{}", stopped.sentence);
    }

    #[test]
    fn a_key_on_standard_input_has_a_line_for_each_part() {
        assert_eq!(from_input(&b"  k-123\r\nrest"[..], 1).unwrap(), ["k-123"]);
        assert_eq!(from_input(&b"k-123"[..], 1).unwrap(), ["k-123"]);
        assert_eq!(from_input(&b"id\nsecret\n"[..], 3).unwrap(), ["id", "secret", ""]);
        for wrong in [&b""[..], &b"\n"[..], &vec![b'x'; 20_000][..], &[0xff, 0xfe][..]] {
            assert_eq!(from_input(wrong, 1).unwrap_err().exit, Exit::Usage);
        }
    }
}
