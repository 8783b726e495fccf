ALTER TABLE job ADD COLUMN takes TEXT;                           -- the name that it has, or will have, at its destination
ALTER TABLE job ADD COLUMN beside INTEGER NOT NULL DEFAULT 0;    -- so many names before that one were taken
ALTER TABLE job ADD COLUMN may_replace INTEGER NOT NULL DEFAULT 0;   -- a person said so when its name was found taken
CREATE INDEX job_takes ON job(destination, takes) WHERE takes IS NOT NULL;
ALTER TABLE session ADD COLUMN replaces INTEGER NOT NULL DEFAULT 0;  -- it replaces what is there
ALTER TABLE session ADD COLUMN broken INTEGER NOT NULL DEFAULT 0;    -- so often its links were renewed because they never worked
