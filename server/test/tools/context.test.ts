/** memory_context through the door: facts on workspaces, plans, phases and steps, and finding them. */
import { describe, expect, test } from 'vitest';
import { sharedMemory } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

interface Item {
  id: string;
  type: string;
  key: string | null;
  version: number;
  data: unknown;
  source: string;
  agent_type: string | null;
  versions?: { version: number; data: unknown }[];
}

async function items(args: object): Promise<Item[]> {
  return (await memory.data<{ items: Item[] }>('context', 'get', { ...args })).items;
}

describe('store', () => {
  test('adds items to a workspace, a plan, a phase and a step', async () => {
    const { workspaceId, planId, phaseIds, stepIds } = await aWorld(memory);
    const parents = { workspace: workspaceId, plan: planId, phase: phaseIds[0], step: stepIds[0] };
    for (const [parent_type, parent_id] of Object.entries(parents)) {
      const parent = { parent_type, parent_id };
      expect(await memory.ok('context', 'store', { ...parent, type: 'decision', data: { colour: 'white' } })).toMatch(
        new RegExp(`^Stored: ctx_\\w{12} "decision" on ${parent_type} ${parent_id}$`),
      );
      expect(await items(parent)).toMatchObject([
        { type: 'decision', data: { colour: 'white' }, source: 'agent', version: 1 },
      ]);
    }
  });

  test('keeps many items of one type, newest first', async () => {
    const { planId } = await aWorld(memory);
    const parent = { parent_type: 'plan', parent_id: planId };
    for (const text of ['one', 'two', 'three'])
      await memory.ok('context', 'store', { ...parent, type: 'finding', data: text });
    expect((await items(parent)).map(({ data }) => data)).toEqual([
      { text: 'three' },
      { text: 'two' },
      { text: 'one' },
    ]);
  });

  test('with a key replaces the item and keeps its former versions', async () => {
    const { planId } = await aWorld(memory);
    const keyed = { parent_type: 'plan', parent_id: planId, type: 'state', key: 'colour' };
    const first = await memory.id('ctx', 'context', 'store', { ...keyed, data: { is: 'white' } });
    expect(await memory.ok('context', 'store', { ...keyed, data: { is: 'blue' } })).toBe(
      `Stored: ${first} "state" "colour" version 2 on plan ${planId}`,
    );
    await memory.ok('context', 'store', { ...keyed, data: { is: 'green' } });
    const [item, ...more] = await items({ ...keyed, versions: true });
    expect(more).toEqual([]);
    expect(item).toMatchObject({ id: first, version: 3, data: { is: 'green' } });
    expect(item?.versions).toMatchObject([
      { version: 2, data: { is: 'blue' } },
      { version: 1, data: { is: 'white' } },
    ]);
    expect(await memory.ok('context', 'get', { ...keyed, versions: true })).toMatch(
      /version 2 until .*: \{"is":"blue"\}/,
    );
  });

  test.each([
    ['an object', { a: 1 }, { a: 1 }],
    ['JSON text of an object', '{"a": {"b": [1]}}', { a: { b: [1] } }],
    ['any other text', 'just words', { text: 'just words' }],
    ['JSON text of a list', '[1, 2]', { text: '[1, 2]' }],
    ['text that begins like JSON', '{"a": ', { text: '{"a": ' }],
  ])('takes %s as data', async (_what, data, stored) => {
    const { planId } = await aWorld(memory);
    const parent = { parent_type: 'plan', parent_id: planId };
    await memory.ok('context', 'store', { ...parent, type: 'note', data });
    expect(await items(parent)).toMatchObject([{ data: stored }]);
  });

  test.each([[[1, 2]], [42], [true]])('refuses %j as data', async (data) => {
    const { planId } = await aWorld(memory);
    const item = { parent_type: 'plan', parent_id: planId, type: 'note', data };
    expect(await memory.refused('context', 'store', item)).toMatch(
      /^invalid_input: "data": .*expected (record|object)/,
    );
  });

  test('records who stored it and where it comes from', async () => {
    const { planId, sessionId } = await aWorld(memory);
    const parent = { parent_type: 'plan', parent_id: planId };
    await memory.ok('context', 'store', { ...parent, type: 'fact', data: 'x', source: 'web', session_id: sessionId });
    expect(await items(parent)).toMatchObject([{ source: 'web', session_id: sessionId, agent_type: 'Executor' }]);
    expect(await memory.refused('context', 'store', { ...parent, type: 'fact', data: 'x', source: 'dream' })).toMatch(
      /"source": invalid option: expected one of "user"\|"agent"/,
    );
  });

  test('refuses a parent of another kind than its id, and an archived one', async () => {
    const { planId, stepIds } = await aWorld(memory);
    const item = { type: 'fact', data: 'x' };
    expect(await memory.refused('context', 'store', { ...item, parent_type: 'step', parent_id: planId })).toMatch(
      new RegExp(`^not_found: No step with id "${planId}"`),
    );
    await memory.ok('plan', 'archive', { plan_id: planId });
    expect(await memory.refused('context', 'store', { ...item, parent_type: 'step', parent_id: stepIds[0] })).toMatch(
      /^(conflict|not_found): .*(archived|live)/,
    );
  });
});

