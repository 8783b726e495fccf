//! S3: what is asked in each call, what is made of each answer, and whether a real server agrees.

mod real;
mod weed;

use partway_core::{ApiKey, Credentials, PartNumber};

fn number(number: u32) -> PartNumber {
    PartNumber::new(number).unwrap()
}

fn pair(key: &str, secret: &str) -> Credentials {
    Credentials { key: ApiKey::new(key), secret: Some(ApiKey::new(secret)), session_token: None }
}
