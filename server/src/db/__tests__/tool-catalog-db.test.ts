import { describe, expect, test } from 'vitest';
import type { CatalogAction, CatalogParam, CatalogTool } from '../../domain/tool-catalog.ts';
import { queryAll } from '../query-helpers.ts';
import { rankedSearch } from '../search-db.ts';
import { getActionParams, getToolActions, getToolHelp, getTools, seedToolCatalog } from '../tool-catalog-db.ts';
import { countRows, refusal, withTestDatabase } from './fixtures.ts';

const param = (name: string, more: Partial<CatalogParam> = {}): CatalogParam => ({
  name,
  type: 'string',
  enum_values: null,
  required: false,
  description: null,
  ...more,
});

const action = (name: string, more: Partial<CatalogAction> = {}): CatalogAction => ({
  name,
  description: `Does ${name}.`,
  effect: 'read',
  core: true,
  signature: `${name}()`,
  example: { action: name },
  params: [],
  ...more,
});

const tool = (name: string, actions: CatalogAction[]): CatalogTool => ({
  name,
  description: `The tool ${name}.`,
  annotations: { readOnlyHint: true },
  actions,
});

const CREATE = action('create', {
  effect: 'write',
  core: false,
  signature: 'create(title, category?)',
  example: { action: 'create', title: 'Login' },
  params: [
    param('title', { required: true, example: 'Login' }),
    param('category', { enum_values: ['feature', 'bugfix'], default_value: 'feature', description: 'What it is' }),
  ],
});
const CATALOG = [tool('memory_plan', [CREATE, action('list')]), tool('memory_agent', [action('list')])];

/** Every row of the catalog and its search documents. */
function stored(): unknown[] {
  return [
    ...['tools', 'tool_actions', 'tool_action_params'].map((table) =>
      queryAll(`SELECT * FROM ${table} ORDER BY 1, 2, 3`),
    ),
    queryAll("SELECT * FROM search_documents WHERE kind = 'tool' ORDER BY rid"),
  ];
}

const found = (query: string) => rankedSearch(query, { limit: 10 }).map(({ id }) => id);

describe('seedToolCatalog', () => {
  test('stores tools, actions and parameters in their order', () =>
    withTestDatabase(() => {
      seedToolCatalog(CATALOG);
      expect(getTools()).toEqual([
        {
          name: 'memory_plan',
          position: 0,
          description: 'The tool memory_plan.',
          annotations: '{"readOnlyHint":true}',
        },
        {
          name: 'memory_agent',
          position: 1,
          description: 'The tool memory_agent.',
          annotations: '{"readOnlyHint":true}',
        },
      ]);
      expect(getToolActions('memory_plan')).toMatchObject([
        {
          name: 'create',
          position: 0,
          description: 'Does create.',
          effect: 'write',
          is_core: 0,
          signature: 'create(title, category?)',
          example: '{"action":"create","title":"Login"}',
        },
        { name: 'list', position: 1, effect: 'read', is_core: 1 },
      ]);
      expect(getActionParams('memory_plan', 'create')).toMatchObject([
        { name: 'title', required: 1, enum_values: null, default_value: null, example: '"Login"' },
        {
          name: 'category',
          required: 0,
          enum_values: '["feature","bugfix"]',
          default_value: '"feature"',
          example: null,
        },
      ]);
    }));

  test('a second time changes nothing', () =>
    withTestDatabase(() => {
      seedToolCatalog(CATALOG);
      const before = stored();
      seedToolCatalog(CATALOG);
      expect(stored()).toEqual(before);
    }));

  test('a changed catalog changes the rows, prunes what is gone and ends as if it had been the first', () =>
    withTestDatabase(() => {
      seedToolCatalog(CATALOG);
      const next = [
        tool('memory_agent', [action('list', { description: 'Lists all.' }), action('init')]),
        tool('memory_plan', [{ ...CREATE, params: [param('category'), param('goals', { required: true })] }]),
      ];
      seedToolCatalog(next);
      const updated = stored().slice(0, 3);
      expect(found('memory_plan list')).not.toContain('memory_plan list');
      expect(found('"lists all"')).toEqual(['memory_agent list']);
      const fresh = withTestDatabase(() => {
        seedToolCatalog(next);
        return stored().slice(0, 3);
      });
      expect(updated).toEqual(fresh);
      seedToolCatalog([]);
      expect(stored()).toEqual([[], [], [], []]);
    }));

  test('an action is found by the words of its tool, name and description', () =>
    withTestDatabase(() => {
      seedToolCatalog(CATALOG);
      expect(found('memory_plan create')[0]).toBe('memory_plan create');
      expect(found('category does')[0]).toBe('memory_plan create');
    }));

  test('a catalog that cannot be stored leaves the one before', () =>
    withTestDatabase(() => {
      seedToolCatalog(CATALOG);
      const before = stored();
      const broken = [tool('memory_new', []), tool('memory_plan', [action('list', { effect: 'magic' as 'read' })])];
      expect(refusal(() => seedToolCatalog(broken)).code).toBe('invalid_input');
      expect(stored()).toEqual(before);
    }));

  test('leaves no history', () =>
    withTestDatabase(() => {
      seedToolCatalog(CATALOG);
      expect(countRows('row_history')).toBe(0);
    }));
});

describe('getToolHelp', () => {
  test('on a tool says its meaning and a line for each action', () =>
    withTestDatabase(() => {
      seedToolCatalog(CATALOG);
      expect(getToolHelp('memory_plan')).toMatchObject({
        tool: 'memory_plan',
        actions: [{ name: 'create' }, { name: 'list' }],
        text: 'The tool memory_plan.\ncreate(title, category?) – Does create.\nlist() – Does list.',
      });
    }));

  test('on an action says its signature, meaning, closed sets, defaults and one example', () =>
    withTestDatabase(() => {
      seedToolCatalog(CATALOG);
      expect(getToolHelp('memory_plan', 'create')).toMatchObject({
        actions: [{ name: 'create' }],
        params: [{ name: 'title' }, { name: 'category' }],
        text: [
          'memory_plan create(title, category?)',
          'Does create.',
          'category: feature | bugfix; What it is; default "feature"',
          'Example: {"action":"create","title":"Login"}',
        ].join('\n'),
      });
    }));

  test.each<[string, Partial<CatalogAction>]>([
    ['many parameters', { params: Array.from({ length: 50 }, (_, n) => param(`p${n}`, { description: 'Some text' })) }],
    ['a long description', { description: 'word '.repeat(120) }],
    ['a long signature', { signature: `create(${'parameter?, '.repeat(60)})` }],
    ['a long example', { example: { action: 'create', text: 'x'.repeat(600) } }],
  ])('on an action with %s is at most 500 characters, and whole at both ends where there is room', (_what, more) =>
    withTestDatabase(() => {
      seedToolCatalog([tool('memory_plan', [action('create', more)])]);
      const text = getToolHelp('memory_plan', 'create')?.text ?? '';
      expect(text.length).toBeLessThanOrEqual(500);
      expect(text).toMatch(/^memory_plan create\(/);
      if (more.example === undefined) expect(text).toMatch(/\nExample: \{"action":"create"\}$/);
    }),
  );

  test('is null for a tool or action that does not exist', () =>
    withTestDatabase(() => {
      seedToolCatalog(CATALOG);
      expect(getToolHelp('memory_none')).toBeNull();
      expect(getToolHelp('memory_agent', 'create')).toBeNull();
      expect(getToolActions('memory_none')).toEqual([]);
      expect(getActionParams('memory_plan', 'none')).toEqual([]);
    }));
});