test('get filters by type and key, page by page', async () => {
  const { planId } = await aWorld(memory);
  const parent = { parent_type: 'plan', parent_id: planId };
  for (const n of [1, 2, 3]) await memory.ok('context', 'store', { ...parent, type: 'a', key: `k${n}`, data: { n } });
  await memory.ok('context', 'store', { ...parent, type: 'b', data: { n: 4 } });
  const numbers = async (more: object) =>
    (await items({ ...parent, ...more })).map(({ data }) => (data as { n: number }).n);
  expect(await numbers({})).toEqual([4, 3, 2, 1]);
  expect(await numbers({ type: 'a' })).toEqual([3, 2, 1]);
  expect(await numbers({ type: 'a', key: 'k2' })).toEqual([2]);
  expect(await numbers({ limit: 2, cursor: '2' })).toEqual([2, 1]);
  expect(await memory.ok('context', 'get', { ...parent, limit: 2 })).toContain('the same call with cursor "2"');
});

test('list_types counts the types of a parent', async () => {
  const { stepIds } = await aWorld(memory);
  const parent = { parent_type: 'step', parent_id: stepIds[0] };
  for (const type of ['b', 'a', 'b']) await memory.ok('context', 'store', { ...parent, type, data: 'x' });
  expect(await memory.ok('context', 'list_types', parent)).toMatch(/^2 types: .*\n"a" \| 1 \| .*\n"b" \| 2 \| /);
});

