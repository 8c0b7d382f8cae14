/** Taking back through the tools: an operation, a session of many mixed writes, everything since a time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TOOLS } from '../../src/catalog/tools.ts';
import { CALLS } from '../support/calls.ts';
import { rows } from '../support/database.ts';
import { type Args, idIn, Memory, sharedMemory } from '../support/memory.ts';
import { aWorld, type World } from '../support/world.ts';

const memory = sharedMemory();
const confirm = true;

/** Every row of what people and agents make, but for signs of life and claim numbers, which undo leaves alone. */
function state(): string {
  const tables = rows<{ name: string }>(
    memory.dataRoot,
    `SELECT m.name FROM sqlite_schema m WHERE m.type = 'table' AND m.name NOT IN ('event_log', 'update_log')
       AND (SELECT count(*) FROM pragma_table_info(m.name) WHERE name IN ('seq', 'id')) = 2 ORDER BY m.name`,
  );
  const all = tables.map(({ name }) => {
    const found = rows(memory.dataRoot, `SELECT * FROM ${name} ORDER BY seq`);
    return [name, found.map((row) => ({ ...row, last_seen_at: null, lease_expires_at: null, claim_number: null }))];
  });
  const documents = rows(
    memory.dataRoot,
    `SELECT kind, ref_id, workspace_id, plan_id, parent_type, parent_id, type, dated_at, thread, title, dates, parts, body
     FROM search_documents ORDER BY kind, ref_id`,
  );
  return JSON.stringify([all, documents]).replaceAll('},{', '},\n{');
}

/** The same server, and every write is the doing of one session. */
class Agent extends Memory {
  readonly #sessionId: string;

  constructor(sessionId: string) {
    super({ dataRoot: memory.dataRoot });
    this.#sessionId = sessionId;
  }

