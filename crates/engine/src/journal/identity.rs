//! A file's identity as columns of a row: size, modified_ns, file_device, file_number, changed_ns.

use partway_core::{FileIdentity, FileTime};
use rusqlite::{Connection, Row, params};

use super::Result;
use crate::record::JobId;

/// The columns' values, in that order.
pub(super) type Columns = (u64, i64, Option<i64>, Option<i64>, Option<i64>);

pub(super) fn columns(identity: &FileIdentity) -> Columns {
    let id = identity.file_id;
    (
        identity.size,
        identity.modified.0,
        id.map(|(device, _)| device.cast_signed()),
        id.map(|(_, number)| number.cast_signed()),
        identity.changed.map(|changed| changed.0),
    )
}

/// Reads the identity from the columns with these indexes.
pub(super) fn read(row: &Row<'_>, at: [usize; 5]) -> rusqlite::Result<FileIdentity> {
    let [size, modified, device, number, changed] = at;
    let id = row.get::<_, Option<i64>>(device)?.zip(row.get::<_, Option<i64>>(number)?);
    Ok(FileIdentity {
        size: row.get(size)?,
        modified: FileTime(row.get(modified)?),
        changed: row.get::<_, Option<i64>>(changed)?.map(FileTime),
        file_id: id.map(|(device, number)| (device.cast_unsigned(), number.cast_unsigned())),
    })
}

/// The job's file is now another one, or another version: a hash of the previous one is useless.
pub(crate) fn replace(conn: &Connection, job: &JobId, identity: &FileIdentity) -> Result<()> {
    let (size, modified, device, number, changed) = columns(identity);
    conn.execute(
        "UPDATE job SET size = ?2, modified_ns = ?3, file_device = ?4, file_number = ?5, changed_ns = ?6, hash = NULL WHERE id = ?1",
        params![job.0, size, modified, device, number, changed],
    )?;
    Ok(())
}

/// Only the change time of the job's file moved; its content is what was sent.
pub(crate) fn touch(conn: &Connection, job: &JobId, changed: Option<FileTime>) -> Result<()> {
    conn.prepare_cached("UPDATE job SET changed_ns = ?2 WHERE id = ?1")?
        .execute(params![job.0, changed.map(|changed| changed.0)])?;
    Ok(())
}
