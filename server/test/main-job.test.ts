/**
 * The main job, whole: a plan goes in as a Markdown checklist, two agents in two processes work through it, and it comes
 * out again as Markdown.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Checklist, readChecklist } from './support/checklist.ts';
import { rows } from './support/database.ts';
import { temporaryFolder } from './support/folders.ts';
import { connect, idIn, type Memory } from './support/memory.ts';
import { runNode } from './support/processes.ts';
import { finishShift, type Shift, startShift } from './support/work.ts';

const OWN_PLAN = fileURLToPath(new URL('fixtures/bakery-plan.md', import.meta.url));
const SAMPLES = process.env['PROJECT_MEMORY_SAMPLES'];
const REAL_PLAN = `${SAMPLES}/../design/plan-3.md`;

interface Plan {
  title: string;
  status: string;
  description: string | null;
  category: string;
  priority: string;
  goals: string[];
  success_criteria: string[];
  phases: { name: string; description: string | null }[];
  steps: { id: string; phase: string; task: string; status: string; notes: string | null }[];
}

describe('a plan of several phases', () => worksThrough(OWN_PLAN, { phases: 5, steps: 16, done: 6 }));

describe.runIf(SAMPLES)('the design document of the data layer', () => {
  test('lies beside the samples that PROJECT_MEMORY_SAMPLES names', () => {
    expect(existsSync(REAL_PLAN), REAL_PLAN).toBe(true);
  });
  worksThrough(REAL_PLAN, { phases: 6, steps: 46, done: 35 });
});

test('the example for new users works through its roadmap and says who did what', async () => {
  const example = fileURLToPath(new URL('../../examples/work-through-plan.ts', import.meta.url));
  const { code, stdout, stderr } = await runNode([example]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /\n10 steps were open; done now: Builder \d+, Tester \d+; left: 0; done twice or never: 0\.\n$/,
  );
  expect(await runNode([example, '/nowhere/plan.md'])).not.toMatchObject({ code: 0 });
});

function worksThrough(file: string, wanted: { phases: number; steps: number; done: number }): void {
  test('comes in with the titles, order, phases and checks that a reader sees', async () => {
    const markdown = readFileSync(file, 'utf8');
    const { plan, reply } = await imported(markdown);
    const expected = readChecklist(markdown);
    expect(asChecklist(plan)).toEqual(expected);
    const done = plan.steps.filter(({ status }) => status === 'done').length;
    expect({ phases: plan.phases.length, steps: plan.steps.length, done }).toEqual(wanted);
    expect(plan.steps.filter(({ status }) => status === 'pending')).toHaveLength(wanted.steps - wanted.done);
    expect(reply).toContain(`${wanted.phases} phases, ${wanted.steps} steps, ${wanted.done} done`);
  });

  test('goes out as Markdown that comes in as the same plan, and goes out the same again', async () => {
    const { memory, planId, plan } = await imported(readFileSync(file, 'utf8'));
    const first = await exported(memory, planId);
    const again = await importInto(memory, first);
    expect(content(again.plan)).toEqual(content(plan));
    expect(await exported(memory, again.planId)).toBe(first);
  });

  test('is worked through by two agents in two processes, each step once and phase after phase', async () => {
    const { memory, planId, plan } = await imported(readFileSync(file, 'utf8'));
    const agents = [memory, await connect({ dataRoot: memory.dataRoot })];
    const pids = new Set(agents.map(({ client }) => (client.transport as { pid?: number } | undefined)?.pid));
    expect(pids.size).toBe(2);
    const pending = plan.steps.filter(({ status }) => status === 'pending').map(({ id }) => id);

    const shifts = await Promise.all(agents.map((agent, i) => startShift(agent, planId, `Agent ${i}`)));
    await Promise.all(agents.map((agent, i) => finishShift(agent, planId, `Agent ${i}`, shifts[i] as Shift)));

    const finished = shifts.flatMap((shift) => shift.finished);
    expect([...finished].sort()).toEqual([...pending].sort());
    for (const shift of shifts) {
      expect(shift.finished).toEqual(shift.given);
      expect(shift.finished.length).toBeGreaterThan(0);
    }

    const end = JSON.parse(await exported(memory, planId, 'json')) as Plan;
    expect(end.status).toBe('completed');
    expect(end.steps.every(({ status }) => status === 'done')).toBe(true);
    expect(end.steps.map(({ id }) => id)).toEqual(plan.steps.map(({ id }) => id));
    expectOneClaimEach(memory.dataRoot, pending, shifts);
    expectPhaseAfterPhase(memory.dataRoot, plan);

    expect(await memory.ok('steps', 'next', { plan_id: planId, agent_type: 'Late' })).toBe('finished');
    expect(rows(memory.dataRoot, 'SELECT * FROM sessions')).toHaveLength(2);
  });
}

async function imported(markdown: string) {
  const memory = await connect({ dataRoot: temporaryFolder() });
  await memory.ok('workspace', 'register', { path: '/projects/main-job' });
  return { memory, ...(await importInto(memory, markdown)) };
}

async function importInto(memory: Memory, markdown: string) {
  const reply = await memory.ok('plan', 'import', { markdown, category: 'feature' });
  const planId = idIn(reply, 'plan');
  return { reply, planId, plan: JSON.parse(await exported(memory, planId, 'json')) as Plan };
}

/** All pieces of an export, joined. */
async function exported(memory: Memory, planId: string, format = 'markdown'): Promise<string> {
  let text = '';
  let cursor: string | undefined;
  do {
    const { content } = await memory.call('plan', 'export', { plan_id: planId, format, cursor });
    const [piece, more] = content.map((block) => (block.type === 'text' ? block.text : ''));
    text += piece;
    cursor = /cursor "(\d+)"/.exec(more ?? '')?.[1];
  } while (cursor !== undefined);
  return text;
}

