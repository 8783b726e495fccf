//! Plain types that every front end speaks: commands, views, events, errors.
