//! A secret does not print itself.

use partway_core::{ApiKey, SignedUrl};

#[test]
fn debug_says_nothing_of_the_content() {
    let printed =
        format!("{:?} {:#?}", ApiKey::new("ar_live_1"), SignedUrl::new("https://s/p?X-Amz-Signature=abc"));
    assert_eq!(printed, "ApiKey(…) SignedUrl(…)");
    assert_eq!(ApiKey::new("ar_live_1").expose(), "ar_live_1");
}
