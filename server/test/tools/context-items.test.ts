/** memory_context through the door: several items at once, what the user asked for, deleting, and a plan as one document. */
import { describe, expect, test } from 'vitest';
import { type Args, sharedMemory } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

interface Item {
  id: string;
  type: string;
  key: string | null;
  source: string;
  agent_type: string | null;
  data: Record<string, unknown>;
  versions?: { version: number }[];
}

async function itemsOf(planId: string, args: Args = {}): Promise<Item[]> {
  const where = { parent_type: 'plan', parent_id: planId, ...args };
  return (await memory.data<{ items: Item[] }>('context', 'get', where)).items;
}

describe('batch_store', () => {
  test('stores items on several parents as the session that sends them', async () => {
    const { planId, stepIds, sessionId } = await aWorld(memory);
    const reply = await memory.ok('context', 'batch_store', {
      session_id: sessionId,
      items: [
        { parent_type: 'plan', parent_id: planId, type: 'decision', key: 'colour', data: { colour: 'white' } },
        { parent_type: 'plan', parent_id: planId, type: 'decision', key: 'colour', data: { colour: 'green' } },
        { parent_type: 'step', parent_id: stepIds[0], type: 'finding', data: 'The shop is shut', source: 'web' },
      ],
    });
    expect(reply).toMatch(/^Stored 3 items: ctx_/);
    const [decision, ...rest] = await itemsOf(planId, { versions: true });
    expect(rest).toEqual([]);
    expect(decision).toMatchObject({ data: { colour: 'green' }, agent_type: 'Executor', versions: [{ version: 1 }] });
    const [finding] = await itemsOf(planId, { parent_type: 'step', parent_id: stepIds[0] });
    expect(finding).toMatchObject({ data: { text: 'The shop is shut' }, source: 'web' });
  });

  test('stores nothing when one of them cannot be', async () => {
    const { planId } = await aWorld(memory);
    const item = { parent_type: 'plan', parent_id: planId, type: 'a', data: 'x' };
    const refusal = await memory.refused('context', 'batch_store', {
      items: [item, { ...item, parent_id: 'plan_000000000000' }],
    });
    expect(refusal).toMatch(/^not_found: No plan with id "plan_000000000000"\. Recent: plan_/);
    const faulty = await memory.refused('context', 'batch_store', { items: [item, { ...item, typ: 'b' }] });
    expect(faulty).toContain('unknown parameter "typ" in "items.1"');
    expect(await memory.refused('context', 'batch_store', { items: [] })).toContain('"items": too small');
    expect(await itemsOf(planId)).toEqual([]);
  });
});

describe('store_request', () => {
  test('keeps the words of the user as such', async () => {
    const { planId, sessionId } = await aWorld(memory);
    await memory.ok('context', 'store_request', {
      plan_id: planId,
      session_id: sessionId,
      user_request: 'Paint it.\nSoon!',
      files_mentioned: ['house.png'],
      requirements: ['White'],
      constraints: ['Not on Sunday'],
      examples: ['Like next door'],
    });
    expect(await itemsOf(planId)).toMatchObject([
      {
        type: 'original_request',
        source: 'user',
        data: {
          user_request: 'Paint it.\nSoon!',
          files_mentioned: ['house.png'],
          requirements: ['White'],
          constraints: ['Not on Sunday'],
          examples: ['Like next door'],
        },
      },
    ]);
    await memory.ok('context', 'store_request', { plan_id: planId, user_request: 'And the fence' });
    expect((await itemsOf(planId)).map(({ data }) => data['user_request'])).toEqual([
      'And the fence',
      'Paint it.\nSoon!',
    ]);
  });
});

