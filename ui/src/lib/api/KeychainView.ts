// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * Whether keys can be kept in the system's keychain.
 */
export type KeychainView = { 
/**
 * A test entry was stored and read back.
 */
works: boolean, 
/**
 * The sentence.
 */
text: string, 
/**
 * The words of the button that has the keychain ask its user, where that helps.
 */
unlock: string | null, 
/**
 * Removed destinations whose keys are still in it; they leave it as soon as that can be.
 */
left: Array<string>, };
