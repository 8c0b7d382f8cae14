-- Where imported rows came from, and room for what a source said that no column says.

-- One row per imported element. match_key is what it is recognised by, position its place in its list. It outlives the
-- row, so that what was deleted here is not imported again; without a workspace it came from the data root itself.
CREATE TABLE import_sources (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id TEXT REFERENCES workspaces (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  kind TEXT NOT NULL,
  match_key TEXT NOT NULL,
  position INTEGER NOT NULL,
  row_id TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  imported_at TEXT NOT NULL CHECK (imported_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE UNIQUE INDEX idx_import_sources_element ON import_sources (workspace_id, path, kind, match_key);
CREATE INDEX idx_import_sources_row ON import_sources (row_id);

ALTER TABLE program_risks ADD COLUMN meta TEXT CHECK (meta IS NULL OR json_valid(meta));
ALTER TABLE sessions ADD COLUMN meta TEXT CHECK (meta IS NULL OR json_valid(meta));
ALTER TABLE plan_notes ADD COLUMN meta TEXT CHECK (meta IS NULL OR json_valid(meta));
ALTER TABLE lineage ADD COLUMN meta TEXT CHECK (meta IS NULL OR json_valid(meta));
ALTER TABLE context_items ADD COLUMN meta TEXT CHECK (meta IS NULL OR json_valid(meta));
ALTER TABLE research_documents ADD COLUMN meta TEXT CHECK (meta IS NULL OR json_valid(meta));
ALTER TABLE knowledge ADD COLUMN meta TEXT CHECK (meta IS NULL OR json_valid(meta));
ALTER TABLE dependencies ADD COLUMN meta TEXT CHECK (meta IS NULL OR json_valid(meta));
ALTER TABLE update_log ADD COLUMN meta TEXT CHECK (meta IS NULL OR json_valid(meta));
ALTER TABLE event_log ADD COLUMN meta TEXT CHECK (meta IS NULL OR json_valid(meta));

ALTER TABLE sessions_archive ADD COLUMN meta TEXT;
ALTER TABLE plan_notes_archive ADD COLUMN meta TEXT;
ALTER TABLE lineage_archive ADD COLUMN meta TEXT;
ALTER TABLE context_items_archive ADD COLUMN meta TEXT;
ALTER TABLE research_documents_archive ADD COLUMN meta TEXT;
ALTER TABLE dependencies_archive ADD COLUMN meta TEXT;
