ALTER TABLE job ADD COLUMN changed_ns INTEGER;           -- when anything of the file last changed (ctime); NULL: not told, or not noted yet
ALTER TABLE watched_file ADD COLUMN changed_ns INTEGER;  -- the same
ALTER TABLE watched_file ADD COLUMN checksum TEXT;       -- of what went, as in job, which may be taken out of the list; NULL: its bytes are not known
ALTER TABLE watched_file ADD COLUMN part_size INTEGER;   -- of the parts that the checksum is made of
UPDATE watched_file SET (checksum, part_size) =
  (SELECT checksum, part_size FROM job WHERE job.id = watched_file.job AND job.state IN ('uploaded', 'verified'));
