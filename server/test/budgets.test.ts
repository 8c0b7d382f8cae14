/** How long replies may be, however long what was stored is: every character is paid for by a model's context. */

import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { isOptional } from '../src/catalog/derive/schema.ts';
import { ALL_CALLS } from './support/calls.ts';
import { actionOf, HIGHEST_REPLY, replyLimit } from './support/catalog.ts';
import { rows } from './support/database.ts';
import { type Args, sharedMemory, textOf } from './support/memory.ts';
import { aWorld, type World } from './support/world.ts';

const memory = sharedMemory();

const CALLS = ALL_CALLS.map((named) => ({ ...named, effect: actionOf(named).effect }));

/** As long as a parameter of this name may be, or long enough. */
const LONGEST: Record<string, number> = {
  path: 4_000,
  name: 200,
  title: 500,
  task: 10_000,
  reason: 2_000,
  key: 200,
  filename: 300,
  applies_to: 2_000,
  agent_type: 100,
  from_agent: 100,
  to_agent: 100,
  confirmed_by: 100,
  type: 100,
  description: 5_000,
  notes: 5_000,
  note: 5_000,
  summary: 5_000,
  content: 50_000,
  text: 5_000,
  command: 2_000,
};

/** Parameters that are shown as they are take no control characters. */
const PLAIN = ['name', 'key', 'filename', 'applies_to', 'agent_type', 'from_agent', 'to_agent', 'confirmed_by', 'type'];

/** Each of these becomes six in a reply. */
const CONTROL = '\u0007';

/** A text as long as it may be, of this character. */
function long(name: string, character = PLAIN.includes(name) ? 'x' : CONTROL): string {
  return character.repeat((LONGEST[name] ?? 100) / character.length);
}

let paths = 0;

/** The same arguments with every text as long as it may be; ids, words of sets and places in a plan stay. */
function stretched(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => stretched(item, name));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stretched(inner, key)]));
  }
  if (typeof value !== 'string' || !(name in LONGEST) || /^\w+_\w{12}$/.test(value)) return value;
  return name === 'path' ? `/long-${++paths}${`/${long('name')}`.repeat(19)}` : long(name);
}

async function longWorld(): Promise<World> {
  const world = await aWorld(memory);
  const [plan_id, step_id] = [world.planId, world.stepIds[0]];
  const texts = { title: long('title'), goals: [long('reason')], description: long('notes') };
  await memory.ok('plan', 'update', { plan_id, ...texts });
  await memory.ok('plan', 'add_note', { plan_id, note: long('note') });
  await memory.ok('steps', 'update', { step_id, task: long('task'), notes: long('notes') });
  return world;
}

describe('with texts as long as they may be', () => {
  test.each(CALLS.filter(({ effect }) => effect === 'write'))('$tool $action answers briefly', async (named) => {
    const args = await named.call(await longWorld());
    const reply = await memory.ok(named.tool, named.action, stretched(args) as Args);
    expect(reply.length, reply).toBeLessThanOrEqual(replyLimit(named.action));
  });

  let shared: Promise<World> | undefined;

  test.each(CALLS.filter(({ effect }) => effect === 'read'))(
    '$tool $action answers within the bound of all',
    async (named) => {
      shared ??= longWorld();
      const args = await named.call(await shared);
      const result = await memory.call(named.tool, named.action, args);
      expect(textOf(result).length).toBeLessThanOrEqual(HIGHEST_REPLY);
      const full = await memory.call(named.tool, named.action, { ...args, detail: 'full' });
      expect(textOf(full).length).toBeLessThanOrEqual(HIGHEST_REPLY);
    },
  );

  test('init says in its first line which session it opened', async () => {
    const { planId } = await longWorld();
    const reply = await memory.ok('agent', 'init', { plan_id: planId, agent_type: long('agent_type') });
    expect(reply).toMatch(/^session_id: sess_\w{12}\n/);
    expect(reply.length).toBeLessThanOrEqual(8_000);
  });

  test.each([CONTROL, '🦆', '"'])('import names a plan of nothing but %j in its reply', async (character) => {
    const { workspaceId } = await aWorld(memory);
    const phase = (n: number) => `## ${n} ${long('title', character)}\n\n- [ ] ${long('task', character)}\n`;
    const markdown = `# ${long('title', character)}\n\n${Array.from({ length: 12 }, (_, i) => phase(i)).join('\n')}`;
    const reply = await memory.ok('plan', 'import', { workspace_id: workspaceId, category: 'feature', markdown });
    expect(reply).toMatch(/^Imported: plan plan_\w{12} .* 12 phases, 12 steps, 0 done/);
    expect(reply.length).toBeLessThanOrEqual(1_000);
    expect(reply.isWellFormed()).toBe(true);
  });

  test.each(['x', '🦆', '"'])(
    'next gives a whole task of %j, and says how to get the notes that it cut',
    async (character) => {
      const { planId, stepIds, sessionId } = await aWorld(memory);
      const task = `Begin ${character.repeat(100)} end`;
      await memory.ok('steps', 'update', { step_id: stepIds[0], task, notes: long('notes', character) });
      const reply = await memory.ok('steps', 'next', {
        plan_id: planId,
        agent_type: 'Executor',
        session_id: sessionId,
      });
      expect(reply).toContain(JSON.stringify(task));
      expect(reply).toContain('memory_steps get shows all');
      expect(reply.length).toBeLessThanOrEqual(1_500);
      expect(reply.isWellFormed()).toBe(true);
    },
  );
});

