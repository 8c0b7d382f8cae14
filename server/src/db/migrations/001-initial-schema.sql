-- The whole data model of Project Memory.
--
-- Conventions, so that the same text serves another engine later:
--   seq   counts the rows of a table in the order they were made; it breaks ties of time and is never reused.
--   id    is made by the program, is what everything else refers to, and stays with its row for ever.
--   *_at  is UTC text YYYY-MM-DDTHH:MM:SS.sssZ; booleans are 0 or 1; JSON is text.
--   json_valid(NULL) is 0 in some older versions of the engine, so a column that may be empty says so.
--   Blocks between "-- @sqlite" and "-- @end" are this engine's own; STRICT, AUTOINCREMENT and json_valid have direct
--   counterparts elsewhere.

-- Workspaces and programs ------------------------------------------------------------------------------------------

CREATE TABLE workspaces (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,
  path_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
  parent_workspace_id TEXT REFERENCES workspaces (id) ON DELETE SET NULL CHECK (parent_workspace_id <> id),
  profile TEXT CHECK (profile IS NULL OR json_valid(profile)),
  meta TEXT CHECK (meta IS NULL OR json_valid(meta)),
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_workspaces_parent ON workspaces (parent_workspace_id);

-- Every other path, and every id of an older system, under which a workspace is known.
CREATE TABLE workspace_paths (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  kind TEXT NOT NULL DEFAULT 'path' CHECK (kind IN ('path', 'legacy_id')),
  path TEXT NOT NULL,
  path_key TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_workspace_paths_workspace ON workspace_paths (workspace_id);

CREATE TABLE programs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
  description TEXT,
  category TEXT NOT NULL DEFAULT 'program' CHECK (category IN
    ('feature', 'bugfix', 'refactor', 'orchestration', 'program', 'quick_task', 'advisory')),
  priority TEXT NOT NULL DEFAULT 'medium' CHECK (priority IN ('low', 'medium', 'high', 'critical')),
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'completed', 'archived')),
  goals TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(goals)),
  success_criteria TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(success_criteria)),
  source_plan_id TEXT,
  meta TEXT CHECK (meta IS NULL OR json_valid(meta)),
  completed_at TEXT CHECK (completed_at LIKE '____-__-__T__:__:__.___Z'),
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_programs_workspace ON programs (workspace_id, status);

-- Which other workspaces' plans a program may reach.
CREATE TABLE program_workspace_links (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  program_id TEXT NOT NULL REFERENCES programs (id) ON DELETE CASCADE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  UNIQUE (program_id, workspace_id)
) STRICT;
CREATE INDEX idx_program_links_workspace ON program_workspace_links (workspace_id);

CREATE TABLE program_risks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  program_id TEXT NOT NULL REFERENCES programs (id) ON DELETE CASCADE,
  risk_type TEXT NOT NULL CHECK (risk_type IN ('functional_conflict', 'behavioral_change', 'dependency_risk')),
  severity TEXT NOT NULL DEFAULT 'medium' CHECK (severity IN ('low', 'medium', 'high', 'critical')),
  risk_status TEXT NOT NULL DEFAULT 'identified' CHECK (risk_status IN
    ('identified', 'mitigated', 'accepted', 'resolved')),
  title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
  description TEXT,
  mitigation TEXT,
  detected_by TEXT NOT NULL DEFAULT 'manual' CHECK (detected_by IN ('auto', 'manual')),
  source_plan_id TEXT,
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_program_risks_program ON program_risks (program_id, risk_status);

-- Plans, phases, steps ---------------------------------------------------------------------------------------------

