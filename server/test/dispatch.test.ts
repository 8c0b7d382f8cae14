/** What holds for every action of every tool, asked of a real server: normal calls, refusals, safe repetition. */
import { expect, test } from 'vitest';
import type { Action } from '../src/catalog/define.ts';
import { TOOLS } from '../src/catalog/tools.ts';
import { ALL_CALLS, CALLS, type NamedCall } from './support/calls.ts';
import { hashOfAllRows, rows } from './support/database.ts';
import { type Args, sharedMemory } from './support/memory.ts';
import { aWorld } from './support/world.ts';

const memory = sharedMemory();

const WRITES = ALL_CALLS.filter((call) => actionOf(call).effect === 'write');
const READS = ALL_CALLS.filter((call) => actionOf(call).effect === 'read');

test('the published tools have exactly the actions that this file calls', async () => {
  const published = (await memory.tools()).map(({ name, inputSchema }) => [
    name.replace('memory_', ''),
    [...(inputSchema.properties as { action: { enum: string[] } }).action.enum].sort(),
  ]);
  const called = Object.entries(CALLS).map(([tool, actions]) => [tool, Object.keys(actions).sort()]);
  expect(Object.fromEntries(published)).toEqual(Object.fromEntries(called));
});

test.each(READS)('$tool $action answers and changes nothing', async ({ tool, action, call }) => {
  const args = await call(await aWorld(memory));
  const before = hashOfAllRows(memory.dataRoot);
  expect(await memory.ok(tool, action, args)).not.toBe('');
  expect(await memory.data(tool, action, args)).toBeTypeOf('object');
  expect(hashOfAllRows(memory.dataRoot)).toBe(before);
});

test.each(WRITES)(
  '$tool $action gives the same answer to the same request_id, and happens once',
  async ({ tool, action, call }) => {
    const world = await aWorld(memory);
    const args = { ...(await call(world)), request_id: `request of ${world.workspaceId}` };
    const before = hashOfAllRows(memory.dataRoot);
    const first = await memory.ok(tool, action, args);
    const after = hashOfAllRows(memory.dataRoot);
    expect(after).not.toBe(before);
    expect(await memory.ok(tool, action, args)).toBe(first);
    expect(await memory.ok(tool, action, reversed(args))).toBe(first);
    expect(hashOfAllRows(memory.dataRoot)).toBe(after);
  },
);

test.each(WRITES)('$tool $action refuses a request_id that another call has used', async ({ tool, action, call }) => {
  const world = await aWorld(memory);
  const args = await call(world);
  const request_id = `request of ${world.workspaceId}`;
  await memory.ok(tool, action, { ...args, request_id });
  const after = hashOfAllRows(memory.dataRoot);
  const other = { ...args, ...changed(args), request_id };
  expect(await memory.refused(tool, action, other)).toMatch(/^conflict: request_id .* was already used/);
  const plan_id = world.planId;
  expect(await memory.refused('plan', 'add_note', { plan_id, note: 'Another', request_id })).toMatch(/already used/);
  expect(hashOfAllRows(memory.dataRoot)).toBe(after);
});

test.each(WRITES)('$tool $action leaves one entry in the event log', async ({ tool, action, call }) => {
  const args = await call(await aWorld(memory));
  const events = () => rows<{ n: number }>(memory.dataRoot, 'SELECT max(seq) AS n FROM event_log')[0]?.n ?? 0;
  const before = events();
  await memory.ok(tool, action, args);
  const [entry, ...more] = rows(memory.dataRoot, 'SELECT * FROM event_log WHERE seq > ?', before);
  expect(more).toEqual([]);
  expect(entry).toMatchObject({ event_type: `${tool}.${action}` });
});

test.each(ALL_CALLS)('$tool $action names the nearest of its parameters for one it does not have', async (named) => {
  const args = await named.call(await aWorld(memory));
  const before = hashOfAllRows(memory.dataRoot);
  const refusal = await memory.refused(named.tool, named.action, { ...args, sessionId: 'sess_000000000000' });
  expect(refusal).toMatch(/^invalid_input: unknown parameter "sessionId" \(did you mean "session_id"\?\)\. /);
  expect(refusal).toContain(`Signature: ${named.action}(`);
  expect(hashOfAllRows(memory.dataRoot)).toBe(before);
});

test.each(ALL_CALLS.filter((call) => requiredOf(call).length > 0))(
  '$tool $action shows its signature and an example when a parameter is missing',
  async (named) => {
    const args = await named.call(await aWorld(memory));
    const before = hashOfAllRows(memory.dataRoot);
    for (const missing of requiredOf(named)) {
      const refusal = await memory.refused(named.tool, named.action, { ...args, [missing]: undefined });
      expect(refusal).toContain(missing === 'confirm' ? 'send confirm: true' : `"${missing}" is missing`);
      expect(refusal).toContain(`Signature: ${named.action}(`);
      expect(refusal).toContain(`Example: memory_${named.tool} {"action":"${named.action}"`);
    }
    expect(hashOfAllRows(memory.dataRoot)).toBe(before);
  },
);

