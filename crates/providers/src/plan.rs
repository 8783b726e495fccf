//! The plan that a client brings to *start*, and whether the receipts at *complete* cover it.

use partway_core::{Cause, Failure, Limits, PartPlan, PartReceipt, PlanError, RetryClass, Step};
use partway_provider::FileFacts;

/// The given plan, if it is for this file and within the limits; without one, a plan with as few parts as
/// possible. Nothing is sent for a file that cannot be divided, or under a plan that the vendor would not
/// accept.
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
    match plan {
        Some(plan) if !too_large && fits(&plan) => Ok(plan),
        Some(_) if !too_large => {
            let said = "its parts are not as they may be there".to_owned();
            let detail = "the plan is of another file, or beyond the limits";
            Err(Failure::new(Step::Start, RetryClass::Refused, Cause::Refused { said }, detail))
        }
        _ => PartPlan::by_count(file.size, 1, limits).map_err(|error| told(&error)),
    }
}

/// Refuses *complete* unless there is one receipt for each part, in order: a storage assembles the parts that
/// it is given, so a missing one would silently give a truncated file.
pub(crate) fn covered(parts: u32, receipts: &[PartReceipt]) -> Result<(), Failure> {
    let wrong = (1..=parts).find(|number| {
        let at = usize::try_from(number - 1).ok();
        at.and_then(|at| receipts.get(at)).is_none_or(|receipt| receipt.number.get() != *number)
    });
    let what = match wrong {
        Some(number) => format!("part {number} of {parts} has no receipt"),
        None if receipts.len() > parts as usize => {
            format!("there are {} receipts for {parts} parts", receipts.len())
        }
        None => return Ok(()),
    };
    let cause = Cause::KeepsFailing { what: what.clone() };
    Err(Failure::new(Step::Complete, RetryClass::PartsMissing, cause, what))
}

fn told(error: &PlanError) -> Failure {
    let limit = match error {
        PlanError::FileTooLarge { limit, .. } => Some(*limit),
        _ => None,
    };
    Failure::new(Step::Start, RetryClass::Refused, Cause::TooLarge { limit }, error.to_string())
}

#[cfg(test)]
mod tests {
    use partway_core::PartNumber;

    use super::*;

    #[test]
    fn there_is_one_receipt_for_each_part_in_order() {
        let receipt = |number| PartReceipt {
            number: PartNumber::new(number).unwrap(),
            size: 5,
            md5: [0; 16],
            etag: None,
            compared: false,
            checksum: None,
        };
        for (numbers, told) in [
            (&[1, 2, 3][..], None),
            (&[], Some("part 1 of 3 has no receipt")),
            (&[1, 2], Some("part 3 of 3 has no receipt")),
            (&[1, 3], Some("part 2 of 3 has no receipt")),
            (&[2, 1, 3], Some("part 1 of 3 has no receipt")),
            (&[1, 2, 2], Some("part 3 of 3 has no receipt")),
            (&[1, 2, 3, 4], Some("there are 4 receipts for 3 parts")),
        ] {
            let receipts: Vec<_> = numbers.iter().map(|number| receipt(*number)).collect();
            let failure = covered(3, &receipts).err();
            assert_eq!(failure.as_ref().map(|failure| failure.detail.as_str()), told, "{numbers:?}");
            assert!(failure.is_none_or(|failure| failure.class == RetryClass::PartsMissing));
        }
    }
}
