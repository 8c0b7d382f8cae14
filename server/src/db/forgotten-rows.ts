/** Forgetting rows that are gone: all that was ever recorded, logged or answered of them. For purge alone. */
import { fromJson, type JsonObject } from '../domain/stored-values.ts';
import { forgetHistory, rewriteHistory } from './history-db.ts';
import { forEachRow, queryAll } from './query-helpers.ts';
import { forgetReplies } from './request-id-db.ts';
import { madeInto } from './step-origins.ts';
import type { HistoryRow, PlanRow, UserTable } from './types.ts';
import { liveTable } from './undo-rows.ts';
import { touchRow } from './write-helpers.ts';

/** The last that is recorded of a row that is gone. */
type Deletion = Pick<HistoryRow, 'row_id' | 'table_name'> & { before: string };

/** The deletion of a row is the last that happened to it. */
const DELETIONS = `SELECT row_id, table_name, before FROM row_history h
  WHERE after IS NULL AND NOT EXISTS (SELECT 1 FROM row_history l WHERE l.row_id = h.row_id AND l.seq > h.seq)`;

/** How a row that is gone was deleted; null when it is there, or was never recorded. */
export function findDeletion(id: string): Deletion | null {
  return queryAll<Deletion>(`${DELETIONS} AND row_id = ?`, [id])[0] ?? null;
}

/** The rows that are gone and that this operation has deleted. */
export function deletedBy(operationId: string): string[] {
  return queryAll<Deletion>(`${DELETIONS} AND operation_id = ?`, [operationId]).map(({ row_id }) => row_id);
}

/** Calls `fn` with the deletion of each row that is gone and of which the history still knows. */
export function forEachDeletion(fn: (deletion: Deletion) => void): void {
  forEachRow<Deletion>(DELETIONS, [], fn);
}

/** Where a row lay that is gone, and in which plan. */
export interface Gone {
  table: UserTable;
  planId: string | null;
}

/** These rows, and all that are gone and belonged to them or were made into them. */
export function withAllOfThem(ids: readonly string[]): Map<string, Gone> {
  const deleted = new Map<string, Gone>();
  const owned = new Map<string, string[]>();
  forEachDeletion(({ row_id, table_name, before }) => {
    const table = liveTable(table_name as UserTable);
    const row = fromJson<JsonObject>(before) ?? {};
    const planId = row['plan_id'];
    deleted.set(row_id, { table, planId: typeof planId === 'string' ? planId : null });
    for (const owner of ownersOf(table, row)) {
      const siblings = owned.get(owner);
      if (siblings === undefined) owned.set(owner, [row_id]);
      else siblings.push(row_id);
    }
  });
  const gone = new Map<string, Gone>();
  const queue = [...ids];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const place = deleted.get(id);
    if (place === undefined || gone.has(id)) continue;
    gone.set(id, place);
    queue.push(...(owned.get(id) ?? []), ...madeInto(id));
  }
  return gone;
}

/** Columns that name what a row belongs to. */
const OWNERS = ['workspace_id', 'plan_id', 'phase_id', 'parent_id', 'context_id', 'source_id', 'target_id'];

/** With what a row is forgotten. A plan is not when its program goes; what is of the program alone is. */
function ownersOf(table: UserTable, row: JsonObject): string[] {
  const columns = table.startsWith('program_') ? [...OWNERS, 'program_id'] : OWNERS;
  return [...columns.map((column) => row[column]), handoffOf(table, row)].filter((id) => typeof id === 'string');
}

/** The handoff that left this packet in the context of a plan. */
function handoffOf(table: UserTable, { type, data }: JsonObject): unknown {
  if (table !== 'context_items' || !String(type).startsWith('handoff')) return null;
  return fromJson<JsonObject>(String(data))?.['handoff_id'];
}

/** Forgets these rows: what is recorded and logged of them, and all stored answers, since any may have shown them. */
export function forgetRows(gone: ReadonlyMap<string, Gone>): void {
  forgetReplies();
  forgetHistory([...gone.keys()]);
  const plans = new Set<string>();
  for (const { table, planId } of gone.values()) {
    if (planId !== null && (table === 'steps' || table === 'phases')) plans.add(planId);
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
