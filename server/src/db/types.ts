/**
 * One interface per table, its properties in the order of the columns and named as they are. JSON columns are text here;
 * mappers.ts turns rows into domain objects. A test compares this file with the tables.
 */
import type {
  Category,
  ContentOrigin,
  DependencyStatus,
  DependencyType,
  Execution,
  NodeType,
  NoteAuthor,
  NoteType,
  ParentType,
  PathKind,
  PlanStatus,
  Priority,
  ProgramStatus,
  RiskDetector,
  RiskStatus,
  RiskType,
  Source,
  StepStatus,
  StepType,
} from '../domain/vocabulary.ts';

/** A boolean as it is stored. */
export type Flag = 0 | 1;

export interface WorkspaceRow {
  seq: number;
  id: string;
  path: string;
  path_key: string;
  name: string;
  parent_workspace_id: string | null;
  profile: string | null;
  meta: string | null;
  created_at: string;
  updated_at: string;
  git_origin: string | null;
}

export interface WorkspacePathRow {
  seq: number;
  id: string;
  workspace_id: string;
  kind: PathKind;
  path: string;
  path_key: string;
  created_at: string;
}

export interface ProgramRow {
  seq: number;
  id: string;
  workspace_id: string;
  title: string;
  description: string | null;
  category: Category;
  priority: Priority;
  status: ProgramStatus;
  goals: string;
  success_criteria: string;
  source_plan_id: string | null;
  meta: string | null;
  completed_at: string | null;
  created_at: string;
  updated_at: string;
}

export interface ProgramWorkspaceLinkRow {
  seq: number;
  id: string;
  program_id: string;
  workspace_id: string;
  created_at: string;
}

export interface ProgramRiskRow {
  seq: number;
  id: string;
  program_id: string;
  risk_type: RiskType;
  severity: Priority;
  risk_status: RiskStatus;
  title: string;
  description: string | null;
  mitigation: string | null;
  detected_by: RiskDetector;
  source_plan_id: string | null;
  created_at: string;
  updated_at: string;
  meta: string | null;
}

export interface PlanRow {
  seq: number;
  id: string;
  workspace_id: string;
  program_id: string | null;
  program_order: number | null;
  title: string;
  description: string | null;
  category: Category;
  priority: Priority;
  status: PlanStatus;
  execution: Execution;
  requires_evidence: Flag;
  goals: string;
  success_criteria: string;
  current_agent: string | null;
  recommended_next_agent: string | null;
  categorization: string | null;
  deployment_context: string | null;
  paused_at_snapshot: string | null;
  meta: string | null;
  completed_at: string | null;
  created_at: string;
  updated_at: string;
  longest_step_ms: number | null;
}

export interface PhaseRow {
  seq: number;
  id: string;
  plan_id: string;
  order_index: number;
  name: string;
  description: string | null;
  success_criteria: string;
  approval_required: Flag;
  approved_at: string | null;
  approved_by: string | null;
  meta: string | null;
  created_at: string;
  updated_at: string;
}

export interface SessionRow {
  seq: number;
  id: string;
  plan_id: string;
  agent_type: string;
  started_at: string;
  last_seen_at: string;
  completed_at: string | null;
  summary: string | null;
  artifacts: string;
  context: string | null;
  stats: string | null;
  is_orphaned: Flag;
  meta: string | null;
}

export interface StepRow {
  seq: number;
  id: string;
  plan_id: string;
  phase_id: string;
  order_index: number;
  task: string;
  type: StepType;
  status: StepStatus;
  notes: string | null;
  assignee: string | null;
  blocked_reason: string | null;
  requires_confirmation: Flag;
  requires_user_confirmation: Flag;
  requires_validation: Flag;
  requires_evidence: Flag;
  confirmed_at: string | null;
  confirmed_by: string | null;
  confirmed_by_session: string | null;
  evidence: string | null;
  paths: string;
  claimed_by_session: string | null;
  claimed_agent: string | null;
  claimed_at: string | null;
  lease_expires_at: string | null;
  claim_number: number;
  completed_at: string | null;
  completed_by_agent: string | null;
  completed_by_session: string | null;
  legacy_index: number | null;
  meta: string | null;
  created_at: string;
  updated_at: string;
}

