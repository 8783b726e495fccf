// Generated from crates/api by `PARTWAY_WRITE_TYPES=1 cargo test -p partway-api`. Not to be edited.

/**
 * A batch as the rows above the list show it.
 */
export type Batch = { 
/**
 * Its id.
 */
id: string, 
/**
 * Files in it.
 */
files: number, 
/**
 * Bytes.
 */
size: number, 
/**
 * Where it goes.
 */
destination: string, 
/**
 * The destination's id.
 */
destination_id: string, 
/**
 * The folder there.
 */
folder: string | null, 
/**
 * Whole seconds until it starts; `None` while its panel is open.
 */
starts_in: number | null, 
/**
 * What was left out and why ("3 ignored: .DS_Store"), if anything.
 */
left_out: string | null, };
