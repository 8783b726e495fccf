//! Keys on their way in: from standard input and from environment variables. They are never printed, and never logged.

use std::io::BufRead;
use std::str::FromStr;

use partway_api::{LentKey, Request};

use crate::exit::Stopped;

/// More than any key; so that a wrong file on standard input is noticed and not kept.
const LONGEST_KEY: u64 = 16 << 10;

/// `[NAME=]VAR`: which variable holds the key of which destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyEnv {
    /// The destination's name; `None`: every one without a key of its own.
    pub(crate) destination: Option<String>,
    /// The variable's name.
    pub(crate) variable: String,
}

impl FromStr for KeyEnv {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // The name of a destination may hold '=', that of a variable may not.
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
    /// The request that lends this key to the holder of the data folder.
    ///
    /// # Errors
    /// Where the variable is not set.
    pub(crate) fn lend(&self, read: impl Fn(&str) -> Option<String>) -> Result<Request, Stopped> {
        let key = read(&self.variable).map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| {
            let variable = &self.variable;
            Stopped::usage(format!(
                "--key-env: the environment variable {variable} is not set. Set it to the key and try again."
            ))
        })?;
        Ok(Request::LendKey { destination: self.destination.clone(), key: LentKey(key) })
    }
}

/// The key in the first line of `input`.
///
/// # Errors
/// Where there is none, or what is there cannot be a key.
pub(crate) fn from_input(input: impl BufRead) -> Result<String, Stopped> {
    let mut line = String::new();
    input.take(LONGEST_KEY).read_line(&mut line).map_err(|fault| {
        Stopped::usage(format!("--key-stdin: the key could not be read from standard input: {fault}."))
    })?;
    let key = line.trim();
    if key.is_empty() {
        return Err(Stopped::usage("--key-stdin: there is no key on standard input."));
    }
    if !line.ends_with('\n') && line.len() as u64 == LONGEST_KEY {
        return Err(Stopped::usage("--key-stdin: what is on standard input is too long to be a key."));
    }
    Ok(key.to_owned())
}

/// The environment, for what is handed to libraries.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    fn a_variable_that_is_not_set_is_named_and_used_wrongly() {
        let key: KeyEnv = "ACME_KEY".parse().unwrap();
        for value in [None, Some("  \n".to_owned())] {
            let stopped = key.lend(|_| value.clone()).unwrap_err();
            assert_eq!(stopped.exit, Exit::Usage);
            assert!(stopped.sentence.contains("ACME_KEY is not set"), "{}", stopped.sentence);
        }
    }

    #[test]
    fn a_key_on_standard_input_is_its_first_line() {
        assert_eq!(from_input(&b"  k-123\r\nrest"[..]).unwrap(), "k-123");
        assert_eq!(from_input(&b"k-123"[..]).unwrap(), "k-123");
        for wrong in [&b""[..], &b"\n"[..], &vec![b'x'; 20_000][..], &[0xff, 0xfe][..]] {
            assert_eq!(from_input(wrong).unwrap_err().exit, Exit::Usage);
        }
    }
}
