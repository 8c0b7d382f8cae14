/** The user tables, as the database names them: those whose rows have both a place in time and an id, but for the two logs. */
import { queryAll } from './query-helpers.ts';
import type { UserTable } from './types.ts';

export function userTables(): UserTable[] {
  return queryAll<{ name: UserTable }>(
    `SELECT m.name FROM sqlite_schema m WHERE m.type = 'table' AND m.name NOT IN ('event_log', 'update_log')
       AND (SELECT count(*) FROM pragma_table_info(m.name) WHERE name IN ('seq', 'id')) = 2 ORDER BY m.name`,
  ).map(({ name }) => name);
}
