//! Parts in any order, a part sent twice, two files at once.

use super::super::chance::Chance;
use super::super::destination::Destination;
use super::super::outcome::{MustGo, Outcome};
use super::super::upload::Upload;

/// How many random orders to try, with five parts each.
const ORDERS: u32 = 4;

/// Parts are numbered, so their order of arrival does not matter.
pub async fn parts_arrive_in_any_order(destination: &dyn Destination) -> Outcome {
    let mut chance = Chance::of(destination.seed(), "orders");
    for round in 1..=ORDERS {
        let size = destination.part_size() * 4 + 1 + chance.below(destination.part_size());
        let mut upload = Upload::begin(destination, &format!("order {round}.bin"), size).await?;
        let order = chance.shuffled(upload.numbers());
        upload.send(&order).await?;
        upload.finish().await?;
    }
    Ok(())
}

/// Two files of one size, with interleaved parts, stay two files.
pub async fn two_files_at_once_do_not_mix(destination: &dyn Destination) -> Outcome {
    let size = destination.part_size() * 2 + 1;
    let mut one = Upload::begin(destination, "one of two.bin", size).await?;
    let mut other = Upload::begin(destination, "other of two.bin", size).await?;
    for number in one.numbers() {
        one.send(&[number]).await?;
        other.send(&[number]).await?;
    }
    other.finish().await?;
    one.finish().await?;
    other.lies_there(None).await.map(drop)
}

/// A part whose answer was lost is sent again, and the file is the same.
pub async fn a_part_sent_again_changes_nothing(destination: &dyn Destination) -> Outcome {
    let mut upload = Upload::begin(destination, "sent again.bin", destination.part_size() * 2 + 7).await?;
    let all = upload.numbers();
    upload.send(&all).await?;
    upload.send(&all).await?;
    upload.finish().await.map(drop)
}

/// If a part is sent again with other bytes, the last ones count: so a file that changed can be repaired part
/// by part.
pub async fn of_two_bodies_of_a_part_the_last_holds(destination: &dyn Destination) -> Outcome {
    let mut upload = Upload::begin(destination, "mended.bin", destination.part_size() * 2 + 7).await?;
    for number in upload.numbers() {
        let others: Vec<u8> = upload.part(number).iter().map(|byte| !byte).collect();
        upload.put(number, &others).await?.must(&format!("part {number} with other bytes"))?;
    }
    let all = upload.numbers();
    upload.send(&all).await?;
    upload.finish().await.map(drop)
}
