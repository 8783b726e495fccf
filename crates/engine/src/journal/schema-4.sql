CREATE TABLE watched (
  id          TEXT PRIMARY KEY,
  path        BLOB NOT NULL,             -- the system's own bytes
  destination TEXT NOT NULL REFERENCES destination(id),
  fields      TEXT NOT NULL,             -- JSON: what is set for its files
  done        BLOB,                      -- where verified files are moved; NULL: they stay
  watching    INTEGER NOT NULL,          -- 0: switched off
  begun       INTEGER NOT NULL,          -- 0: the files that lie there and are not meant are still to be noted
  created_at  INTEGER NOT NULL,
  removed_at  INTEGER                    -- its ledger is kept: the same folder may be watched again
) STRICT;

-- What is known of the files of a watched folder: a row from the commit that takes a file in.
CREATE TABLE watched_file (
  watched     TEXT NOT NULL REFERENCES watched(id),
  path        BLOB NOT NULL,             -- below the folder
  size        INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL,
  file_device INTEGER,
  file_number INTEGER,
  job         TEXT,                      -- not a reference: the row outlives a job that is taken out of the list; NULL: it lay there before
  verified_at INTEGER,                   -- the ledger: written in the commit in which its job becomes verified
  moved_at    INTEGER,                   -- moved to the folder for what is done, or gone
  PRIMARY KEY (watched, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX watched_file_job ON watched_file(job) WHERE job IS NOT NULL;
CREATE INDEX watched_file_identity ON watched_file(watched, file_number, size);
CREATE INDEX watched_file_to_move ON watched_file(watched) WHERE verified_at IS NOT NULL AND moved_at IS NULL;
