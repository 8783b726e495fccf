//! Declared capabilities work, and undeclared ones are refused.

use partway_core::{FileReceipt, RetryClass, Strength};

use super::super::destination::Destination;
use super::super::outcome::{MustGo, Outcome, broken, ensure};
use super::super::upload::Upload;
use crate::{Capabilities, Finding};

/// Tries every capability once on an open session: it works if declared, and is refused if not.
pub async fn capabilities_are_honest(destination: &dyn Destination) -> Outcome {
    let mut upload = Upload::begin(destination, "honest.bin", destination.part_size() * 2 + 1).await?;
    let Capabilities { refresh, list, abort, verify, .. } = upload.provider.capabilities();
    ensure(upload.provider.capabilities() == destination.open().await.capabilities(), || {
        "two providers of one destination declare different things".to_owned()
    })?;
    let all = upload.numbers();
    let (first, rest) = all.split_at(1);

    if refresh {
        upload.renew(&all).await?;
    } else {
        refused("targets", upload.provider.targets(&upload.session, &all).await.map(drop))?;
    }
    upload.send(first).await?;
    match upload.provider.list_parts(&upload.session).await {
        Ok(listed) if list => {
            ensure(listed.len() == 1, || format!("one part was sent, {} are listed", listed.len()))?;
        }
        other => declared("list", list, other.map(drop))?,
    }
    if verify {
        let unknown = FileReceipt::unknown();
        match upload.provider.verify(&upload.session, &upload.receipts(), unknown).await {
            Ok(receipt) if receipt.strength == Strength::Confirmed => {
                return broken("verify confirms a file that was never completed");
            }
            _ => {}
        }
    }
    upload.send(rest).await?;
    upload.finish().await?;
    if !abort {
        refused("abort", upload.provider.abort(&upload.session).await)?;
    }
    tested(destination).await
}

fn declared(what: &str, can: bool, outcome: Result<(), partway_core::Failure>) -> Outcome {
    if can { outcome.must(what) } else { refused(what, outcome) }
}

fn refused(what: &str, outcome: Result<(), partway_core::Failure>) -> Outcome {
    let failure = outcome.must_not(&format!("{what}, which is declared impossible"))?;
    ensure(failure.class == RetryClass::Refused, || {
        format!("{what}, which is declared impossible, is {:?}, and must be Refused", failure.class)
    })
}

/// The check of a working destination reports nothing bad.
async fn tested(destination: &dyn Destination) -> Outcome {
    let provider = destination.open().await;
    let checked = provider.check().await;
    ensure(matches!(checked.host, Finding::Good(_)), || {
        format!("the host is there, and the check says {:?}", checked.host)
    })?;
    ensure(!matches!(checked.key, Finding::Bad(_)), || {
        format!("the key is good, and the check says {:?}", checked.key)
    })?;
    ensure(!provider.host().is_empty(), || "the provider names no host".to_owned())
}