CREATE TABLE plans (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  program_id TEXT REFERENCES programs (id) ON DELETE SET NULL,
  program_order INTEGER,
  title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
  description TEXT,
  category TEXT NOT NULL DEFAULT 'feature' CHECK (category IN
    ('feature', 'bugfix', 'refactor', 'orchestration', 'program', 'quick_task', 'advisory')),
  priority TEXT NOT NULL DEFAULT 'medium' CHECK (priority IN ('low', 'medium', 'high', 'critical')),
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN
    ('active', 'paused', 'blocked', 'completed', 'failed', 'archived')),
  execution TEXT NOT NULL DEFAULT 'phased' CHECK (execution IN ('phased', 'free')),
  requires_evidence INTEGER NOT NULL DEFAULT 0 CHECK (requires_evidence IN (0, 1)),
  goals TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(goals)),
  success_criteria TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(success_criteria)),
  current_agent TEXT CHECK (length(current_agent) BETWEEN 1 AND 100),
  recommended_next_agent TEXT CHECK (length(recommended_next_agent) BETWEEN 1 AND 100),
  categorization TEXT CHECK (categorization IS NULL OR json_valid(categorization)),
  deployment_context TEXT CHECK (deployment_context IS NULL OR json_valid(deployment_context)),
  paused_at_snapshot TEXT CHECK (paused_at_snapshot IS NULL OR json_valid(paused_at_snapshot)),
  meta TEXT CHECK (meta IS NULL OR json_valid(meta)),
  completed_at TEXT CHECK (completed_at LIKE '____-__-__T__:__:__.___Z'),
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_plans_workspace_status ON plans (workspace_id, status);
CREATE INDEX idx_plans_program ON plans (program_id, program_order);

-- The approval of a phase and the confirmation of a step lie on the row they belong to, so that a rename or a new order
-- cannot part them.
CREATE TABLE phases (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  plan_id TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
  order_index INTEGER NOT NULL,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
  description TEXT,
  success_criteria TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(success_criteria)),
  approval_required INTEGER NOT NULL DEFAULT 0 CHECK (approval_required IN (0, 1)),
  approved_at TEXT CHECK (approved_at LIKE '____-__-__T__:__:__.___Z'),
  approved_by TEXT,
  meta TEXT CHECK (meta IS NULL OR json_valid(meta)),
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z'),
  UNIQUE (plan_id, name),
  UNIQUE (plan_id, order_index),
  UNIQUE (id, plan_id)
) STRICT;

CREATE TABLE sessions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  plan_id TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
  agent_type TEXT NOT NULL CHECK (length(agent_type) BETWEEN 1 AND 100),
  started_at TEXT NOT NULL CHECK (started_at LIKE '____-__-__T__:__:__.___Z'),
  last_seen_at TEXT NOT NULL CHECK (last_seen_at LIKE '____-__-__T__:__:__.___Z'),
  completed_at TEXT CHECK (completed_at LIKE '____-__-__T__:__:__.___Z'),
  summary TEXT,
  artifacts TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(artifacts)),
  context TEXT CHECK (context IS NULL OR json_valid(context)),
  stats TEXT CHECK (stats IS NULL OR json_valid(stats)),
  is_orphaned INTEGER NOT NULL DEFAULT 0 CHECK (is_orphaned IN (0, 1))
) STRICT;
CREATE INDEX idx_sessions_plan ON sessions (plan_id, completed_at);

