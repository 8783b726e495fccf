//! Compares the vendor's list of parts with what was sent.

use std::collections::BTreeMap;

use partway_core::PartReceipt;

use super::super::chance::Chance;
use super::super::destination::Destination;
use super::super::outcome::{MustGo, Outcome, broken, ensure, skipped};
use super::super::upload::Upload;

/// Empty at first, then exactly the parts that were accepted, with their sizes and ETags.
pub async fn the_list_tells_what_was_sent(destination: &dyn Destination) -> Outcome {
    if !destination.open().await.capabilities().list {
        return skipped("it does not tell which parts it has");
    }
    let mut upload = Upload::begin(destination, "listed.bin", destination.part_size() * 3 + 1).await?;
    same(&upload, "before the first part").await?;
    let mut some = Chance::of(destination.seed(), "listed").shuffled(upload.numbers());
    let later = some.split_off(2);
    upload.send(&some).await?;
    same(&upload, "after some parts").await?;
    upload.in_a_new_process().await;
    upload.send(&later).await?;
    same(&upload, "after all parts").await?;
    upload.finish().await.map(drop)
}

async fn same(upload: &Upload<'_>, when: &str) -> Outcome {
    let listed = upload.provider.list_parts(&upload.session).await.must(&format!("list {when}"))?;
    let sent: BTreeMap<u32, PartReceipt> =
        upload.receipts().into_iter().map(|receipt| (receipt.number.get(), receipt)).collect();
    let numbers: Vec<u32> = listed.iter().map(|part| part.number.get()).collect();
    ensure(numbers.len() == sent.len() && numbers.iter().all(|number| sent.contains_key(number)), || {
        format!("{when}, {:?} were sent and {numbers:?} are listed", sent.keys().collect::<Vec<_>>())
    })?;
    for part in listed {
        let Some(receipt) = sent.get(&part.number.get()) else { continue };
        let size = receipt.size;
        ensure(part.size.is_none_or(|told| told == size), || {
            format!(
                "{when}, part {} has {size} bytes, {} are listed",
                part.number,
                part.size.unwrap_or_default()
            )
        })?;
        if !part.is(receipt) {
            return broken(format!(
                "{when}, part {} is listed with another ETag than its answer had",
                part.number
            ));
        }
    }
    Ok(())
}
