// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * A vendor that a destination can be made for.
 */
export type KindView = { 
/**
 * "autorender".
 */
kind: string, 
/**
 * "AutoRender".
 */
name: string, 
/**
 * "Media workspace".
 */
about: string, 
/**
 * Where to find the key, as a sentence.
 */
key_help: string, 
/**
 * The server's address unless another is given.
 */
default_url: string | null, };
