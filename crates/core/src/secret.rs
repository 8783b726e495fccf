//! Keys and signed URLs: text that must not be printed by accident.
//!
//! Neither type has `Display` or `Serialize`, and their `Debug` shows nothing of the content.

use std::fmt;

use zeroize::Zeroizing;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes ownership of the text; it is wiped on drop.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(Zeroizing::new(text.into()))
            }

            /// The text itself, for the one place that must send or store it.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

secret! {
    /// A destination's key: it is sent to the provider's API host and nowhere else.
    ApiKey
}

/// The credentials for a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The key; of a pair, the one that names the account (S3's access key id).
    pub key: ApiKey,
    /// The secret half, if a kind has two (S3's secret access key).
    pub secret: Option<ApiKey>,
    /// Makes a temporary pair valid (S3's session token).
    pub session_token: Option<ApiKey>,
}

impl From<ApiKey> for Credentials {
    fn from(key: ApiKey) -> Self {
        Self { key, secret: None, session_token: None }
    }
}

secret! {
    /// A presigned URL: anyone who has it can write, so it is a password.
    SignedUrl
}
