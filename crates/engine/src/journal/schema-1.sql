-- Times are Unix milliseconds unless the name says otherwise. Ids are UUID v7 as text, so they sort by age.

CREATE TABLE destination (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  kind        TEXT NOT NULL,
  settings    TEXT NOT NULL,             -- JSON of the provider's own shape; never a key
  fields      TEXT NOT NULL,             -- JSON: defaults for its files
  key_source  TEXT NOT NULL,             -- JSON: where the key is, never the key
  standing    TEXT NOT NULL,             -- what is known of the key: unknown, good, refused, missing
  created_at  INTEGER NOT NULL,
  removed_at  INTEGER                    -- jobs of old keep their destination's name
) STRICT;
CREATE UNIQUE INDEX destination_name ON destination(name COLLATE NOCASE) WHERE removed_at IS NULL;

CREATE TABLE batch (
  id          TEXT PRIMARY KEY,
  destination TEXT NOT NULL REFERENCES destination(id),
  folder      TEXT,                      -- chosen for this batch; NULL: the destination's
  left_out    TEXT NOT NULL,             -- JSON: what was named and could not be taken in
  created_at  INTEGER NOT NULL,
  starts_at   INTEGER,                   -- end of the countdown; NULL: started, or kept open by its panel
  finished_at INTEGER
) STRICT;

CREATE TABLE job (
  id              TEXT PRIMARY KEY,
  batch           TEXT NOT NULL REFERENCES batch(id),
  destination     TEXT NOT NULL REFERENCES destination(id),
  position        INTEGER NOT NULL,
  path            BLOB NOT NULL,         -- the system's own bytes, not necessarily UTF-8
  name            TEXT NOT NULL,         -- as the vendor is told
  size            INTEGER NOT NULL,
  modified_ns     INTEGER NOT NULL,
  file_device     INTEGER,
  file_number     INTEGER,
  folders         TEXT NOT NULL,         -- between the folder that was dropped (with it) and the file; may be empty
  mime            TEXT NOT NULL,
  fields          TEXT NOT NULL,         -- JSON
  state           TEXT NOT NULL,
  cause           TEXT,                  -- JSON, while it needs attention
  detail          TEXT,                  -- for Details: redacted words of the vendor or the network
  part_size       INTEGER,               -- the plan, once there is one
  part_count      INTEGER,
  confirmed       INTEGER NOT NULL DEFAULT 0,   -- bytes; changed in the transaction that adds the receipt
  parts_confirmed INTEGER NOT NULL DEFAULT 0,
  sessions_ended  INTEGER NOT NULL DEFAULT 0,   -- how many sessions expired or were lost
  receipt         TEXT,                  -- JSON: what came back for the whole
  checksum        TEXT,                  -- hex(md5(md5₁‖…))-N of the bytes as they were read
  created_at      INTEGER NOT NULL,
  started_at      INTEGER,
  finished_at     INTEGER,
  section         INTEGER NOT NULL GENERATED ALWAYS AS (CASE state
                    WHEN 'needs-attention' THEN 0
                    WHEN 'checking' THEN 1 WHEN 'uploading' THEN 1 WHEN 'finishing' THEN 1 WHEN 'cancelling' THEN 1
                    WHEN 'waiting' THEN 2
                    ELSE 3 END) STORED
) STRICT;
CREATE INDEX job_list ON job(section, position);
CREATE INDEX job_queue ON job(state, position);
CREATE INDEX job_batch ON job(batch, state);
CREATE INDEX job_ended ON job(section, finished_at DESC, position);

CREATE TABLE hold (
  job   TEXT NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  hold  TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (job, hold)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  id            INTEGER PRIMARY KEY,
  job           TEXT NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  destination   TEXT NOT NULL REFERENCES destination(id),
  body          TEXT NOT NULL,           -- opaque to the engine; emptied when the session has ended
  expires_s     INTEGER,                 -- Unix seconds by the vendor
  opened_at     INTEGER NOT NULL,
  complete_sent INTEGER NOT NULL DEFAULT 0,   -- set before complete is sent: after a crash its outcome is not known
  status        TEXT NOT NULL            -- open, to-abort, left (the vendor cannot abort), ended
) STRICT;
CREATE UNIQUE INDEX session_open ON session(job) WHERE status = 'open';

CREATE TABLE target (
  session   INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  part      INTEGER NOT NULL,
  url       TEXT NOT NULL,               -- a password: the row goes when the session ends
  headers   TEXT NOT NULL,
  expires_s INTEGER,
  PRIMARY KEY (session, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
  session  INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  part     INTEGER NOT NULL,
  size     INTEGER NOT NULL,
  md5      BLOB NOT NULL,
  etag     TEXT,
  compared INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (session, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  id   INTEGER PRIMARY KEY,
  job  TEXT NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  at   INTEGER NOT NULL,
  what TEXT NOT NULL                     -- JSON: put into words when it is shown
) STRICT;
CREATE INDEX event_job ON event(job, id);

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL                    -- JSON
) STRICT, WITHOUT ROWID;
