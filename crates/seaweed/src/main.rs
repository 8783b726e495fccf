//! `partway-seaweed`: a real S3 server for trying things by hand; it ends with its standard input.

use std::io::{Read, Write, stdin, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let said = match partway_seaweed::server() {
        Ok(server) => server,
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "{why}");
            return ExitCode::FAILURE;
        }
    };
    let (url, key, secret) = (&said.url, partway_seaweed::KEY, partway_seaweed::SECRET);
    let line = format!(r#"{{"url":"{url}","region":"us-east-1","key":"{key}","secret":"{secret}"}}"#);
    // Without a reader nobody needs it.
    if writeln!(stdout(), "{line}").is_err() {
        return ExitCode::FAILURE;
    }
    let _ = stdin().read_to_end(&mut Vec::new());
    ExitCode::SUCCESS
}
