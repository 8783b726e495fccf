//! Reads a file again and compares it with what was sent: if only its change time moved, there is no other
//! way to know.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use md5::{Digest, Md5};
use partway_core::{FileIdentity, FileTime, Match, PartNumber, PartPlan, PartReceipt, proof};

use super::check;
use super::retry::wait_for;
use super::{Run, RunError};
use crate::job_file::{self, JobFile};
use crate::journal::identity;
use crate::source::{self, Source, SourceError};
use crate::state::Stop;
use crate::watched::Sum;

/// Maximum readings of a file that is touched during each: beyond that, no reading belongs to a definite
/// moment.
const READINGS: u32 = 3;

/// Granularity of change times, which come from a clock that ticks every few milliseconds (Linux: 1 to 10,
/// `CONFIG_HZ`): two changes within one tick have the same time.
const TICK: Duration = Duration::from_millis(20);

/// The same for file systems that store whole seconds (ext3, HFS+), or every second one (FAT).
const COARSE_TICK: Duration = Duration::from_secs(2);

/// The result of reading a file again.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reread {
    /// It matches what was sent.
    Same,
    /// It differs.
    Differs,
    /// It was touched during every reading.
    Restless,
}

impl Run {
    /// Opens the job's file at a moment from which on every change to it is detectable.
    pub(super) async fn open_source(&mut self) -> Result<Arc<JobFile>, RunError> {
        let source = check::source(&self.state, &self.job).await?;
        let wait = until_changes_show(&source.identity(), self.state.clock.unix_ms());
        if wait.is_zero() {
            return Ok(source);
        }
        self.pause_for(wait).await?;
        check::source(&self.state, &self.job).await
    }

    /// Computes the hash that the vendor wants, from content that was not touched meanwhile.
    pub(super) async fn hash_in_peace(&mut self, source: &Arc<JobFile>) -> Result<(), RunError> {
        let mut source = Arc::clone(source);
        for _ in 0..READINGS {
            self.hash(&source).await?;
            if self.identify().await? == source.identity() {
                break;
            }
            source = self.open_source().await?;
        }
        Ok(())
    }

    /// The current identity of the job's file.
    async fn identify(&self) -> Result<FileIdentity, RunError> {
        match job_file::identify(&self.state.drives, &self.job).await {
            Ok(now) => Ok(now),
            Err(error) => Err(check::halt(&self.state, &self.job, error).await),
        }
    }

    /// Whether the file still matches the parts with these receipts. Reads nothing if the file is
    /// unchanged.
    pub(super) async fn is_what_was_sent(&mut self, parts: &[PartReceipt]) -> Result<Reread, RunError> {
        let now = self.identify().await?;
        if now == self.job.identity {
            return Ok(Reread::Same);
        }
        for _ in 0..READINGS {
            let source = self.open_source().await?;
            let read = source.identity();
            if read.against(&self.job.identity) == Match::Different {
                return Ok(Reread::Differs);
            }
            if !self.differing(&source, parts.to_vec()).await?.is_empty() {
                return Ok(Reread::Differs);
            }
            let now = self.identify().await?;
            if now == read {
                let (id, changed) = (self.job.id.clone(), read.changed);
                self.state.journal.write(move |conn| identity::touch(conn, &id, changed)).await?;
                self.job.identity = read;
                return Ok(Reread::Same);
            }
        }
        Ok(Reread::Restless)
    }

    /// The parts whose content no longer matches their receipts. Returns early if the run is to end.
    pub(super) async fn differing(
        &mut self,
        source: &JobFile,
        parts: Vec<PartReceipt>,
    ) -> Result<Vec<PartNumber>, RunError> {
        let Some(plan) = self.job.plan else { return Ok(Vec::new()) };
        let read = async {
            let mut differ = Vec::new();
            for receipt in parts {
                if !as_received(source, &plan, &receipt).await? {
                    differ.push(receipt.number);
                }
            }
            Ok(differ)
        };
        let read = tokio::select! {
            read = read => read,
            halt = wait_for(&mut self.stop, Stop::TakenBack) => return Err(halt),
        };
        match read {
            Ok(differ) => Ok(differ),
            Err(error) => {
                let trouble = source.trouble(error).await;
                Err(check::halt(&self.state, &self.job, trouble).await)
            }
        }
    }
}