describe('delete', () => {
  test('removes an item with its former versions, so that search no longer finds it', async () => {
    const { planId } = await aWorld(memory);
    const item = { parent_type: 'plan', parent_id: planId, type: 'note', key: 'k' };
    await memory.ok('context', 'store', { ...item, data: 'xylophone before' });
    const id = await memory.id('ctx', 'context', 'store', { ...item, data: 'xylophone now' });
    expect(await memory.ok('query', 'search', { query: 'xylophone' })).toContain(id);
    expect(await memory.ok('context', 'delete', { context_id: id })).toBe(`Deleted: ${id} "note"`);
    expect(await memory.ok('query', 'search', { query: 'xylophone' })).not.toContain(id);
    expect(await itemsOf(planId)).toEqual([]);
  });

  test.each([
    [
      'an id that nothing has',
      async () => 'ctx_000000000000',
      /^not_found: No context item with id "ctx_000000000000"\. /,
    ],
    [
      'the id of something else',
      async () => (await aWorld(memory)).planId,
      /^not_found: No context item .* That is the id of a plan\./,
    ],
  ])('refuses %s', async (_what, id, words) => {
    expect(await memory.refused('context', 'delete', { context_id: await id() })).toMatch(words);
  });

  test('leaves an archived plan as it is', async () => {
    const { planId } = await aWorld(memory);
    const id = await memory.id('ctx', 'context', 'store', {
      parent_type: 'plan',
      parent_id: planId,
      type: 'a',
      data: 'x',
    });
    await memory.ok('plan', 'archive', { plan_id: planId });
    expect(await memory.refused('context', 'delete', { context_id: id })).toMatch(/^conflict: .* is archived/);
  });
});

describe('dump', () => {
  interface Dump {
    format: number;
    plan: { id: string; archived: boolean; steps: unknown[]; notes: unknown[]; agent_sessions: unknown[] };
    context: Item[];
    research: { filename: string; content: string }[];
    build_scripts: { name: string }[];
    dependencies: { source_id: string; target_id: string }[];
  }

  async function dumpOf(planId: string): Promise<{ text: string; dump: Dump }> {
    let text = '';
    for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
      const result = await memory.call('context', 'dump', { plan_id: planId, cursor });
      const [piece, note] = result.content.map((block) => (block.type === 'text' ? block.text : ''));
      text += piece;
      cursor = /cursor "(\d+)"/.exec(note ?? '')?.[1];
    }
    return { text, dump: JSON.parse(text) as Dump };
  }

  test('holds everything about a plan, in pieces that are joined, live and archived', async () => {
    const { planId, stepIds, workspaceId } = await aWorld(memory);
    const item = { parent_type: 'step', parent_id: stepIds[0], type: 'finding', key: 'k' };
    await memory.ok('context', 'store', { ...item, data: { n: 1 } });
    await memory.ok('context', 'store', { ...item, data: { n: 2 } });
    const content = 'A long document. '.repeat(3_000);
    await memory.ok('context', 'append_research', { plan_id: planId, filename: 'long.md', content });
    await memory.ok('plan', 'add_note', { plan_id: planId, note: 'Mind the dog' });
    await memory.ok('plan', 'add_dependency', { source_id: stepIds[1], target_id: stepIds[0] });
    const other = await memory.id('plan', 'plan', 'create', {
      workspace_id: workspaceId,
      title: 'Another',
      category: 'advisory',
    });
    await memory.ok('plan', 'add_dependency', { source_id: other, target_id: planId });
    const script = { plan_id: planId, name: 'Paint', command: 'paint', directory: '.' };
    await memory.ok('library', 'add_build_script', script);

    const { text, dump } = await dumpOf(planId);
    expect(text.length).toBeGreaterThan(50_000);
    expect(dump.plan).toMatchObject({ id: planId, archived: false, notes: [{ note: 'Mind the dog' }] });
    expect(dump.plan.steps).toHaveLength(4);
    expect(dump.plan.agent_sessions).toHaveLength(1);
    expect(dump.context).toMatchObject([{ data: { n: 2 }, versions: [{ version: 1, data: { n: 1 } }] }]);
    expect(dump.research).toMatchObject([{ filename: 'long.md', content }]);
    expect(dump.build_scripts).toMatchObject([{ name: 'Paint' }]);
    expect(dump.dependencies.map(({ source_id, target_id }) => [source_id, target_id])).toEqual([
      [stepIds[1], stepIds[0]],
      [other, planId],
    ]);

    await memory.ok('plan', 'archive', { plan_id: planId });
    const archived = (await dumpOf(planId)).dump;
    expect({ ...archived, plan: { ...archived.plan, archived: false } }).toEqual(dump);
  });
});

