//! Completing twice, and too early.

use partway_core::{Etag, PartNumber, PartReceipt, RetryClass};

use super::super::destination::Destination;
use super::super::outcome::{MustGo, NotHeld, Outcome, broken, ensure};
use super::super::upload::Upload;

/// The first answer may be lost, so the second complete succeeds again or fails with `Conflict`. It never
/// says that the file is missing or that everything must be sent again.
pub async fn a_second_complete_is_yes_or_conflict(destination: &dyn Destination) -> Outcome {
    let mut upload = Upload::begin(destination, "completed twice.bin", destination.part_size() + 1).await?;
    let all = upload.numbers();
    upload.send(&all).await?;
    let receipt = upload.finish().await?;
    for process in ["the same process", "another process"] {
        match upload.complete().await {
            Ok(_) => {}
            Err(failure) => ensure(failure.class == RetryClass::Conflict, || {
                format!(
                    "a second complete by {process} is {:?}, and must be Conflict ({failure})",
                    failure.class
                )
            })?,
        }
        upload.in_a_new_process().await;
    }
    if upload.provider.capabilities().verify {
        let unknown = partway_core::FileReceipt::unknown();
        let verified = upload.provider.verify(&upload.session, &upload.receipts(), unknown).await;
        let strength = verified.must("verify after a second complete")?.strength;
        ensure(strength == partway_core::Strength::Confirmed, || {
            "the file is there, and verify does not confirm it".to_owned()
        })?;
    }
    upload.lies_there(Some(&receipt)).await.map(drop)
}

/// Completes too early, with the missing part left out of the receipts or claimed by a false receipt. The
/// provider refuses or asks for the part, and never creates a file shorter than promised.
pub async fn a_missing_part_never_makes_a_shorter_file(destination: &dyn Destination) -> Outcome {
    for (missing, claimed) in [(0, false), (1, false), (2, false), (2, true), (0, true)] {
        let name = format!("without part {}{}.bin", missing + 1, if claimed { " claimed" } else { "" });
        let mut upload = Upload::begin(destination, &name, destination.part_size() * 2 + 1).await?;
        let mut some = upload.numbers();
        let left_out = some.remove(missing);
        upload.send(&some).await?;
        let mut receipts = upload.receipts();
        if claimed {
            receipts.insert(missing, invented(left_out, upload.part(left_out).len() as u64));
        }
        let failure = upload.provider.complete(&upload.session, &receipts).await.must_not(&name)?;
        ensure(matches!(failure.class, RetryClass::PartsMissing | RetryClass::Refused), || {
            format!("{name} is {:?}, and must be PartsMissing or Refused ({failure})", failure.class)
        })?;
        upload.lies_nowhere(&name).await?;
        if failure.class == RetryClass::PartsMissing {
            upload.send(&[left_out]).await?;
            upload.finish().await.map_err(|not_held| match not_held {
                NotHeld::Broken(why) => NotHeld::Broken(format!("{name}, sent afterwards: {why}")),
                skipped @ NotHeld::Skipped(_) => skipped,
            })?;
        }
    }
    Ok(())
}

/// A receipt for bytes that were never sent.
fn invented(number: PartNumber, size: u64) -> PartReceipt {
    let etag = Some(Etag("0123456789abcdef0123456789abcdef".to_owned()));
    PartReceipt { number, size, md5: [0; 16], etag, compared: false, checksum: None }
}

/// A journal may be damaged: a session that cannot be read is reported at every step, without a request.
pub async fn a_session_that_cannot_be_read_is_told(destination: &dyn Destination) -> Outcome {
    let provider = destination.open().await;
    let capabilities = provider.capabilities();
    for body in ["", "{}", "null", "[]", "no JSON", r#"{"session":7,"upload_id":null}"#] {
        let session = crate::Session { body: body.to_owned(), expires_at: None };
        let failure =
            provider.complete(&session, &[]).await.must_not("complete of a session that cannot be read")?;
        if !matches!(failure.class, RetryClass::SessionGone | RetryClass::Refused) {
            return broken(format!(
                "a session that cannot be read ({body:?}) is {:?} at complete, and must be SessionGone or Refused",
                failure.class
            ));
        }
        if capabilities.refresh {
            let targets = provider.targets(&session, &[PartNumber::FIRST]).await;
            targets.must_not("targets of a session that cannot be read")?;
        }
        if capabilities.list {
            provider.list_parts(&session).await.must_not("list of a session that cannot be read")?;
        }
        // It may answer that a session it cannot name is gone, or that it cannot do this; it only has to
        // return.
        let _ = provider.abort(&session).await;
    }
    Ok(())
}
