//! Whole numbers as vendors send them: as a number, as a float without a fraction, as text.

use serde_json::Value;

/// 2^53: above it a float does not hold every whole number (IEEE 754).
const EXACT_FLOAT: f64 = 9_007_199_254_740_992.0;

/// The whole number that a value represents; `None` if it is not one, negative, or too large to be exact.
pub(crate) fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64()?;
            let exact = float.fract() == 0.0 && (0.0..=EXACT_FLOAT).contains(&float);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole, not negative and at most 2^53, as was just seen"
            )]
            exact.then_some(float as u64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_numbers_are_read_in_every_form_and_nothing_else_is() {
        for value in [json!(7), json!(7.0), json!("7"), json!(" 7 ")] {
            assert_eq!(whole(&value), Some(7), "{value}");
        }
        assert_eq!(whole(&json!(u64::MAX)), Some(u64::MAX));
        for value in [
            json!(-7),
            json!(7.5),
            json!(1e300),
            json!("7.0"),
            json!("-7"),
            json!(""),
            json!(null),
            json!([7]),
            json!(true),
        ] {
            assert_eq!(whole(&value), None, "{value}");
        }
    }
}
