//! Checks on the test file just sent whether a storage honors the no-overwrite condition.

use bytes::Bytes;
use md5::{Digest as _, Md5};
use partway_core::{Cause, Failure, PartReceipt};
use partway_http::PartClient;
use partway_provider::{PartTarget, Provider, Session};

use super::{Seen, put, try_put, within};

/// Sends the same bytes again on the same condition; if it is ignored, they overwrite themselves. `None` if
/// the answer shows neither.
pub(super) async fn is_kept(client: &PartClient, target: &PartTarget, body: &Bytes) -> Option<bool> {
    match try_put(client, target, body).await {
        Ok(_) => Some(false),
        Err(failure) => matches!(failure.cause, Cause::NameTaken { .. }).then_some(true),
    }
}

/// The same for a file sent in parts: some storages know the condition for whole files only.
pub(super) async fn in_parts(
    (provider, client): (&dyn Provider, &PartClient),
    session: &Session,
    body: &Bytes,
) -> Option<bool> {
    let more = within(provider.once_more(session)).await.ok()??;
    let kept = within(try_parts((provider, client), &more, body)).await.ok();
    if kept != Some(Some(false)) {
        // Leftovers are not worth reporting.
        let _ = within(provider.abort(&more)).await;
    }
    kept?
}

async fn try_parts(
    (provider, client): (&dyn Provider, &PartClient),
    session: &Session,
    body: &Bytes,
) -> Result<Option<bool>, Failure> {
    let number = partway_core::PartNumber::FIRST;
    let targets = provider.targets(session, &[number]).await?;
    let Some(target) = targets.into_iter().find(|target| target.number == number) else { return Ok(None) };
    let md5: [u8; 16] = Md5::digest(body).into();
    let (answer, checksum) = put(client, provider, session, target, body, &mut Seen::default()).await?;
    let receipt = PartReceipt {
        number,
        size: body.len() as u64,
        md5,
        etag: answer.etag,
        compared: answer.comparable,
        checksum,
    };
    provider.is_kept(session, std::slice::from_ref(&receipt)).await.map(Some)
}
