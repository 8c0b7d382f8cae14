/** Any sequence of calls of the data layer, as fast-check can make and shrink it. */
import fc from 'fast-check';
import { MemoryError } from '../../domain/errors.ts';
import { NODE_TYPES, PARENT_TYPES, PLAN_STATUSES, STEP_STATUSES } from '../../domain/vocabulary.ts';
import { storeAgent } from '../agent-definition-db.ts';
import { addBuildScript, deleteBuildScript } from '../build-script-db.ts';
import { deleteContext, storeContext } from '../context-db.ts';
import { addDependency, removeDependency } from '../dependency-db.ts';
import { approvePhase } from '../index.ts';
import { storeInstruction } from '../instruction-db.ts';
import { deleteKnowledge, storeKnowledge } from '../knowledge-db.ts';
import { addLineageEntry } from '../lineage-db.ts';
import { createPhase, deletePhase, reorderPhases, updatePhase } from '../phase-db.ts';
import { archivePlan, createPlan, deletePlan, restorePlan, updatePlan } from '../plan-db.ts';
import { addPlanNote } from '../plan-note-db.ts';
import { addPlanToProgram, deleteProgram, upgradeToProgram } from '../program-db.ts';
import { appendResearch } from '../research-db.ts';
import { completeSession, createSession, deleteSession, touchSession } from '../session-db.ts';
import { storeSkill } from '../skill-db.ts';
import * as steps from '../step-db.ts';
import type { UserTable } from '../types.ts';
import { addWorkspacePath, createWorkspace, deleteWorkspace, updateWorkspace } from '../workspace-db.ts';
import { aPlan, rowsOf } from './fixtures.ts';

/** One call; its numbers choose among the rows that there are. */
export interface Call {
  name: string;
  a: number;
  b: number;
  text: string;
}

/** The id of some row of a table; of none, when there is none. */
function some(table: UserTable, number: number): string {
  const rows = rowsOf(table);
  return rows[number % rows.length]?.id ?? 'none';
}

function oneOf<T>(values: readonly T[], number: number): T {
  return values[number % values.length] as T;
}

const TABLE_OF = { workspace: 'workspaces', plan: 'plans', phase: 'phases', step: 'steps' } as const;

function reversed(table: 'phases' | 'steps', parentColumn: 'plan_id' | 'phase_id', parent: string): string[] {
  const children = rowsOf(table).filter(
    (row) => (row as { plan_id: string; phase_id?: string })[parentColumn] === parent,
  );
  return children.sort((one, other) => other.order_index - one.order_index).map(({ id }) => id);
}

