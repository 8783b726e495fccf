-- What is asked at every step, or ten times a second, is found along an index of its own or counted as it changes: it must cost the same
-- however many files wait, went, or came with one batch. The counts are kept by triggers, so no writer can forget them.

-- The rows of `hold` once more, as bits: 1 user, 2 countdown, 4 credentials, 8 source-missing, 16 offline, 32 throttled, 64 schedule,
-- 128 drive-silent, 256 unread, 512 and more: others. An index cannot look into another table.
ALTER TABLE job ADD COLUMN holds INTEGER NOT NULL DEFAULT 0;
UPDATE job SET holds =
  (SELECT sum(CASE hold WHEN 'user' THEN 1 WHEN 'countdown' THEN 2 WHEN 'credentials' THEN 4 WHEN 'source-missing' THEN 8
     WHEN 'offline' THEN 16 WHEN 'throttled' THEN 32 WHEN 'schedule' THEN 64 WHEN 'drive-silent' THEN 128 WHEN 'unread' THEN 256
       ELSE 512 END) FROM hold WHERE hold.job = job.id)
  WHERE id IN (SELECT job FROM hold);

DROP INDEX job_batch;
DROP INDEX job_ended;
CREATE INDEX job_position ON job(position);
CREATE INDEX job_batch ON job(batch, position);
CREATE INDEX job_batch_list ON job(batch, section, position);
CREATE INDEX job_ended ON job(finished_at DESC, position) WHERE section = 3;
CREATE INDEX job_verified ON job(finished_at DESC, position) WHERE state = 'verified';
CREATE INDEX job_paused ON job(position) WHERE section = 2 AND (holds & 1) = 1;
CREATE INDEX job_unpaused ON job(position) WHERE section = 2 AND (holds & 1) = 0;
CREATE INDEX job_ready ON job(position) WHERE state = 'waiting' AND holds = 0;
CREATE INDEX job_unanswered ON job(position) WHERE state = 'finishing' AND holds = 0;
CREATE INDEX job_open ON job(destination, position) WHERE section < 3;
CREATE INDEX job_away ON job(path) WHERE (holds & 8) = 8;
-- A name may be in the way of another one: the states are in the index, so that nothing is walked that ended long ago.
DROP INDEX job_takes;
CREATE INDEX job_takes ON job(destination, takes, state) WHERE takes IS NOT NULL AND section < 3;
CREATE INDEX job_takes_in_batch ON job(batch, takes, state) WHERE takes IS NOT NULL;

CREATE INDEX hold_kind ON hold(hold, job);
CREATE INDEX batch_coming_in ON batch(id) WHERE expected IS NOT NULL;
CREATE INDEX batch_due ON batch(starts_at) WHERE starts_at IS NOT NULL AND finished_at IS NULL AND expected IS NULL;
CREATE INDEX session_job ON session(job);
CREATE INDEX session_to_abort ON session(id) WHERE status = 'to-abort';
CREATE INDEX session_ending ON session(expires_s) WHERE status = 'open' AND expires_s IS NOT NULL;

-- Files by where they go, how they stand and why they wait: the sums of the footer. A file counts at most a pebibyte, so that no sum
-- of sizes overflows.
CREATE TABLE tally (
  destination TEXT NOT NULL,
  state       TEXT NOT NULL,
  holds       INTEGER NOT NULL,
  files       INTEGER NOT NULL,
  size        INTEGER NOT NULL,
  confirmed   INTEGER NOT NULL,
  PRIMARY KEY (destination, state, holds)
) STRICT, WITHOUT ROWID;
INSERT INTO tally SELECT destination, state, holds, count(*), sum(min(size, 1 << 50)), sum(min(confirmed, 1 << 50))
  FROM job GROUP BY destination, state, holds;

