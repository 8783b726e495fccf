//! Reads a request's body block by block, with the faults that happen in the middle of one.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;

use crate::faults::effect::Effect;
use crate::net::tap::Line;

/// The rate of `low-speed`, bytes per second.
const LOW_SPEED: u64 = 8 * 1024;

/// How reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The whole body was read.
    Whole,
    /// The caller must reset the connection.
    Reset,
    /// The sending half was closed; what followed was discarded. No answer is possible.
    Swallowed,
    /// Half is read, and no more will be: the caller holds body and connection forever.
    Stalled,
    /// The client disconnected before the end.
    CutShort,
    /// The receiver gave up.
    Refused,
}

/// Feeds the body to `take`, as far as the fault allows. `length` is the announced length.
pub(crate) async fn receive(
    body: &mut Body,
    length: u64,
    fault: Option<Effect>,
    line: &Line,
    mut take: impl FnMut(&Bytes) -> bool,
) -> End {
    let mut taken = 0;
    let mut swallowing = false;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return if swallowing { End::Swallowed } else { End::CutShort } };
        let Ok(data) = frame.into_data() else { continue };
        if swallowing {
            continue;
        }
        taken += data.len() as u64;
        if !take(&data) {
            return End::Refused;
        }
        let half = taken >= length.div_ceil(2);
        match fault {
            Some(Effect::ResetMidBody) if half => return End::Reset,
            Some(Effect::Stall) if half => return End::Stalled,
            Some(Effect::HalfClose) if half => {
                line.half_close();
                swallowing = true;
            }
            Some(Effect::LowSpeed) => {
                tokio::time::sleep(Duration::from_secs_f64(data.len() as f64 / LOW_SPEED as f64)).await;
            }
            _ => {}
        }
    }
    match fault {
        Some(Effect::ResetMidBody) => End::Reset,
        Some(Effect::Stall) => End::Stalled,
        Some(Effect::HalfClose) => {
            line.half_close();
            End::Swallowed
        }
        _ if taken == length => End::Whole,
        _ => End::CutShort,
    }
}
