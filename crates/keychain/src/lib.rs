//! Secrets behind one trait: the system's keychain, or this session's memory.