export interface PlanNoteRow {
  seq: number;
  id: string;
  plan_id: string;
  note: string;
  note_type: NoteType;
  added_by: NoteAuthor;
  created_at: string;
  meta: string | null;
}

export interface LineageRow {
  seq: number;
  id: string;
  plan_id: string;
  from_agent: string;
  to_agent: string;
  reason: string;
  data: string | null;
  session_id: string | null;
  created_at: string;
  meta: string | null;
}

export interface ContextRow {
  seq: number;
  id: string;
  workspace_id: string;
  plan_id: string | null;
  parent_type: ParentType;
  parent_id: string;
  type: string;
  key: string | null;
  data: string;
  version: number;
  source: Source;
  session_id: string | null;
  agent_type: string | null;
  created_at: string;
  updated_at: string;
  meta: string | null;
}

export interface ContextVersionRow {
  seq: number;
  id: string;
  context_id: string;
  plan_id: string | null;
  version: number;
  data: string;
  source: Source;
  session_id: string | null;
  agent_type: string | null;
  created_at: string;
}

export interface ResearchRow {
  seq: number;
  id: string;
  workspace_id: string;
  plan_id: string | null;
  filename: string;
  content: string;
  created_at: string;
  updated_at: string;
  meta: string | null;
}

export interface KnowledgeRow {
  seq: number;
  id: string;
  workspace_id: string;
  slug: string;
  title: string;
  category: string;
  data: string;
  tags: string;
  created_by_agent: string | null;
  created_by_plan: string | null;
  created_at: string;
  updated_at: string;
  meta: string | null;
}

export interface BuildScriptRow {
  seq: number;
  id: string;
  workspace_id: string;
  plan_id: string | null;
  name: string;
  description: string | null;
  command: string;
  directory: string;
  meta: string | null;
  created_at: string;
  updated_at: string;
}

export interface DependencyRow {
  seq: number;
  id: string;
  source_type: NodeType;
  source_id: string;
  target_type: NodeType;
  target_id: string;
  dependency_type: DependencyType;
  status: DependencyStatus;
  satisfied_at: string | null;
  created_at: string;
  meta: string | null;
}

export interface ToolRow {
  name: string;
  position: number;
  description: string;
  annotations: string;
}

export interface ToolActionRow {
  tool_name: string;
  name: string;
  position: number;
  description: string;
  effect: 'read' | 'write' | 'wait';
  is_core: Flag;
  signature: string;
  example: string;
}

export interface ParamRow {
  tool_name: string;
  action_name: string;
  name: string;
  position: number;
  type: string;
  enum_values: string | null;
  required: Flag;
  default_value: string | null;
  description: string | null;
  example: string | null;
}

export interface SeedVersionRow {
  name: string;
  program_version: string;
  hash: string;
  seeded_at: string;
}

export interface AgentDefinitionRow {
  seq: number;
  id: string;
  name: string;
  name_key: string;
  content: string;
  metadata: string;
  origin: ContentOrigin;
  seeded_hash: string | null;
  created_at: string;
  updated_at: string;
}

export interface InstructionRow {
  seq: number;
  id: string;
  filename: string;
  name_key: string;
  applies_to: string;
  content: string;
  metadata: string;
  origin: ContentOrigin;
  seeded_hash: string | null;
  created_at: string;
  updated_at: string;
}

export interface SkillRow {
  seq: number;
  id: string;
  name: string;
  name_key: string;
  description: string | null;
  category: string;
  tags: string;
  language_targets: string;
  framework_targets: string;
  content: string;
  metadata: string;
  origin: ContentOrigin;
  seeded_hash: string | null;
  created_at: string;
  updated_at: string;
}

