/** Whether the search index says what the rows say, and making it again from them. */
import { columnsOf } from './connection.ts';
import { queryAll, queryOne, run, transaction } from './query-helpers.ts';
import { indexRow, isSearched } from './search-db.ts';
import type { UserTable, UserTables } from './types.ts';
import { userTables } from './user-tables.ts';

/** What is wrong with the index, a sentence each; empty when it is as the rows are. Reads all of them. */
export function findSearchFaults(): string[] {
  const faults: string[] = [];
  const sources = userTables()
    .filter(isSearched)
    .flatMap((live) => [live, `${live}_archive` as UserTable]);
  const ids = sources.filter((table) => columnsOf(table).length > 0).map((table) => `SELECT id FROM ${table}`);
  const all = ids.join(' UNION ALL ');
  const count = (sql: string) => queryOne<{ n: number }>(sql)?.n ?? 0;
  const missing = count(`SELECT count(*) AS n FROM (${all}) WHERE id NOT IN (SELECT ref_id FROM search_documents)`);
  const extra = count(
    `SELECT count(*) AS n FROM search_documents WHERE kind <> 'tool' AND ref_id NOT IN (SELECT id FROM (${all}))`,
  );
  if (missing > 0) faults.push(`${missing} rows cannot be found by search`);
  if (extra > 0) faults.push(`${extra} entries lead to rows that are gone`);
  if (!fullTextAgrees()) faults.push('the full text and its documents differ');
  return faults;
}

function fullTextAgrees(): boolean {
  const unfound = queryOne<{ n: number }>(
    'SELECT count(*) AS n FROM search_documents WHERE rid NOT IN (SELECT id FROM search_index_docsize)',
  );
  const unknown = queryOne<{ n: number }>(
    'SELECT count(*) AS n FROM search_index_docsize WHERE id NOT IN (SELECT rid FROM search_documents)',
  );
  return unfound?.n === 0 && unknown?.n === 0;
}

/** Makes every document of the rows again; those of the tool catalog are made when that is seeded. */
export function rebuildSearchIndex(): void {
  transaction(() => {
    // A full text that does not know a document cannot forget it.
    run("INSERT INTO search_index (search_index) VALUES ('rebuild')");
    run("DELETE FROM search_documents WHERE kind <> 'tool'");
    for (const live of userTables().filter(isSearched)) {
      for (const table of [live, `${live}_archive` as UserTable]) {
        if (columnsOf(table).length === 0) continue;
        for (const row of queryAll<UserTables[UserTable]>(`SELECT * FROM ${table} ORDER BY seq`)) indexRow(live, row);
      }
    }
  });
}

/** Removes what deleted documents have left in the full text: their words stay in it until its parts are merged. */
export function scrubSearchIndex(): void {
  transaction(() => run("INSERT INTO search_index (search_index) VALUES ('optimize')"));
}
