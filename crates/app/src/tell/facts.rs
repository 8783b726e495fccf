//! Facts for the notification rules, read from the journal: what blocks many files at once, and batch status.

use std::collections::BTreeMap;

use partway_core::{Cause, Hold, time_left};
use partway_engine::{Attention, BatchId, JournalError, Standing as KeyStanding, WhyLeftOut};
use partway_keychain::KeychainError;

use super::rules::{Facts, Standing};
use crate::App;
use crate::away::{self, Away, Place};
use crate::keys::KeySource;
use crate::view::Names;

/// How long before its end a session is reported, in seconds.
const AHEAD_S: u64 = 3_600;

/// Something that blocks many files until the user acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Need {
    /// A destination's key.
    Key {
        /// The destination.
        destination: String,
        /// Its name.
        name: String,
        /// Whether it was refused, rather than missing.
        refused: bool,
        /// Number of waiting files.
        files: u32,
    },
    /// The keychain gives no keys.
    Keychain {
        /// Why.
        error: KeychainError,
        /// The destinations whose keys it holds.
        names: Vec<String>,
        /// Number of waiting files.
        files: u32,
    },
    /// A missing drive or folder.
    Away {
        /// Which one.
        place: Place,
        /// Number of waiting files.
        files: u32,
    },
    /// A destination has no room left.
    Quota {
        /// Its name.
        name: String,
        /// Number of waiting files.
        files: u32,
        /// Their batches.
        batches: Vec<String>,
    },
    /// Sessions that end soon.
    Ending {
        /// The destination's name.
        name: String,
        /// The file whose session ends first.
        file: String,
        /// Number of files.
        files: u32,
        /// Bytes that would have to be sent again.
        confirmed: u64,
        /// When the first ends, Unix seconds.
        expires_s: u64,
    },
    /// The data folder cannot be written; the sentence that says so.
    Unwritable(String),
}

/// Whether this cause blocks many files, so that it is reported once instead of per file.
pub(crate) const fn is_common(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::KeyRefused | Cause::KeyMissing { .. } | Cause::KeyUnusable { .. } | Cause::QuotaRefused
    )
}

fn is_common_name(cause: &str) -> bool {
    matches!(cause, "key-refused" | "key-missing" | "key-unusable" | "quota-refused")
}

/// Reads the current causes and the status of these batches.
pub(crate) async fn read(app: &App, batches: &[String]) -> Result<Facts<Need>, JournalError> {
    let attention = app.0.engine.attention().await?;
    let mut facts = Facts::none();
    keys(app, &attention, &mut facts.causes).await?;
    quota(app, &attention, &mut facts.causes).await;
    for (key, Away { place, files }) in away::places(&app.0.engine.away().await?) {
        facts.causes.insert(format!("away:{key}"), Need::Away { place, files });
    }
    ending(app, &mut facts.causes).await?;
    let unwritable = app.0.engine.unwritable().borrow().as_ref().map(crate::words::unwritable);
    if let Some(text) = unwritable {
        facts.causes.insert("unwritable".into(), Need::Unwritable(text));
    }
    let mut names = Names::default();
    for id in batches {
        if let Some(standing) = standing(app, &mut names, &attention, id).await? {
            facts.batches.insert(id.clone(), standing);
        }
    }
    Ok(facts)
}

