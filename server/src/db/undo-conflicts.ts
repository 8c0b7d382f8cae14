/** What other rows have against an undo: they hang on what would go, are missing where it would hang, or have its name. */
import { type Param, queryAll, queryOne } from './query-helpers.ts';
import { type Reference, references, uniqueNames } from './schema-facts.ts';
import type { UserTable } from './types.ts';
import type { Conflict } from './undo-plan.ts';
import { isChanged, type Tracked, type UndoRows } from './undo-rows.ts';

/** The conflicts with rows that the undo does not take back. */
export function findStandingInTheWay(rows: UndoRows): Conflict[] {
  const keys = references();
  // The others are siblings, read for their order alone.
  const touched = rows.all().filter((tracked) => tracked.leaves || isChanged(tracked));
  return touched.flatMap((tracked) => {
    const { start, now } = tracked;
    const left = start !== null && tracked.leaves ? hanging(tracked, start.table, keys, rows) : [];
    return now === null
      ? left
      : [...left, ...missing(now.table, tracked, keys, rows), ...sameName(now.table, tracked, rows)];
  });
}

/** References that no foreign key holds, since the row may be of several tables. */
const BY_ID_ALONE: readonly { table: UserTable; column: string }[] = [
  { table: 'context_items', column: 'parent_id' },
  { table: 'dependencies', column: 'source_id' },
  { table: 'dependencies', column: 'target_id' },
];

/** Rows made since that hang on one which would go, or would go to the archive or from it without them. */
function hanging({ id, now }: Tracked, table: UserTable, keys: readonly Reference[], rows: UndoRows): Conflict[] {
  // An edge stays where it is when only one end of it is archived.
  const byId = BY_ID_ALONE.filter((place) => now === null || place.table !== 'dependencies');
  const places = [...keys.filter(({ target }) => target === table), ...byId];
  return places.flatMap(({ table: child, column }) => {
    const found = queryAll<{ id: string }>(`SELECT id FROM ${child} WHERE ${column} = ?`, [id]);
    const left = found.filter((row) => {
      const known = rows.known(row.id);
      // What leaves as well, and in the archive a reference may lead nowhere.
      if (known?.leaves === true || known?.now === null) return false;
      return known === undefined || (known.now.table === child && known.now.row[column] === id);
    });
    return left.map((row): Conflict => ({ table: child, id: row.id, column: null, what: `hangs on ${id}` }));
  });
}

/** Rows that stay where they are while what they hang on leaves for a while: with it they would be gone. */
export function findLeftBehind(moved: ReadonlySet<string>, rows: UndoRows): Conflict[] {
  if (moved.size === 0) return [];
  const keys = references();
  return rows.all().flatMap(({ id, now }) => {
    if (now === null || moved.has(id)) return [];
    return keys.flatMap(({ table, column, target }): Conflict[] => {
      const parent = String(now.row[column]);
      if (table !== now.table || !moved.has(parent) || rows.known(parent)?.now?.table === target) return [];
      return [{ table, id, column: null, what: `hangs on ${parent}` }];
    });
  });
}

/** Rows that a row which comes back, or comes back to its place, refers to, and that are gone. */
function missing(table: UserTable, { id, now }: Tracked, keys: readonly Reference[], rows: UndoRows): Conflict[] {
  return keys.flatMap(({ table: own, column, target }) => {
    const wanted = now?.row[column];
    if (own !== table || typeof wanted !== 'string') return [];
    const known = rows.known(wanted);
    const there =
      known === undefined
        ? queryOne(`SELECT 1 FROM ${target} WHERE id = ?`, [wanted]) !== undefined
        : known.now?.table === target;
    if (there) return [];
    return [{ table: target, id: wanted, column: null, what: `was deleted, and ${id} hangs on it` }];
  });
}

/** Rows that have taken a name meanwhile which may stand only once. */
function sameName(table: UserTable, { id, now }: Tracked, rows: UndoRows): Conflict[] {
  return uniqueNames(table).flatMap(({ columns, nullsEqual }) => {
    const values = columns.map((column) => now?.row[column] as Param);
    if (!nullsEqual && values.includes(null)) return [];
    const conditions = columns.map((column, index) => `${column} ${values[index] === null ? 'IS NULL' : '= ?'}`);
    const found = queryAll<{ id: string }>(`SELECT id FROM ${table} WHERE ${conditions.join(' AND ')} AND id <> ?`, [
      ...values.filter((value) => value !== null),
      id,
    ]);
    const taken = found.filter((row) => {
      const other = rows.known(row.id);
      return other === undefined || columns.every((column) => other.now?.row[column] === now?.row[column]);
    });
    const name = columns.at(-1) ?? null;
    return taken.map((row): Conflict => ({ table, id: row.id, column: name, what: `has the name of ${id}` }));
  });
}
