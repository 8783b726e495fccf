//! Aborting a session, and what it is good for afterwards.

use partway_core::{Failure, RetryClass};

use super::super::destination::Destination;
use super::super::outcome::{MustGo, Outcome, ensure, skipped};
use super::super::upload::Upload;

/// Aborts once and twice, also from another process. Afterwards the session is gone at every step, and
/// nothing is stored.
pub async fn an_aborted_session_is_gone(destination: &dyn Destination) -> Outcome {
    if !destination.open().await.capabilities().abort {
        return skipped("it cannot throw a session away");
    }
    let mut upload = Upload::begin(destination, "thrown away.bin", destination.part_size() * 2 + 1).await?;
    let all = upload.numbers();
    for number in &all {
        upload.target(*number).await?;
    }
    upload.send(&all).await?;
    upload.provider.abort(&upload.session).await.must("abort")?;
    upload.provider.abort(&upload.session).await.must("abort for the second time")?;
    upload.in_a_new_process().await;
    upload.provider.abort(&upload.session).await.must("abort by another process")?;

    for number in &all {
        let bytes = upload.part(*number).to_vec();
        gone("a part", &upload.put(*number, &bytes).await?.must_not("a part after abort")?)?;
    }
    gone("complete", &upload.complete().await.must_not("complete after abort")?)?;
    if upload.provider.capabilities().list {
        match upload.provider.list_parts(&upload.session).await {
            Ok(listed) => {
                ensure(listed.is_empty(), || format!("after abort, {} parts are listed", listed.len()))?;
            }
            Err(failure) => gone("list", &failure)?,
        }
    }
    upload.lies_nowhere("after abort").await
}

fn gone(what: &str, failure: &Failure) -> Outcome {
    ensure(matches!(failure.class, RetryClass::SessionGone | RetryClass::Conflict), || {
        format!("{what} after abort is {:?}, and must be SessionGone or Conflict ({failure})", failure.class)
    })
}
