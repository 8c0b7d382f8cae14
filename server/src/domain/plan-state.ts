/** A plan as one object: what tools, exports and imports speak of. Rows become this in db/mappers.ts. */
import type { JsonObject } from './stored-values.ts';
import type {
  Category,
  Execution,
  NoteAuthor,
  NoteType,
  PlanStatus,
  Priority,
  StepStatus,
  StepType,
} from './vocabulary.ts';

export interface PlanStep {
  id: string;
  /** Place in the whole plan, from 0. */
  index: number;
  phase_id: string;
  /** Name of the phase. */
  phase: string;
  task: string;
  type: StepType;
  status: StepStatus;
  notes: string | null;
  assignee: string | null;
  blocked_reason: string | null;
  requires_confirmation: boolean;
  requires_user_confirmation: boolean;
  requires_validation: boolean;
  requires_evidence: boolean;
  evidence: JsonObject | null;
  paths: string[];
  /** Ids of the plans, phases and steps that must be done first. */
  depends_on: string[];
  claim: StepClaim | null;
  completed_at: string | null;
  completed_by_agent: string | null;
  legacy_index: number | null;
  meta: JsonObject | null;
  created_at: string;
  updated_at: string;
}

interface StepClaim {
  session_id: string | null;
  agent_type: string | null;
  claimed_at: string | null;
  lease_expires_at: string | null;
  claim_number: number;
}

export interface PlanPhase {
  id: string;
  name: string;
  /** Place in the plan, from 1. */
  sequence: number;
  description: string | null;
  success_criteria: string[];
  approval_required: boolean;
  depends_on: string[];
  meta: JsonObject | null;
}

export interface PlanNote {
  id: string;
  note: string;
  type: NoteType;
  added_by: NoteAuthor;
  added_at: string;
}

export interface AgentSession {
  session_id: string;
  agent_type: string;
  started_at: string;
  last_seen_at: string;
  completed_at: string | null;
  summary: string | null;
  artifacts: string[];
  context: JsonObject | null;
  stats: JsonObject | null;
  is_orphaned: boolean;
}

export interface LineageRecord {
  id: string;
  timestamp: string;
  from_agent: string;
  to_agent: string;
  reason: string;
  data: JsonObject | null;
}

interface Confirmation {
  confirmed: boolean;
  confirmed_by: string | null;
  confirmed_at: string | null;
}

/** Confirmations by the name of the phase and by the plan-wide index of the step. */
export interface ConfirmationState {
  phases: Record<string, Confirmation>;
  steps: Record<string, Confirmation>;
}

export interface PlanState {
  id: string;
  workspace_id: string;
  program_id: string | null;
  program_order: number | null;
  title: string;
  description: string | null;
  category: Category;
  priority: Priority;
  status: PlanStatus;
  archived: boolean;
  execution: Execution;
  requires_evidence: boolean;
  goals: string[];
  success_criteria: string[];
  /** Name of the first phase that is not done; null when all are. */
  current_phase: string | null;
  current_agent: string | null;
  recommended_next_agent: string | null;
  categorization: JsonObject | null;
  deployment_context: JsonObject | null;
  paused_at_snapshot: JsonObject | null;
  confirmation_state: ConfirmationState;
  /** Ids of the plans, phases and steps that the plan as a whole waits for. */
  depends_on: string[];
  phases: PlanPhase[];
  steps: PlanStep[];
  notes: PlanNote[];
  agent_sessions: AgentSession[];
  lineage: LineageRecord[];
  meta: JsonObject | null;
  completed_at: string | null;
  created_at: string;
  updated_at: string;
}

/** Of a step what a list of them shows. */
export interface BriefStep extends Pick<PlanStep, 'id' | 'phase_id' | 'status' | 'task'> {
  claim: { agent_type: string | null } | null;
}

/** A plan with its steps in brief, without what waits for what. */
export interface BriefPlan extends Omit<PlanState, 'steps'> {
  steps: BriefStep[];
}
