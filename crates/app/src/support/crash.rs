//! Writes crash reports into the data folder and shows a notice at the next start; nothing is sent anywhere.

use std::backtrace::Backtrace;
use std::fs;
use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use partway_engine::JournalError;

use super::clean::clean;
use super::rotating::{private_file, private_folder};
use crate::App;
use crate::system::now;

/// The notice's id.
pub(crate) const NOTICE: &str = "crash";

/// Settings key for the newest report whose notice was dismissed.
const SEEN: &str = "crash_seen";

/// How many reports are kept.
const KEPT: usize = 5;

/// Most reports in one run; a repeating fault must not fill the disk.
const MOST_A_RUN: u32 = 3;

/// Size limit in bytes, above that of any report.
const LONGEST: usize = 64 << 10;

/// Installs a panic hook that writes a report under `crashes` in the data folder, if that exists. The
/// previous hook still runs.
pub fn keep_crash_reports(data_dir: &Path) {
    let (data_dir, before, made) = (data_dir.to_path_buf(), std::panic::take_hook(), AtomicU32::new(0));
    std::panic::set_hook(Box::new(move |info| {
        if made.fetch_add(1, Ordering::Relaxed) < MOST_A_RUN {
            // A crashing process cannot also report a full disk.
            let _ = write(&data_dir, &report(info, &Backtrace::force_capture().to_string()));
        }
        before(info);
    }));
}

fn report(info: &PanicHookInfo, trace: &str) -> String {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    let mut text = format!(
        "Partway {} on {} {}\n{}\nthread {}, at {}\n{}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        now().strftime("%Y-%m-%d %H:%M:%S UTC"),
        thread.name().unwrap_or("without a name"),
        place,
        clean(info.payload_as_str().unwrap_or("It gave no reason.")),
    );
    // A frame names functions and, on a separate line that begins with "at", source paths of the build
    // machine, which don't belong in a report.
    for line in trace.lines().filter(|line| !line.trim_start().starts_with("at ")) {
        if text.len() + line.len() > LONGEST {
            break;
        }
        text.push_str(&clean(line));
        text.push('\n');
    }
    text
}

/// A missing folder is not created: with only a report in it, it would not be recognized as Partway's.
fn write(data_dir: &Path, report: &str) -> std::io::Result<()> {
    if !data_dir.is_dir() {
        return Ok(());
    }
    let folder = data_dir.join("crashes");
    private_folder(&folder)?;
    let mut all = reports(data_dir);
    while all.len() >= KEPT {
        fs::remove_file(all.remove(0))?;
    }
    // Named by time, so that names sort chronologically.
    let name = format!("{}-{}.txt", now().strftime("%Y-%m-%d-%H%M%S-%3f"), std::process::id());
    private_file(&folder.join(name))?.write_all(report.as_bytes())
}

/// The existing reports, oldest first.
fn reports(data_dir: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(data_dir.join("crashes")).into_iter().flatten().flatten();
    let mut all: Vec<_> =
        found.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "txt")).collect();
    all.sort();
    all
}

/// The newest report, unless its notice was dismissed, and when it was written, in milliseconds since 1970.
pub(crate) async fn untold(app: &App) -> Result<Option<(String, i64)>, JournalError> {
    let Some(path) = app.0.crash.as_ref().filter(|path| path.exists()) else { return Ok(None) };
    let name = name(path);
    let seen: Option<String> =
        app.0.engine.setting(SEEN).await?.and_then(|json| serde_json::from_str(&json).ok());
    let written = fs::metadata(path).and_then(|found| found.modified());
    let at = written.map_or(0, crate::system::unix_ms);
    Ok((seen.as_deref() != Some(&name)).then_some((name, at)))
}

/// Dismisses the notice.
pub(crate) async fn seen(app: &App) -> Result<(), JournalError> {
    if let Some((name, _)) = untold(app).await? {
        app.0.engine.set_setting(SEEN, serde_json::Value::from(name).to_string()).await?;
        app.touch();
    }
    Ok(())
}

/// The newest report.
pub(crate) fn newest(data_dir: &Path) -> Option<PathBuf> {
    reports(data_dir).pop()
}

/// The report's text, up to the size limit.
pub(super) fn read(path: &Path) -> String {
    let text = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&text[..text.len().min(LONGEST)]).into_owned()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_reports_stay() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("crashes")).unwrap();
        for day in 10..16 {
            fs::write(folder.path().join(format!("crashes/2020-01-{day}-1.txt")), "old").unwrap();
        }
        write(folder.path(), "new").unwrap();
        let all = reports(folder.path());
        assert_eq!(all.len(), KEPT);
        assert!(name(&all[0]).starts_with("2020-01-12"), "{all:?}");
        assert_eq!(read(&newest(folder.path()).unwrap()), "new");
    }

    #[test]
    fn a_folder_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("data");
        write(&missing, "new").unwrap();
        assert!(!missing.exists());
    }
}
