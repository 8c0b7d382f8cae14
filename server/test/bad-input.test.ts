/** Input that no client should send: each is refused with a sentence that says the way out, and nothing is written. */
import { beforeEach, describe, expect, test } from 'vitest';
import { hashOfAllRows } from './support/database.ts';
import { type Args, sharedMemory, textOf } from './support/memory.ts';
import { RawStdio } from './support/raw-stdio.ts';
import { aWorld, type World } from './support/world.ts';

const memory = sharedMemory();
let world: World;

beforeEach(async () => {
  world = await aWorld(memory);
});

/** The refusal, in one short sentence or two; the rows of all tables are what they were, and the server goes on. */
async function refused(tool: string, action: string, args: Args): Promise<string> {
  const before = hashOfAllRows(memory.dataRoot);
  const refusal = await memory.refused(tool, action, args);
  expect(refusal.length).toBeLessThanOrEqual(2_000);
  expect(hashOfAllRows(memory.dataRoot)).toBe(before);
  expect(await memory.ok('plan', 'find', { plan_id: world.planId })).toContain('live');
  return refusal;
}

const TEN_MB = 10_000_000;

describe('a text of ten million characters', () => {
  test.each<[string, string, (world: World, long: string) => Args]>([
    ['plan', 'import', ({ workspaceId }, markdown) => ({ workspace_id: workspaceId, category: 'feature', markdown })],
    ['plan', 'add_note', ({ planId }, note) => ({ plan_id: planId, note })],
    ['context', 'store', ({ planId }, data) => ({ parent_type: 'plan', parent_id: planId, type: 'a', data })],
    ['query', 'get', (_, request_id) => ({ id: 'x', [request_id]: 1 })],
  ])('is refused by %s %s', async (tool, action, args) => {
    const refusal = await refused(tool, action, args(world, 'y'.repeat(TEN_MB)));
    expect(refusal).toMatch(/^invalid_input: (".+": (too big: expected .*<=|is larger than )|unknown parameter)/);
  });

  test('is refused as an action', async () => {
    expect(await refused('plan', 'z'.repeat(TEN_MB), {})).toMatch(/^invalid_input: memory_plan has no action "zzz/);
  });
});

describe.each([
  [
    'a NUL character',
    'before\0after',
    /holds a NUL character \(U\+0000\)\. Change that and send the call again; nothing was written/,
  ],
  ['half a surrogate pair', 'before\ud83dafter', /holds half a character \(a lone surrogate\)\. Change that/],
  ['the other half', 'before\ude00after', /holds half a character/],
])('a text with %s', (_what, text, words) => {
  test.each<[string, string, string, (world: World) => Args]>([
    ['title', 'plan', 'create', () => ({ title: text, category: 'advisory' })],
    ['note', 'plan', 'add_note', ({ planId }) => ({ plan_id: planId, note: text })],
    ['steps.0.task', 'steps', 'add', ({ planId }) => ({ plan_id: planId, steps: [{ task: text }] })],
    [
      'data.deep.1',
      'context',
      'store',
      ({ planId }) => ({ parent_type: 'plan', parent_id: planId, type: 'a', data: { deep: [0, text] } }),
    ],
    ['data', 'context', 'store', ({ planId }) => ({ parent_type: 'plan', parent_id: planId, type: 'a', data: text })],
    ['query', 'query', 'search', () => ({ query: text })],
    ['path', 'workspace', 'register', () => ({ path: `/${text}` })],
    [
      'markdown',
      'plan',
      'import',
      ({ workspaceId }) => ({ workspace_id: workspaceId, category: 'feature', markdown: `# ${text}\n- [ ] x` }),
    ],
    ['request_id', 'plan', 'add_note', ({ planId }) => ({ plan_id: planId, note: 'x', request_id: text })],
  ])('is refused as %s', async (name, tool, action, args) => {
    const refusal = await refused(tool, action, args(world));
    expect(refusal).toMatch(words);
    expect(refusal).toMatch(new RegExp(`^invalid_input: "${name}" `));
  });

  test('is refused as a key, and inside of JSON text', async () => {
    const item = { parent_type: 'plan', parent_id: world.planId, type: 'a' };
    expect(await refused('context', 'store', { ...item, data: { [text]: 1 } })).toMatch(words);
    const json = `{"a": ${JSON.stringify(text)}}`;
    expect(await refused('context', 'store', { ...item, data: json })).toMatch(/^invalid_input: "data": holds /);
  });
});

describe('nesting', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

  test('of sixty levels is refused, as values and as JSON text', async () => {
    const item = { parent_type: 'plan', parent_id: world.planId, type: 'a' };
    expect(await refused('context', 'store', { ...item, data: JSON.parse(nested(60)) })).toMatch(
      /^invalid_input: "data\.a\.a\.a\.a" is nested deeper than 50 levels/,
    );
    expect(await refused('context', 'store', { ...item, data: nested(60) })).toMatch(
      /^invalid_input: "data": is nested deeper than 50 levels/,
    );
  });

  test('of a hundred thousand levels does not bring the server down', async () => {
    const raw = new RawStdio({ dataRoot: memory.dataRoot });
    await raw.initialize();
    const before = hashOfAllRows(memory.dataRoot);
    const lists = '['.repeat(100_000) + ']'.repeat(100_000);
    for (const [index, data] of [nested(100_000), lists, JSON.stringify(nested(100_000))].entries()) {
      const call = { action: 'store', parent_type: 'plan', parent_id: world.planId, type: 'a', data: 'DATA' };
      const params = JSON.stringify({ name: 'memory_context', arguments: call }).replace('"DATA"', data);
      raw.send(`{"jsonrpc":"2.0","id":${index + 1},"method":"tools/call","params":${params}}`);
      const [line] = await raw.running.says(new RegExp(`^.*"id":${index + 1}\\}$`, 'm'));
      expect(JSON.parse(line)).toMatchObject({ result: { isError: true } });
      expect(line).toContain('is nested deeper than 50 levels');
    }
    expect((await raw.ask(9, 'tools/list')).result).toHaveProperty('tools');
    expect(hashOfAllRows(memory.dataRoot)).toBe(before);
  });

  test('of 40 levels is stored', async () => {
    const item = { parent_type: 'plan', parent_id: world.planId, type: 'a' };
    await memory.ok('context', 'store', { ...item, data: nested(40) });
  });
});

