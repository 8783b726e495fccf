//! The Credential Manager of Windows: keys up to the longest that fits, and none longer.

use partway_core::ApiKey;
use partway_keychain::{Keychain as _, KeychainError, SystemKeychain};

#[tokio::test]
async fn a_key_of_any_length_that_has_room_comes_back_and_a_longer_one_is_refused_before_it_is_kept() {
    let service = format!("partway test {}", std::process::id());
    let keychain = SystemKeychain::new(service.clone(), SystemKeychain::TIMEOUT);
    let longest = keychain.longest().unwrap();
    assert_eq!(longest, 2_557);
    for key in
        ["k".to_owned(), "zwei: ä\u{1f511}".into(), "x".repeat(1_280), "x".repeat(1_281), "x".repeat(longest)]
    {
        let key = ApiKey::new(key);
        keychain.set("a", &key).await.unwrap();
        // Another instance has no memory of the first one's keys.
        let again = SystemKeychain::new(service.clone(), SystemKeychain::TIMEOUT);
        assert_eq!(again.get("a").await.unwrap().unwrap().expose(), key.expose());
    }
    let refused = keychain.set("b", &ApiKey::new("x".repeat(3_000))).await;
    assert_eq!(refused, Err(KeychainError::TooLong { most: longest }));
    assert!(keychain.get("b").await.unwrap().is_none());
    keychain.remove("a").await.unwrap();
    assert!(keychain.get("a").await.unwrap().is_none());
}