-- How the files of a batch stand.
CREATE TABLE batch_tally (
  batch     TEXT PRIMARY KEY REFERENCES batch(id) ON DELETE CASCADE,
  files     INTEGER NOT NULL DEFAULT 0,
  size      INTEGER NOT NULL DEFAULT 0,
  verified  INTEGER NOT NULL DEFAULT 0,
  uploaded  INTEGER NOT NULL DEFAULT 0,
  cancelled INTEGER NOT NULL DEFAULT 0,
  attention INTEGER NOT NULL DEFAULT 0,
  countdown INTEGER NOT NULL DEFAULT 0,   -- wait for its countdown
  begun     INTEGER NOT NULL DEFAULT 0    -- do not, and may run, run, or are all sent
) STRICT, WITHOUT ROWID;
INSERT INTO batch_tally(batch) SELECT id FROM batch;
UPDATE batch_tally SET (files, size, verified, uploaded, cancelled, attention, countdown, begun) = (
  SELECT count(*), coalesce(sum(min(size, 1 << 50)), 0), coalesce(sum(state = 'verified'), 0), coalesce(sum(state = 'uploaded'), 0),
    coalesce(sum(state = 'cancelled'), 0), coalesce(sum(state = 'needs-attention'), 0), coalesce(sum((holds & 2) = 2), 0),
    coalesce(sum(state IN ('waiting', 'checking', 'uploading', 'finishing') AND (holds & 2) = 0), 0)
  FROM job WHERE job.batch = batch_tally.batch);
CREATE INDEX batch_counting_down ON batch_tally(batch) WHERE countdown > 0;

-- What needs a person, by batch and cause.
CREATE TABLE attention (
  batch TEXT NOT NULL,
  cause TEXT NOT NULL,
  files INTEGER NOT NULL,
  PRIMARY KEY (batch, cause)
) STRICT, WITHOUT ROWID;
INSERT INTO attention SELECT batch, coalesce(CASE WHEN json_valid(cause) THEN json_extract(cause, '$.cause') END, ''), count(*)
  FROM job WHERE state = 'needs-attention' GROUP BY 1, 2;
CREATE INDEX attention_newest ON attention(batch DESC, cause);
CREATE INDEX attention_names ON attention(batch) WHERE cause IN ('name-taken', 'name-shared');

CREATE TRIGGER hold_added AFTER INSERT ON hold BEGIN
  UPDATE job SET holds =
    (SELECT coalesce(sum(CASE hold WHEN 'user' THEN 1 WHEN 'countdown' THEN 2 WHEN 'credentials' THEN 4 WHEN 'source-missing' THEN 8
       WHEN 'offline' THEN 16 WHEN 'throttled' THEN 32 WHEN 'schedule' THEN 64 WHEN 'drive-silent' THEN 128 WHEN 'unread' THEN 256
       ELSE 512 END), 0) FROM hold WHERE hold.job = NEW.job)
    WHERE id = NEW.job;
END;
CREATE TRIGGER hold_gone AFTER DELETE ON hold BEGIN
  UPDATE job SET holds =
    (SELECT coalesce(sum(CASE hold WHEN 'user' THEN 1 WHEN 'countdown' THEN 2 WHEN 'credentials' THEN 4 WHEN 'source-missing' THEN 8
       WHEN 'offline' THEN 16 WHEN 'throttled' THEN 32 WHEN 'schedule' THEN 64 WHEN 'drive-silent' THEN 128 WHEN 'unread' THEN 256
       ELSE 512 END), 0) FROM hold WHERE hold.job = OLD.job)
    WHERE id = OLD.job;
END;

CREATE TRIGGER batch_added AFTER INSERT ON batch BEGIN
  INSERT INTO batch_tally(batch) VALUES (NEW.id);
END;

CREATE TRIGGER job_added AFTER INSERT ON job BEGIN
  INSERT INTO tally VALUES (NEW.destination, NEW.state, NEW.holds, 1, min(NEW.size, 1 << 50), min(NEW.confirmed, 1 << 50))
    ON CONFLICT DO UPDATE SET files = files + 1, size = size + excluded.size, confirmed = confirmed + excluded.confirmed;
  UPDATE batch_tally SET files = files + 1, size = size + min(NEW.size, 1 << 50), verified = verified + (NEW.state = 'verified'),
    uploaded = uploaded + (NEW.state = 'uploaded'), cancelled = cancelled + (NEW.state = 'cancelled'),
    attention = attention + (NEW.state = 'needs-attention'), countdown = countdown + ((NEW.holds & 2) = 2),
    begun = begun + (NEW.state IN ('waiting', 'checking', 'uploading', 'finishing') AND (NEW.holds & 2) = 0)
    WHERE batch = NEW.batch;
END;
CREATE TRIGGER job_gone AFTER DELETE ON job BEGIN
  UPDATE tally SET files = files - 1, size = size - min(OLD.size, 1 << 50), confirmed = confirmed - min(OLD.confirmed, 1 << 50)
    WHERE destination = OLD.destination AND state = OLD.state AND holds = OLD.holds;
  UPDATE batch_tally SET files = files - 1, size = size - min(OLD.size, 1 << 50), verified = verified - (OLD.state = 'verified'),
    uploaded = uploaded - (OLD.state = 'uploaded'), cancelled = cancelled - (OLD.state = 'cancelled'),
    attention = attention - (OLD.state = 'needs-attention'), countdown = countdown - ((OLD.holds & 2) = 2),
    begun = begun - (OLD.state IN ('waiting', 'checking', 'uploading', 'finishing') AND (OLD.holds & 2) = 0)
    WHERE batch = OLD.batch;