describe('Markdown that is no plan', () => {
  test.each([
    ['nothing but signs', '#'.repeat(5_000)],
    ['a checkbox in a quote in a list', '> - > - > - [ ] x'],
    ['an open fence', '# T\n\n```\n- [ ] x'],
    ['an open comment', '# T\n\n<!--\n- [ ] x'],
    ['a table of checkboxes', '# T\n\n| [ ] | [x] |\n|---|---|\n| [ ] a | b |'],
    ['front matter that never ends', '---\na: [\n# T\n- [ ] x'],
    ['deep lists', Array.from({ length: 500 }, (_, i) => `${'  '.repeat(i)}- a`).join('\n')],
    ['brackets without end', `# T\n\n${'['.repeat(20_000)}`],
    ['emphasis without end', `# T\n\n${'*a_'.repeat(20_000)}`],
  ])('is refused or read: %s', async (_what, markdown) => {
    const result = await memory.call('plan', 'import', {
      workspace_id: world.workspaceId,
      category: 'feature',
      markdown,
    });
    expect(textOf(result)).toMatch(/^(invalid_input|Imported): /);
  });
});

describe('values of the wrong kind', () => {
  test.each<[string, string, (world: World) => Args, RegExp]>([
    ['a cursor of words', 'workspace', () => ({ action: 'list', cursor: 'abc' }), /"abc" is not a cursor/],
    ['a negative cursor', 'workspace', () => ({ action: 'list', cursor: '-1' }), /"-1" is not a cursor/],
    [
      'a limit of zero',
      'workspace',
      () => ({ action: 'list', limit: 0 }),
      /"limit": too small: expected number to be >=1/,
    ],
    [
      'a limit beyond the highest',
      'workspace',
      () => ({ action: 'list', limit: 201 }),
      /"limit": too big: expected number to be <=200/,
    ],
    ['half a limit', 'workspace', () => ({ action: 'list', limit: 1.5 }), /"limit": invalid input: expected int/],
    [
      'a limit as text',
      'workspace',
      () => ({ action: 'list', limit: '10' }),
      /"limit": invalid input: expected number, received string/,
    ],
    [
      'a number as a title',
      'plan',
      () => ({ action: 'create', title: 7, category: 'advisory' }),
      /"title": invalid input: expected string, received number/,
    ],
    [
      'an unknown status',
      'steps',
      ({ stepIds }) => ({ action: 'update', step_id: stepIds[0], status: 'finished' }),
      /"status": invalid option: expected one of "pending"\|"active"\|"done"\|"blocked"/,
    ],
    [
      'null for what must be',
      'plan',
      () => ({ action: 'get', plan_id: null }),
      /"plan_id": .*expected string, received null/,
    ],
    ['empty text for what must be', 'plan', () => ({ action: 'get', plan_id: '' }), /"plan_id": too small/],
    [
      'a control character in a name that is shown',
      'agent',
      ({ planId }) => ({ action: 'init', plan_id: planId, agent_type: 'A\nnext: B' }),
      /"agent_type": must be one line, without control characters/,
    ],
    [
      'a detail there is not',
      'plan',
      ({ planId }) => ({ action: 'get', plan_id: planId, detail: 'all' }),
      /"detail": invalid option: expected one of "concise"\|"full"/,
    ],
  ])('%s is refused', async (_what, tool, args, words) => {
    const { action, ...params } = args(world);
    expect(await refused(tool, String(action), params)).toMatch(words);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is no action', async (action) => {
    expect(await refused('plan', action, {})).toContain(`memory_plan has no action "${action}"`);
  });

  test('a name from the prototype is no parameter', async () => {
    const call = JSON.parse(
      `{"plan_id": "${world.planId}", "__proto__": {"detail": "full"}, "constructor": 1}`,
    ) as Args;
    expect(await refused('plan', 'get', call)).toMatch(/^invalid_input: .*(__proto__|constructor)/);
  });

  test.each(["'; DROP TABLE plans; --", '" OR 1=1 --', '%', 'plan_%'])(
    '%j is an id that does not exist',
    async (plan_id) => {
      expect(await refused('plan', 'get', { plan_id })).toMatch(/^not_found: No plan with id /);
    },
  );
});