test.each(ALL_CALLS)('$tool $action refuses a mistyped value by its name', async (named) => {
  const args = await named.call(await aWorld(memory));
  const before = hashOfAllRows(memory.dataRoot);
  for (const key of Object.keys(args)) {
    // No parameter of any action is a list of lists.
    const refusal = await memory.refused(named.tool, named.action, { ...args, [key]: [[]] });
    expect(refusal).toMatch(key === 'confirm' ? /confirm: true/ : new RegExp(`"${key}(\\.0)?": `));
  }
  expect(hashOfAllRows(memory.dataRoot)).toBe(before);
});

const IDS = ['id', 'plan_id', 'step_id', 'workspace_id', 'parent_id', 'source_id', 'target_id', 'target_session_id'];
const NAMES: Record<string, string> = {
  get_agent: 'name',
  get_skill: 'name',
  get_instruction: 'filename',
  get_research: 'filename',
};

test.each(ALL_CALLS)('$tool $action refuses what does not exist, in words that help', async (named) => {
  const args: Args = await named.call(await aWorld(memory));
  const before = hashOfAllRows(memory.dataRoot);
  const unknown = [...IDS.filter((key) => key in args), 'session_id'];
  for (const key of unknown) {
    const refusal = await memory.refused(named.tool, named.action, { ...args, [key]: 'nobody_000000000000' });
    expect(refusal).toMatch(/^not_found: .*"nobody_000000000000"\. \S/);
  }
  const name = NAMES[named.action];
  if (name !== undefined) {
    const refusal = await memory.refused(named.tool, named.action, { ...args, [name]: 'nobody' });
    expect(refusal).toMatch(/^not_found: .*"nobody".*\. There are/);
  }
  expect(hashOfAllRows(memory.dataRoot)).toBe(before);
});

test('an action that another tool has is refused with the name of that tool', async () => {
  expect(await memory.refused('plan', 'next')).toMatch(
    /^invalid_input: "next" is an action of memory_steps, not of memory_plan\. Signature: next\(plan_id, /,
  );
});

test('an action that no tool has is refused with the nearest and with all of them', async () => {
  const refusal = await memory.refused('steps', 'batchupdate');
  expect(refusal).toMatch(/^invalid_input: memory_steps has no action "batchupdate"\. Did you mean "batch_update"\?/);
  expect(refusal).toContain('Actions: add, list, get, update, batch_update, next, claim, release');
});

test('a call without an action is refused with the actions', async () => {
  const result = await memory.client.callTool({ name: 'memory_agent', arguments: {} });
  expect(result).toMatchObject({ isError: true });
  expect(JSON.stringify(result.content)).toMatch(/memory_agent needs an .*Actions: init, complete, handoff, lineage/);
});

test('a closed session cannot write', async () => {
  const { planId, sessionId } = await aWorld(memory);
  await memory.ok('agent', 'complete', { target_session_id: sessionId, summary: 'Gone' });
  const before = hashOfAllRows(memory.dataRoot);
  const note = { plan_id: planId, note: 'From beyond', session_id: sessionId };
  expect(await memory.refused('plan', 'add_note', note)).toMatch(/^conflict: Session .* was completed .* init/);
  expect(hashOfAllRows(memory.dataRoot)).toBe(before);
});

test('null and empty text in an optional parameter of a create count as absent', async () => {
  const { workspaceId } = await aWorld(memory);
  const empty = { description: '', priority: null, goals: null, program_id: '', workspace_path: '' };
  await memory.ok('plan', 'create', { workspace_id: workspaceId, title: 'Bare', category: 'advisory', ...empty });
});

function actionOf({ tool, action }: NamedCall): Action {
  const found = TOOLS.find(({ name }) => name === `memory_${tool}`)?.actions[action];
  if (found === undefined) throw new Error(`The catalog has no ${tool} ${action}.`);
  return found;
}

function requiredOf(call: NamedCall): string[] {
  return Object.entries(actionOf(call).schema.shape).flatMap(([name, schema]) =>
    schema.safeParse(undefined).success ? [] : [name],
  );
}

/** The same call with its keys the other way round. */
function reversed(args: Args): Args {
  return Object.fromEntries(Object.entries(args).reverse());
}

/** Another value of the same type for one parameter of a call. */
function changed(args: Args): Args {
  const [key, value] = Object.entries(args).find(([, value]) => typeof value === 'string') ?? [];
  if (key !== undefined) return { [key]: `${value}x` };
  const max_age_days = args['max_age_days'];
  return typeof max_age_days === 'number' ? { max_age_days: max_age_days + 1 } : { session_id: 'sess_000000000000' };
}
