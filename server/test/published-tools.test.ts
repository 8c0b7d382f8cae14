/** What `tools/list` says: the contract that clients read before the first call, and what it may cost them. */
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from './support/folders.ts';
import { connect, type Memory, sharedMemory } from './support/memory.ts';
import { runBin } from './support/processes.ts';
import { RawStdio } from './support/raw-stdio.ts';

const memory = sharedMemory();
let tools: Awaited<ReturnType<Memory['tools']>> = [];

beforeAll(async () => {
  tools = await memory.tools();
});

const READS = { readOnlyHint: true, idempotentHint: true, destructiveHint: false, openWorldHint: false };
const WRITES = { readOnlyHint: false, idempotentHint: false, destructiveHint: false, openWorldHint: false };
const DESTROYS = { readOnlyHint: false, idempotentHint: false, destructiveHint: true, openWorldHint: false };

test.each([
  ['memory_query', READS],
  ['memory_workspace', WRITES],
  ['memory_plan', WRITES],
  ['memory_steps', WRITES],
  ['memory_agent', WRITES],
  ['memory_context', WRITES],
  ['memory_library', WRITES],
  ['memory_admin', DESTROYS],
])('%s says what it can do to the world', (name, annotations) => {
  expect(tools.find((tool) => tool.name === name)?.annotations).toEqual(annotations);
});

const KEYWORDS = ['type', 'description', 'enum', 'items', 'properties', 'required', 'minimum', 'maximum'];

test('schemas use the few words that every client understands, at every level', () => {
  for (const { name, inputSchema } of tools) {
    for (const [path, schema] of schemasIn(inputSchema, name)) {
      expect(KEYWORDS, path).toEqual(expect.arrayContaining(Object.keys(schema)));
      expect(['object', 'array', 'string', 'integer', 'number', 'boolean'], path).toContain(schema['type']);
      if (schema['type'] === 'object') expect(schema['properties'], path).toBeTypeOf('object');
      if (schema['type'] === 'array') expect(schema['items'], path).toBeTypeOf('object');
    }
  }
});

test('a schema is one flat object in which only the action is required', () => {
  for (const { inputSchema } of tools) {
    expect(Object.keys(inputSchema).sort()).toEqual(['properties', 'required', 'type']);
    expect(inputSchema).toMatchObject({ type: 'object', required: ['action'] });
    const { action } = inputSchema.properties as { action: { type: string; enum: string[] } };
    expect(action.type).toBe('string');
    expect(new Set(action.enum).size).toBe(action.enum.length);
  }
});

test('a tool publishes no output schema and no title beside its name', () => {
  for (const tool of tools) {
    expect(Object.keys(tool).sort()).toEqual(['annotations', 'description', 'inputSchema', 'name']);
  }
});

test('a description is at most 1,900 characters long and has one signature for every action', () => {
  for (const { name, description = '', inputSchema } of tools) {
    expect(description.length, name).toBeLessThanOrEqual(1_900);
    const { action } = inputSchema.properties as { action: { enum: string[] } };
    const signatures = description.split('\n').flatMap((line) => /^(\w+)\(.*\)$/.exec(line)?.[1] ?? []);
    expect(signatures).toEqual(action.enum);
  }
});

test('a signature names only parameters that the schema has', () => {
  for (const { name, description = '', inputSchema } of tools) {
    const known = [...Object.keys(inputSchema.properties ?? {}), 'W'];
    for (const [, params = ''] of description.matchAll(/^\w+\((.*)\)$/gm)) {
      const named = params
        .split(', ')
        .filter(Boolean)
        .map((param) => param.replace('?', ''));
      expect(known, name).toEqual(expect.arrayContaining(named));
    }
  }
});

test.each([
  ['all tools', [], 20_000],
  ['--tools core', ['--tools', 'core'], 10_000],
  ['--read-only', ['--read-only'], 10_000],
])('the whole answer to tools/list for %s has at most its budget of characters', async (_what, flags, budget) => {
  const raw = new RawStdio({ dataRoot: temporaryFolder() }, flags);
  await raw.initialize();
  const { result } = await raw.ask(1, 'tools/list');
  expect(JSON.stringify(result).length).toBeLessThanOrEqual(budget);
});