END;
CREATE TRIGGER job_changed AFTER UPDATE OF destination, state, holds, size, confirmed ON job
  WHEN OLD.destination <> NEW.destination OR OLD.state <> NEW.state OR OLD.holds <> NEW.holds OR OLD.size <> NEW.size
    OR OLD.confirmed <> NEW.confirmed
BEGIN
  UPDATE tally SET files = files - 1, size = size - min(OLD.size, 1 << 50), confirmed = confirmed - min(OLD.confirmed, 1 << 50)
    WHERE destination = OLD.destination AND state = OLD.state AND holds = OLD.holds;
  INSERT INTO tally VALUES (NEW.destination, NEW.state, NEW.holds, 1, min(NEW.size, 1 << 50), min(NEW.confirmed, 1 << 50))
    ON CONFLICT DO UPDATE SET files = files + 1, size = size + excluded.size, confirmed = confirmed + excluded.confirmed;
END;
CREATE TRIGGER job_changed_in_batch AFTER UPDATE OF state, holds, size ON job
  WHEN OLD.state <> NEW.state OR OLD.holds <> NEW.holds OR OLD.size <> NEW.size
BEGIN
  UPDATE batch_tally SET size = size - min(OLD.size, 1 << 50) + min(NEW.size, 1 << 50),
    verified = verified - (OLD.state = 'verified') + (NEW.state = 'verified'),
    uploaded = uploaded - (OLD.state = 'uploaded') + (NEW.state = 'uploaded'),
    cancelled = cancelled - (OLD.state = 'cancelled') + (NEW.state = 'cancelled'),
    attention = attention - (OLD.state = 'needs-attention') + (NEW.state = 'needs-attention'),
    countdown = countdown - ((OLD.holds & 2) = 2) + ((NEW.holds & 2) = 2),
    begun = begun - (OLD.state IN ('waiting', 'checking', 'uploading', 'finishing') AND (OLD.holds & 2) = 0)
      + (NEW.state IN ('waiting', 'checking', 'uploading', 'finishing') AND (NEW.holds & 2) = 0)
    WHERE batch = NEW.batch;
END;

CREATE TRIGGER attention_came_with AFTER INSERT ON job WHEN NEW.state = 'needs-attention' BEGIN
  INSERT INTO attention VALUES (NEW.batch, coalesce(CASE WHEN json_valid(NEW.cause) THEN json_extract(NEW.cause, '$.cause') END, ''), 1)
    ON CONFLICT DO UPDATE SET files = files + 1;
END;
CREATE TRIGGER attention_came AFTER UPDATE OF state, cause ON job WHEN NEW.state = 'needs-attention' BEGIN
  INSERT INTO attention VALUES (NEW.batch, coalesce(CASE WHEN json_valid(NEW.cause) THEN json_extract(NEW.cause, '$.cause') END, ''), 1)
    ON CONFLICT DO UPDATE SET files = files + 1;
END;
CREATE TRIGGER attention_went BEFORE UPDATE OF state, cause ON job WHEN OLD.state = 'needs-attention' BEGIN
  UPDATE attention SET files = files - 1
    WHERE batch = OLD.batch AND cause = coalesce(CASE WHEN json_valid(OLD.cause) THEN json_extract(OLD.cause, '$.cause') END, '');
  DELETE FROM attention WHERE files = 0 AND batch = OLD.batch
    AND cause = coalesce(CASE WHEN json_valid(OLD.cause) THEN json_extract(OLD.cause, '$.cause') END, '');
END;
CREATE TRIGGER attention_gone AFTER DELETE ON job WHEN OLD.state = 'needs-attention' BEGIN
  UPDATE attention SET files = files - 1
    WHERE batch = OLD.batch AND cause = coalesce(CASE WHEN json_valid(OLD.cause) THEN json_extract(OLD.cause, '$.cause') END, '');
  DELETE FROM attention WHERE files = 0 AND batch = OLD.batch
    AND cause = coalesce(CASE WHEN json_valid(OLD.cause) THEN json_extract(OLD.cause, '$.cause') END, '');
END;