function asChecklist(plan: Plan): Checklist {
  return {
    title: plan.title,
    phases: plan.phases.map(({ name }) => name),
    steps: plan.steps.map(({ phase, task, status }) => ({
      phase,
      task: task.split('\n')[0] ?? '',
      done: status === 'done',
    })),
  };
}

/** What Markdown can carry. */
function content(plan: Plan) {
  const { title, description, category, priority, goals, success_criteria, phases, steps } = plan;
  return {
    title,
    description,
    category,
    priority,
    goals,
    success_criteria,
    phases: phases.map(({ name, description }) => ({ name, description })),
    steps: steps.map(({ phase, task, status, notes }) => ({ phase, task, status, notes })),
  };
}

interface Change {
  row_id: string;
  session_id: string;
  status: string;
}

/** Every change of a step's status since the import, oldest first. */
function statusChanges(dataRoot: string): Change[] {
  return rows<Change>(
    dataRoot,
    `SELECT row_id, session_id, after ->> 'status' AS status FROM row_history
     WHERE table_name = 'steps' AND before IS NOT NULL AND after ->> 'status' IS NOT NULL ORDER BY seq`,
  );
}

/** Each step became active once and done once, both in the session of the agent that reported it. */
function expectOneClaimEach(dataRoot: string, pending: readonly string[], shifts: readonly Shift[]): void {
  const changes = statusChanges(dataRoot);
  for (const id of pending) {
    const doer = shifts.find(({ finished }) => finished.includes(id))?.sessionId;
    expect(changes.filter(({ row_id }) => row_id === id)).toEqual([
      { row_id: id, session_id: doer, status: 'active' },
      { row_id: id, session_id: doer, status: 'done' },
    ]);
  }
  expect(changes).toHaveLength(2 * pending.length);
}

/** No step of a phase was given to anybody before every earlier phase was done. */
function expectPhaseAfterPhase(dataRoot: string, plan: Plan): void {
  const phaseOf = new Map(plan.steps.map(({ id, phase }) => [id, plan.phases.findIndex(({ name }) => name === phase)]));
  const changes = statusChanges(dataRoot).map(({ row_id, status }) => ({
    phase: phaseOf.get(row_id) ?? -1,
    status,
  }));
  for (const [at, { phase, status }] of changes.entries()) {
    if (status !== 'active') continue;
    const laterDone = changes.slice(at).filter((change) => change.status === 'done' && change.phase < phase);
    expect(laterDone).toEqual([]);
  }
}
