//! Every refusal is understood: its class, its cause, its words.

use std::mem::discriminant;

use partway_core::{Failure, RetryClass, Step};

use super::super::destination::{Destination, Refusal};
use super::super::outcome::{MustGo, NotHeld, Outcome, broken, ensure, skipped};
use super::super::upload::{Example, Upload, step};
use super::secrets;
use crate::Finding;

/// Each of [`Destination::refusals`], provoked at its step, yields its class, cause and words.
pub async fn every_refusal_is_decoded(destination: &dyn Destination) -> Outcome {
    let refusals = destination.refusals();
    if refusals.is_empty() {
        return skipped("no refusal can be provoked");
    }
    for refusal in refusals {
        let Some(refusing) = destination.refusing(&refusal).await else {
            return broken(format!("{} is named as a refusal, and cannot be provoked", refusal.name));
        };
        let failure = met(&*refusing, &refusal).await.map_err(|not_held| match not_held {
            NotHeld::Broken(why) => NotHeld::Broken(format!("{}: {why}", refusal.name)),
            skipped @ NotHeld::Skipped(_) => skipped,
        })?;
        decoded(&refusal, &failure)?;
        secrets::hidden(&*refusing, refusal.name, &format!("{failure:?} {failure}"))?;
    }
    Ok(())
}

/// The failure at the step at which it is due; every step before it must succeed.
async fn met(destination: &dyn Destination, refusal: &Refusal) -> Result<Failure, NotHeld> {
    let must_not = format!("{} at {}", refusal.name, step(refusal.at));
    let example = Example::new(destination, "refused.bin", destination.part_size() + 1);
    let (unopened, started) = Upload::start(destination, example).await?;
    if refusal.at == Step::Start {
        return started.must_not(&must_not);
    }
    let mut upload = unopened.opened(started.must("start")?)?;
    for number in upload.numbers() {
        let bytes = upload.part(number).to_vec();
        match upload.put(number, &bytes).await? {
            Err(failure) if refusal.at == Step::Part => return Ok(failure),
            sent => sent.must(&format!("part {number}"))?,
        }
    }
    let (provider, session) = (&upload.provider, &upload.session);
    match refusal.at {
        Step::Refresh => provider.targets(session, &upload.numbers()).await.must_not(&must_not),
        Step::List => provider.list_parts(session).await.must_not(&must_not),
        Step::Abort => provider.abort(session).await.must_not(&must_not),
        Step::Complete => upload.complete().await.must_not(&must_not),
        Step::Verify => {
            let receipt = upload.complete().await.must("complete")?;
            provider.verify(session, &upload.receipts(), receipt).await.must_not(&must_not)
        }
        Step::Part => broken("every part was taken"),
        Step::Start | Step::Check => broken("a refusal of this step is not looked for here"),
    }
}

fn decoded(refusal: &Refusal, failure: &Failure) -> Outcome {
    let Refusal { name, class, cause, says, .. } = refusal;
    ensure(discriminant(class) == discriminant(&failure.class), || {
        format!("{name} is {:?}, and must be {class:?} ({failure})", failure.class)
    })?;
    let told = serde_json::to_value(&failure.cause).unwrap_or_default();
    ensure(told["cause"] == **cause, || format!("{name} is told as {told}, and must be told as {cause}"))?;
    ensure(failure.step == refusal.at, || {
        format!("{name} came at {:?} and is told of {:?}", refusal.at, failure.step)
    })?;
    ensure(!failure.detail.is_empty() && failure.detail.contains(says), || {
        format!("{name} must say “{says}”, and says “{}”", failure.detail)
    })
}

/// A rejected key waits for another one: at the start the failure's class is `Credentials`, and a check never
/// reports the key as good.
pub async fn a_wrong_key_is_told_as_such(destination: &dyn Destination) -> Outcome {
    let Some(provider) = destination.with_wrong_key().await else {
        return skipped("there is no wrong key to try");
    };
    let checked = provider.check().await;
    ensure(!matches!(checked.key, Finding::Good(())), || "a wrong key looks good in the check".to_owned())?;
    let (right, _) = Upload::start(destination, Example::new(destination, "wrong key.bin", 5)).await?;
    let (facts, plan) = right.asked();
    match provider.start(facts, plan).await {
        // A provider that signs locally learns of it only from the first request.
        Ok(_) => broken("a session was opened with a wrong key"),
        Err(failure) => ensure(failure.class == RetryClass::Credentials, || {
            format!("a wrong key is {:?} at start, and must be Credentials ({failure})", failure.class)
        }),
    }
}
