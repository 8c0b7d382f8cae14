/**
 * What an undo would do: the recorded changes are taken back one by one, newest first, in memory. Whatever somebody else has
 * changed since, and a change to be taken back has left another value in, is a conflict.
 */

import { type Appended, isAppended, type RecordedChange, type Row } from './replay.ts';
import type { UserTable } from './types.ts';
import { findStandingInTheWay } from './undo-conflicts.ts';
import { liveTable, type Tracked, UndoRows } from './undo-rows.ts';

/** One write of an undo, in the order in which they are made. */
export type UndoStep =
  | { kind: 'delete'; table: UserTable; id: string }
  | { kind: 'insert'; table: UserTable; id: string; row: Row }
  | { kind: 'update'; table: UserTable; id: string; values: Row }
  | { kind: 'move'; from: UserTable; to: UserTable; id: string };

export interface Conflict {
  table: UserTable;
  id: string;
  /** The column that somebody else has changed; null where the row as a whole stands in the way. */
  column: string | null;
  what: string;
}

export interface UndoPlan {
  steps: UndoStep[];
  rows: UndoRows;
  conflicts: Conflict[];
}

/** Signs of life, and what only ever grows: a claim number that was given again would let a stale write pass. */
const NEVER_TAKEN_BACK = ['last_seen_at', 'claim_number'];

/** Where a later change of somebody else stands: renewals, stamps, and what follows from other rows or says who was last. */
const YIELDING: Partial<Record<UserTable, readonly string[]>> & { all: readonly string[] } = {
  all: ['updated_at', 'lease_expires_at', 'order_index', 'program_order', ...NEVER_TAKEN_BACK],
  plans: ['current_agent', 'recommended_next_agent'],
  dependencies: ['status', 'satisfied_at'],
};

/** Columns that say one thing together: they are taken back all of them, or somebody else has changed that thing. */
const TOGETHER: Partial<Record<UserTable, readonly string[]>> = {
  steps: [
    ...['status', 'blocked_reason', 'completed_at', 'completed_by_agent', 'completed_by_session'],
    ...['claimed_by_session', 'claimed_agent', 'claimed_at'],
  ],
  plans: ['status', 'completed_at'],
  phases: ['approved_at', 'approved_by'],
};

/** Takes these changes back, given newest first. Reads the rows that they are about, writes nothing. */
export function planUndo(changes: readonly RecordedChange[]): UndoPlan {
  const rows = new UndoRows();
  const steps: UndoStep[] = [];
  const doubts: Conflict[] = [];
  const shifts: Shifts = new Map();
  for (const change of changes) {
    const row = rows.get(change.table_name, change.row_id);
    const { step, conflicts } = TAKE_BACK[change.kind](row, change, shifts);
    if (step !== null) steps.push(step);
    doubts.push(...conflicts);
  }
  // What ends as it already is was taken back by somebody before.
  const conflicts = doubts.filter(({ id, column }) => !endsAsItIs(rows.known(id), column));
  return { steps, rows, conflicts: [...onePerColumn(conflicts), ...findStandingInTheWay(rows)] };
}

interface Taken {
  step: UndoStep | null;
  conflicts: Conflict[];
}

const NOTHING: Taken = { step: null, conflicts: [] };

/** Operation and parent → how far others have moved its children since, as seen on those that the operation moved. */
type Shifts = Map<string, number>;

type TakeBack = (row: Tracked, change: RecordedChange, shifts: Shifts) => Taken;