const CALLS: Record<string, (call: Call) => unknown> = {
  aPlan: ({ a, b }) => aPlan({ phases: a % 3, stepsEach: b % 3 }),
  createPlan: ({ a, text }) => createPlan({ workspace_id: some('workspaces', a), title: text }),
  updatePlan: ({ a, b, text }) =>
    updatePlan(some('plans', a), {
      status: oneOf(PLAN_STATUSES, b),
      description: text,
      execution: oneOf(['phased', 'free'], a),
    }),
  archivePlan: ({ a }) => archivePlan(some('plans', a)),
  restorePlan: ({ a }) => restorePlan(some('plans_archive', a)),
  deletePlan: ({ a, b }) => deletePlan(some(oneOf(['plans', 'plans_archive'], b), a)),
  createPhase: ({ a, b, text }) =>
    createPhase(some('plans', a), { name: text, at_index: b % 4, approval_required: b % 2 === 0 }),
  updatePhase: ({ a, text }) => updatePhase(some('phases', a), { description: text, meta: null }),
  approvePhase: ({ a }) => approvePhase(some('phases', a), 'user'),
  deletePhase: ({ a }) => deletePhase(some('phases', a)),
  reorderPhases: ({ a }) => reorderPhases(some('plans', a), reversed('phases', 'plan_id', some('plans', a))),
  createStep: ({ a, b, text }) => steps.createStep(some('phases', a), { task: text, requires_evidence: b % 4 === 0 }),
  insertStep: ({ a, b, text }) => steps.insertStep(some('phases', a), b % 5, { task: text }),
  updateStep: ({ a, b, text }) =>
    steps.updateStep(some('steps', a), {
      status: oneOf(STEP_STATUSES, b),
      ...oneOf([{ notes: text }, { blocked_reason: text }, {}], a),
    }),
  batchUpdateSteps: ({ a, b, text }) =>
    steps.batchUpdateSteps([
      { id: some('steps', a), status: oneOf(STEP_STATUSES, b) },
      { id: some('steps', b), notes: text, status: oneOf(STEP_STATUSES, a) },
    ]),
  moveStep: ({ a, b }) => steps.moveStep(some('steps', a), some('phases', b), b % 5),
  reorderSteps: ({ a }) => steps.reorderSteps(some('phases', a), reversed('steps', 'phase_id', some('phases', a))),
  deleteStep: ({ a }) => steps.deleteStep(some('steps', a)),
  next: ({ a, b, text }) =>
    steps.markCurrentDoneAndGetNext(some('plans', a), oneOf(['Coder', 'Tester'], b), { notes: text }),
  nextInSession: ({ a, text }) => {
    const sessions = rowsOf('sessions');
    const session = sessions[a % sessions.length];
    steps.markCurrentDoneAndGetNext(session?.plan_id ?? '', 'Coder', { sessionId: session?.id, evidence: { text } });
  },
  createSession: ({ a }) => createSession(some('plans', a), { agent_type: 'Coder' }),
  touchSession: ({ a }) => touchSession(some('sessions', a)),
  completeSession: ({ a, text }) => completeSession(some('sessions', a), text, [text]),
  deleteSession: ({ a }) => deleteSession(some('sessions', a)),
  addLineageEntry: ({ a, text }) => addLineageEntry(some('plans', a), { from_agent: 'A', to_agent: 'B', reason: text }),
  addPlanNote: ({ a, text }) => addPlanNote(some('plans', a), { note: text }),
  storeContext: ({ a, b, text }) => {
    const type = oneOf(PARENT_TYPES, b);
    const key = a % 3 === 0 ? {} : { key: 'current' };
    storeContext(type, some(TABLE_OF[type], a % 2), 'finding', { text, list: [a, b] }, key);
  },
  deleteContext: ({ a }) => deleteContext(some('context_items', a)),
  appendResearch: ({ a, b, text }) => {
    const plans = rowsOf('plans');
    const plan = plans[a % 2];
    const workspace = plan?.workspace_id ?? some('workspaces', a);
    appendResearch(b % 2 === 0 ? null : (plan?.id ?? null), workspace, 'notes.md', text.repeat(1 + (b % 100)));
  },
  storeKnowledge: ({ a, b, text }) =>
    storeKnowledge(some('workspaces', a), oneOf(['build', 'style'], b), 'How to', { text, b }),
  deleteKnowledge: ({ a, b }) => deleteKnowledge(some('workspaces', a), oneOf(['build', 'style'], b)),
  addBuildScript: ({ a, text }) => addBuildScript(some('workspaces', a), { name: text, command: text, directory: '.' }),
  deleteBuildScript: ({ a }) => deleteBuildScript(some('workspaces', a), some('build_scripts', a)),
  addDependency: ({ a, b }) => {
    const [source, target] = [oneOf(NODE_TYPES, a), oneOf(NODE_TYPES, b)];
    addDependency(
      source,
      some(TABLE_OF[source], a),
      target,
      some(TABLE_OF[target], b),
      b % 4 === 0 ? 'informs' : 'blocks',
    );
  },
  removeDependency: ({ a }) => removeDependency(some('dependencies', a)),
  upgradeToProgram: ({ a }) => upgradeToProgram(some('plans', a)),
  addPlanToProgram: ({ a, b }) => addPlanToProgram(some('programs', a), some('plans', b), b % 3),
  deleteProgram: ({ a }) => deleteProgram(some('programs', a)),
  createWorkspace: ({ text }) => createWorkspace({ path: `/work/${text}` }),
  updateWorkspace: ({ a, b, text }) =>
    updateWorkspace(some('workspaces', a), {
      name: text,
      parent_workspace_id: some('workspaces', b),
      profile: { text },
    }),
  addWorkspacePath: ({ a, text }) => addWorkspacePath(some('workspaces', a), `/mnt/${text}`),
  deleteWorkspace: ({ a }) => deleteWorkspace(some('workspaces', a)),
  storeAgent: ({ a, text }) => storeAgent(oneOf(['Coder', 'coder', 'Tester'], a), text, { text }),
  storeInstruction: ({ a, text }) => storeInstruction(oneOf(['a.md', 'A.md'], a), '**/*.ts', text),
  storeSkill: ({ a, text }) => storeSkill(oneOf(['sql', 'SQL'], a), 'general', [text], [], [], text),
};

/** Does one call. Answers false when it was refused, as a call out of the blue may be; a fault of the program is thrown. */
export function perform(call: Call): boolean {
  try {
    CALLS[call.name]?.(call);
    return true;
  } catch (error) {
    const refused =
      error instanceof MemoryError && ['not_found', 'invalid_input', 'conflict', 'cycle'].includes(error.code);
    if (!refused) throw error;
    return false;
  }
}

// What builds comes more often than what removes, so that there is something to remove.
const NAMES = Object.keys(CALLS).flatMap((name) => {
  if (/^(delete|remove)/.test(name)) return [name];
  const often = /^(aPlan|createStep|createSession|next|storeContext|appendResearch|addDependency)/.test(name);
  return Array<string>(often ? 8 : 3).fill(name);
});

const WORDS = fc.array(
  fc.constantFrom('alpha', 'beta', 'gamma', 'Δέλτα', 'e-mail', "o'clock", '"quoted"', '100%', '🌱'),
  {
    minLength: 1,
    maxLength: 3,
  },
);

const ANY_CALL: fc.Arbitrary<Call> = fc.record({
  name: fc.constantFrom(...NAMES),
  a: fc.nat(30),
  b: fc.nat(30),
  text: WORDS.map((words) => words.join(' ')),
});

/** Sequences that begin with a plan. */
export const ANY_CALLS: fc.Arbitrary<Call[]> = fc
  .array(ANY_CALL, { minLength: 5, maxLength: 40, size: 'max' })
  .map((calls) => [{ name: 'aPlan', a: 2, b: 2, text: '' }, ...calls]);
