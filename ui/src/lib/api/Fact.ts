// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * A named fact in the details ("Checksums", "match, 61 of 61").
 */
export type Fact = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its value.
 */
value: string, };
