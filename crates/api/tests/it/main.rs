//! What the api promises to the window: its generated TypeScript is the committed one.

#![expect(clippy::disallowed_methods, reason = "a test is a program: it reads the clock and its environment")]

mod typescript;
