/** Any row by its id, and rows of any kind: for tools that do not know beforehand what they will find. */
import { MemoryError } from '../domain/errors.ts';
import { ID_PREFIXES } from '../domain/ids.ts';
import { type Param, queryAll, queryOne } from './query-helpers.ts';
import type { UserTable } from './types.ts';

interface Kind {
  /** How its ids begin, unless a row came with an id of its own. */
  prefix: string;
  table: UserTable;
  archive?: UserTable;
  /** The column that names what the row hangs on, if it has one. */
  parent?: string;
  /** The column that says which state it is in. */
  status?: string;
  /** In one of these, directly. */
  scopes: readonly ('workspace_id' | 'plan_id')[];
}

export const ENTITY_KINDS = [
  'workspace',
  'program',
  'risk',
  'plan',
  'phase',
  'step',
  'note',
  'session',
  'lineage',
  'context',
  'context_version',
  'research',
  'knowledge',
  'build_script',
  'dependency',
  'agent',
  'instruction',
  'skill',
] as const;

export type EntityKind = (typeof ENTITY_KINDS)[number];

export const KINDS: Record<EntityKind, Kind> = {
  workspace: { prefix: ID_PREFIXES.workspace, table: 'workspaces', parent: 'parent_workspace_id', scopes: [] },
  program: {
    prefix: ID_PREFIXES.program,
    table: 'programs',
    parent: 'workspace_id',
    status: 'status',
    scopes: ['workspace_id'],
  },
  risk: { prefix: ID_PREFIXES.risk, table: 'program_risks', parent: 'program_id', status: 'risk_status', scopes: [] },
  plan: {
    prefix: ID_PREFIXES.plan,
    table: 'plans',
    archive: 'plans_archive',
    parent: 'program_id',
    status: 'status',
    scopes: ['workspace_id'],
  },
  phase: {
    prefix: ID_PREFIXES.phase,
    table: 'phases',
    archive: 'phases_archive',
    parent: 'plan_id',
    scopes: ['plan_id'],
  },
  step: {
    prefix: ID_PREFIXES.step,
    table: 'steps',
    archive: 'steps_archive',
    parent: 'phase_id',
    status: 'status',
    scopes: ['plan_id'],
  },
  note: {
    prefix: ID_PREFIXES.note,
    table: 'plan_notes',
    archive: 'plan_notes_archive',
    parent: 'plan_id',
    status: 'note_type',
    scopes: ['plan_id'],
  },
  session: {
    prefix: ID_PREFIXES.session,
    table: 'sessions',
    archive: 'sessions_archive',
    parent: 'plan_id',
    scopes: ['plan_id'],
  },
  lineage: {
    prefix: ID_PREFIXES.lineage,
    table: 'lineage',
    archive: 'lineage_archive',
    parent: 'plan_id',
    scopes: ['plan_id'],
  },
  context: {
    prefix: ID_PREFIXES.context,
    table: 'context_items',
    archive: 'context_items_archive',
    parent: 'parent_id',
    scopes: ['workspace_id', 'plan_id'],
  },
  context_version: {
    prefix: ID_PREFIXES.contextVersion,
    table: 'context_versions',
    archive: 'context_versions_archive',
    parent: 'context_id',
    scopes: ['plan_id'],
  },
  research: {
    prefix: ID_PREFIXES.research,
    table: 'research_documents',
    archive: 'research_documents_archive',
    parent: 'plan_id',
    scopes: ['workspace_id', 'plan_id'],
  },
  knowledge: { prefix: ID_PREFIXES.knowledge, table: 'knowledge', parent: 'workspace_id', scopes: ['workspace_id'] },
  build_script: {
    prefix: ID_PREFIXES.buildScript,
    table: 'build_scripts',
    archive: 'build_scripts_archive',
    parent: 'plan_id',
    scopes: ['workspace_id', 'plan_id'],
  },
  dependency: {
    prefix: ID_PREFIXES.dependency,
    table: 'dependencies',
    archive: 'dependencies_archive',
    parent: 'source_id',
    status: 'status',
    scopes: [],
  },
  agent: { prefix: ID_PREFIXES.agent, table: 'agent_definitions', scopes: [] },
  instruction: { prefix: ID_PREFIXES.instruction, table: 'instruction_files', scopes: [] },
  skill: { prefix: ID_PREFIXES.skill, table: 'skill_definitions', scopes: [] },
};

export interface Entity {
  kind: EntityKind;
  archived: boolean;
  row: Record<string, string | number | null>;
}

/** The row with this id, whatever it is, live or archived. What the id begins with tells where to look first. */
export function findEntity(id: string): Entity | null {
  const likely = ENTITY_KINDS.filter((kind) => id.startsWith(`${KINDS[kind].prefix}_`));
  for (const kind of new Set([...likely, ...ENTITY_KINDS])) {
    const { table, archive } = KINDS[kind];
    for (const place of archive === undefined ? [table] : [table, archive]) {
      const row = queryOne<Entity['row']>(`SELECT * FROM ${place} WHERE id = ?`, [id]);
      if (row !== undefined) return { kind, archived: place !== table, row };
    }
  }
  return null;
}

export interface EntityFilter {
  workspace_id?: string | undefined;
  plan_id?: string | undefined;
  parent_id?: string | undefined;
  status?: string | undefined;
  limit: number;
  /** The first `seq` that is answered. */
  from: number;
}

/** Live rows of one kind in the order they were made. @throws invalid_input for a filter that the kind does not have */
export function listEntities(kind: EntityKind, filter: EntityFilter): Entity['row'][] {
  const { table, parent, status, scopes } = KINDS[kind];
  const conditions: string[] = [];
  const params: Param[] = [];
  const where = (name: string, column: string | undefined, value: string | undefined) => {
    if (value === undefined) return;
    if (column === undefined)
      throw new MemoryError('invalid_input', `A list of kind "${kind}" cannot be filtered by ${name}.`);
    conditions.push(`${column} = ?`);
    params.push(value);
  };
  const inPlan = scopes.includes('plan_id');
  const inWorkspace = scopes.includes('workspace_id');
  if (filter.workspace_id !== undefined && inPlan && !inWorkspace) {
    conditions.push('plan_id IN (SELECT id FROM plans WHERE workspace_id = ?)');
    params.push(filter.workspace_id);
  } else where('workspace', inWorkspace ? 'workspace_id' : undefined, filter.workspace_id);
  where('plan_id', inPlan ? 'plan_id' : undefined, filter.plan_id);
  where('parent_id', parent, filter.parent_id);
  where('status', status, filter.status);
  const clause = ['seq >= ?', ...conditions].join(' AND ');
  return queryAll(`SELECT * FROM ${table} WHERE ${clause} ORDER BY seq LIMIT (? + 0)`, [
    filter.from,
    ...params,
    filter.limit,
  ]);
}

/** The rows of one kind with these ids, live or archived, in no order. */
export function getEntities(kind: EntityKind, ids: readonly string[]): Entity['row'][] {
  if (ids.length === 0) return [];
  const { table, archive } = KINDS[kind];
  const places = archive === undefined ? [table] : [table, archive];
  const among = ids.map(() => '?').join(', ');
  return queryAll(
    places.map((place) => `SELECT * FROM ${place} WHERE id IN (${among})`).join(' UNION ALL '),
    places.flatMap(() => ids),
  );
}

/** The latest live rows of a kind, newest first. */
export function recentEntities(kind: EntityKind, limit: number): Entity['row'][] {
  return queryAll(`SELECT * FROM ${KINDS[kind].table} ORDER BY seq DESC LIMIT (? + 0)`, [limit]);
}
