//! What happens inside a D-Bus session; each test here is run by one in `system`, in a separate process.
//!
//! The system's store is opened once per process, so each situation needs a process.

use std::process::Command;
use std::time::{Duration, Instant};

use partway_core::ApiKey;
use partway_keychain::{Kept, Keychain, KeychainError, Look, SystemKeychain};

use crate::bus::UNLOCK;
use crate::system::LOCK;

const SERVICE: &str = "partway test";

fn open(service: &'static str) -> SystemKeychain {
    SystemKeychain::new(service, SystemKeychain::TIMEOUT)
}

/// Runs a script, which must succeed.
fn run(script: &str) -> String {
    let output = Command::new("sh").args(["-ec", script]).output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_real_keychain_keeps_keys"]
async fn keeps_replaces_and_forgets() {
    let keychain = open(SERVICE);
    assert_eq!(keychain.status().await, Ok(Kept::System));
    assert_eq!(keychain.get("a").await, Ok(None));
    keychain.set("a", &ApiKey::new("one")).await.unwrap();
    keychain.set("a", &ApiKey::new("zwei: ä\u{1F511}")).await.unwrap();
    keychain.set("b", &ApiKey::new("other")).await.unwrap();
    assert_eq!(keychain.get("a").await, Ok(Some(ApiKey::new("zwei: ä\u{1F511}"))));
    keychain.remove("b").await.unwrap();
    keychain.remove("b").await.unwrap();
    assert_eq!(keychain.get("b").await, Ok(None));
    // Another data folder sees none of it.
    assert_eq!(open("partway other").get("a").await, Ok(None));
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_real_keychain_keeps_keys"]
async fn still_has_what_an_earlier_process_kept() {
    let keychain = open(SERVICE);
    assert_eq!(keychain.get("a").await, Ok(Some(ApiKey::new("zwei: ä\u{1F511}"))));
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_locked_keychain_is_told_as_such"]
async fn is_locked() {
    assert_eq!(open(SERVICE).status().await.map(drop), Err(KeychainError::Locked));
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_machine_without_a_keychain_is_told_as_such"]
async fn is_absent() {
    match open(SERVICE).status().await.map(drop) {
        Err(KeychainError::Absent { why }) => assert!(!why.is_empty()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_keychain_that_does_not_answer_is_slow"]
async fn is_slow() {
    let patience = Duration::from_millis(300);
    assert_eq!(SystemKeychain::new(SERVICE, patience).status().await.map(drop), Err(KeychainError::Slow));
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_keychain_that_is_unlocked_again_is_read_again"]
async fn is_locked_and_unlocked() {
    let keychain = open(SERVICE);
    keychain.set("a", &ApiKey::new("one")).await.unwrap();
    assert_eq!(keychain.look().await, Look::Open);
    run(LOCK);
    assert_eq!(keychain.look().await, Look::Shut(KeychainError::Locked));
    // No user is there to type the password, so the prompt ends at once.
    assert_eq!(keychain.get("a").await, Err(KeychainError::Locked));
    assert_eq!(keychain.set("a", &ApiKey::new("two")).await, Err(KeychainError::Locked));
    assert_eq!(keychain.remove("a").await, Err(KeychainError::Locked));
    assert_eq!(keychain.status().await, Err(KeychainError::Locked));
    assert_eq!(keychain.unlock().await, Err(KeychainError::Locked));
    run(concat!("/usr/bin/python3 '", env!("CARGO_MANIFEST_DIR"), "/tests/it/unlock.py'"));
    assert_eq!(keychain.look().await, Look::Open);
    assert_eq!(keychain.get("a").await, Ok(Some(ApiKey::new("one"))));
    assert_eq!(keychain.unlock().await, Ok(()));
    assert_eq!(keychain.status().await, Ok(Kept::System));
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_keychain_that_starts_anew_is_used_on"]
async fn starts_anew() {
    let keychain = open(SERVICE);
    keychain.set("a", &ApiKey::new("one")).await.unwrap();
    // Another process takes its place on the bus; the session negotiated with the first one is gone.
    run(UNLOCK);
    assert_eq!(keychain.get("a").await, Ok(Some(ApiKey::new("one"))));
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_keychain_without_a_keyring_is_told_as_such"]
async fn is_empty() {
    let keychain = open(SERVICE);
    assert_eq!(keychain.look().await, Look::Shut(KeychainError::Empty));
    assert_eq!(keychain.status().await, Err(KeychainError::Empty));
    assert_eq!(keychain.get("a").await, Err(KeychainError::Empty));
}

/// Calls a method of the mock service.
fn mock(method: &str, args: &str) -> String {
    run(&format!(
        "gdbus call --session -d org.freedesktop.secrets -o /org/freedesktop/secrets -m org.freedesktop.DBus.Mock.{method} {args}"
    ))
}

/// Waits until it has prompted `times` times.
async fn until_asked(times: u32) {
    let since = Instant::now();
    while mock("Prompts", "") != format!("({times},)") {
        assert!(
            since.elapsed() < SystemKeychain::TIMEOUT,
            "not asked {times} times: {}",
            mock("Prompts", "")
        );
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
#[ignore = "needs a made-up service: run by made_up::one_that_keeps_is_believed"]
async fn made_up_keeps() {
    let keychain = open(SERVICE);
    assert_eq!(keychain.status().await, Ok(Kept::System));
    keychain.set("a", &ApiKey::new("one")).await.unwrap();
    assert_eq!(keychain.get("a").await, Ok(Some(ApiKey::new("one"))));
}

#[tokio::test]
#[ignore = "needs a made-up service: run by made_up::one_that_refuses_is_told_as_such"]
async fn made_up_refuses() {
    let refused = open(SERVICE).set("a", &ApiKey::new("the-secret")).await;
    match refused {
        Err(KeychainError::Refused { why }) => {
            assert!(why.contains("not for you") && !why.contains("the-secret"), "{why}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs a made-up service: run by made_up::one_that_forgets_is_not_believed and made_up::one_for_the_session_is_not_believed"]
async fn made_up_forgets() {
    let keychain = open(SERVICE);
    assert_eq!(keychain.status().await, Err(KeychainError::Forgets));
    assert_eq!(keychain.set("a", &ApiKey::new("one")).await, Err(KeychainError::Forgets));
    assert_eq!(mock("Stored", ""), "(0,)", "a key was given to it");
}

#[tokio::test]
#[ignore = "needs a made-up service: run by made_up::one_that_does_not_answer_once_is_asked_again"]
async fn made_up_silent() {
    let keychain = SystemKeychain::new(SERVICE, Duration::from_secs(2));
    assert_eq!(keychain.get("a").await, Err(KeychainError::Slow));
    assert_eq!(keychain.get("a").await, Ok(None));
    keychain.set("a", &ApiKey::new("one")).await.unwrap();
}

#[tokio::test]
#[ignore = "needs a made-up service: run by made_up::its_user_is_asked_once_and_again_by_a_person"]
async fn made_up_asks() {
    let keychain = SystemKeychain::new(SERVICE, Duration::from_secs(5));
    assert_eq!(keychain.status().await, Err(KeychainError::Locked));
    assert_eq!(keychain.look().await, Look::Shut(KeychainError::Locked));
    assert_eq!(keychain.remove("a").await, Err(KeychainError::Locked));
    until_asked(0).await;

    // Dismissed: the uploads that follow do not prompt again.
    let (first, ()) = tokio::join!(keychain.get("a"), async {
        until_asked(1).await;
        mock("Answer", "false");
    });
    assert_eq!(first, Err(KeychainError::Locked));
    assert_eq!(keychain.get("a").await, Err(KeychainError::Locked));
    until_asked(1).await;

    // The user asks for it twice; there is one prompt.
    let key = ApiKey::new("one");
    let (unlocked, kept, ()) = tokio::join!(keychain.unlock(), keychain.set("a", &key), async {
        until_asked(2).await;
        mock("Answer", "true");
    });
    assert_eq!((unlocked, kept), (Ok(()), Ok(())));
    assert_eq!(keychain.get("a").await, Ok(Some(ApiKey::new("one"))));
    until_asked(2).await;

    // It was unlocked meanwhile, so it may prompt again; an open prompt blocks no call beyond the timeout.
    mock("SetLocked", "true");
    let patient = SystemKeychain::new(SERVICE, Duration::from_millis(500));
    assert_eq!(patient.get("a").await, Err(KeychainError::Locked));
    until_asked(3).await;
    mock("Answer", "true");
    assert_eq!(patient.get("a").await, Ok(Some(ApiKey::new("one"))));
}
