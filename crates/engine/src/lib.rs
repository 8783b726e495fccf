//! Journal, scheduler, transfer, recovery, progress.
