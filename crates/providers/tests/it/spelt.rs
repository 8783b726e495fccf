//! Every kind of destination, with servers whose answers are right but encoded differently: a file arrives,
//! and a refusal is understood.

use partway_core::{ApiKey, Credentials, Limits, PartPlan, RetryClass, Strength};
use partway_http::ApiClient;
use partway_provider::{Finding, Planner, Provider};
use partway_sandbox::Spelling;
use serde_json::json;

use crate::kinds::named;
use crate::rig::{Sandbox, bytes, sandbox};
use crate::server::file;

const KINDS: [&str; 4] = ["autorender", "gjirafa", "record360", "s3"];

const SPELLINGS: [Spelling; 5] =
    [Spelling::Html, Spelling::Namespaced, Spelling::Gzip, Spelling::Bom, Spelling::Utf16];

/// An unknown key in each kind's form.
fn wrong_key(kind: &str) -> &'static str {
    match kind {
        "record360" => "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
        "s3" => "AKIAIOSFODNN7EXAMPLE",
        _ => "nobody-has-this-key",
    }
}

fn open(sandbox: &Sandbox, kind: &str, key: Option<&str>) -> Box<dyn Provider> {
    if kind != "s3" {
        return sandbox.provider(kind, &json!({}), key);
    }
    let told = sandbox.running.first_line.destinations.iter().find(|told| told.kind == kind).unwrap();
    let settings = json!({ "url": told.url, "bucket": told.more["bucket"], "region": told.more["region"], "style": "path" });
    let secret = Some(ApiKey::new(told.more["secret"].as_str()));
    let credentials = Credentials { key: ApiKey::new(key.unwrap_or(&told.key)), secret, session_token: None };
    let clock = || std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed();
    let options = partway_http::HttpOptions { clock: Some(std::sync::Arc::new(clock)), ..sandbox.http() };
    named(kind).open(&settings, credentials, ApiClient::new(&options).unwrap()).unwrap()
}

const SIZE: u64 = 2 * (5 << 20) + 77;

/// At S3, a file in several parts, because a single part is sent differently; elsewhere a small file will do.
async fn arrives(sandbox: &Sandbox, kind: &str, what: &str) {
    let provider = open(sandbox, kind, None);
    let size = if kind == "s3" { SIZE } else { 77_000 };
    let bytes = bytes(size);
    let plan = match provider.capabilities().planner {
        Planner::Server => None,
        _ => PartPlan::by_size(size, 5 << 20, &Limits::S3).ok(),
    };
    let told = |failure: partway_core::Failure| format!("{kind} {what}: {failure:?}");
    let started = provider.start(&file(size), plan).await.map_err(told).unwrap();
    let receipts = sandbox.send(&started, &bytes).await;
    if provider.capabilities().list {
        let listed = provider.list_parts(&started.session).await.map_err(told).unwrap();
        assert_eq!(listed.len(), receipts.len(), "{kind} {what}");
    }
    let receipt = provider.complete(&started.session, &receipts).await.map_err(told).unwrap();
    assert_eq!(receipt.strength, Strength::Confirmed, "{kind} {what}");
    if provider.capabilities().verify {
        let found = provider.verify(&started.session, &receipts, receipt).await.map_err(told).unwrap();
        assert_eq!(found.strength, Strength::Confirmed, "{kind} {what}");
    }
    assert!(sandbox.objects().contains(&bytes), "{kind} {what}");
}

#[tokio::test]
async fn a_file_arrives_however_every_answer_is_spelt() {
    for spelling in SPELLINGS {
        let sandbox = sandbox(|options| options.spell = Some(spelling)).await;
        for kind in KINDS {
            arrives(&sandbox, kind, &format!("{spelling:?}")).await;
        }
    }
}

#[tokio::test]
async fn a_file_arrives_with_each_fault_of_spelling_at_each_step() {
    for fault in [
        "200-html-empty@part",
        "xml-as-html@part",
        "xml-as-html@start",
        "xml-as-html@complete",
        "xml-as-html@list",
        "xml-as-html@verify",
        "coded@part",
        "coded@start",
        "coded@complete",
        "coded@list",
        "coded@verify",
        "bom@start",
        "bom@complete",
        "bom@list",
        "bom@verify",
        "list-without-etag",
    ] {
        let sandbox = sandbox(|options| options.faults.push(fault.to_owned())).await;
        for kind in KINDS {
            arrives(&sandbox, kind, fault).await;
        }
    }
}

#[tokio::test]
async fn a_wrong_key_and_an_upload_that_is_gone_are_told_however_the_refusal_is_spelt() {
    for spelling in SPELLINGS {
        let sandbox = sandbox(|options| options.spell = Some(spelling)).await;
        for kind in KINDS {
            let report = open(&sandbox, kind, Some(wrong_key(kind))).check().await;
            assert!(matches!(report.key, Finding::Bad(_)), "{kind} {spelling:?}: {report:?}");
            assert!(matches!(report.host, Finding::Good(_)), "{kind} {spelling:?}: {report:?}");
            let good = open(&sandbox, kind, None).check().await;
            assert!(matches!(good.key, Finding::CannotKnow(_)), "{kind} {spelling:?}: {good:?}");
        }
        let provider = open(&sandbox, "s3", None);
        let plan = PartPlan::by_size(SIZE, 5 << 20, &Limits::S3).ok();
        let started = provider.start(&file(SIZE), plan).await.unwrap();
        let receipts = sandbox.send(&started, &bytes(SIZE)).await;
        provider.abort(&started.session).await.unwrap();
        let gone = provider.list_parts(&started.session).await.unwrap_err();
        assert_eq!(gone.class, RetryClass::SessionGone, "{spelling:?} {gone}");
        let gone = provider.complete(&started.session, &receipts).await.unwrap_err();
        assert_eq!(gone.class, RetryClass::Conflict, "{spelling:?} {gone}");
    }
}

#[tokio::test]
async fn a_fault_that_passes_does_so_also_in_a_namespace_and_confused_links_are_refused_at_start() {
    for kind in KINDS {
        let sandbox = sandbox(|options| options.faults.push("error-namespaced@start:1".to_owned())).await;
        let provider = open(&sandbox, kind, None);
        let plan = PartPlan::by_size(SIZE, 5 << 20, &Limits::S3).ok();
        let plan = plan.filter(|_| provider.capabilities().planner != Planner::Server);
        let failure = provider.start(&file(SIZE), plan).await.unwrap_err();
        assert!(matches!(failure.class, RetryClass::Again | RetryClass::Unknown), "{kind} {failure}");
        provider.start(&file(SIZE), plan).await.unwrap();
    }
    for kind in ["autorender", "gjirafa", "record360"] {
        for fault in ["links-twice", "links-swapped"] {
            let sandbox = sandbox(|options| options.faults.push(fault.to_owned())).await;
            let provider = open(&sandbox, kind, None);
            let plan = PartPlan::by_size(SIZE, 5 << 20, &Limits::S3).ok();
            let plan = plan.filter(|_| provider.capabilities().planner != Planner::Server);
            let failure = provider.start(&file(SIZE), plan).await.unwrap_err();
            assert_eq!(failure.class, RetryClass::Refused, "{kind} {fault} {failure}");
            assert!(
                matches!(failure.cause, partway_core::Cause::LinksUnusable { .. }),
                "{kind} {fault} {failure:?}"
            );
        }
    }
}
