//! Rows of `destination`.

use partway_provider::Fields;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{JournalError, Result, settings};
use crate::record::{Destination, DestinationId, Keeps, Standing};

const COLUMNS: &str = "id, name, kind, settings, fields, key_source, standing, removed_at, \
     (SELECT value FROM setting WHERE setting.name = 'keeps:' || destination.id)";

pub(crate) fn add(conn: &Connection, now: i64, destination: &Destination) -> Result<()> {
    conn.execute(
        "INSERT INTO destination(id, name, kind, settings, fields, key_source, standing, created_at) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
        params![
            destination.id.0,
            destination.name,
            destination.kind,
            destination.settings,
            json(&destination.fields)?,
            destination.key_source,
            destination.standing.name(),
            now
        ],
    )?;
    learn(conn, &destination.id, destination.keeps).map(drop)
}

/// Records what was learned about its storage; returns whether it was new.
pub(crate) fn learn(conn: &Connection, id: &DestinationId, seen: Keeps) -> Result<bool> {
    let name = format!("keeps:{}", id.0);
    let known = keeps(settings::get(conn, &name)?.as_deref());
    let now = known.and(seen);
    if now != known {
        settings::set(conn, &name, &json(&now)?)?;
    }
    Ok(now != known)
}

fn keeps(json: Option<&str>) -> Keeps {
    json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

pub(crate) fn all(conn: &Connection) -> Result<Vec<Destination>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM destination WHERE removed_at IS NULL ORDER BY created_at, id"
    ))?;
    let rows = statement.query_map([], read)?;
    rows.collect::<std::result::Result<_, _>>().map_err(Into::into)
}

pub(crate) fn get(conn: &Connection, id: &DestinationId) -> Result<Option<Destination>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM destination WHERE id = ?1"))?
        .query_row([&id.0], read)
        .optional()?)
}

pub(crate) fn remove(conn: &Connection, now: i64, id: &DestinationId) -> Result<()> {
    conn.execute("UPDATE destination SET removed_at = ?2 WHERE id = ?1", params![id.0, now])?;
    settings::take(conn, &whole_etag(id)).map(drop)
}

pub(crate) fn set_key_source(conn: &Connection, id: &DestinationId, source: &str) -> Result<()> {
    conn.execute("UPDATE destination SET key_source = ?2 WHERE id = ?1", params![id.0, source])?;
    Ok(())
}

/// Returns whether that changed anything.
pub(crate) fn set_standing(conn: &Connection, id: &DestinationId, standing: Standing) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE destination SET standing = ?2 WHERE id = ?1 AND standing <> ?2")?
        .execute(params![id.0, standing.name()])?;
    Ok(changed > 0)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Destination> {
    let fields: String = row.get(4)?;
    let standing: String = row.get(6)?;
    Ok(Destination {
        id: DestinationId(row.get(0)?),
        name: row.get(1)?,
        kind: row.get(2)?,
        settings: row.get(3)?,
        fields: serde_json::from_str::<Fields>(&fields).unwrap_or_default(),
        key_source: row.get(5)?,
        standing: Standing::from_name(&standing),
        keeps: keeps(row.get::<_, Option<String>>(8)?.as_deref()),
        removed: row.get::<_, Option<i64>>(7)?.is_some(),
    })
}

pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| JournalError::Damaged(e.to_string()))
}
/// The setting that records that a destination's storage computes whole-object checksums Amazon's way.
fn whole_etag(id: &DestinationId) -> String {
    format!("whole_etag:{id}")
}

/// Records that one of our objects showed this ([`partway_core::proof::shows_amazons_way`]).
pub(crate) fn note_amazons_way(conn: &Connection, id: &DestinationId) -> Result<()> {
    if is_amazons_way(conn, id)? { Ok(()) } else { settings::set(conn, &whole_etag(id), "true") }
}

pub(crate) fn is_amazons_way(conn: &Connection, id: &DestinationId) -> Result<bool> {
    Ok(settings::get(conn, &whole_etag(id))?.is_some())
}
