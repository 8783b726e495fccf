//! What happens inside a D-Bus session; each of these is run by one in `system`, in a process of its own.
//!
//! The system's store is opened once a process, so each situation needs a process.

use partway_core::ApiKey;
use partway_keychain::{Kept, Keychain, KeychainError, SystemKeychain};

const SERVICE: &str = "partway test";

async fn open(service: &str) -> Result<SystemKeychain, KeychainError> {
    SystemKeychain::open(service, SystemKeychain::TIMEOUT).await
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_real_keychain_keeps_keys"]
async fn keeps_replaces_and_forgets() {
    let keychain = open(SERVICE).await.unwrap();
    assert_eq!(keychain.status().await, Ok(Kept::System));
    assert_eq!(keychain.get("a").await, Ok(None));
    keychain.set("a", &ApiKey::new("one")).await.unwrap();
    keychain.set("a", &ApiKey::new("zwei: ä\u{1F511}")).await.unwrap();
    keychain.set("b", &ApiKey::new("other")).await.unwrap();
    assert_eq!(keychain.get("a").await, Ok(Some(ApiKey::new("zwei: ä\u{1F511}"))));
    keychain.remove("b").await.unwrap();
    keychain.remove("b").await.unwrap();
    assert_eq!(keychain.get("b").await, Ok(None));
    // Another data folder sees nothing of it.
    assert_eq!(open("partway other").await.unwrap().get("a").await, Ok(None));
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_real_keychain_keeps_keys"]
async fn still_has_what_an_earlier_process_kept() {
    let keychain = open(SERVICE).await.unwrap();
    assert_eq!(keychain.get("a").await, Ok(Some(ApiKey::new("zwei: ä\u{1F511}"))));
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_locked_keychain_is_told_as_such"]
async fn is_locked() {
    assert_eq!(open(SERVICE).await.map(drop), Err(KeychainError::Locked));
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_machine_without_a_keychain_is_told_as_such"]
async fn is_absent() {
    match open(SERVICE).await.map(drop) {
        Err(KeychainError::Absent { why }) => assert!(!why.is_empty()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs a D-Bus session: run by system::a_keychain_that_does_not_answer_is_slow"]
async fn is_slow() {
    let patience = std::time::Duration::from_millis(300);
    assert_eq!(SystemKeychain::open(SERVICE, patience).await.map(drop), Err(KeychainError::Slow));
}
