//! Resuming in another process, and after links expired.

use partway_core::RetryClass;

use super::super::destination::Destination;
use super::super::outcome::{MustGo, NotHeld, Outcome, ensure, skipped};
use super::super::upload::Upload;

/// The session, plus what the journal keeps with it, is all that a provider needs to resume.
pub async fn a_session_goes_on_in_a_new_process(destination: &dyn Destination) -> Outcome {
    let mut upload = Upload::begin(destination, "from part way.bin", destination.part_size() * 3 + 1).await?;
    let all = upload.numbers();
    let (before, after) = all.split_at(all.len() / 2);
    upload.send(before).await?;
    upload.in_a_new_process().await;
    if upload.provider.capabilities().refresh {
        upload.renew(after).await?;
    }
    upload.send(after).await?;
    upload.in_a_new_process().await;
    upload.finish().await.map(drop)
}

/// If links can be renewed, a session whose links expired resumes with the parts it has.
pub async fn expired_links_are_renewed(destination: &dyn Destination) -> Outcome {
    if !destination.open().await.capabilities().refresh {
        return skipped("its links cannot be renewed");
    }
    let mut upload = with_expired_links(destination, "renewed.bin").await?;
    let rest = upload.numbers().split_off(1);
    upload.renew(&rest).await?;
    upload.send(&rest).await?;
    upload.finish().await.map(drop)
}

/// Whatever became of the session, a new one for the same file goes through.
pub async fn after_expired_links_a_new_session_works(destination: &dyn Destination) -> Outcome {
    with_expired_links(destination, "begun anew.bin").await?;
    let mut upload = Upload::begin(destination, "begun anew.bin", destination.part_size() * 2 + 1).await?;
    let all = upload.numbers();
    upload.send(&all).await?;
    upload.finish().await.map(drop)
}

/// A session with its first part sent and its links expired; the second part is refused as expired.
async fn with_expired_links<'a>(destination: &'a dyn Destination, name: &str) -> Result<Upload<'a>, NotHeld> {
    destination.before_expiry().await;
    let mut upload = Upload::begin(destination, name, destination.part_size() * 2 + 1).await?;
    let all = upload.numbers();
    for number in &all {
        upload.target(*number).await?;
    }
    upload.send(all.get(..1).unwrap_or_default()).await?;
    if !destination.expire_links().await {
        return skipped("nothing here can let links run out");
    }
    if let Some(second) = all.get(1) {
        let bytes = upload.part(*second).to_vec();
        let failure = upload.put(*second, &bytes).await?.must_not("a part at a link that ran out")?;
        ensure(failure.class == RetryClass::LinkExpired, || {
            format!("a link that ran out is {:?}, and must be LinkExpired ({failure})", failure.class)
        })?;
    }
    Ok(upload)
}
