//! Keys and signed links never appear in readable text.

use super::super::destination::Destination;
use super::super::outcome::{MustGo, Outcome, ensure};
use super::super::upload::Upload;
use crate::Session;

/// Nothing that a provider returns shows the key or a link when printed; the key is in no session and is sent
/// to no target.
pub async fn nothing_shows_a_key_or_a_signed_link(destination: &dyn Destination) -> Outcome {
    let mut upload = Upload::begin(destination, "secret.bin", destination.part_size() + 1).await?;
    let all = upload.numbers();
    for number in &all {
        let target = upload.target(*number).await?;
        let shown = format!("{target:?}");
        let query = target.url.expose().split_once('?').map_or(target.url.expose(), |(_, query)| query);
        ensure(!shown.contains(target.url.expose()) && !shown.contains(query), || {
            format!("the target of part {number} shows its link")
        })?;
        hidden(destination, "the target of a part", &shown)?;
        hidden(destination, "the link of a part", target.url.expose())?;
        hidden(destination, "a header of a part", &format!("{:?}", target.headers))?;
    }
    let provider = &upload.provider;
    hidden(destination, "the session in the journal", &upload.session.body)?;
    let told = format!("{:?}", upload.session);
    ensure(!told.contains(&upload.session.body), || "a session shows what it holds".to_owned())?;
    hidden(destination, "the check", &format!("{:?}", provider.check().await))?;
    let nowhere = Session { body: "{}".to_owned(), expires_at: None };
    let failure = provider.complete(&nowhere, &[]).await.must_not("complete of no session")?;
    hidden(destination, "a failure", &format!("{failure:?} {failure}"))?;
    if let Some(wrong) = destination.with_wrong_key().await {
        hidden(destination, "the check of a wrong key", &format!("{:?}", wrong.check().await))?;
    }
    upload.send(&all).await?;
    let receipt = upload.finish().await?;
    hidden(destination, "the receipt", &format!("{receipt:?}"))?;
    hidden(destination, "the limits", &format!("{:?} {}", upload.provider.limits(), upload.provider.host()))
}

/// The text contains none of the destination's secrets.
pub(super) fn hidden(destination: &dyn Destination, what: &str, text: &str) -> Outcome {
    let found =
        destination.secrets().iter().any(|secret| !secret.is_empty() && text.contains(secret.as_str()));
    ensure(!found, || format!("{what} shows a secret"))
}
