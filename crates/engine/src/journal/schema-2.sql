ALTER TABLE job ADD COLUMN hash TEXT;                            -- algorithm:hex of the bytes of the identity beside it
ALTER TABLE job ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;   -- given up because the destination has something of its name
ALTER TABLE batch ADD COLUMN if_exists TEXT;                     -- what was decided for all its files whose name is taken
ALTER TABLE batch ADD COLUMN expected INTEGER;                   -- files in all, while they are still being taken in
