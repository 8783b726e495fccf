//! Everything that any front end can do.