describe.each(['context', 'query'])('memory_%s search', (tool) => {
  test('finds what was stored by its words, of every kind', async () => {
    const { workspaceId, planId, stepIds } = await aWorld(memory);
    const word = `zeppelin${planId.slice(5)}`;
    const found = async (more: object = {}) =>
      (
        (await memory.ok(tool, 'search', { query: word, workspace_id: workspaceId, ...more })).match(
          /^\w+(?= \| )/gm,
        ) ?? []
      ).sort();
    await memory.ok('context', 'store', {
      parent_type: 'plan',
      parent_id: planId,
      type: 'fact',
      data: `A ${word} flew by`,
    });
    await memory.ok('context', 'append_research', { plan_id: planId, filename: 'sky.md', content: `The ${word}.` });
    await memory.ok('plan', 'add_note', { plan_id: planId, note: `Look for the ${word}` });
    await memory.ok('steps', 'update', { step_id: stepIds[0], notes: `Ask the ${word}` });
    await memory.ok('plan', 'update', { plan_id: planId, description: `About a ${word}` });
    expect(await found()).toEqual(['context', 'note', 'plan', 'research', 'step']);
    expect(await found({ kinds: ['note', 'step'] })).toEqual(['note', 'step']);
    expect(await found({ types: ['fact', 'info'] })).toEqual(['context', 'note']);
    expect(await found({ parent_type: 'step', parent_id: stepIds[0] })).toEqual([]);
    expect(await found({ parent_type: 'plan', parent_id: planId })).toEqual(['context', 'note', 'research']);
    expect(await found({ since: '2020-01-01', until: '2021-01-01T00:00:00Z' })).toEqual([]);
    expect(await found({ since: '2020-01-01', kinds: ['step'] })).toEqual(['step']);
    expect(await found({ limit: 2 })).toHaveLength(2);
    expect(await memory.ok(tool, 'search', { query: 'zzzznothing' })).toBe('Nothing found; try fewer or other words.');
  });

  test('says of each hit what it is, where it hangs, its date and the text around the match', async () => {
    const { workspaceId, stepIds } = await aWorld(memory);
    const word = `airship${stepIds[0].slice(5)}`;
    const item = { parent_type: 'step', parent_id: stepIds[0], type: 'fact', data: `The ${word} is late` };
    const id = await memory.id('ctx', 'context', 'store', item);
    const date = new Date().toISOString().slice(0, 10);
    const hits = await memory.ok(tool, 'search', { query: word, workspace_id: workspaceId, limit: 1 });
    expect(hits.split('\n').slice(0, 2)).toEqual([
      '1 hit: kind | id | title | where | date | text',
      `context | ${id} | "fact" | "Paint the house › Prepare › Buy paint" | ${date} | "text The ${word} is late"`,
    ]);
  });

  test('explains, if asked, which words matched in which columns', async () => {
    const { planId } = await aWorld(memory);
    const word = `balloon${planId.slice(5)}`;
    await memory.ok('plan', 'update', { plan_id: planId, title: `Catch the ${word}`, description: 'With a long rope' });
    const args = { query: `${word} with ropes`, limit: 1, explain: true };
    expect(await memory.ok(tool, 'search', args)).toMatch(
      new RegExp(
        `where \\| date \\| text \\| why\nplan .* \\| "${word}" \\(title\\), "ropes" \\(body\\); [\\d.e-]+$`,
        'm',
      ),
    );
    const { items } = await memory.data<{ items: object[] }>(tool, 'search', args);
    expect(items[0]).toMatchObject({
      kind: 'plan',
      id: planId,
      score: expect.any(Number),
      matched: [
        { word, columns: ['title'] },
        { word: 'ropes', columns: ['body'] },
      ],
    });
  });

  test('answers an action of the tools by its name first, with its parameters', async () => {
    const { planId } = await aWorld(memory);
    for (let n = 0; n < 3; n++) {
      await memory.ok('steps', 'add', {
        plan_id: planId,
        steps: [{ task: 'memory_plan create', notes: 'memory_plan create' }],
      });
    }
    expect(await memory.ok(tool, 'search', { query: 'memory_plan create' })).toMatch(
      /^\d+ hits?: .*\ntool \| memory_plan create \| "memory_plan create" \| – \| – \| "create\(W, title, .*category/,
    );
  });

  test.each(['"', '* OR (', 'NEAR(', 'a AND', "'; DROP TABLE plans", '-', '%_%', 'col:on', 'x'.repeat(10_000)])(
    'takes %s as words',
    async (query) => {
      await memory.ok(tool, 'search', { query });
    },
  );

  test('refuses a NUL and more than 10,000 characters', async () => {
    expect(await memory.refused(tool, 'search', { query: 'a\0b' })).toMatch(/^invalid_input: "query"/);
    expect(await memory.refused(tool, 'search', { query: 'x'.repeat(10_001) })).toMatch(/^invalid_input: "query"/);
  });

  test('finds the steps and notes of a plan by the id of the plan alone, and refuses a parent that is not there', async () => {
    const { planId, stepIds } = await aWorld(memory);
    const other = await aWorld(memory);
    const hits = await memory.data<{ items: { id: string }[] }>('context', 'search', {
      query: 'walls',
      parent_id: planId,
    });
    expect(hits.items.map(({ id }) => id)).toEqual([stepIds[1]]);
    expect(other.planId).not.toBe(planId);
    expect(await memory.refused('context', 'search', { query: 'walls', parent_id: 'plan_zzzzzzzzzzzz' })).toMatch(
      /^not_found/,
    );
    const never = { query: 'walls', since: '2026-02-01', until: '2026-01-01' };
    expect(await memory.refused('context', 'search', never)).toMatch(/^invalid_input: Nothing lies between since/);
  });

  test('refuses a time that is none', async () => {
    expect(await memory.refused(tool, 'search', { query: 'x', since: 'yesterday' })).toMatch(
      /^invalid_input: "since": expected a date such as 2026-01-31, or a time such as/,
    );
  });
});
