//! What the engine says about the upload, asked through `partwayctl list --json` beside the running app.

use crate::stop::{Outcome, not_passed};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The only job's line, once there is one.
pub(crate) fn first(partwayctl: &Path, data: &Path) -> Outcome<Option<Value>> {
    let answer = Command::new(partwayctl)
        .args(["list", "--json", "--data-dir"])
        .arg(data)
        .output()
        .map_err(|cause| not_passed(format!("{}: {cause}", partwayctl.display())))?;
    if !answer.status.success() {
        let said = String::from_utf8_lossy(&answer.stderr).trim().to_owned();
        return Err(not_passed(format!("partwayctl list: {said}")));
    }
    Ok(parse(&String::from_utf8_lossy(&answer.stdout)))
}

/// The first line that describes a job.
fn parse(lines: &str) -> Option<Value> {
    lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|job| job["state"].is_string())
}

/// How the job ended, if it has: `Ok` with its receipt, `Err` with its reason.
pub(crate) fn ended(job: &Value) -> Option<Result<&Value, String>> {
    match job["state"].as_str()? {
        "verified" | "uploaded" => Some(Ok(&job["receipt"])),
        "needs-attention" | "cancelled" => Some(Err(format!("the upload ended as {job}"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_job_is_read_among_other_lines() {
        let lines =
            "{\"event\":\"hello\"}\nnot json\n{\"event\":\"job\",\"id\":\"1\",\"state\":\"uploading\"}\n";
        assert_eq!(parse(lines).unwrap()["id"], "1");
        assert_eq!(parse(""), None);
    }

    #[test]
    fn only_an_end_is_an_end() {
        assert_eq!(ended(&json!({"state": "uploading"})), None);
        assert_eq!(ended(&json!({"state": "finishing"})), None);
        assert_eq!(
            ended(&json!({"state": "verified", "receipt": {"size": 1}})),
            Some(Ok(&json!({"size": 1})))
        );
        assert!(ended(&json!({"state": "needs-attention"})).unwrap().is_err());
    }
}
