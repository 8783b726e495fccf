//! `partwayctl destinations check`: one line per finding.

use std::path::Path;

use partway_api::{Answer, CheckLine, Command, Done, Mark, Request};

use crate::args::CheckDestination;
use crate::exit::{Exit, Stopped};
use crate::open;
use crate::print::{self, Tagged};
use crate::text::printable;

/// Tests a destination.
///
/// # Errors
/// Sentences for the user.
pub(super) async fn checked(folder: &Path, check: CheckDestination) -> Result<Exit, Stopped> {
    let command = Command::CheckDestination { id: check.name, upload: check.upload };
    let answer = open::ask_once(folder, &Request::Command { command }).await?;
    let Answer::Done { done: Done::Checked { lines } } = answer else { return Ok(Exit::Attention) };
    for line in &lines {
        if check.json {
            print::json(&Tagged { event: "check", value: line })?;
        } else {
            print::line(&words(line))?;
        }
    }
    Ok(exit(&lines))
}

fn words(line: &CheckLine) -> String {
    let mark = match line.mark {
        Mark::Good => "yes",
        Mark::Bad => "no ",
        Mark::Unknown => "?  ",
    };
    format!("{mark} {}", printable(&line.text))
}

/// An unknown result is not a failure.
fn exit(lines: &[CheckLine]) -> Exit {
    let bad = || lines.iter().filter(|line| line.mark == Mark::Bad);
    if bad().any(|line| line.refused) {
        Exit::Refused
    } else if bad().next().is_some() {
        Exit::Attention
    } else {
        Exit::Good
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(mark: Mark, refused: bool) -> CheckLine {
        CheckLine { about: "key".into(), mark, text: "So it is".into(), refused }
    }

    #[test]
    fn a_refusal_wins_and_what_cannot_be_known_is_no_fault() {
        let good = line(Mark::Good, false);
        let unknown = line(Mark::Unknown, false);
        let bad = line(Mark::Bad, false);
        let refused = line(Mark::Bad, true);
        assert_eq!(exit(&[good.clone(), unknown.clone()]), Exit::Good);
        assert_eq!(exit(&[bad.clone(), good.clone()]), Exit::Attention);
        assert_eq!(exit(&[bad, refused, good]), Exit::Refused);
        assert_eq!(words(&unknown), "?   So it is");
    }
}
