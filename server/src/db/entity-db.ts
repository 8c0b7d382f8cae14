/** Any row by its id, and rows of any kind: for tools that do not know beforehand what they will find. */
import { MemoryError } from '../domain/errors.ts';
import { deleteContext } from './context-db.ts';
import { forgetOperation } from './history-db.ts';
import { requestScrub } from './maintenance-db.ts';
import { deletePhase } from './phase-db.ts';
import { deletePlan } from './plan-db.ts';
import { deleteProgram } from './program-db.ts';
import { type Param, queryAll, queryOne, transaction } from './query-helpers.ts';
import { deleteSession } from './session-db.ts';
import { deleteStep } from './step-db.ts';
import type { UserTable } from './types.ts';
import { deleteWorkspace } from './workspace-db.ts';
import { deleteRow } from './write-helpers.ts';

interface Kind {
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

const KINDS: Record<EntityKind, Kind> = {
  workspace: { table: 'workspaces', parent: 'parent_workspace_id', scopes: [] },
  program: { table: 'programs', parent: 'workspace_id', status: 'status', scopes: ['workspace_id'] },
  risk: { table: 'program_risks', parent: 'program_id', status: 'risk_status', scopes: [] },
  plan: {
    table: 'plans',
    archive: 'plans_archive',
    parent: 'program_id',
    status: 'status',
    scopes: ['workspace_id'],
  },
  phase: { table: 'phases', archive: 'phases_archive', parent: 'plan_id', scopes: ['plan_id'] },
  step: {
    table: 'steps',
    archive: 'steps_archive',
    parent: 'phase_id',
    status: 'status',
    scopes: ['plan_id'],
  },
  note: {
    table: 'plan_notes',
    archive: 'plan_notes_archive',
    parent: 'plan_id',
    status: 'note_type',
    scopes: ['plan_id'],
  },
  session: { table: 'sessions', archive: 'sessions_archive', parent: 'plan_id', scopes: ['plan_id'] },
  lineage: { table: 'lineage', archive: 'lineage_archive', parent: 'plan_id', scopes: ['plan_id'] },
  context: {
    table: 'context_items',
    archive: 'context_items_archive',
    parent: 'parent_id',
    scopes: ['workspace_id', 'plan_id'],
  },
  context_version: {
    table: 'context_versions',
    archive: 'context_versions_archive',
    parent: 'context_id',
    scopes: ['plan_id'],
  },
  research: {
    table: 'research_documents',
    archive: 'research_documents_archive',
    parent: 'plan_id',
    scopes: ['workspace_id', 'plan_id'],
  },
  knowledge: { table: 'knowledge', parent: 'workspace_id', scopes: ['workspace_id'] },
  build_script: {
    table: 'build_scripts',
    archive: 'build_scripts_archive',
    parent: 'plan_id',
    scopes: ['workspace_id', 'plan_id'],
  },
  dependency: {
    table: 'dependencies',
    archive: 'dependencies_archive',
    parent: 'source_id',
    status: 'status',
    scopes: [],
  },
  agent: { table: 'agent_definitions', scopes: [] },
  instruction: { table: 'instruction_files', scopes: [] },
  skill: { table: 'skill_definitions', scopes: [] },
};

export interface Entity {
  kind: EntityKind;
  archived: boolean;
  row: Record<string, string | number | null>;
}

/** The row with this id, whatever it is, live or archived. */
export function findEntity(id: string): Entity | null {
  for (const kind of ENTITY_KINDS) {
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
  offset: number;
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
  if (filter.workspace_id !== undefined && !scopes.includes('workspace_id') && scopes.includes('plan_id')) {
    conditions.push('plan_id IN (SELECT id FROM plans WHERE workspace_id = ?)');
    params.push(filter.workspace_id);
  } else
    where(
      'workspace',
      scopes.find((scope) => scope === 'workspace_id'),
      filter.workspace_id,
    );
  where(
    'plan_id',
    scopes.find((scope) => scope === 'plan_id'),
    filter.plan_id,
  );
  where('parent_id', parent, filter.parent_id);
  where('status', status, filter.status);
  const clause = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return queryAll(`SELECT * FROM ${table} ${clause} ORDER BY seq LIMIT ? OFFSET ?`, [
    ...params,
    filter.limit,
    filter.offset,
  ]);
}

/** The latest live rows of a kind, newest first. */
export function recentEntities(kind: EntityKind, limit: number): Entity['row'][] {
  return queryAll(`SELECT * FROM ${KINDS[kind].table} ORDER BY seq DESC LIMIT ?`, [limit]);
}

/** How a kind is deleted that has something hanging on it. */
const DELETES: Partial<Record<EntityKind, (id: string) => boolean>> = {
  workspace: deleteWorkspace,
  program: deleteProgram,
  plan: deletePlan,
  phase: deletePhase,
  step: deleteStep,
  session: deleteSession,
  context: deleteContext,
};

/** Deletes a row of any kind with all that belongs to it. Answers whether there was one. @throws conflict when archived */
function deleteEntity({ kind, archived, row }: Entity): boolean {
  const id = String(row['id']);
  if (archived && kind !== 'plan') {
    throw new MemoryError('conflict', `${id} belongs to an archived plan.`, {
      hint: 'Restore the plan first: memory_plan restore.',
    });
  }
  const deleteOne = DELETES[kind];
  return deleteOne === undefined ? deleteRow(KINDS[kind].table, id) : deleteOne(id);
}

/**
 * Removes a row for good: with all that belongs to it, its former versions, its place in the index, its history, and the
 * stored answers of the calls that wrote it. Answers how many rows went. What is purged cannot be undone. What it has left in
 * free places of the file is overwritten by `scrub`, which is asked for here, since that needs the file outside a transaction.
 */
export function purgeEntity(entity: Entity): number {
  return transaction(() => {
    if (!deleteEntity(entity)) throw new MemoryError('conflict', `${entity.row['id']} is gone already.`);
    const rows = forgetOperation();
    requestScrub();
    return rows;
  });
}
