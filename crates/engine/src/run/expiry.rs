//! Until when a part's link may be used, by the clock of whoever made it.

use partway_provider::PartTarget;

use crate::state::EngineState;

/// A part is begun only while its link is valid by that much; of a short life a quarter must do, or nothing could ever be sent.
const MARGIN_S: u64 = 60;

/// Whether a part may still begin with this link; by the storage's clock, because the storage will judge, or else by the vendor's.
pub(super) fn is_valid(state: &EngineState, api_host: &str, target: &PartTarget, since: i64) -> bool {
    let Some(expires) = target.expires_at else { return true };
    let ahead = state.clock_ahead(&host_of(target)).or_else(|| state.clock_ahead(api_host)).unwrap_or(0);
    let seconds = |ms: i64| u64::try_from(ms / 1000 + ahead).unwrap_or(0);
    let life = expires.saturating_sub(seconds(since));
    seconds(state.clock.unix_ms()) + MARGIN_S.min(life / 4) < expires
}

/// Host and port of a link: clocks, permits and lines are known by it.
pub(super) fn host_of(target: &PartTarget) -> String {
    let url = url::Url::parse(target.url.expose()).ok();
    url.and_then(|url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?)))
        .unwrap_or_default()
}
