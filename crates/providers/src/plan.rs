//! The plan that a client brings to *start*.

use partway_core::{Cause, Failure, Limits, PartPlan, PlanError, RetryClass, Step};
use partway_provider::FileFacts;

/// The plan that was handed in, if it is one for this file and within the limits; else one with as few parts as may be. Nothing is
/// sent for a file that cannot be divided.
pub(crate) fn own_plan(
    plan: Option<PartPlan>,
    file: &FileFacts,
    limits: &Limits,
) -> Result<PartPlan, Failure> {
    let fits = |plan: &PartPlan| {
        let whole = plan.count() <= 1 || plan.part_size() >= limits.min_part;
        plan.file_size() == file.size
            && plan.count() <= limits.max_parts
            && plan.count() > 0
            && plan.largest_part() <= limits.max_part
            && whole
    };
    let too_large = limits.max_file.is_some_and(|most| file.size > most);
    match plan.filter(fits) {
        Some(plan) if !too_large => Ok(plan),
        _ => PartPlan::by_count(file.size, 1, limits).map_err(|error| told(&error)),
    }
}

fn told(error: &PlanError) -> Failure {
    let limit = match error {
        PlanError::FileTooLarge { limit, .. } => Some(*limit),
        _ => None,
    };
    Failure::new(Step::Start, RetryClass::Refused, Cause::TooLarge { limit }, error.to_string())
}
