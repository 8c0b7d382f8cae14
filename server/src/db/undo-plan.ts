/**
 * What an undo would do: the recorded changes are taken back one by one, newest first, in memory. Whatever somebody else has
 * changed since, and a change to be taken back has left another value in, is a conflict.
 */

import { type Appended, isAppended, type RecordedChange, type Row } from './replay.ts';
import type { UserTable } from './types.ts';
import { renumberClaims } from './undo-claims.ts';
import { findLeftBehind, findStandingInTheWay } from './undo-conflicts.ts';
import { UndoOrders } from './undo-order.ts';
import { liveTable, type Tracked, UndoRows } from './undo-rows.ts';
import { orderOf } from './undo-standings.ts';

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
  /** The change that is meant, where it is not the latest one of this row and column. */
  by?: number | undefined;
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
  const orders = new UndoOrders(rows, new Set(changes.map(({ seq }) => seq)));
  const steps: UndoStep[] = [];
  const doubts: Conflict[] = [];
  const conflicts: Conflict[] = [];
  for (const operation of byOperation(changes)) {
    for (const change of operation) {
      const taken = TAKE_BACK[change.kind](rows.get(change.table_name, change.row_id), change);
      if (taken.step !== null) steps.push(taken.step);
      doubts.push(...taken.conflicts);
    }
    const moved = operation.flatMap(({ kind, row_id }) => (kind === 'move' ? [row_id] : []));
    conflicts.push(...orders.takeBack(operation), ...findLeftBehind(new Set(moved), rows));
  }
  orders.settle();
  const claims = renumberClaims(rows, changes);
  // What ends as it already is was taken back by somebody before.
  conflicts.push(...doubts.filter(({ id, column }) => !endsAsItIs(rows.known(id), column)), ...claims.conflicts);
  return {
    steps: [...steps, ...claims.steps],
    rows,
    conflicts: [...onePerColumn(conflicts), ...findStandingInTheWay(rows)],
  };
}

/** An operation is one transaction, so its changes lie together. */
function byOperation(changes: readonly RecordedChange[]): RecordedChange[][] {
  const operations: RecordedChange[][] = [];
  for (const change of changes) {
    const last = operations.at(-1);
    if (last?.[0]?.operation_id === change.operation_id) last.push(change);
    else operations.push([change]);
  }
  return operations;
}

interface Taken {
  step: UndoStep | null;
  conflicts: Conflict[];
}

const NOTHING: Taken = { step: null, conflicts: [] };

type TakeBack = (row: Tracked, change: RecordedChange) => Taken;

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
  delete: (tracked, { table_name: table, row_id: id, before }) => {
    if (tracked.now !== null) return NOTHING;
    const row = { ...before };
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
  update: (tracked, { table_name, row_id: id, before, after }) => {
    if (tracked.now === null) return gone(table_name, id);
    const { table, row } = tracked.now;
    const values: Row = {};
    const conflicts: Conflict[] = [];
    const torn = tornColumns(table, row, before ?? {}, after ?? {});
    for (const [column, old] of Object.entries(before ?? {})) {
      // A place is one among others, and taken back with them.
      if (NEVER_TAKEN_BACK.includes(column) || column === orderOf(table)?.place) continue;
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
