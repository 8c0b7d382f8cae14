/** Reads that answer for an archived plan too: the live table first, the archive only where that has nothing. */
import { type Param, queryAll, queryOne } from './query-helpers.ts';
import type { UserTable, UserTables } from './types.ts';

/** Live tables that have an archive. */
export type ArchivedTable = Extract<UserTable, `${string}_archive`> extends `${infer Live}_archive` ? Live : never;

/** The row with this id, live or archived. */
export function findRow<T extends ArchivedTable & UserTable>(table: T, id: string): UserTables[T] | null {
  return (
    queryOne<UserTables[T]>(`SELECT * FROM ${table} WHERE id = ?`, [id]) ??
    queryOne<UserTables[T]>(`SELECT * FROM ${table}_archive WHERE id = ?`, [id]) ??
    null
  );
}

/** The rows for which `rest` (from WHERE on) holds: all live, or all archived. */
export function findRows<T extends ArchivedTable & UserTable>(
  table: T,
  rest: string,
  params: readonly Param[],
): UserTables[T][] {
  const live = queryAll<UserTables[T]>(`SELECT * FROM ${table} ${rest}`, params);
  return live.length > 0 ? live : queryAll<UserTables[T]>(`SELECT * FROM ${table}_archive ${rest}`, params);
}