export interface UpdateLogRow {
  seq: number;
  id: string;
  workspace_id: string;
  plan_id: string | null;
  step_id: string | null;
  session_id: string | null;
  agent_type: string | null;
  tool: string;
  action: string | null;
  file_path: string | null;
  summary: string | null;
  data: string | null;
  created_at: string;
  meta: string | null;
  operation_id: string | null;
}

export interface EventLogRow {
  seq: number;
  id: string;
  event_type: string;
  workspace_id: string | null;
  plan_id: string | null;
  step_id: string | null;
  session_id: string | null;
  agent_type: string | null;
  tool: string | null;
  data: string | null;
  created_at: string;
  meta: string | null;
  operation_id: string | null;
}

export interface HistoryRow {
  seq: number;
  operation_id: string;
  table_name: string;
  row_id: string;
  before: string | null;
  after: string | null;
  session_id: string | null;
  tool: string | null;
  action: string | null;
  at: string;
}

export interface RequestIdRow {
  request_id: string;
  arguments_hash: string;
  operation_id: string;
  reply: string;
  created_at: string;
}

export interface ImportSourceRow {
  seq: number;
  workspace_id: string | null;
  path: string;
  kind: string;
  match_key: string;
  position: number;
  row_id: string;
  content_hash: string;
  imported_at: string;
}

export interface MaintenanceRow {
  name: string;
  holder: string | null;
  expires_at: string | null;
  due_at: string | null;
  begins_at: string | null;
}

export interface SearchDocumentRow {
  rid: number;
  kind: string;
  ref_id: string;
  workspace_id: string | null;
  plan_id: string | null;
  parent_type: string | null;
  parent_id: string | null;
  type: string | null;
  dated_at: string | null;
  thread: string | null;
  before_1: number | null;
  before_2: number | null;
  title: string;
  dates: string;
  context: string;
  parts: string;
  body: string;
}

/** The tables whose rows people and agents make: each has an `id`, and every change of a row is recorded. */
export interface UserTables {
  workspaces: WorkspaceRow;
  workspace_paths: WorkspacePathRow;
  programs: ProgramRow;
  program_workspace_links: ProgramWorkspaceLinkRow;
  program_risks: ProgramRiskRow;
  plans: PlanRow;
  phases: PhaseRow;
  sessions: SessionRow;
  steps: StepRow;
  plan_notes: PlanNoteRow;
  lineage: LineageRow;
  context_items: ContextRow;
  context_versions: ContextVersionRow;
  research_documents: ResearchRow;
  knowledge: KnowledgeRow;
  build_scripts: BuildScriptRow;
  dependencies: DependencyRow;
  agent_definitions: AgentDefinitionRow;
  instruction_files: InstructionRow;
  skill_definitions: SkillRow;
  plans_archive: PlanRow;
  phases_archive: PhaseRow;
  sessions_archive: SessionRow;
  steps_archive: StepRow;
  plan_notes_archive: PlanNoteRow;
  lineage_archive: LineageRow;
  context_items_archive: ContextRow;
  context_versions_archive: ContextVersionRow;
  research_documents_archive: ResearchRow;
  build_scripts_archive: BuildScriptRow;
  dependencies_archive: DependencyRow;
}

/** The tables that the program keeps for itself: logs, catalog, search. Their changes are not recorded. */
export interface ServiceTables {
  tools: ToolRow;
  tool_actions: ToolActionRow;
  tool_action_params: ParamRow;
  seed_versions: SeedVersionRow;
  update_log: UpdateLogRow;
  event_log: EventLogRow;
  row_history: HistoryRow;
  request_ids: RequestIdRow;
  import_sources: ImportSourceRow;
  maintenance: MaintenanceRow;
  search_documents: SearchDocumentRow;
}

export type UserTable = keyof UserTables;
