/** Rows that have lost what they hang on, as only a tool or a fault outside of this program can do it. */
import { columnsOf } from './connection.ts';
import { type Param, queryAll, run, transaction } from './query-helpers.ts';
import type { UserTable } from './types.ts';
import { userTables } from './user-tables.ts';
import { deleteRows, updateRows } from './write-helpers.ts';

interface Broken {
  table: string;
  rowid: number;
  parent: string;
  fkid: number;
}

interface Key {
  from: string;
  on_delete: string;
}

/** Rows whose foreign key leads nowhere, in words. */
export function findBrokenReferences(): string[] {
  return brokenReferences().map(({ table, rowid, parent }) => `row ${rowid} of ${table} has lost its row of ${parent}`);
}

/** Clears the reference where the schema allows that, else deletes the row, until nothing is broken. */
export function repairBrokenReferences(): void {
  transaction(() => {
    for (let broken = brokenReferences(); broken.length > 0; broken = brokenReferences()) broken.forEach(mend);
  });
}

function brokenReferences(): Broken[] {
  return queryAll<Broken>('PRAGMA foreign_key_check');
}

function mend({ table, rowid, fkid }: Broken): void {
  const [key] = queryAll<Key>('SELECT "from", on_delete FROM pragma_foreign_key_list(?) WHERE id = ?', [table, fkid]);
  const user = userTables().find((name) => name === table);
  if (user === undefined) run(`DELETE FROM ${table} WHERE rowid = ?`, [rowid]);
  else if (key?.on_delete === 'SET NULL') updateRows(user, 'seq = ?', [rowid], { [key.from]: null });
  else deleteRows(user, 'seq = ?', [rowid]);
}

/** A kind of lost row that no foreign key knows: the table may be of several kinds. */
interface Lost {
  table: UserTable;
  what: string;
  where: string;
  params: Param[];
}

function lostKinds(): Lost[] {
  const kinds: Lost[] = [];
  for (const type of ['workspace', 'plan', 'phase', 'step']) {
    const places = [`${type}s`, `${type}s_archive`].filter((table) => columnsOf(table).length > 0);
    const gone = (column: string) => places.map((place) => `${column} NOT IN (SELECT id FROM ${place})`).join(' AND ');
    for (const table of ['context_items', 'context_items_archive'] as const) {
      kinds.push({ table, what: 'context', where: `parent_type = ? AND ${gone('parent_id')}`, params: [type] });
    }
    for (const table of ['dependencies', 'dependencies_archive'] as const) {
      for (const end of ['source', 'target']) {
        kinds.push({ table, what: 'dependency', where: `${end}_type = ? AND ${gone(`${end}_id`)}`, params: [type] });
      }
    }
  }
  return kinds;
}

/** Context and dependencies of what is not there, in words. */
export function findLostRows(): string[] {
  return lostKinds().flatMap(({ table, what, where, params }) =>
    queryAll<{ id: string }>(`SELECT id FROM ${table} WHERE ${where}`, params).map(
      ({ id }) => `${what} ${id} hangs on nothing`,
    ),
  );
}

export function deleteLostRows(): void {
  transaction(() => {
    for (const { table, where, params } of lostKinds()) {
      if (table.startsWith('context')) {
        const versions = table.replace('items', 'versions') as UserTable;
        deleteRows(versions, `context_id IN (SELECT id FROM ${table} WHERE ${where})`, params);
      }
      deleteRows(table, where, params);
    }
  });
}
