/** What every action refuses, and in which words: so that a model's next try succeeds. A refused call writes nothing. */
import { describe, expect, test } from 'vitest';
import { kindOf } from './support/any-call.ts';
import { ALL_CALLS, type NamedCall } from './support/calls.ts';
import { requiredOf } from './support/catalog.ts';
import { writingNothing } from './support/database.ts';
import { type Args, sharedMemory } from './support/memory.ts';
import { aWorld } from './support/world.ts';

const memory = sharedMemory();

/** Calls are made once: since all of these tests are refused, they stay valid. */
const prepared = new Map<NamedCall, Promise<Args>>();

async function argsOf(named: NamedCall): Promise<Args> {
  const args = prepared.get(named) ?? aWorld(memory).then(named.call);
  prepared.set(named, args);
  return await args;
}

describe('every action', () => {
  test.each(ALL_CALLS)('$tool $action names the nearest of its parameters for one it does not have', async (named) => {
    const args = await argsOf(named);
    const refusal = await refused(named, { ...args, sessionId: 'sess_000000000000' });
    expect(refusal).toMatch(/^invalid_input: unknown parameter "sessionId" \(did you mean "session_id"\?\)\. /);
    expect(refusal).toContain(`Signature: ${named.action}(`);
  });

  test.each(ALL_CALLS.filter((call) => requiredOf(call).length > 0))(
    '$tool $action shows its signature and an example when a parameter is missing',
    async (named) => {
      const args = await argsOf(named);
      for (const missing of requiredOf(named)) {
        const refusal = await refused(named, { ...args, [missing]: undefined });
        expect(refusal).toContain(`"${missing}" is missing`);
        expect(refusal).toContain(`Signature: ${named.action}(`);
        expect(refusal).toContain(`Example: memory_${named.tool} {"action":"${named.action}"`);
      }
    },
  );

  test.each(ALL_CALLS)(
    '$tool $action refuses a value of the wrong type by the name of its parameter',
    async (named) => {
      const args = await argsOf(named);
      for (const key of [...Object.keys(args), 'session_id']) {
        // No parameter of any action is a list of lists.
        const refusal = await refused(named, { ...args, [key]: [[]] });
        expect(refusal).toMatch(new RegExp(`^invalid_input: "${key}(\\.0)?": \\w.* Signature: `));
        expect(refusal).not.toContain('is missing');
      }
    },
  );

  test.each(ALL_CALLS)(
    '$tool $action refuses an id that does not exist, with a way to the right one',
    async (named) => {
      const args = await argsOf(named);
      const ids = Object.keys(args).filter((key) => typeof args[key] === 'string' && kindOf(key) !== undefined);
      for (const key of [...ids, 'session_id']) {
        const refusal = await refused(named, { ...args, [key]: 'nobody_000000000000' });
        expect(refusal).toMatch(/^not_found: No .* "nobody_000000000000"\. \S/);
      }
    },
  );
});

test.each([
  ['library', 'get_agent', { name: 'Nobody' }, /^not_found: No agent is called "Nobody"\. There are: Architect, /],
  [
    'library',
    'get_skill',
    { name: 'Nobody' },
    /^not_found: No skill is called "Nobody"\. There are: debug-systematically, /,
  ],
  [
    'library',
    'get_instruction',
    { filename: 'Nobody' },
    /^not_found: No instruction is called "Nobody"\. There are: handoffs\.instructions\.md, /,
  ],
  ['query', 'help', { tool: 'memory_nothing' }, /"memory_nothing"\. help without parameters lists the tools/],
  ['query', 'help', { tool: 'memory_steps', name: 'nxt' }, /"nxt"\. Did you mean "next"\?/],
  ['query', 'help', { tool: 'memory_plan', name: 'next' }, /"next"\. It is an action of memory_steps\. help/],
])('%s %s refuses a name that nothing has, with the names there are', async (tool, action, args, words) => {
  expect(await memory.refused(tool, action, args)).toMatch(words);
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

test('a tool that does not exist is a fault of the protocol', async () => {
  await expect(memory.client.callTool({ name: 'memory_nothing', arguments: {} })).rejects.toThrow(/memory_nothing/);
});

test('several faults of one call are told at once', async () => {
  const refusal = await memory.refused('plan', 'create', { titel: 'Roof', category: 'roof' });
  expect(refusal).toContain('unknown parameter "titel" (did you mean "title"?)');
  expect(refusal).toContain('"title" is missing');
  expect(refusal).toContain('"category": invalid option: expected one of "feature"|');
});

test('a closed session cannot write', async () => {
  const { planId, sessionId } = await aWorld(memory);
  await memory.ok('agent', 'complete', { target_session_id: sessionId, summary: 'Gone' });
  const note = { plan_id: planId, note: 'From beyond', session_id: sessionId };
  expect(await refused({ tool: 'plan', action: 'add_note' }, note)).toMatch(
    /^conflict: Session .* was completed .* memory_agent init/,
  );
});

/** The refusal of a call that must write nothing. */
async function refused({ tool, action }: Pick<NamedCall, 'tool' | 'action'>, args: Args): Promise<string> {
  return await writingNothing(memory.dataRoot, () => memory.refused(tool, action, args));
}

test.each([
  ['steps', 'add', { steps: [{ task: 'x', requires_evidense: true }] }, 'requires_evidence'],
  [
    'plan',
    'create',
    { title: 'T', category: 'advisory', phases: [{ name: 'A', steps: [{ task: 'x', tpye: 'test' }] }] },
    'type',
  ],
])('%s %s names the nearest known key, also within a list', async (tool, action, args, meant) => {
  const { planId, workspaceId } = await aWorld(memory);
  const place = action === 'create' ? { workspace_id: workspaceId } : { plan_id: planId };
  expect(await memory.refused(tool, action, { ...place, ...args })).toContain(`(did you mean "${meant}"?)`);
});

test('null for what cannot be cleared is refused by an update, and nothing changes', async () => {
  const { planId, stepIds, workspaceId } = await aWorld(memory);
  for (const [tool, args] of [
    ['plan', { plan_id: planId, title: null }],
    ['steps', { step_id: stepIds[0], task: null }],
    ['workspace', { workspace_id: workspaceId, name: '' }],
  ] as const) {
    expect(await memory.refused(tool, 'update', args)).toMatch(/^invalid_input: "(title|task|name)"/);
  }
  expect(await memory.ok('plan', 'get', { plan_id: planId })).toContain('"Paint the house"');
});