/// Whether the file matches a part's receipt; not if it has become shorter.
async fn as_received(file: &JobFile, plan: &PartPlan, receipt: &PartReceipt) -> Result<bool, SourceError> {
    let Some(part) = plan.part(receipt.number).filter(|part| part.len == receipt.size) else {
        return Ok(false);
    };
    match file.digest::<Md5>(part.offset, part.len, |_| {}).await {
        Ok(md5) => Ok(<[u8; 16]>::from(md5.finalize()) == receipt.md5),
        Err(SourceError::Unreadable(end)) if end.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// How long to wait before looking at a file: one that changed just now could change again without a new
/// change time.
fn until_changes_show(found: &FileIdentity, now_ms: i64) -> Duration {
    let Some(FileTime(changed)) = found.changed else { return Duration::ZERO };
    let tick = if changed.rem_euclid(1_000_000_000) == 0 { COARSE_TICK } else { TICK };
    // Wraps modulo 2⁶⁴, as the time itself does. If another computer's clock is ahead or behind, nothing is
    // known about what is recent.
    let age = now_ms.wrapping_mul(1_000_000).wrapping_sub(changed);
    // This clock is read in milliseconds, so a change may appear up to one in the future.
    let recent = i64::try_from(tick.as_nanos()).is_ok_and(|tick| (-1_000_000..tick).contains(&age));
    if recent { tick } else { Duration::ZERO }
}

/// Whether a file with identity `seen` has this checksum, and did not change while it was read. Blocks for
/// as long as reading takes; `go_on` is called before each block, and `false` ends it with `Ok(false)`.
///
/// # Errors
/// [`SourceError`]; `Changed` if the file does not, or no longer, match `seen`.
pub fn has_sum(
    path: &Path,
    seen: &FileIdentity,
    sum: &Sum,
    go_on: &dyn Fn() -> bool,
) -> Result<bool, SourceError> {
    let source = Source::open(path)?;
    if source.identity() != *seen {
        return Err(SourceError::Changed(source.identity()));
    }
    let count = sum.checksum.rsplit_once('-').and_then(|(_, count)| count.parse().ok());
    let plan = count.and_then(|count| PartPlan::restore(seen.size, sum.part_size, count).ok());
    // The checksum has a different number of parts than a file of this size.
    let Some(plan) = plan else { return Ok(false) };
    let mut parts = Vec::new();
    for part in plan.parts() {
        let md5 = md5_of(&source, part.offset, part.len, go_on).map_err(|error| source.trouble(error))?;
        let Some(md5) = md5 else { return Ok(false) };
        parts.push(PartReceipt {
            number: part.number,
            size: part.len,
            md5,
            etag: None,
            compared: false,
            checksum: None,
        });
    }
    let now = source::identify(path)?;
    if now == *seen { Ok(proof::of_parts(&parts) == sum.checksum) } else { Err(SourceError::Changed(now)) }
}

/// The MD5 of a range of a file; `None` if `go_on` ended it. Blocks.
fn md5_of(
    source: &Source,
    mut offset: u64,
    mut left: u64,
    go_on: &dyn Fn() -> bool,
) -> std::io::Result<Option<[u8; 16]>> {
    let mut block = vec![0; 256 * 1024];
    let mut md5 = Md5::new();
    while left > 0 {
        if !go_on() {
            return Ok(None);
        }
        let length = left.min(block.len() as u64);
        let piece = &mut block[..usize::try_from(length).unwrap_or(usize::MAX)];
        source.read_at(piece, offset)?;
        md5.update(&piece);
        offset += length;
        left -= length;
    }
    Ok(Some(md5.finalize().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_just_now_is_waited_for_and_no_other() {
        let at = |changed_ns: i64| FileIdentity {
            size: 1,
            modified: FileTime(0),
            changed: Some(FileTime(changed_ns)),
            file_id: None,
        };
        let now_ms = 1_800_000_000_000_i64;
        let ns = now_ms * 1_000_000;
        assert_eq!(until_changes_show(&at(ns - 5_000_001), now_ms), TICK);
        assert_eq!(until_changes_show(&at(ns + 900_001), now_ms), TICK, "this clock is read in milliseconds");
        assert_eq!(until_changes_show(&at(ns - 20_000_001), now_ms), Duration::ZERO);
        assert_eq!(until_changes_show(&at(ns - 1_000_000_000), now_ms), COARSE_TICK, "whole seconds");
        assert_eq!(until_changes_show(&at(ns - 2_000_000_000), now_ms), Duration::ZERO);
        // A clock that is wrong in any way causes no wait.
        for other in [ns + 3_600_000_000_001, ns - 3_600_000_000_001, i64::MIN + 1, i64::MAX, 1] {
            assert_eq!(until_changes_show(&at(other), now_ms), Duration::ZERO, "{other}");
        }
        assert_eq!(until_changes_show(&FileIdentity { changed: None, ..at(ns) }, now_ms), Duration::ZERO);
    }
}