CREATE TABLE steps (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  plan_id TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
  phase_id TEXT NOT NULL,
  order_index INTEGER NOT NULL,
  task TEXT NOT NULL CHECK (length(task) >= 1),
  type TEXT NOT NULL DEFAULT 'standard' CHECK (type IN
    ('standard', 'analysis', 'validation', 'user_validation', 'complex', 'critical', 'build', 'fix', 'refactor',
     'confirmation', 'research', 'planning', 'code', 'test', 'documentation')),
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'active', 'done', 'blocked')),
  notes TEXT,
  assignee TEXT CHECK (length(assignee) BETWEEN 1 AND 100),
  blocked_reason TEXT,
  requires_confirmation INTEGER NOT NULL DEFAULT 0 CHECK (requires_confirmation IN (0, 1)),
  requires_user_confirmation INTEGER NOT NULL DEFAULT 0 CHECK (requires_user_confirmation IN (0, 1)),
  requires_validation INTEGER NOT NULL DEFAULT 0 CHECK (requires_validation IN (0, 1)),
  requires_evidence INTEGER NOT NULL DEFAULT 0 CHECK (requires_evidence IN (0, 1)),
  confirmed_at TEXT CHECK (confirmed_at LIKE '____-__-__T__:__:__.___Z'),
  confirmed_by TEXT,
  confirmed_by_session TEXT,
  evidence TEXT CHECK (evidence IS NULL OR json_valid(evidence)),
  paths TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(paths)),
  claimed_by_session TEXT REFERENCES sessions (id) ON DELETE SET NULL,
  claimed_agent TEXT CHECK (length(claimed_agent) BETWEEN 1 AND 100),
  claimed_at TEXT CHECK (claimed_at LIKE '____-__-__T__:__:__.___Z'),
  lease_expires_at TEXT CHECK (lease_expires_at LIKE '____-__-__T__:__:__.___Z'),
  claim_number INTEGER NOT NULL DEFAULT 0 CHECK (claim_number >= 0),
  completed_at TEXT CHECK (completed_at LIKE '____-__-__T__:__:__.___Z'),
  completed_by_agent TEXT CHECK (length(completed_by_agent) BETWEEN 1 AND 100),
  completed_by_session TEXT,
  legacy_index INTEGER,
  meta TEXT CHECK (meta IS NULL OR json_valid(meta)),
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z'),
  UNIQUE (phase_id, order_index),
  FOREIGN KEY (phase_id, plan_id) REFERENCES phases (id, plan_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX idx_steps_plan ON steps (plan_id, status);
CREATE INDEX idx_steps_unfinished ON steps (phase_id, order_index) WHERE status <> 'done';
CREATE INDEX idx_steps_claim ON steps (claimed_by_session) WHERE claimed_by_session IS NOT NULL;

CREATE TABLE plan_notes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  plan_id TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
  note TEXT NOT NULL CHECK (length(note) >= 1),
  note_type TEXT NOT NULL DEFAULT 'info' CHECK (note_type IN ('info', 'warning', 'instruction')),
  added_by TEXT NOT NULL DEFAULT 'agent' CHECK (added_by IN ('user', 'agent')),
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_plan_notes_plan ON plan_notes (plan_id);

CREATE TABLE lineage (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  plan_id TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
  from_agent TEXT NOT NULL CHECK (length(from_agent) BETWEEN 1 AND 100),
  to_agent TEXT NOT NULL CHECK (length(to_agent) BETWEEN 1 AND 100),
  reason TEXT NOT NULL,
  data TEXT CHECK (data IS NULL OR json_valid(data)),
  session_id TEXT,
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_lineage_plan ON lineage (plan_id);

-- Context, research, knowledge -------------------------------------------------------------------------------------

-- parent_id names a row of the table that parent_type says; workspace_id and plan_id say where that row hangs.
CREATE TABLE context_items (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  plan_id TEXT REFERENCES plans (id) ON DELETE CASCADE,
  parent_type TEXT NOT NULL CHECK (parent_type IN ('workspace', 'plan', 'phase', 'step')),
  parent_id TEXT NOT NULL,
  type TEXT NOT NULL CHECK (length(type) BETWEEN 1 AND 100),
  key TEXT CHECK (length(key) BETWEEN 1 AND 200),
  data TEXT NOT NULL CHECK (json_valid(data)),
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  source TEXT NOT NULL DEFAULT 'agent' CHECK (source IN ('user', 'agent', 'repo', 'tool', 'web')),
  session_id TEXT,
  agent_type TEXT CHECK (length(agent_type) BETWEEN 1 AND 100),
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z'),
  UNIQUE (parent_type, parent_id, type, key)
) STRICT;
CREATE INDEX idx_context_parent ON context_items (parent_type, parent_id);
CREATE INDEX idx_context_workspace ON context_items (workspace_id, type);
CREATE INDEX idx_context_plan ON context_items (plan_id);

-- What an item with a key said before it was replaced.
CREATE TABLE context_versions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  context_id TEXT NOT NULL REFERENCES context_items (id) ON DELETE CASCADE,
  plan_id TEXT,
  version INTEGER NOT NULL CHECK (version >= 1),
  data TEXT NOT NULL CHECK (json_valid(data)),
  source TEXT NOT NULL CHECK (source IN ('user', 'agent', 'repo', 'tool', 'web')),
  session_id TEXT,
  agent_type TEXT,
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  UNIQUE (context_id, version)
) STRICT;
CREATE INDEX idx_context_versions_plan ON context_versions (plan_id);

CREATE TABLE research_documents (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  plan_id TEXT REFERENCES plans (id) ON DELETE CASCADE,
  filename TEXT NOT NULL CHECK (length(filename) BETWEEN 1 AND 300),
  content TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
-- A NULL plan_id means the workspace itself; coalesce makes two of them equal.
CREATE UNIQUE INDEX idx_research_name ON research_documents (workspace_id, coalesce(plan_id, ''), filename);
CREATE INDEX idx_research_plan ON research_documents (plan_id);

CREATE TABLE knowledge (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  slug TEXT NOT NULL CHECK (length(slug) BETWEEN 1 AND 100),
  title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
  category TEXT NOT NULL DEFAULT 'reference' CHECK (length(category) BETWEEN 1 AND 100),
  data TEXT NOT NULL CHECK (json_valid(data)),
  tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
  created_by_agent TEXT CHECK (length(created_by_agent) BETWEEN 1 AND 100),
  created_by_plan TEXT,
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z'),
  UNIQUE (workspace_id, slug)
) STRICT;

-- Build scripts and dependencies -----------------------------------------------------------------------------------

CREATE TABLE build_scripts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  plan_id TEXT REFERENCES plans (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
  description TEXT,
  command TEXT NOT NULL CHECK (length(command) >= 1),
  directory TEXT NOT NULL,
  meta TEXT CHECK (meta IS NULL OR json_valid(meta)),
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_build_scripts_workspace ON build_scripts (workspace_id);
CREATE INDEX idx_build_scripts_plan ON build_scripts (plan_id);

-- The source depends on the target. Either end may be archived, so existence is checked by the program.
CREATE TABLE dependencies (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  source_type TEXT NOT NULL CHECK (source_type IN ('plan', 'phase', 'step')),
  source_id TEXT NOT NULL,
  target_type TEXT NOT NULL CHECK (target_type IN ('plan', 'phase', 'step')),
  target_id TEXT NOT NULL CHECK (target_id <> source_id),
  dependency_type TEXT NOT NULL DEFAULT 'blocks' CHECK (dependency_type IN ('blocks', 'informs')),
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'satisfied')),
  satisfied_at TEXT CHECK (satisfied_at LIKE '____-__-__T__:__:__.___Z'),
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  UNIQUE (source_type, source_id, target_type, target_id)
) STRICT;
CREATE INDEX idx_dependencies_target ON dependencies (target_type, target_id);

-- The tool catalog: derived from the program at every change of it, never edited ----------------------------------

CREATE TABLE tools (
  name TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  description TEXT NOT NULL,
  annotations TEXT NOT NULL CHECK (json_valid(annotations))
) STRICT;

CREATE TABLE tool_actions (
  tool_name TEXT NOT NULL REFERENCES tools (name) ON DELETE CASCADE,
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  description TEXT NOT NULL,
  effect TEXT NOT NULL CHECK (effect IN ('read', 'write', 'wait')),
  is_core INTEGER NOT NULL CHECK (is_core IN (0, 1)),
  signature TEXT NOT NULL,
  example TEXT NOT NULL CHECK (json_valid(example)),
  PRIMARY KEY (tool_name, name)
) STRICT;

CREATE TABLE tool_action_params (
  tool_name TEXT NOT NULL,
  action_name TEXT NOT NULL,
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  type TEXT NOT NULL,
  enum_values TEXT CHECK (enum_values IS NULL OR json_valid(enum_values)),
  required INTEGER NOT NULL CHECK (required IN (0, 1)),
  default_value TEXT CHECK (default_value IS NULL OR json_valid(default_value)),
  description TEXT,
  example TEXT CHECK (example IS NULL OR json_valid(example)),
  PRIMARY KEY (tool_name, action_name, name),
  FOREIGN KEY (tool_name, action_name) REFERENCES tool_actions (tool_name, name) ON DELETE CASCADE
) STRICT;

-- What was seeded last, by which program: name is 'catalog' or 'content'.
CREATE TABLE seed_versions (
  name TEXT PRIMARY KEY,
  program_version TEXT NOT NULL,
  hash TEXT NOT NULL,
  seeded_at TEXT NOT NULL CHECK (seeded_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;

-- Agents, instructions, skills -------------------------------------------------------------------------------------

-- seeded_hash is the content that seeding wrote: while it still is the content, seeding may replace the row.
CREATE TABLE agent_definitions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_key TEXT NOT NULL UNIQUE,
  content TEXT NOT NULL,
  metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata)),
  origin TEXT NOT NULL DEFAULT 'user' CHECK (origin IN ('default', 'user')),
  seeded_hash TEXT,
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;

CREATE TABLE instruction_files (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  filename TEXT NOT NULL CHECK (length(filename) BETWEEN 1 AND 300),
  name_key TEXT NOT NULL UNIQUE,
  applies_to TEXT NOT NULL,
  content TEXT NOT NULL,
  metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata)),
  origin TEXT NOT NULL DEFAULT 'user' CHECK (origin IN ('default', 'user')),
  seeded_hash TEXT,
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;

