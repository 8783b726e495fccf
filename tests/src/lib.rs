//! Journeys across the parts; everything is in `tests/`.
