//! What the api promises to the window: its generated TypeScript is the committed one.

mod typescript;