test('a default is told in words: by the schema, by the help of the action and by that of its command', async () => {
  const { properties = {} } = tools.find(({ name }) => name === 'memory_plan')?.inputSchema ?? {};
  expect(properties['reset_steps']).toEqual({ type: 'boolean', description: 'default true' });
  const help = await memory.ok('query', 'help', { tool: 'memory_plan', name: 'clone' });
  expect(help).toContain('clone(plan_id, title?, reset_steps?, ');
  expect(help).toContain('\nreset_steps: default true\n');
  const { stdout } = await runBin(['plan', 'clone', '--help'], { dataRoot: memory.dataRoot });
  expect(stdout).toMatch(/^ +--reset-steps \[yes\|no\] +default true$/m);
});

/** The actions that the contract marks for small contexts. */
const CORE: Record<string, string[]> = {
  workspace: ['register', 'list', 'info', 'get_program', 'list_programs'],
  plan: [
    'create',
    'get',
    'list',
    'update',
    'add_note',
    'list_notes',
    'confirm',
    'archive',
    'restore',
    'import',
    'export',
  ].concat(['add_dependency', 'remove_dependency', 'list_dependencies']),
  steps: ['add', 'list', 'get', 'update', 'next', 'claim', 'release', 'block', 'unblock'],
  agent: ['init', 'complete', 'handoff'],
  context: ['store', 'get', 'search', 'append_research', 'get_research', 'store_knowledge', 'get_knowledge'],
  library: ['get_agent', 'get_instruction', 'match_instructions', 'get_skill', 'match_skills', 'list_build_scripts'],
  query: ['get', 'search', 'ready', 'briefing', 'help'],
};

describe('--tools core', () => {
  test('publishes the small set, and refuses what is not in it', async () => {
    const small = await connect({ dataRoot: temporaryFolder(), flags: ['--tools', 'core'] });
    const published = actionsOf(await small.tools());
    for (const [tool, actions] of Object.entries(published))
      expect(CORE[tool]).toEqual(expect.arrayContaining(actions));
    expect(published['steps']).toEqual(
      expect.arrayContaining(['add', 'list', 'get', 'update', 'next', 'claim', 'release']),
    );
    expect(published).not.toHaveProperty('admin');
    expect(await small.refused('steps', 'batch_update', {})).toMatch(
      /^invalid_input: memory_steps batch_update is not offered by this server\. It was started with --tools core/,
    );
    await expect(small.call('admin', 'seed', { confirm: true })).rejects.toThrow(/memory_admin/);
  });
});

describe('--read-only', () => {
  test('publishes reads alone, marks every tool as such, and refuses writes', async () => {
    const dataRoot = temporaryFolder();
    await (await connect({ dataRoot })).ok('workspace', 'register', { path: '/projects/shop' });
    const reader = await connect({ dataRoot, flags: ['--read-only'] });
    const published = await reader.tools();
    for (const { annotations } of published) expect(annotations).toEqual(READS);
    const actions = actionsOf(published);
    const told = reader.client.getInstructions() ?? '';
    expect(told.length).toBeLessThanOrEqual(1_800);
    for (const [, tool = '', action = ''] of told.matchAll(/memory_(\w+) (\w+)/g))
      expect(actions[tool]).toContain(action);
    expect(actions['plan']).toEqual(expect.arrayContaining(['get', 'list', 'find', 'export', 'list_dependencies']));
    expect(actions).not.toHaveProperty('admin');
    for (const write of ['create', 'update', 'add_note', 'archive', 'restore', 'import', 'add_dependency']) {
      expect(actions['plan']).not.toContain(write);
    }
    expect(await reader.refused('plan', 'create', { title: 'x', category: 'advisory' })).toMatch(
      /memory_plan create is not offered by this server\. It was started with --tools core or --read-only/,
    );
    expect(await reader.ok('workspace', 'list')).toContain('/projects/shop');
  });
});

function actionsOf(published: typeof tools): Record<string, string[]> {
  return Object.fromEntries(
    published.map(({ name, inputSchema }) => [
      name.replace('memory_', ''),
      (inputSchema.properties as { action: { enum: string[] } }).action.enum,
    ]),
  );
}

type Schema = Record<string, unknown>;

/** A schema and all schemas inside it, each with where it is. */
function schemasIn(schema: Schema, path: string): [string, Schema][] {
  const inside = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const items = schema['items'] as Schema | undefined;
  return [
    [path, schema],
    ...inside.flatMap(([name, inner]) => schemasIn(inner, `${path}.${name}`)),
    ...(items === undefined ? [] : schemasIn(items, `${path}[]`)),
  ];
}