  override async call(tool: string, action: string, args: Args = {}) {
    return await memory.call(tool, action, { session_id: this.#sessionId, ...args });
  }
}

/** What an agent may do in a session without ending it. */
const WRITES = Object.entries(CALLS).flatMap(([tool, calls]) => {
  const actions = TOOLS.find(({ name }) => name === `memory_${tool}`)?.actions ?? {};
  const writes = Object.keys(calls).filter((action) => actions[action]?.effect === 'write');
  return tool === 'admin' ? [] : writes.filter((action) => action !== 'complete').map((action) => ({ tool, action }));
});

describe('a session of two hundred mixed writes', () => {
  test('is taken back to the state before it, and that is taken back in turn', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...WRITES), { minLength: 200, maxLength: 200 }), async (calls) => {
        const world = await aWorld(memory);
        const before = state();
        const agent = new Agent(world.sessionId);
        let written = 0;
        for (const { tool, action } of calls) {
          // A call may be refused by what an earlier one has done; what it made for itself counts as well.
          const args = await argumentsOf(tool, action, { ...world, memory: agent });
          if ((await agent.call(tool, action, args)).isError !== true) written++;
        }
        expect(written).toBeGreaterThan(50);
        const after = state();
        const undo = { target_session_id: world.sessionId, dry_run: false, confirm };
        const undone = await memory.ok('admin', 'undo', undo);
        expect(state()).toBe(before);
        await memory.ok('admin', 'undo', { operation_id: idIn(undone, 'op'), dry_run: false, confirm });
        expect(state()).toBe(after);
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});

async function argumentsOf(tool: string, action: string, world: World): Promise<Args> {
  try {
    return (await CALLS[tool]?.[action]?.(world)) ?? {};
  } catch {
    return {};
  }
}

async function operationOn(id: string): Promise<string> {
  const { items } = await memory.data<{ items: { operation_id: string }[] }>('query', 'history', { id });
  return items[0]?.operation_id ?? '';
}

async function rename(world: World, title: string, session_id?: string): Promise<string> {
  await memory.ok('plan', 'update', {
    plan_id: world.planId,
    title,
    ...(session_id === undefined ? {} : { session_id }),
  });
  return await operationOn(world.planId);
}

async function titleOf({ planId }: World): Promise<string> {
  return (await memory.data<{ title: string }>('plan', 'get', { plan_id: planId })).title;
}

describe('an undo', () => {
  test('only says what it would do, unless it is told to do it', async () => {
    const world = await aWorld(memory);
    const operation_id = await rename(world, 'Burn the house');
    const before = state();
    expect(await memory.ok('admin', 'undo', { operation_id, confirm })).toMatch(
      /^Would take back 1 change; plans 1\nNothing was changed: send dry_run: false/,
    );
    expect(state()).toBe(before);
    expect(await memory.ok('admin', 'undo', { operation_id, dry_run: false, confirm })).toMatch(/^Took back 1 change/);
    expect(await titleOf(world)).toBe('Paint the house');
  });

  test('is refused where somebody has changed the same since, and names the column and who', async () => {
    const world = await aWorld(memory);
    const operation_id = await rename(world, 'Burn the house');
    const later = await rename(world, 'Sell the house', world.sessionId);
    const refused = await memory.refused('admin', 'undo', { operation_id, dry_run: false, confirm });
    expect(refused).toContain(`plans ${world.planId}.title was changed by Executor (${world.sessionId}) at `);
    expect(refused).toContain(`with memory_plan update in ${later}`);
    expect(await titleOf(world)).toBe('Sell the house');
  });

  test('is not refused because a session has shown that it lives', async () => {
    const world = await aWorld(memory);
    const { stepIds, sessionId: session_id } = world;
    await memory.ok('steps', 'claim', { step_id: stepIds[0], agent_type: 'Executor', session_id });
    const operation_id = await operationOn(stepIds[0]);
    await memory.ok('agent', 'heartbeat', { session_id });
    await memory.ok('admin', 'undo', { operation_id, dry_run: false, confirm });
    expect(await memory.data('steps', 'get', { step_id: stepIds[0] })).toMatchObject({
      status: 'pending',
      claim: null,
    });
  });

  test('of everything since a time takes back what all have done, deletions too, with ids and order', async () => {
    const world = await aWorld(memory);
    const before = state();
    // A later millisecond than that of the last write.
    const [last] = rows<{ at: string }>(memory.dataRoot, 'SELECT max(at) AS at FROM row_history');
    const since = new Date(Date.parse(last?.at ?? '') + 1).toISOString();
    while (new Date().toISOString() < since);
    await memory.ok('steps', 'delete', { step_id: world.stepIds[0] });
    await memory.ok('plan', 'archive', { plan_id: world.planId });
    await memory.ok('admin', 'delete_plan', { plan_id: world.planId, confirm });
    expect(await memory.ok('admin', 'undo', { since, dry_run: false, confirm })).toMatch(/^Took back \d+ changes/);
    expect(state()).toBe(before);
  });

  test.each([{}, { operation_id: 'op_000000000000', since: '2026-01-01' }])(
    'is of one thing, not of %j',
    async (target) => {
      expect(await memory.refused('admin', 'undo', { ...target, confirm })).toMatch(/one of them/);
    },
  );

  test('of what was taken back before says so, and does nothing', async () => {
    const { planId: plan_id } = await aWorld(memory);
    await memory.ok('plan', 'add_note', { plan_id, note: 'Mind the cat' });
    const [made] = rows<{ operation_id: string }>(
      memory.dataRoot,
      "SELECT operation_id FROM row_history WHERE table_name = 'plan_notes' ORDER BY seq DESC LIMIT 1",
    );
    const undo = { operation_id: made?.operation_id, dry_run: false, confirm };
    await memory.ok('admin', 'undo', undo);
    expect(await memory.ok('admin', 'undo', undo)).toBe('Nothing to take back: what this change did is undone already');
  });

  test('of what was never recorded is not found', async () => {
    const undo = { operation_id: 'op_000000000000', confirm };
    expect(await memory.refused('admin', 'undo', undo)).toMatch(/^not_found: No recorded change of the operation/);
  });

  test('does not bring back what was purged', async () => {
    const world = await aWorld(memory);
    const { planId, sessionId: session_id } = world;
    const item = {
      parent_type: 'plan',
      parent_id: planId,
      type: 'secret',
      data: { password: 'open sesame' },
      session_id,
    };
    const id = await memory.id('ctx', 'context', 'store', item);
    await memory.ok('admin', 'purge', { id, confirm });
    await rename(world, 'Burn the house', session_id);
    await memory.ok('admin', 'undo', { target_session_id: session_id, dry_run: false, confirm });
    expect(await memory.refused('query', 'get', { id })).toMatch(/^not_found/);
    expect(await titleOf(world)).toBe('Paint the house');
  });
});

describe('a plan as it was', () => {
  test('is shown with its time', async () => {
    const world = await aWorld(memory);
    const [made] = rows<{ at: string }>(memory.dataRoot, 'SELECT max(at) AS at FROM row_history');
    while (new Date().toISOString() <= (made?.at ?? ''));
    await rename(world, 'Burn the house');
    const reply = await memory.ok('plan', 'get', { plan_id: world.planId, as_of: made?.at });
    expect(reply).toMatch(new RegExp(`^As it was at ${made?.at}:\nPlan ${world.planId} "Paint the house"`));
  });
});
