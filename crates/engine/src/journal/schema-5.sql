ALTER TABLE watched_file ADD COLUMN born_ns INTEGER;   -- when the file itself was made, where its file system tells; NULL: it does not, or was not asked yet
