//! Fields set along with the file arrive as set.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::destination::Destination;
use super::super::outcome::{Outcome, broken, ensure, skipped};
use super::super::upload::{Example, Upload};
use crate::Fields;

/// Sets each field that can be read back ([`Destination::fields`]), and reads it back.
pub async fn fields_arrive(destination: &dyn Destination) -> Outcome {
    let fields = destination.fields();
    if fields == Fields::default() {
        return skipped("no field can be read back");
    }
    let mut example = Example::new(destination, "with fields.bin", destination.part_size() + 1);
    example.facts.fields = fields.clone();
    let mut upload = Upload::of(destination, example).await?;
    let all = upload.numbers();
    upload.send(&all).await?;
    let receipt = upload.finish().await?;
    let Some(object) = upload.lies_there(Some(&receipt)).await? else {
        return broken("fields are named as readable, and nothing can be seen at the destination");
    };
    let (sent, there) = (by_name(&fields), by_name(&object.fields));
    for (name, value) in &sent {
        ensure(there.get(name) == Some(value), || {
            format!("{name} was set to {value}, and {} arrived", there.get(name).unwrap_or(&Value::Null))
        })?;
    }
    Ok(())
}

fn by_name(fields: &Fields) -> BTreeMap<String, Value> {
    let json = serde_json::to_value(fields).unwrap_or_default();
    json.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect()
}
