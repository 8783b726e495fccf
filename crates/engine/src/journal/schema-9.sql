-- The checksum that went with a part, where its storage wants one of each: *complete* names it again.
ALTER TABLE receipt ADD COLUMN checksum BLOB;
