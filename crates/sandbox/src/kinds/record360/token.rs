//! Record360's tokens: JSON Web Tokens (RFC 7519), signed with HMAC-SHA256; their validity is checked against
//! the server's current options.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::random::random_hex;
use crate::storage::sign::{hmac, same};

/// The user's name.
pub(crate) const USER: &str = "partway";

/// Issues a token, valid from `now`.
pub(crate) fn issue(secret: &str, now: Timestamp, life: u64) -> String {
    let begins = now.as_second();
    let claims = json!({
        "sub": USER,
        "iat": begins,
        "exp": begins.saturating_add_unsigned(life),
        "jti": random_hex(8),
    });
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&json!({"alg": "HS256", "typ": "JWT"})), encode(&claims));
    let signature = URL_SAFE_NO_PAD.encode(hmac(secret.as_bytes(), signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// Whether a token is ours and has not expired. Its life counts from its issue, so that a shorter
/// `--token-ttl` also ends tokens that were issued before.
pub(crate) fn good(secret: &str, token: &str, now: Timestamp, life: u64) -> bool {
    let Some((signed, signature)) = token.rsplit_once('.') else { return false };
    let right = URL_SAFE_NO_PAD.encode(hmac(secret.as_bytes(), signed.as_bytes()));
    if !same(right.as_bytes(), signature.as_bytes()) {
        return false;
    }
    let claims = signed.split_once('.').and_then(|(_, claims)| URL_SAFE_NO_PAD.decode(claims).ok());
    let claims: Option<Value> = claims.and_then(|text| serde_json::from_slice(&text).ok());
    let issued = claims.and_then(|claims| claims["iat"].as_i64());
    issued.is_some_and(|issued| now.as_second() < issued.saturating_add_unsigned(life))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_life_and_for_its_server_only() {
        let at = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
        let token = issue("s", at(0), 60);
        assert_eq!(token.matches('.').count(), 2);
        assert!(good("s", &token, at(0), 60) && good("s", &token, at(59), 60));
        assert!(!good("s", &token, at(60), 60), "over");
        assert!(!good("s", &token, at(10), 5), "the server has become stricter");
        assert!(!good("other", &token, at(1), 60));
        assert_ne!(token, issue("s", at(0), 60), "each is its own");
        for bad in ["", ".", "..", "a.b.c", &token[1..], &token[..token.len() - 1]] {
            assert!(!good("s", bad, at(1), 60), "{bad}");
        }
    }
}
