/**
 * Every write of a user table goes through here: the row, its history and its search document change in one transaction.
 * `undefined` leaves a column alone, `null` clears it.
 */
import { now } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { columnsOf } from './connection.ts';
import { recordDelete, recordInsert, recordMove, recordUpdate } from './history-db.ts';
import { type Param, queryAll, queryOne, run, transaction } from './query-helpers.ts';
import { indexRow, unindexRows } from './search-documents.ts';
import type { UserTable, UserTables } from './types.ts';

/** What a new row says; columns left out get the default of the schema. */
export type NewRow<T extends UserTable> = { [C in keyof UserTables[T]]?: UserTables[T][C] | undefined };

/** Changes of a row: absent is unchanged, null is cleared. */
export type Changes<T extends UserTable> = NewRow<T>;

/** Inserts a row and answers it as it is stored. */
export function insertRow<T extends UserTable>(table: T, values: NewRow<T>): UserTables[T] {
  const { columns, params } = given(values);
  const allowed = columnsOf(table);
  for (const column of columns) if (!allowed.includes(column)) throw refusedColumn(table, column, allowed);
  return transaction(() => {
    const row = queryOne<UserTables[T]>(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) RETURNING *`,
      params,
    );
    if (row === undefined) throw new MemoryError('internal', `Inserting into ${table} answered no row.`);
    recordInsert(table, row.id, row);
    indexRow(table, row);
    return row;
  });
}

/**
 * Changes the named columns of one row and answers it as it is now; undefined when there is none with this id, or when
 * `where` no longer holds. `updated_at` follows by itself. A change that changes nothing leaves no history.
 * @throws invalid_input for a column that is not in `columns`.
 */
export function updateRow<T extends UserTable>(
  table: T,
  id: string,
  columns: readonly (keyof UserTables[T] & string)[],
  changes: Changes<T>,
  options: { where?: Changes<T> } = {},
): UserTables[T] | undefined {
  return transaction(() => {
    const before = queryOne<UserTables[T]>(`SELECT * FROM ${table} WHERE id = ?`, [id]);
    return before === undefined ? undefined : changeRow(table, before, columns, changes, options);
  });
}

/** The same for a row that this very transaction has read. */
export function changeRow<T extends UserTable>(
  table: T,
  before: UserTables[T],
  columns: readonly (keyof UserTables[T] & string)[],
  changes: Changes<T>,
  options: { where?: Changes<T> } = {},
): UserTables[T] | undefined {
  const old: Readonly<Record<string, unknown>> = { ...before };
  const changed = Object.entries(changes).filter(([column, value]) => value !== undefined && value !== old[column]);
  for (const [column] of changed) {
    if (!(columns as readonly string[]).includes(column) || !(column in old))
      throw refusedColumn(table, column, columns);
  }
  const guard = Object.entries(options.where ?? {});
  if (guard.some(([column, value]) => old[column] !== value)) return undefined;
  if (changed.length === 0) return before;
  const { updated_at: stamp } = changes as { updated_at?: string };
  if (stamp === undefined && 'updated_at' in old) changed.push(['updated_at', now()]);
  const assignments = changed.map(([column]) => `${column} = ?`).join(', ');
  const conditions = guard.map(([column, value]) => ` AND ${column} ${value === null ? 'IS NULL' : '= ?'}`).join('');
  const { changes: affected } = run(`UPDATE ${table} SET ${assignments} WHERE id = ?${conditions}`, [
    ...changed.map(([, value]) => value as Param),
    before.id,
    ...guard.flatMap(([, value]) => (value === null ? [] : [value as Param])),
  ]);
  if (affected === 0) return undefined;
  const after = { ...before, ...Object.fromEntries(changed) };
  const names = changed.map(([column]) => column);
  recordUpdate(table, before.id, pick(old, names), pick(after, names));
  indexRow(table, after, names);
  return after;
}

/** Changes every row that `where` finds, each recorded by itself. Answers them as they are now, in the order of `seq`. */
export function updateRows<T extends UserTable>(
  table: T,
  where: string,
  params: readonly Param[],
  changes: Changes<T>,
): UserTables[T][] {
  const columns = Object.keys(changes) as (keyof UserTables[T] & string)[];
  return transaction(() => {
    const rows = queryAll<{ id: string }>(`SELECT id FROM ${table} WHERE ${where} ORDER BY seq`, params);
    return rows.flatMap(({ id }) => updateRow(table, id, columns, changes) ?? []);
  });
}

/** Deletes one row. Answers whether there was one. */
export function deleteRow(table: UserTable, id: string): boolean {
  return deleteRows(table, 'id = ?', [id]) === 1;
}

/** Deletes every row that `where` finds, each recorded by itself. Answers how many. */
export function deleteRows<T extends UserTable>(table: T, where: string, params: readonly Param[]): number {
  return transaction(() => {
    const rows = queryAll<UserTables[T]>(`DELETE FROM ${table} WHERE ${where} RETURNING *`, params);
    for (const row of rows) recordDelete(table, row.id, row);
    unindexRows(
      table,
      rows.map(({ id }) => id),
    );
    return rows.length;
  });
}

/** A change that is not history: a sign of life, such as `last_seen_at`. */
export function touchRow<T extends UserTable>(table: T, id: string, changes: Changes<T>): void {
  const { columns, params } = given(changes);
  run(`UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`, [...params, id]);
}

export interface Move {
  from: UserTable;
  to: UserTable;
  where: string;
  params: readonly Param[];
}

/**
 * Moves rows unchanged between tables of the same columns. `moves` names parents before their children: rows are copied in
 * that order and removed in the opposite one, so that no foreign key is ever without its target; the counts are compared.
 * Answers how many rows each move took.
 */
export function moveRows(moves: readonly Move[]): number[] {
  return transaction(() => {
    const taken = moves.map(({ from, to, where, params }) => {
      const ids = queryAll<{ id: string }>(`SELECT id FROM ${from} WHERE ${where} ORDER BY seq`, params);
      const columns = columnsOf(from).join(', ');
      for (const { id } of ids) recordMove(from, to, id);
      return run(`INSERT INTO ${to} (${columns}) SELECT ${columns} FROM ${from} WHERE ${where} ORDER BY seq`, params)
        .changes;
    });
    for (const [index, { from, to, where, params }] of [...moves.entries()].reverse()) {
      const removed = run(`DELETE FROM ${from} WHERE ${where}`, params).changes;
      if (removed !== taken[index]) {
        throw new MemoryError(
          'internal',
          `Moving ${from} to ${to} copied ${taken[index]} rows and removed ${removed}.`,
        );
      }
    }
    return taken;
  });
}

function refusedColumn(table: UserTable, column: string, allowed: readonly string[]): MemoryError {
  return new MemoryError('invalid_input', `"${column}" of ${table} cannot be written here.`, {
    hint: `Allowed: ${allowed.join(', ')}.`,
  });
}

/** The columns that are present and their values. */
function given(values: object): { columns: string[]; params: Param[] } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return { columns: entries.map(([column]) => column), params: entries.map(([, value]) => value as Param) };
}

function pick(row: Readonly<Record<string, unknown>>, columns: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((column) => [column, row[column]]));
}
