/** A plan as compact text. */
import type { BriefPlan, BriefStep, PlanStep } from '../domain/plan-state.ts';
import { count, oneLine, quoted, quotedLines, row } from './text.ts';

/** The steps of a plan by status. */
export function progressOf(steps: readonly Pick<PlanStep, 'status'>[]): { done: number; total: number } {
  return { done: steps.filter(({ status }) => status === 'done').length, total: steps.length };
}

/** The plan in a line: where it stands. */
export function planLine(plan: BriefPlan, titleLength = 200): string {
  const { done, total } = progressOf(plan.steps);
  const place = plan.archived && plan.status !== 'archived' ? ' · archived' : '';
  const next = plan.current_phase === null ? '' : ` · now in ${quoted(plan.current_phase, 80)}`;
  return `Plan ${plan.id} ${quoted(plan.title, titleLength)} · ${plan.status}${place} · ${plan.category} · ${plan.priority} · ${plan.execution} · ${done}/${total} done${next}`;
}

/** How long the text of a plan may be. */
const PLAN_LENGTH = 5_900;

/** The plan with what stands around it, and its phases and steps as far as they fit. */
export function planText(plan: BriefPlan): string {
  const head = [planLine(plan), ...surroundings(plan)].join('\n');
  return [head, ...outline(plan, PLAN_LENGTH - head.length)].join('\n');
}

/** Every phase in a line, then the unfinished steps below theirs, as far as they fit, and how to get the rest. */
function outline(plan: BriefPlan, max: number): string[] {
  let left = max;
  const fits = (line: string): boolean => {
    left = line.length < left ? left - line.length - 1 : 0;
    return left > 0;
  };
  // Once one does not fit, none of the following is made.
  const fitting = (step: BriefStep): string[] => {
    if (left === 0) return [];
    const line = row(...stepCells(step, '  '));
    return fits(line) ? [line] : [];
  };
  const phases = plan.phases.map((phase) => {
    const steps = plan.steps.filter(({ phase_id }) => phase_id === phase.id);
    const { done, total } = progressOf(steps);
    const approval = phase.approval_required ? approvalOf(plan, phase.name) : '';
    const line = `${phase.sequence}. ${quoted(phase.name, 100)} (${phase.id}) ${done}/${total}${approval}`;
    return { line, shown: fits(line), open: steps.filter(({ status }) => status !== 'done') };
  });
  const hiddenPhases = phases.filter(({ shown }) => !shown).length;
  let hidden = 0;
  const lines = phases.flatMap(({ line, shown, open }) => {
    const steps = shown ? open.flatMap(fitting) : [];
    hidden += open.length - steps.length;
    return shown ? [line, ...steps] : [];
  });
  if (hidden > 0) lines.push(`… ${count(hidden, 'more unfinished step')}: memory_steps list with plan_id`);
  if (hiddenPhases > 0)
    lines.push(`… ${count(hiddenPhases, 'more phase')}: memory_query list with kind "phase" and plan_id`);
  return lines;
}

function approvalOf(plan: BriefPlan, phase: string): string {
  return plan.confirmation_state.phases[phase]?.confirmed === true ? ' · approved' : ' · approval missing';
}

/** `step_…`, `active (Executor)`, `"task"` */
export function stepCells(step: BriefStep, indent: string): string[] {
  const holder = step.claim?.agent_type == null ? '' : ` (${step.claim.agent_type})`;
  return [`${indent}${step.id}`, `${step.status}${holder}`, quoted(step.task, 120)];
}

/** Goals, notes, sessions and the last handoff, as far as there are any. */
function surroundings(plan: BriefPlan): string[] {
  const open = plan.agent_sessions.filter(({ completed_at, is_orphaned }) => completed_at === null && !is_orphaned);
  const handoff = plan.lineage.at(-1);
  return [
    ...section(
      'goals',
      plan.goals.map((goal) => quoted(goal, 150)),
    ),
    ...section(
      'success criteria',
      plan.success_criteria.map((criterion) => quoted(criterion, 150)),
    ),
    ...section(
      'notes',
      plan.notes.slice(-5).map(({ type, note }) => `${type}: ${quoted(note, 200)}`),
    ),
    ...section(
      'open sessions',
      open.slice(-5).map(({ session_id, agent_type }) => `${session_id} ${agent_type}`),
    ),
    ...(handoff === undefined
      ? []
      : [`last handoff: ${handoff.from_agent} → ${handoff.to_agent}, ${quoted(handoff.reason, 200)}`]),
    ...(plan.recommended_next_agent === null ? [] : [`recommended next agent: ${plan.recommended_next_agent}`]),
  ];
}

const SECTION_ROWS = 5;

function section(name: string, rows: readonly string[]): string[] {
  if (rows.length === 0) return [];
  const more = rows.length > SECTION_ROWS ? ` (${rows.length - SECTION_ROWS} more)` : '';
  return [`${name}: ${rows.slice(0, SECTION_ROWS).join('; ')}${more}`];
}

/** How a step stands: `blocked: "the key is missing"`. */
export function standingOf({ status, blocked_reason }: PlanStep): string {
  return blocked_reason === null ? status : `${status}: ${quoted(blocked_reason)}`;
}

/** `evidence: command "npm test", exit_code 0`; nothing where there is none. */
export function evidenceLines({ evidence }: PlanStep): string[] {
  const facts = Object.entries(evidence ?? {}).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return facts.length === 0 ? [] : [`evidence: ${oneLine(facts.join(', '), 500)}`];
}

/** What is said of a step beside its task and notes: phase, type, claim, gates, prerequisites, paths. */
export function factsOf(step: PlanStep): string {
  const gates = [
    ['confirmation', step.requires_confirmation],
    ['user confirmation', step.requires_user_confirmation],
    ['validation', step.requires_validation],
    ['evidence', step.requires_evidence],
  ].flatMap(([name, required]) => (required === true ? [name] : []));
  return [
    `phase ${quoted(step.phase, 100)}`,
    step.type,
    ...(step.claim === null ? [] : [`claim_number ${step.claim.claim_number}`]),
    ...(gates.length === 0 ? [] : [`requires ${gates.join(', ')}`]),
    ...(step.depends_on.length === 0 ? [] : [`depends on ${step.depends_on.slice(0, 5).join(', ')}`]),
    ...(step.paths.length === 0 ? [] : [`paths ${oneLine(step.paths.join(', '), 200)}`]),
  ].join(' · ');
}

/** A step with everything that is needed to work on it; long notes are cut with how to get the rest. */
export function stepText(step: PlanStep, max: number): string {
  const head = `${step.id} ${quoted(step.task, Math.max(200, max - 500))}\n${factsOf(step)}`;
  if (step.notes === null) return head;
  const room = Math.max(0, max - head.length - 100);
  const notes = quotedLines(step.notes, room);
  const whole = notes === JSON.stringify(step.notes);
  return `${head}\nnotes${whole ? '' : ' (cut; memory_steps get shows all)'}: ${notes}`;
}