CREATE TABLE skill_definitions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_key TEXT NOT NULL UNIQUE,
  description TEXT,
  category TEXT NOT NULL DEFAULT 'general' CHECK (length(category) BETWEEN 1 AND 100),
  tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
  language_targets TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(language_targets)),
  framework_targets TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(framework_targets)),
  content TEXT NOT NULL,
  metadata TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata)),
  origin TEXT NOT NULL DEFAULT 'user' CHECK (origin IN ('default', 'user')),
  seeded_hash TEXT,
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z'),
  updated_at TEXT NOT NULL CHECK (updated_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_skills_category ON skill_definitions (category);

-- Logs, history, request ids ---------------------------------------------------------------------------------------

-- The logs outlive the plans and steps they speak of, so those columns refer to nothing.
CREATE TABLE update_log (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  plan_id TEXT,
  step_id TEXT,
  session_id TEXT,
  agent_type TEXT,
  tool TEXT NOT NULL,
  action TEXT,
  file_path TEXT,
  summary TEXT,
  data TEXT CHECK (data IS NULL OR json_valid(data)),
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_update_log_workspace ON update_log (workspace_id, created_at);
CREATE INDEX idx_update_log_plan ON update_log (plan_id);
CREATE INDEX idx_update_log_step ON update_log (step_id);
CREATE INDEX idx_update_log_session ON update_log (session_id);

CREATE TABLE event_log (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  event_type TEXT NOT NULL CHECK (length(event_type) BETWEEN 1 AND 100),
  workspace_id TEXT,
  plan_id TEXT,
  step_id TEXT,
  session_id TEXT,
  agent_type TEXT,
  tool TEXT,
  data TEXT CHECK (data IS NULL OR json_valid(data)),
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_event_log_time ON event_log (created_at);
CREATE INDEX idx_event_log_workspace ON event_log (workspace_id);
CREATE INDEX idx_event_log_plan ON event_log (plan_id);
CREATE INDEX idx_event_log_step ON event_log (step_id);
CREATE INDEX idx_event_log_session ON event_log (session_id);

-- One row per changed row and operation. Of an update, before and after hold the changed columns only. Nothing refers to
-- seq here, so it needs no counter of its own, and time rises with it, so that retention needs no index by time; an
-- operation is looked up rarely, by a person. Each page that a write does not touch is a page less to sync.
CREATE TABLE row_history (
  seq INTEGER PRIMARY KEY,
  operation_id TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_id TEXT NOT NULL,
  before TEXT CHECK (before IS NULL OR json_valid(before)),
  after TEXT CHECK (after IS NULL OR json_valid(after)),
  session_id TEXT,
  tool TEXT,
  action TEXT,
  at TEXT NOT NULL CHECK (at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_row_history_row ON row_history (row_id);
CREATE INDEX idx_row_history_session ON row_history (session_id) WHERE session_id IS NOT NULL;

CREATE TABLE request_ids (
  request_id TEXT PRIMARY KEY,
  arguments_hash TEXT NOT NULL,
  operation_id TEXT NOT NULL,
  reply TEXT NOT NULL CHECK (json_valid(reply)),
  created_at TEXT NOT NULL CHECK (created_at LIKE '____-__-__T__:__:__.___Z')
) STRICT;
CREATE INDEX idx_request_ids_time ON request_ids (created_at);

-- Archive: the same columns in the same order; what the live tables checked is not checked again -------------------

CREATE TABLE plans_archive (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  program_id TEXT,
  program_order INTEGER,
  title TEXT NOT NULL,
  description TEXT,
  category TEXT NOT NULL,
  priority TEXT NOT NULL,
  status TEXT NOT NULL,
  execution TEXT NOT NULL,
  requires_evidence INTEGER NOT NULL,
  goals TEXT NOT NULL,
  success_criteria TEXT NOT NULL,
  current_agent TEXT,
  recommended_next_agent TEXT,
  categorization TEXT,
  deployment_context TEXT,
  paused_at_snapshot TEXT,
  meta TEXT,
  completed_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_plans_archive_workspace ON plans_archive (workspace_id, status);
CREATE INDEX idx_plans_archive_program ON plans_archive (program_id);

CREATE TABLE phases_archive (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  plan_id TEXT NOT NULL REFERENCES plans_archive (id) ON DELETE CASCADE,
  order_index INTEGER NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  success_criteria TEXT NOT NULL,
  approval_required INTEGER NOT NULL,
  approved_at TEXT,
  approved_by TEXT,
  meta TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_phases_archive_plan ON phases_archive (plan_id, order_index);

CREATE TABLE sessions_archive (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  plan_id TEXT NOT NULL REFERENCES plans_archive (id) ON DELETE CASCADE,
  agent_type TEXT NOT NULL,
  started_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  completed_at TEXT,
  summary TEXT,
  artifacts TEXT NOT NULL,
  context TEXT,
  stats TEXT,
  is_orphaned INTEGER NOT NULL
) STRICT;
CREATE INDEX idx_sessions_archive_plan ON sessions_archive (plan_id);

CREATE TABLE steps_archive (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  plan_id TEXT NOT NULL REFERENCES plans_archive (id) ON DELETE CASCADE,
  phase_id TEXT NOT NULL,
  order_index INTEGER NOT NULL,
  task TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  notes TEXT,
  assignee TEXT,
  blocked_reason TEXT,
  requires_confirmation INTEGER NOT NULL,
  requires_user_confirmation INTEGER NOT NULL,
  requires_validation INTEGER NOT NULL,
  requires_evidence INTEGER NOT NULL,
  confirmed_at TEXT,
  confirmed_by TEXT,
  confirmed_by_session TEXT,
  evidence TEXT,
  paths TEXT NOT NULL,
  claimed_by_session TEXT,
  claimed_agent TEXT,
  claimed_at TEXT,
  lease_expires_at TEXT,
  claim_number INTEGER NOT NULL,
  completed_at TEXT,
  completed_by_agent TEXT,
  completed_by_session TEXT,
  legacy_index INTEGER,
  meta TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_steps_archive_plan ON steps_archive (plan_id);
CREATE INDEX idx_steps_archive_phase ON steps_archive (phase_id, order_index);

CREATE TABLE plan_notes_archive (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  plan_id TEXT NOT NULL REFERENCES plans_archive (id) ON DELETE CASCADE,
  note TEXT NOT NULL,
  note_type TEXT NOT NULL,
  added_by TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_plan_notes_archive_plan ON plan_notes_archive (plan_id);

CREATE TABLE lineage_archive (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  plan_id TEXT NOT NULL REFERENCES plans_archive (id) ON DELETE CASCADE,
  from_agent TEXT NOT NULL,
  to_agent TEXT NOT NULL,
  reason TEXT NOT NULL,
  data TEXT,
  session_id TEXT,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_lineage_archive_plan ON lineage_archive (plan_id);

CREATE TABLE context_items_archive (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  plan_id TEXT REFERENCES plans_archive (id) ON DELETE CASCADE,
  parent_type TEXT NOT NULL,
  parent_id TEXT NOT NULL,
  type TEXT NOT NULL,
  key TEXT,
  data TEXT NOT NULL,
  version INTEGER NOT NULL,
  source TEXT NOT NULL,
  session_id TEXT,
  agent_type TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_context_archive_workspace ON context_items_archive (workspace_id);
CREATE INDEX idx_context_archive_plan ON context_items_archive (plan_id);
CREATE INDEX idx_context_archive_parent ON context_items_archive (parent_type, parent_id);

CREATE TABLE context_versions_archive (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  context_id TEXT NOT NULL REFERENCES context_items_archive (id) ON DELETE CASCADE,
  plan_id TEXT,
  version INTEGER NOT NULL,
  data TEXT NOT NULL,
  source TEXT NOT NULL,
  session_id TEXT,
  agent_type TEXT,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_context_versions_archive_item ON context_versions_archive (context_id, version);
CREATE INDEX idx_context_versions_archive_plan ON context_versions_archive (plan_id);

CREATE TABLE research_documents_archive (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  plan_id TEXT REFERENCES plans_archive (id) ON DELETE CASCADE,
  filename TEXT NOT NULL,
  content TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_research_archive_workspace ON research_documents_archive (workspace_id);
CREATE INDEX idx_research_archive_plan ON research_documents_archive (plan_id, filename);

CREATE TABLE build_scripts_archive (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  plan_id TEXT REFERENCES plans_archive (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  description TEXT,
  command TEXT NOT NULL,
  directory TEXT NOT NULL,
  meta TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_build_scripts_archive_workspace ON build_scripts_archive (workspace_id);
CREATE INDEX idx_build_scripts_archive_plan ON build_scripts_archive (plan_id);

CREATE TABLE dependencies_archive (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  source_type TEXT NOT NULL,
  source_id TEXT NOT NULL,
  target_type TEXT NOT NULL,
  target_id TEXT NOT NULL,
  dependency_type TEXT NOT NULL,
  status TEXT NOT NULL,
  satisfied_at TEXT,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_dependencies_archive_source ON dependencies_archive (source_type, source_id);
CREATE INDEX idx_dependencies_archive_target ON dependencies_archive (target_type, target_id);

-- Search -----------------------------------------------------------------------------------------------------------

-- One row per thing that can be found; the write helpers compute its text. ref_id is the row's id, or "tool action".
CREATE TABLE search_documents (
  rid INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  ref_id TEXT NOT NULL,
  workspace_id TEXT,
  plan_id TEXT,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (kind, ref_id)
) STRICT;
CREATE INDEX idx_search_documents_workspace ON search_documents (workspace_id);
CREATE INDEX idx_search_documents_plan ON search_documents (plan_id);

-- @sqlite
CREATE VIRTUAL TABLE search_index USING fts5 (
  title, body, content = 'search_documents', content_rowid = 'rid', tokenize = 'porter unicode61'
);
CREATE TRIGGER search_documents_inserted AFTER INSERT ON search_documents BEGIN
  INSERT INTO search_index (rowid, title, body) VALUES (new.rid, new.title, new.body);
END;
CREATE TRIGGER search_documents_deleted AFTER DELETE ON search_documents BEGIN
  INSERT INTO search_index (search_index, rowid, title, body) VALUES ('delete', old.rid, old.title, old.body);
END;
CREATE TRIGGER search_documents_updated AFTER UPDATE OF title, body ON search_documents BEGIN
  INSERT INTO search_index (search_index, rowid, title, body) VALUES ('delete', old.rid, old.title, old.body);
  INSERT INTO search_index (rowid, title, body) VALUES (new.rid, new.title, new.body);
END;
-- @end

-- The net under polymorphic parents: the program deletes children first, so these find nothing to do.
CREATE TRIGGER steps_deleted AFTER DELETE ON steps FOR EACH ROW BEGIN
  DELETE FROM context_items WHERE parent_type = 'step' AND parent_id = old.id;
END;
CREATE TRIGGER phases_deleted AFTER DELETE ON phases FOR EACH ROW BEGIN
  DELETE FROM context_items WHERE parent_type = 'phase' AND parent_id = old.id;
END;
