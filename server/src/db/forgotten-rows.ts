/** Forgetting rows that are gone: all that was ever recorded, logged or answered of them. For purge alone. */
import { fromJson, type JsonObject } from '../domain/stored-values.ts';
import { columnsOf } from './connection.ts';
import { forgetRow, getOperationHistory, getRowHistory, rewriteHistory } from './history-db.ts';
import { forEachRow, queryAll } from './query-helpers.ts';
import { forgetReplies } from './request-id-db.ts';
import type { HistoryRow, PlanRow, UserTable } from './types.ts';
import { liveTable } from './undo-rows.ts';
import { userTables } from './user-tables.ts';
import { touchRow } from './write-helpers.ts';

/** The last that is recorded of a row that is gone. */
type Deletion = Pick<HistoryRow, 'row_id' | 'operation_id' | 'table_name'> & { before: string };

/** The deletion of a row is the last that happened to it. */
const DELETIONS = `SELECT row_id, operation_id, table_name, before FROM row_history h
  WHERE after IS NULL AND NOT EXISTS (SELECT 1 FROM row_history l WHERE l.row_id = h.row_id AND l.seq > h.seq)`;

/** How a row that is gone was deleted; null when it is there, or was never recorded. */
export function findDeletion(id: string): Deletion | null {
  return queryAll<Deletion>(`${DELETIONS} AND row_id = ?`, [id])[0] ?? null;
}

/** The rows that are gone and that the running operation has deleted. */
export function deletedBy(operationId: string): string[] {
  return queryAll<Deletion>(`${DELETIONS} AND operation_id = ?`, [operationId]).map(({ row_id }) => row_id);
}

/** Columns that name what a row belongs to: with that it is forgotten. */
const OWNERS = ['workspace_id', 'plan_id', 'phase_id', 'parent_id', 'context_id', 'source_id', 'target_id'];

/** These rows, and all that are gone and belonged to them or were made into them, as they were deleted. */
export function withAllOfThem(ids: readonly string[]): Map<string, Deletion> {
  const deletions = new Map<string, Deletion>();
  const owned = new Map<string, string[]>();
  forEachRow<Deletion>(DELETIONS, [], (deletion) => {
    deletions.set(deletion.row_id, deletion);
    const row = fromJson<JsonObject>(deletion.before) ?? {};
    for (const column of OWNERS) {
      const owner = row[column];
      if (typeof owner === 'string') owned.set(owner, [...(owned.get(owner) ?? []), deletion.row_id]);
    }
  });
  const gone = new Map<string, Deletion>();
  const queue = [...ids];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const deletion = deletions.get(id);
    if (deletion === undefined || gone.has(id)) continue;
    gone.set(id, deletion);
    queue.push(...(owned.get(id) ?? []), ...madeInto(id));
  }
  return gone;
}

/** The steps that were consolidated into this one. */
function madeInto(stepId: string): string[] {
  const made = consolidations(stepId).filter(({ before }) => before === null);
  return made.flatMap(({ operation_id }) => stepsOf(operation_id, ({ after }) => after === null));
}

/** The steps into which this one was consolidated. */
function madeOf(stepId: string): string[] {
  const gone = consolidations(stepId).filter(({ after }) => after === null);
  return gone.flatMap(({ operation_id }) => stepsOf(operation_id, ({ before }) => before === null));
}

function consolidations(stepId: string): HistoryRow[] {
  return getRowHistory(stepId).filter(({ action }) => action === 'consolidate');
}

function stepsOf(operationId: string, which: (change: HistoryRow) => boolean): string[] {
  const steps = getOperationHistory(operationId).filter(({ table_name }) => table_name === 'steps');
  return steps.filter(which).map(({ row_id }) => row_id);
}

/** Columns in which people and agents write. */
const TEXTS = [
  ...['task', 'notes', 'title', 'description', 'note', 'data', 'content', 'command', 'blocked_reason', 'evidence'],
  ...['reason', 'summary', 'context', 'goals', 'success_criteria', 'name', 'mitigation'],
];
/** Shorter texts are the same by chance. */
const TELLING = 8;

/** Rows that have a text of one of these, as a clone has it, or that these were consolidated into. */
export function findAlike(gone: ReadonlyMap<string, Deletion>): string[] {
  const said = new Set<string>();
  const alike = new Set([...gone.keys()].flatMap(madeOf));
  for (const change of [...gone.keys()].flatMap(getRowHistory)) {
    for (const values of [change.before, change.after]) for (const text of textsOf(fromJson(values))) said.add(text);
  }
  for (const table of said.size === 0 ? [] : userTables()) {
    const columns = columnsOf(table).filter((column) => TEXTS.includes(column));
    if (columns.length === 0) continue;
    forEachRow<JsonObject & { id: string }>(`SELECT id, ${columns.join(', ')} FROM ${table}`, [], (row) => {
      if (textsOf(row).some((text) => said.has(text))) alike.add(row.id);
    });
  }
  return [...alike].filter((id) => !gone.has(id) && findDeletion(id) === null);
}

function textsOf(row: JsonObject | null | undefined): string[] {
  return TEXTS.map((column) => row?.[column]).filter(
    (value): value is string => typeof value === 'string' && value.length >= TELLING,
  );
}

/** Forgets these rows: what is recorded and logged of them, and all stored answers, since any may have shown them. */
export function forgetRows(gone: ReadonlyMap<string, Deletion>): void {
  forgetReplies();
  const plans = new Set<string>();
  for (const [id, { before, table_name }] of gone) {
    forgetRow(id);
    const planId = fromJson<JsonObject>(before)?.['plan_id'];
    const isPlace = ['steps', 'phases'].includes(liveTable(table_name as UserTable));
    if (isPlace && typeof planId === 'string') plans.add(planId);
  }
  for (const planId of plans) forgetPlaceOfPause(planId);
}

/** Earlier versions wrote down the words of the phase and the step at which a plan was paused, not only their ids. */
function forgetPlaceOfPause(planId: string): void {
  for (const table of ['plans', 'plans_archive'] as const) {
    const [plan] = queryAll<Pick<PlanRow, 'paused_at_snapshot'>>(
      `SELECT paused_at_snapshot FROM ${table} WHERE id = ?`,
      [planId],
    );
    const snapshot = plan?.paused_at_snapshot ?? null;
    if (snapshot !== null) touchRow(table, planId, { paused_at_snapshot: withoutPlace(snapshot) });
  }
  rewriteHistory(planId, 'paused_at_snapshot', withoutPlace);
}

function withoutPlace(snapshot: string): string {
  const { phase: _, step_task: __, ...rest } = fromJson<JsonObject>(snapshot) ?? {};
  return JSON.stringify(rest);
}