test('a plan with 200 steps is shown in at most 6,000 characters, with how to get the rest', async () => {
  const { workspaceId } = await aWorld(memory);
  const steps = (n: number) =>
    Array.from({ length: 50 }, (_, i) => ({ task: `Step ${i} of phase ${n}: ${'do it well '.repeat(12)}` }));
  const planId = await memory.id('plan', 'plan', 'create', {
    workspace_id: workspaceId,
    title: 'A long plan',
    category: 'feature',
    goals: Array.from({ length: 20 }, (_, i) => `Goal ${i} ${'and so on '.repeat(50)}`),
    success_criteria: Array.from({ length: 20 }, (_, i) => `Criterion ${i} ${'and so on '.repeat(50)}`),
    phases: [1, 2, 3, 4].map((n) => ({ name: `Phase ${n}`, steps: steps(n) })),
  });
  for (let i = 0; i < 10; i++)
    await memory.ok('plan', 'add_note', { plan_id: planId, note: `Note ${i} ${'x'.repeat(500)}` });
  const reply = await memory.ok('plan', 'get', { plan_id: planId });
  expect(reply.length).toBeLessThanOrEqual(6_000);
  expect(reply).toMatch(/… \d+ more unfinished steps: memory_steps list with plan_id/);
  for (const n of [1, 2, 3, 4]) expect(reply).toContain(`${n}. "Phase ${n}"`);
  const briefing = await memory.ok('agent', 'init', { plan_id: planId, agent_type: 'Executor' });
  expect(countTokens(briefing)).toBeLessThanOrEqual(1_500);
  expect(briefing).toMatch(/\nready:\n- step_.*\nTake a step: memory_steps next/s);
});

test('a page that would be too long is cut at the end of a line, and its cursor leads to all the rest', async () => {
  const { planId } = await aWorld(memory);
  const task = 'z'.repeat(2_000);
  await memory.ok('steps', 'add', {
    plan_id: planId,
    steps: Array.from({ length: 300 }, () => ({ task, notes: task })),
  });
  const seen: string[] = [];
  for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
    const text: string = await memory.ok('steps', 'list', { plan_id: planId, limit: 200, cursor, detail: 'full' });
    expect(text.length).toBeLessThanOrEqual(HIGHEST_REPLY);
    const page = JSON.parse(text) as { items: { id: string }[]; cursor?: string };
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.cursor;
  }
  expect(seen).toHaveLength(304);
  expect(new Set(seen).size).toBe(304);
  const compact = await memory.ok('steps', 'list', { plan_id: planId, limit: 200 });
  expect(compact.length).toBeLessThanOrEqual(HIGHEST_REPLY);
  expect(
    compact
      .split('\n')
      .slice(1, -1)
      .every((line) => /^("|\s+step_\w{12} \| pending \| ".*"$)/.test(line)),
  ).toBe(true);
});

describe('the catalog', () => {
  test.each(ALL_CALLS)(
    'help on $tool $action takes at most 500 characters and ends with a valid example',
    async (named) => {
      const text = await memory.ok('query', 'help', { tool: `memory_${named.tool}`, name: named.action });
      expect(text.length).toBeLessThanOrEqual(500);
      const { action, ...params } = JSON.parse(text.slice(text.lastIndexOf('Example: {') + 9)) as Args & {
        action: string;
      };
      expect(action).toBe(named.action);
      const checked = actionOf(named).bind(params);
      expect(checked.ok ? [] : checked.issues).toEqual([]);
    },
  );

  test.each(ALL_CALLS)('the tables say of $tool $action what its definition says', (named) => {
    const tool = `memory_${named.tool}`;
    const action = actionOf(named);
    const stored = rows(
      memory.dataRoot,
      'SELECT * FROM tool_actions WHERE tool_name = ? AND name = ?',
      tool,
      named.action,
    );
    expect(stored).toMatchObject([
      {
        description: action.summary,
        effect: action.effect,
        is_core: Number(action.core),
        example: JSON.stringify({ action: named.action, ...action.example }),
      },
    ]);
    const params = rows(
      memory.dataRoot,
      'SELECT name, required FROM tool_action_params WHERE tool_name = ? AND action_name = ? ORDER BY position',
      ...[tool, named.action],
    );
    const defined = Object.entries(action.shape).map(([name, schema]) => ({
      name,
      required: Number(!isOptional(schema)),
    }));
    expect(params).toEqual(defined);
  });

  test('the tables hold nothing else', () => {
    const [stored] = rows<{ n: number }>(memory.dataRoot, 'SELECT count(*) AS n FROM tool_actions');
    expect(stored?.n).toBe(ALL_CALLS.length);
    const tools = rows<{ name: string; annotations: string }>(memory.dataRoot, 'SELECT name, annotations FROM tools');
    expect(new Set(tools.map(({ name }) => name))).toEqual(new Set(ALL_CALLS.map(({ tool }) => `memory_${tool}`)));
  });
});