test('a page with an item that alone is too long shows its short values, and goes on behind it', async () => {
  const { planId } = await aWorld(memory);
  const item = { parent_type: 'plan', parent_id: planId, type: 'a' };
  for (const data of ['first', 'x'.repeat(30_000), 'last']) await memory.ok('context', 'store', { ...item, data });
  const seen: { id: string; cut?: string }[] = [];
  for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
    const page = { parent_type: 'plan', parent_id: planId, cursor, detail: 'full' };
    const { items, ...rest } = JSON.parse(await memory.ok('context', 'get', page)) as {
      items: { id: string; cut?: string }[];
      cursor?: string;
    };
    seen.push(...items);
    cursor = rest.cursor;
  }
  expect(seen.map(({ cut }) => cut !== undefined)).toEqual([false, true, false]);
  expect(seen[1]).toMatchObject({ type: 'a', cut: expect.stringContaining('memory_query get with its id') });
});

describe('list_research', () => {
  test('shows the documents of a plan, and those of the workspace itself', async () => {
    const { planId, workspaceId } = await aWorld(memory);
    await memory.ok('context', 'append_research', { plan_id: planId, filename: 'b.md', content: '12345' });
    await memory.ok('context', 'append_research', { plan_id: planId, filename: 'a.md', content: '1' });
    await memory.ok('context', 'append_research', { workspace_id: workspaceId, filename: 'c.md', content: '1' });
    const text = await memory.ok('context', 'list_research', { plan_id: planId });
    expect(text).toMatch(
      /^2 documents: id \| characters \| changed \| file\nres_\w+ \| 1 \| \S+ \| "a\.md"\nres_\w+ \| 5 \| \S+ \| "b\.md"/,
    );
    const own = await memory.data<{ items: { filename: string }[] }>('context', 'list_research', {
      workspace_id: workspaceId,
    });
    expect(own.items.map(({ filename }) => filename)).toEqual(['c.md']);
  });
});

describe('an id that is unknown', () => {
  test('is answered with the latest of its kind, or with what it is', async () => {
    const { planId, stepIds, phaseIds, sessionId } = await aWorld(memory);
    const cases: [string, string, Args, RegExp][] = [
      ['plan', 'get', { plan_id: 'plan_000000000000' }, new RegExp(`Recent: ${planId} "Paint the house", plan_`)],
      ['steps', 'get', { step_id: 'step_000000000000' }, new RegExp(`Recent: ${stepIds[3]} "Paint the south side"`)],
      ['steps', 'reorder', { phase_id: 'x', order: ['y'] }, new RegExp(`Recent: ${phaseIds[1]} "Paint"`)],
      ['agent', 'get_session', { target_session_id: 'x' }, new RegExp(`Recent: ${sessionId} "Executor"`)],
      ['plan', 'get', { plan_id: stepIds[0] }, new RegExp(`That is the id of a step; its plan is ${planId}\\.$`)],
      ['steps', 'get', { step_id: planId }, /That is the id of a plan\.$/],
      ['plan', 'add_dependency', { source_id: stepIds[0], target_id: 'plan_x' }, /No plan with id "plan_x"\. Recent: /],
      [
        'library',
        'delete_build_script',
        { workspace_path: '/projects/world-1', script_id: 'x' },
        /build script with id "x"\. /,
      ],
    ];
    for (const [tool, action, args, words] of cases) expect(await memory.refused(tool, action, args)).toMatch(words);
  });

  test('is answered with "none yet" where there is none of its kind', async () => {
    const refusal = await memory.refused('workspace', 'update_risk', { risk_id: 'risk_x' });
    expect(refusal).toMatch(/^not_found: No risk with id "risk_x"\. There is no risk yet\.$/);
  });
});