const TAKE_BACK: Record<RecordedChange['kind'], TakeBack> = {
  insert: (tracked, { row_id: id, after }) => {
    const { now } = tracked;
    if (now === null) return NOTHING;
    const { table, row } = now;
    const changed = Object.keys(after ?? {}).filter(
      (column) => row[column] !== after?.[column] && !yields(table, column),
    );
    tracked.now = null;
    tracked.leaves = true;
    return {
      step: { kind: 'delete', table, id },
      conflicts: changed.map((column) => ({ table, id, column, what: 'was changed' })),
    };
  },
  delete: (tracked, { table_name: table, row_id: id, operation_id, before }, shifts) => {
    if (tracked.now !== null) return NOTHING;
    const row = { ...before };
    const shift = shifts.get(placeKey(operation_id, table, row));
    if (shift !== undefined && 'order_index' in row) row['order_index'] = Number(row['order_index']) + shift;
    tracked.now = { table, row: { ...row } };
    return { step: { kind: 'insert', table, id, row }, conflicts: [] };
  },
  move: (tracked, { row_id: id, before, after }) => {
    const [to, from] = [before?.['$table'] as UserTable, after?.['$table'] as UserTable];
    if (tracked.now?.table === to) return NOTHING;
    if (tracked.now === null) return gone(from, id);
    tracked.now.table = to;
    tracked.leaves = true;
    return { step: { kind: 'move', from, to, id }, conflicts: [] };
  },
  update: (tracked, { table_name, row_id: id, operation_id, before, after }, shifts) => {
    if (tracked.now === null) return gone(table_name, id);
    const { table, row } = tracked.now;
    const values: Row = {};
    const conflicts: Conflict[] = [];
    const torn = tornColumns(table, row, before ?? {}, after ?? {});
    for (const [column, old] of Object.entries(before ?? {})) {
      if (NEVER_TAKEN_BACK.includes(column)) continue;
      if (column === 'order_index') {
        // A place is one among others: where those have moved since, it moves with them.
        const shift = Number(row[column]) - Number(after?.[column]);
        shifts.set(placeKey(operation_id, table, row), shift);
        values[column] = Number(old) + shift;
        row[column] = values[column];
        continue;
      }
      const wanted = torn.includes(column) ? undefined : formerValue(row[column], old, after?.[column]);
      if (wanted === row[column]) continue;
      if (wanted === undefined && yields(table, column)) continue;
      if (wanted === undefined) conflicts.push({ table, id, column, what: 'was changed' });
      values[column] = wanted ?? (isAppended(old) ? null : old);
      row[column] = values[column];
    }
    const step: UndoStep = { kind: 'update', table, id, values };
    return { step: Object.keys(values).length === 0 ? null : step, conflicts };
  },
};

function placeKey(operationId: string, table: UserTable, row: Row): string {
  return `${operationId} ${row[liveTable(table) === 'steps' ? 'phase_id' : 'plan_id']}`;
}

/** Those of the columns that go together of which some say what the change left and others what was before it. */
function tornColumns(table: UserTable, row: Row, before: Row, after: Row): readonly string[] {
  const columns = (TOGETHER[liveTable(table)] ?? []).filter((column) => column in before);
  const are = (values: Row) => columns.every((column) => row[column] === values[column]);
  return are(before) || are(after) ? [] : columns;
}

/** What a column said before; undefined when it does not say what the change left in it. */
function formerValue(present: unknown, before: unknown, after: unknown): unknown {
  if (isAppended(before) && isAppended(after)) {
    return typeof present === 'string' ? withoutAppended(present, before, after) : undefined;
  }
  return present === after || present === before ? before : undefined;
}

function withoutAppended(text: string, { $length = 0 }: Appended, { $append = '' }: Appended): string | undefined {
  if (text.length === $length) return text;
  return text.length === $length + $append.length && text.endsWith($append) ? text.slice(0, $length) : undefined;
}

function gone(table: UserTable, id: string): Taken {
  return { step: null, conflicts: [{ table, id, column: null, what: 'was deleted' }] };
}

function yields(table: UserTable, column: string): boolean {
  return YIELDING.all.includes(column) || YIELDING[table]?.includes(column) === true;
}

function endsAsItIs(tracked: Tracked | undefined, column: string | null): boolean {
  const { start = null, now = null } = tracked ?? {};
  if (start === null || now === null) return start === now;
  return column !== null && start.row[column] === now.row[column];
}

function onePerColumn(conflicts: readonly Conflict[]): Conflict[] {
  return [...new Map(conflicts.map((conflict) => [`${conflict.id} ${conflict.column}`, conflict])).values()];
}
