//! A server whose clock is twenty minutes off from ours: reported as the clock's fault in both directions.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use partway_core::{Cause, Credentials, Failure, RetryClass};
use partway_http::{ApiClient, HttpOptions, PartClient, PutFailure};
use partway_provider::{IfExists, Provider};
use serde_json::json;

use super::weed::now;
use super::{SIZE, plan, with};
use crate::kinds::named;
use crate::rig::{Sandbox, sandbox};

const OFF: i64 = 20 * 60;

fn clients(sandbox: &Sandbox) -> (Box<dyn Provider>, PartClient) {
    let options = HttpOptions { clock: Some(Arc::new(now)), ..sandbox.http() };
    let entries = &sandbox.running.first_line.destinations;
    let told = entries.iter().find(|told| told.kind == "s3").unwrap();
    let mut settings = json!({ "url": told.url });
    for (name, value) in &told.more {
        settings[*name] = json!(value);
    }
    let told = serde_json::to_value(told).unwrap();
    let key = |name: &str| partway_core::ApiKey::new(told[name].as_str().unwrap());
    settings.as_object_mut().unwrap().remove("secret");
    let pair = Credentials { key: key("key"), secret: Some(key("secret")), session_token: None };
    let http = ApiClient::new(&options).unwrap();
    (named("s3").open(&settings, pair, http).unwrap(), PartClient::new(&options).unwrap())
}

#[track_caller]
fn is_the_clocks(failure: &Failure, server_ahead: i64) {
    assert_eq!(failure.class, RetryClass::Refused, "{failure}");
    let told = match failure.cause {
        Cause::ClockWrong { ahead_seconds } => Some(ahead_seconds),
        _ => None,
    };
    assert!(told.is_some_and(|told| (told - server_ahead).abs() < 60), "{:?}: {failure}", failure.cause);
}

/// Many stores answer a skewed clock with a bare "forbidden": their answer's date comes before any guess at
/// the key.
#[tokio::test]
async fn a_refusal_without_a_reason_by_a_server_whose_clock_differs_is_the_clocks() {
    let forbidden = ("403 Forbidden", String::new());
    let (provider, _) = super::answering(&[forbidden], &json!({})).await;
    for file in [with(SIZE, None), with(5, None), with(5, Some(IfExists::Overwrite))] {
        let failure = provider.start(&file, plan(file.size)).await.unwrap_err();
        is_the_clocks(&failure, OFF);
    }
    let failure = provider.targets(&super::in_parts(true), &[super::number(1)]).await.unwrap_err();
    is_the_clocks(&failure, OFF);
    let report = provider.check().await;
    assert_eq!(report.clock_ahead, partway_provider::Finding::Good(OFF));
    assert!(matches!(report.host, partway_provider::Finding::Good(_)), "{report:?}");
    assert!(matches!(report.key, partway_provider::Finding::CannotKnow(_)), "{report:?}");
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_in_both_directions_at_the_start_and_at_a_part() {
    for skew in [OFF, -OFF] {
        let sandbox = sandbox(|options| {
            options.faults.push("clock-skew".to_owned());
            options.skew = skew;
        })
        .await;
        let (provider, parts) = clients(&sandbox);
        let failure = provider.start(&with(SIZE, None), plan(SIZE)).await.expect_err("in parts");
        is_the_clocks(&failure, skew);
        // With overwriting there is no look at the key, so the PUT is the first request that the storage
        // sees.
        let started = provider.start(&with(5, Some(IfExists::Overwrite)), plan(5)).await;
        let failure = match started {
            Err(failure) => failure,
            Ok(started) => {
                let target = &started.targets[0];
                let body = Full::new(Bytes::from_static(b"hello"));
                match parts.put(&target.url, &target.headers, body).await.expect_err("one PUT") {
                    PutFailure::Wire(failure) => failure.of_link(true),
                    PutFailure::Body(error) => panic!("{error}"),
                }
            }
        };
        // A link outlives the clock's error, so only one from the future is refused.
        is_the_clocks(&failure, skew);
    }
}
