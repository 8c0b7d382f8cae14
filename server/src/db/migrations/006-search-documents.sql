-- Search documents say where they hang and when they were written, and have three columns more: the parts of identifiers,
-- the date in words, and a context of the documents before. Their text is computed by the program, which writes all of
-- them anew when it next opens the database.

DROP TABLE search_documents;

-- thread: documents that were written one after the other, under the same parent or in the same session. before_1 and
-- before_2 are the two (by rid) from which the context was taken. The long columns come last.
CREATE TABLE search_documents (
  rid INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  ref_id TEXT NOT NULL,
  workspace_id TEXT,
  plan_id TEXT,
  parent_type TEXT,
  parent_id TEXT,
  type TEXT,
  dated_at TEXT CHECK (dated_at LIKE '____-__-__T__:__:__.___Z'),
  thread TEXT,
  before_1 INTEGER,
  before_2 INTEGER,
  title TEXT NOT NULL,
  dates TEXT NOT NULL,
  context TEXT NOT NULL,
  parts TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (ref_id, kind)
) STRICT;
CREATE INDEX idx_search_documents_thread ON search_documents (thread) WHERE thread IS NOT NULL;
CREATE INDEX idx_search_documents_before_1 ON search_documents (before_1) WHERE before_1 IS NOT NULL;
CREATE INDEX idx_search_documents_before_2 ON search_documents (before_2) WHERE before_2 IS NOT NULL;

-- @sqlite
DROP TABLE IF EXISTS search_index;
DROP TRIGGER IF EXISTS search_documents_inserted;
DROP TRIGGER IF EXISTS search_documents_deleted;
DROP TRIGGER IF EXISTS search_documents_updated;
CREATE VIRTUAL TABLE search_index USING fts5 (
  title, body, parts, dates, context,
  content = 'search_documents', content_rowid = 'rid', tokenize = 'porter unicode61'
);
CREATE TRIGGER search_documents_inserted AFTER INSERT ON search_documents BEGIN
  INSERT INTO search_index (rowid, title, body, parts, dates, context)
    VALUES (new.rid, new.title, new.body, new.parts, new.dates, new.context);
END;
CREATE TRIGGER search_documents_deleted AFTER DELETE ON search_documents BEGIN
  INSERT INTO search_index (search_index, rowid, title, body, parts, dates, context)
    VALUES ('delete', old.rid, old.title, old.body, old.parts, old.dates, old.context);
END;
CREATE TRIGGER search_documents_updated AFTER UPDATE OF title, body, parts, dates, context ON search_documents
WHEN old.title <> new.title OR old.body <> new.body OR old.parts <> new.parts OR old.dates <> new.dates
  OR old.context <> new.context
BEGIN
  INSERT INTO search_index (search_index, rowid, title, body, parts, dates, context)
    VALUES ('delete', old.rid, old.title, old.body, old.parts, old.dates, old.context);
  INSERT INTO search_index (rowid, title, body, parts, dates, context)
    VALUES (new.rid, new.title, new.body, new.parts, new.dates, new.context);
END;
-- @end
