//! The domain, pure: states, part plans, retry classes, back-off, rates, holds.
