//! Keys and signed URLs: text that must not be printed by accident.
//!
//! Neither type has `Display` or `Serialize`, and their `Debug` says nothing of the content.

use std::fmt;

use zeroize::Zeroizing;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes the text over; it is wiped when the value goes.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(Zeroizing::new(text.into()))
            }

            /// The text itself, for the one place that must send or keep it.
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
    /// A destination's key: it goes to the vendor's API host and nowhere else.
    ApiKey
}

secret! {
    /// A presigned URL: whoever has it can write, so it is a password.
    SignedUrl
}
