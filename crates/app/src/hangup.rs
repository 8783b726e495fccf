//! Detects an ignored SIGHUP, so that listening for it does not undo `nohup`.

/// Whether the parent process set SIGHUP to be ignored, as `nohup` does. `None` if the system does not say.
/// Call this before listening for SIGHUP, which changes the answer.
#[must_use]
pub fn hangup_ignored() -> Option<bool> {
    is_first(&ignored_signals()?)
}

/// Signal 1 is the lowest bit on every Unix.
fn is_first(mask: &str) -> Option<bool> {
    u128::from_str_radix(mask.trim(), 16).ok().map(|signals| signals & 1 == 1)
}

/// The ignored signals as a hexadecimal mask (proc_pid_status(5)).
#[cfg(target_os = "linux")]
fn ignored_signals() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map(str::to_owned)
}

/// The ignored signals as a hexadecimal mask (ps(1), `sigignore`).
#[cfg(not(target_os = "linux"))]
fn ignored_signals() -> Option<String> {
    let id = std::process::id().to_string();
    let said = std::process::Command::new("ps").args(["-o", "sigignore=", "-p", &id]).output().ok()?;
    String::from_utf8(said.stdout).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_bit_of_the_mask_is_sighup() {
        assert_eq!(is_first("\t0000000000001001\n"), Some(true));
        assert_eq!(is_first("0000000000001000"), Some(false));
        assert_eq!(is_first("?"), None);
    }
}
