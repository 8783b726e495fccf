//! Reading a request's body block by block, with the faults that happen in the middle of one.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;

use crate::faults::effect::Effect;
use crate::net::tap::Line;

/// What `low-speed` leaves of a line, bytes a second.
const LOW_SPEED: u64 = 8 * 1024;

/// How reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The whole body was taken.
    Whole,
    /// The connection is to be reset.
    Reset,
    /// The sending half was closed; what came after was swallowed. Nothing can be answered.
    Swallowed,
    /// Half is taken, and nothing more is to be: the caller holds on to body and connection for ever.
    Stalled,
    /// The client went away before the end.
    CutShort,
    /// The taker gave up.
    Refused,
}

/// Feeds the body to `take`, as far as the fault lets it. `length` is what the body announced.
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
