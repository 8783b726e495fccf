//! Schema versions. A released migration never changes; new ones are appended.

use std::path::Path;

use rusqlite::Connection;

use super::{JournalError, Result};
use crate::exact::for_libraries;

/// One script per version; index + 1 is the `user_version` after it.
const MIGRATIONS: &[&str] = &[
    include_str!("schema-1.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
    include_str!("schema-4.sql"),
    include_str!("schema-5.sql"),
    include_str!("schema-6.sql"),
    include_str!("schema-7.sql"),
    include_str!("schema-8.sql"),
    include_str!("schema-9.sql"),
    include_str!("schema-10.sql"),
];

/// Migrates the journal to the newest version, keeping a copy before each step.
pub(super) fn migrate(conn: &mut Connection, path: &Path, now_ms: i64) -> Result<()> {
    run(conn, path, now_ms, MIGRATIONS)
}

/// A journal as an older version left it.
#[cfg(test)]
pub(super) fn migrate_to(conn: &mut Connection, version: usize) -> Result<()> {
    run(conn, Path::new("nowhere"), 0, &MIGRATIONS[..version])
}

fn run(conn: &mut Connection, path: &Path, now_ms: i64, migrations: &[&str]) -> Result<()> {
    let known = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    let found: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(JournalError::Newer { found, known });
    }
    for (index, script) in migrations.iter().enumerate().skip(usize::try_from(found).unwrap_or(0)) {
        // A new journal has nothing worth keeping.
        if found > 0 {
            keep_copy(conn, path, index, now_ms)?;
        }
        let transaction = conn.transaction()?;
        transaction.execute_batch(script)?;
        transaction.pragma_update(None, "user_version", i64::try_from(index + 1).unwrap_or(i64::MAX))?;
        transaction.commit()?;
    }
    Ok(())
}

/// The copy contains no links and no sessions: they are credentials, and the copy may stay around for
/// years.
fn keep_copy(conn: &Connection, path: &Path, version: usize, now_ms: i64) -> Result<()> {
    let copy = path.with_file_name(format!("journal.version-{version}-{now_ms}.db"));
    conn.execute("VACUUM INTO ?1", [for_libraries(&copy).to_string_lossy().as_ref()])?;
    let kept = Connection::open(for_libraries(&copy))?;
    kept.execute_batch(
        "PRAGMA secure_delete = ON; DELETE FROM target; UPDATE session SET body = ''; VACUUM;",
    )?;
    private(&copy).map_err(|source| JournalError::Io { path: copy.clone(), source })
}

#[cfg(unix)]
fn private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn private(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_journal_is_migrated_after_a_copy_without_links_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        let mut conn = Connection::open(&path).unwrap();
        run(&mut conn, &path, 1, &MIGRATIONS[..1]).unwrap();
        conn.execute_batch(
            "PRAGMA foreign_keys = OFF;
             INSERT INTO session(id, job, destination, body, opened_at, status) VALUES (1, 'j', 'd', 'secret-session', 0, 'open');
             INSERT INTO target(session, part, url, headers) VALUES (1, 1, 'http://h/?X-Amz-Signature=abc', '[]');",
        )
        .unwrap();

        let two = [MIGRATIONS[0], "ALTER TABLE job ADD COLUMN later TEXT"];
        run(&mut conn, &path, 7, &two).unwrap();

        let copy = dir.path().join("journal.version-1-7.db");
        let bytes = String::from_utf8_lossy(&std::fs::read(&copy).unwrap()).into_owned();
        assert!(!bytes.contains("X-Amz-Signature") && !bytes.contains("secret-session"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let version: i64 =
            Connection::open(&copy).unwrap().query_row("PRAGMA user_version", [], |r| r.get(0)).unwrap();
        assert_eq!(version, 1);
        let kept: i64 = Connection::open(&copy)
            .unwrap()
            .query_row("SELECT count(*) FROM target", [], |r| r.get(0))
            .unwrap();
        assert_eq!(kept, 0, "a copy without its links");
        let links: i64 = conn.query_row("SELECT count(*) FROM target", [], |r| r.get(0)).unwrap();
        assert_eq!(links, 1, "the journal itself keeps its links");
    }

    #[test]
    fn a_new_journal_is_not_copied_and_one_of_version_1_gets_all_that_came_since() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        run(&mut Connection::open(&path).unwrap(), &path, 1, MIGRATIONS).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);

        let older = dir.path().join("older.db");
        let mut conn = Connection::open(&older).unwrap();
        run(&mut conn, &older, 1, &MIGRATIONS[..1]).unwrap();
        run(&mut conn, &older, 2, MIGRATIONS).unwrap();
        conn.prepare("SELECT hash, skipped FROM job").unwrap();
        conn.prepare("SELECT if_exists, expected FROM batch").unwrap();
        conn.prepare("SELECT takes, beside, may_replace FROM job").unwrap();
        conn.prepare("SELECT replaces, broken FROM session").unwrap();
        conn.prepare("SELECT born_ns FROM watched_file").unwrap();
        conn.prepare("SELECT changed_ns FROM job").unwrap();
        conn.prepare("SELECT changed_ns, checksum, part_size FROM watched_file").unwrap();
        conn.prepare("SELECT times, bytes FROM vain").unwrap();
        assert!(dir.path().join("journal.version-1-2.db").exists());
    }

    #[test]
    fn a_saved_key_pattern_keeps_its_meaning() {
        let before = MIGRATIONS.iter().position(|script| script.contains("In a key's pattern")).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        let mut conn = Connection::open(&path).unwrap();
        run(&mut conn, &path, 0, &MIGRATIONS[..before]).unwrap();
        for (id, kind, settings) in [
            ("a", "s3", r#"{"object":"{folder}/{year}/{{folder}} {{{folder}}}-{name}","bucket":"b"}"#),
            ("b", "s3", r#"{"bucket":"{folder}"}"#),
            ("c", "other", r#"{"object":"{folder}"}"#),
            ("d", "s3", "not JSON"),
        ] {
            conn.execute(
                "INSERT INTO destination(id, name, kind, settings, fields, key_source, standing, created_at)
                 VALUES (?1, ?1, ?2, ?3, '{}', '{}', 'unknown', 0)",
                [id, kind, settings],
            )
            .unwrap();
        }
        run(&mut conn, &path, 0, &MIGRATIONS[..=before]).unwrap();
        let settings = |id: &str| -> String {
            conn.query_row("SELECT settings FROM destination WHERE id = ?1", [id], |r| r.get(0)).unwrap()
        };
        assert_eq!(settings("a"), r#"{"object":"{path}/{year}/{{folder}} {{{path}}}-{name}","bucket":"b"}"#);
        assert_eq!(settings("b"), r#"{"bucket":"{folder}"}"#);
        assert_eq!(settings("c"), r#"{"object":"{folder}"}"#);
        assert_eq!(settings("d"), "not JSON");
    }

    #[test]
    fn a_newer_journal_is_refused_and_left_untouched() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        let mut conn = Connection::open(&path).unwrap();
        conn.pragma_update(None, "user_version", 99).unwrap();
        let refused = run(&mut conn, &path, 1, &MIGRATIONS[..1]);
        assert!(matches!(refused, Err(JournalError::Newer { found: 99, known: 1 })));
        let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get(0)).unwrap();
        assert_eq!(tables, 0);
    }
}
