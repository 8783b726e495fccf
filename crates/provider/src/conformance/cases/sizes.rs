//! Files of every boundary size, and files that are too large.

use partway_core::{PartPlan, RetryClass};

use super::super::destination::Destination;
use super::super::outcome::{MustGo, Outcome, ensure};
use super::super::upload::{Example, Upload};
use crate::{Planner, Provider};

/// The most parts in any plan.
const MOST_PARTS: u32 = 10_000;

/// Zero bytes, one byte, exact multiples of the part size, and one byte to either side.
pub async fn every_size_arrives(destination: &dyn Destination) -> Outcome {
    let part = destination.part_size();
    for size in [0, 1, part - 1, part, part + 1, part * 2 - 1, part * 2, part * 2 + 1] {
        let mut upload = Upload::begin(destination, &format!("{size} bytes.bin"), size).await?;
        let all = upload.numbers();
        upload.send(&all).await?;
        upload.finish().await?;
    }
    Ok(())
}

/// A file beyond the limits, or a plan that breaks them or is for another file, is refused when the session
/// is requested; if the client plans, without a request.
pub async fn what_is_beyond_the_limits_is_refused_before_anything_is_sent(
    destination: &dyn Destination,
) -> Outcome {
    let provider = destination.open().await;
    let limits = provider.limits();
    let most = limits.max_part.saturating_mul(u64::from(limits.max_parts.min(MOST_PARTS)));
    let largest = limits.max_file.unwrap_or(most).min(most);
    if provider.capabilities().planner == Planner::Server {
        return refused(destination, &*provider, "a file that is too large", largest.saturating_add(1), None)
            .await;
    }
    let restored = |size: u64, part: u64| {
        let count = u32::try_from(size.div_ceil(part.max(1))).ok()?;
        PartPlan::restore(size, part, count).ok()
    };
    let (min, max) = (limits.min_part, limits.max_part);
    let small = destination.part_size();
    let beyond = [
        ("too many parts", u64::from(limits.max_parts) * small + 1, small),
        (
            "a file that is too large",
            largest.saturating_add(1),
            largest.div_ceil(u64::from(limits.max_parts)) + 1,
        ),
        ("a part that is too large", max.saturating_add(1), max.saturating_add(1)),
        ("parts that are too small", (min - 1) * 2 + 1, min - 1),
    ];
    for (what, size, part) in beyond {
        // If no plan can exceed this limit, there is nothing to refuse.
        if let Some(plan) = restored(size, part) {
            refused(destination, &*provider, what, size, Some(plan)).await?;
        }
    }
    let of_another = restored(small * 2, small);
    refused(destination, &*provider, "the plan of another file", small * 2 + 1, of_another).await
}

async fn refused(
    destination: &dyn Destination,
    provider: &dyn Provider,
    what: &str,
    size: u64,
    plan: Option<PartPlan>,
) -> Outcome {
    let mut facts = Example::new(destination, "beyond.bin", 0).facts;
    facts.size = size;
    let before = destination.requests().await;
    let failure = provider.start(&facts, plan).await.must_not(what)?;
    ensure(failure.class == RetryClass::Refused, || {
        format!("{what} is {:?}, and must be Refused ({failure})", failure.class)
    })?;
    ensure(plan.is_none() || before == destination.requests().await, || {
        format!("{what} was asked of the server, and can be known without")
    })
}
