/** Rows as an importer and an exporter see them: of any table that both know, by id, by name, or all of a plan. */
import { type Param, queryAll, queryOne, run } from './query-helpers.ts';
import type { EventLogRow, UpdateLogRow, UserTable, UserTables } from './types.ts';
import { type Changes, insertRow, type NewRow, updateRow } from './write-helpers.ts';

interface ImportedTables
  extends Pick<
    UserTables,
    | 'workspaces'
    | 'workspace_paths'
    | 'programs'
    | 'program_risks'
    | 'plans'
    | 'phases'
    | 'sessions'
    | 'steps'
    | 'plan_notes'
    | 'lineage'
    | 'context_items'
    | 'research_documents'
    | 'knowledge'
    | 'build_scripts'
    | 'dependencies'
  > {
  update_log: UpdateLogRow;
  event_log: EventLogRow;
}

export type ImportedTable = keyof ImportedTables;

/** Columns with their values, whatever the table. */
export type RowValues = Record<string, Param | undefined>;

/** A row with where it lies: in the live table or in its archive. */
export interface PlacedRow {
  row: Record<string, Param>;
  archived: boolean;
}

const ARCHIVED: ReadonlySet<ImportedTable> = new Set([
  'plans',
  'phases',
  'sessions',
  'steps',
  'plan_notes',
  'lineage',
  'context_items',
  'research_documents',
  'build_scripts',
  'dependencies',
]);

/** By which columns a row is found beside its id: no two rows may have the same. */
const NAMES: Partial<Record<ImportedTable, readonly string[]>> = {
  phases: ['plan_id', 'name'],
  context_items: ['parent_type', 'parent_id', 'type', 'key'],
  research_documents: ['workspace_id', 'plan_id', 'filename'],
  knowledge: ['workspace_id', 'slug'],
  dependencies: ['source_type', 'source_id', 'target_type', 'target_id'],
};

/** The row with this id, live or archived. */
export function findPlaced(table: ImportedTable, id: string): PlacedRow | null {
  const rowIn = (place: string) => queryOne<Record<string, Param>>(`SELECT * FROM ${place} WHERE id = ?`, [id]);
  const live = rowIn(table);
  if (live !== undefined) return { row: live, archived: false };
  const row = ARCHIVED.has(table) ? rowIn(`${table}_archive`) : undefined;
  return row === undefined ? null : { row, archived: true };
}

/** Whether a row, live or archived, has this id. */
export function isTaken(table: ImportedTable, id: string): boolean {
  const archive = ARCHIVED.has(table) ? ` UNION ALL SELECT 1 FROM ${table}_archive WHERE id = ?` : '';
  return queryOne(`SELECT 1 FROM ${table} WHERE id = ?${archive}`, archive === '' ? [id] : [id, id]) !== undefined;
}

/** The id of the row, live or archived, that has the name which these values would give to another one. */
export function findNamesake(table: ImportedTable, values: RowValues): string | null {
  const columns = NAMES[table];
  if (columns === undefined) return null;
  const given = columns.filter((column) => values[column] !== undefined && values[column] !== null);
  const where = columns.map((column) => (given.includes(column) ? `${column} = ?` : `${column} IS NULL`)).join(' AND ');
  const params = given.map((column) => values[column] ?? null);
  const archive = ARCHIVED.has(table) ? ` UNION ALL SELECT id FROM ${table}_archive WHERE ${where}` : '';
  const found = queryOne<{ id: string }>(
    `SELECT id FROM ${table} WHERE ${where}${archive}`,
    archive === '' ? params : [...params, ...params],
  );
  return found?.id ?? null;
}

/** Adds a row. The logs have no history and no search document, all others do. */
export function addImportedRow(table: ImportedTable, values: RowValues): void {
  if (table !== 'update_log' && table !== 'event_log') {
    insertRow(table, values as NewRow<typeof table>);
    return;
  }
  const columns = Object.keys(values).filter((column) => values[column] !== undefined);
  run(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    columns.map((column) => values[column] ?? null),
  );
}

/** Changes columns of a row where it lies. A log entry never changes. */
export function changeImportedRow(
  table: Exclude<ImportedTable, 'update_log' | 'event_log'>,
  id: string,
  archived: boolean,
  values: RowValues,
): void {
  const place = (archived ? `${table}_archive` : table) as UserTable;
  updateRow(place, id, Object.keys(values) as never[], values as Changes<typeof place>);
}

/** The rows of a plan, live or archived, in the order they were made. */
export function rowsOfPlan<T extends ImportedTable>(table: T, planId: string, archived: boolean): ImportedTables[T][] {
  const place = archived ? `${table}_archive` : table;
  return queryAll<ImportedTables[T]>(`SELECT * FROM ${place} WHERE plan_id = ? ORDER BY seq`, [planId]);
}

/** The live or the archived rows of a workspace, in the order they were made. */
export function rowsOfWorkspace<T extends ImportedTable>(
  table: T,
  workspaceId: string,
  archived = false,
): ImportedTables[T][] {
  const place = archived ? `${table}_archive` : table;
  return queryAll<ImportedTables[T]>(`SELECT * FROM ${place} WHERE workspace_id = ? ORDER BY seq`, [workspaceId]);
}

/** All events, in the order they came in. */
export function allEvents(): EventLogRow[] {
  return queryAll<EventLogRow>('SELECT * FROM event_log ORDER BY seq');
}

/** The edges that start at any of a plan's own nodes, live or archived, in the order they were said. */
export function edgesFrom(planId: string): UserTables['dependencies'][] {
  const nodes = ['phases', 'phases_archive', 'steps', 'steps_archive']
    .map((table) => `SELECT id FROM ${table} WHERE plan_id = ?`)
    .join(' UNION ALL ');
  const of = (table: string) => `SELECT * FROM ${table} WHERE source_id IN (SELECT ? UNION ALL ${nodes})`;
  const ids = [planId, planId, planId, planId, planId];
  return queryAll(`${of('dependencies')} UNION ALL ${of('dependencies_archive')} ORDER BY seq`, [...ids, ...ids]);
}
