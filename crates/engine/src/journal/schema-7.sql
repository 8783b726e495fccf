-- What was sent of a file without being confirmed afterwards, as far as the service answered. It outlives the process: who is started
-- again and again must not send for ever.
CREATE TABLE vain (
  job   TEXT NOT NULL REFERENCES job(id) ON DELETE CASCADE,
  part  INTEGER NOT NULL,                -- 0: all of the file, since a person last said "try again"; else until the part is confirmed
  times INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (job, part)
) STRICT, WITHOUT ROWID;

-- The same whatever the reason, by the hour.
CREATE TABLE vain_hour (
  job       TEXT PRIMARY KEY REFERENCES job(id) ON DELETE CASCADE,
  times     INTEGER NOT NULL,            -- in all
  bytes     INTEGER NOT NULL,            -- in all
  began     INTEGER NOT NULL,            -- when the present hour began
  hour      INTEGER NOT NULL,            -- bytes since then
  confirmed INTEGER NOT NULL             -- what was confirmed of the file when it began
) STRICT, WITHOUT ROWID;