async fn keys(
    app: &App,
    attention: &[Attention],
    causes: &mut BTreeMap<String, Need>,
) -> Result<(), JournalError> {
    for one in app.0.engine.destinations().await? {
        let refused = match one.standing {
            KeyStanding::Refused => true,
            KeyStanding::Missing => false,
            KeyStanding::Unknown | KeyStanding::Good => continue,
        };
        let stopped =
            attention.iter().filter(|some| some.destination == one.id && some.cause.starts_with("key-"));
        let files = app.0.engine.held(Hold::Credentials, &one.id).await?
            + stopped.map(|some| some.files).sum::<u32>();
        if files == 0 || KeySource::of(&one) == KeySource::Practice {
            continue;
        }
        // One keychain is one cause, however many destinations keep keys in it; its error may change over
        // time.
        if !refused && let Some(error) = app.0.keys.unread(&one.id) {
            let need = causes.entry("keychain".into()).or_insert_with(|| Need::Keychain {
                error,
                names: Vec::new(),
                files: 0,
            });
            if let Need::Keychain { names, files: all, .. } = need {
                names.push(one.name);
                *all += files;
            }
        } else {
            let need = Need::Key { destination: one.id.0.clone(), name: one.name, refused, files };
            // Report a missing key and a refused one separately.
            causes.insert(format!("key-{}:{}", if refused { "refused" } else { "missing" }, one.id), need);
        }
    }
    Ok(())
}

async fn quota(app: &App, attention: &[Attention], causes: &mut BTreeMap<String, Need>) {
    let mut names = Names::default();
    for some in attention.iter().filter(|some| some.cause == "quota-refused") {
        let to = names.get(&app.0.kinds, &app.0.engine, &some.destination).await;
        let need = causes.entry(format!("quota:{}", some.destination)).or_insert_with(|| Need::Quota {
            name: to.name,
            files: 0,
            batches: Vec::new(),
        });
        if let Need::Quota { files, batches, .. } = need {
            *files += some.files;
            batches.push(some.batch.0.clone());
        }
    }
}

/// Groups sessions by the hour in which they end: two thousand paused files must not become two thousand
/// notifications.
async fn ending(app: &App, causes: &mut BTreeMap<String, Need>) -> Result<(), JournalError> {
    let now_s = u64::try_from(app.now_ms() / 1000).unwrap_or(0);
    let live = app.0.engine.live();
    let mut names = Names::default();
    for one in app.0.engine.ending(now_s, AHEAD_S).await? {
        // Skip what will finish in time.
        let in_time = live.get(&one.job).is_some_and(|live| {
            #[expect(clippy::cast_precision_loss, reason = "a speed in bytes a second is far below 2^52")]
            let left = time_left(one.size.saturating_sub(one.confirmed), live.speed as f64);
            left.is_some_and(|left| left.as_secs() < one.expires_s.saturating_sub(now_s))
        });
        if in_time {
            continue;
        }
        let to = names.get(&app.0.kinds, &app.0.engine, &one.destination).await;
        let key = format!("session:{}:{}", one.destination, one.expires_s / AHEAD_S);
        let need = causes.entry(key).or_insert_with(|| Need::Ending {
            name: to.name,
            file: one.name.clone(),
            files: 0,
            confirmed: 0,
            expires_s: one.expires_s,
        });
        if let Need::Ending { files, confirmed, .. } = need {
            *files += 1;
            *confirmed += one.confirmed;
        }
    }
    Ok(())
}

async fn standing(
    app: &App,
    names: &mut Names,
    attention: &[Attention],
    id: &str,
) -> Result<Option<Standing>, JournalError> {
    let Some((batch, count)) = app.0.engine.batch(&BatchId(id.to_owned())).await? else { return Ok(None) };
    let to = names.get(&app.0.kinds, &app.0.engine, &batch.destination).await;
    let left_out = batch.left_out.iter().filter(|left| left.why != WhyLeftOut::Ignored).count();
    let left_out = u32::try_from(left_out).unwrap_or(u32::MAX);
    let common = attention.iter().filter(|some| some.batch == batch.id && is_common_name(&some.cause));
    let caused = common.map(|some| some.files).sum::<u32>().min(count.attention);
    Ok(Some(Standing {
        destination: to.name,
        practice: to.practice,
        files: count.files + left_out,
        verified: count.verified,
        uploaded: count.uploaded,
        cancelled: count.cancelled,
        left_out,
        need: count.attention - caused,
        caused,
    }))
}
