//! How long a part's link may be used, by the clock of its issuer.

use partway_provider::PartTarget;

use crate::state::EngineState;

/// A part is started only if its link stays valid for this many seconds; for short-lived links, a quarter
/// of their lifetime, or none would ever qualify.
const MARGIN_S: u64 = 60;

/// Whether a part may still start with this link. Uses the storage's clock, since the storage decides, or
/// else the vendor's.
pub(super) fn is_valid(state: &EngineState, api_host: &str, target: &PartTarget, since: i64) -> bool {
    let Some(expires) = target.expires_at else { return true };
    let ahead = state.clock_ahead(&host_of(target)).or_else(|| state.clock_ahead(api_host)).unwrap_or(0);
    let seconds = |ms: i64| u64::try_from(ms / 1000 + ahead).unwrap_or(0);
    let life = expires.saturating_sub(seconds(since));
    seconds(state.clock.unix_ms()) + MARGIN_S.min(life / 4) < expires
}

/// Host and port of a link: the key for clocks, permits and lines.
pub(super) fn host_of(target: &PartTarget) -> String {
    let url = url::Url::parse(target.url.expose()).ok();
    url.and_then(|url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?)))
        .unwrap_or_default()
}
