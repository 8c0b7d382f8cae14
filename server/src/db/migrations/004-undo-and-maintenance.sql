-- What undo, purge and maintenance need.

-- Which operation an entry speaks of: purge drops the entries of those that wrote what is purged. Looked up rarely, so
-- without an index, which every write would have to keep.
ALTER TABLE event_log ADD COLUMN operation_id TEXT;
ALTER TABLE update_log ADD COLUMN operation_id TEXT;

-- What one process does for all, and since when. A row is a lease while its holder is named: it may be taken over once
-- expires_at has passed. due_at says when the work is to be done next; begins_at, where the history begins.
CREATE TABLE maintenance (
  name TEXT PRIMARY KEY,
  holder TEXT,
  expires_at TEXT CHECK (expires_at LIKE '____-__-__T__:__:__.___Z'),
  due_at TEXT CHECK (due_at LIKE '____-__-__T__:__:__.___Z'),
  begins_at TEXT CHECK (begins_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
