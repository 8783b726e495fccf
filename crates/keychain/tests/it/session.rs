//! The keychain that lasts as long as the process.

use partway_core::ApiKey;
use partway_keychain::{Kept, Keychain, SessionKeychain};

#[tokio::test]
async fn keys_are_kept_replaced_and_forgotten() {
    let keychain = SessionKeychain::new();
    assert_eq!(keychain.get("a").await, Ok(None));
    keychain.set("a", &ApiKey::new("one")).await.unwrap();
    keychain.set("b", &ApiKey::new("other")).await.unwrap();
    keychain.set("a", &ApiKey::new("two")).await.unwrap();
    assert_eq!(keychain.get("a").await, Ok(Some(ApiKey::new("two"))));
    keychain.remove("a").await.unwrap();
    keychain.remove("a").await.unwrap();
    assert_eq!(keychain.get("a").await, Ok(None));
    assert_eq!(keychain.get("b").await, Ok(Some(ApiKey::new("other"))));
}

#[tokio::test]
async fn it_says_that_it_forgets_and_shows_no_key() {
    let keychain = SessionKeychain::new();
    keychain.set("a", &ApiKey::new("hidden")).await.unwrap();
    assert_eq!(keychain.status().await, Ok(Kept::ThisSession));
    assert_eq!(format!("{keychain:?}"), "SessionKeychain { keys: 1 }");
}
