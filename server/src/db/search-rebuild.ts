/** The search index as a whole: whether it says what the rows say, and making it anew. */
import { getDb } from './connection.ts';
import { runEngineBlock } from './migration-runner.ts';
import { queryAll, queryOne, run, transaction } from './query-helpers.ts';
import { indexRow, unindexDocuments } from './search-documents.ts';
import { SEARCHED_TABLES, sourceOf } from './search-sources.ts';
import { mustSeed, recordSeed } from './seed-versions.ts';
import { indexTools } from './tool-catalog-db.ts';
import type { UserTable, UserTables } from './types.ts';

/** Another text for the same rows gets another format: every database is then indexed anew when it is next opened. */
const FORMAT = '1';

/** Makes the index anew where it was made by an older program. Call after opening a database. Answers whether it did. */
export function rebuildSearchIndexIfStale(): boolean {
  if (!mustSeed('search', FORMAT)) return false;
  return transaction(() => {
    // Another process may have done it between the look and the lock.
    if (!mustSeed('search', FORMAT)) return false;
    rebuildSearchIndex();
    return true;
  });
}

/**
 * Makes the whole index say what the rows say, also where its tables are damaged or missing. What a document took from those
 * before it when it was new stays as long as it is there.
 */
export function rebuildSearchIndex(): void {
  transaction(() => {
    // Without the full-text table, which is filled in one go at the end.
    for (const { name } of queryAll<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'search_documents'",
    )) {
      run(`DROP TRIGGER ${name}`);
    }
    run('DROP TABLE IF EXISTS search_index');
    for (const table of SEARCHED_TABLES) rebuildTable(table);
    indexTools();
    runEngineBlock(getDb(), 'search_index');
    run("INSERT INTO search_index (search_index) VALUES ('rebuild')");
    recordSeed('search', FORMAT);
  });
}

function rebuildTable<T extends UserTable>(table: T): void {
  const kind = sourceOf(table)?.kind;
  if (kind === undefined) return;
  const places = placesOf(table);
  const ids = places.map((place) => `SELECT id, seq, '${place}' AS place FROM ${place}`).join(' UNION ALL ');
  const orphans = queryAll<{ ref_id: string }>(
    `SELECT ref_id FROM search_documents WHERE kind = ? AND ref_id NOT IN (SELECT id FROM (${ids}))`,
    [kind],
  );
  unindexDocuments(
    kind,
    orphans.map(({ ref_id }) => ref_id),
  );
  for (const { id, place } of queryAll<{ id: string; place: T }>(`${ids} ORDER BY seq`)) {
    const row = queryOne<UserTables[T]>(`SELECT * FROM ${place} WHERE id = ?`, [id]);
    if (row !== undefined) indexRow(place, row);
  }
}

/** What is wrong with the index; null when nothing is. It costs a count of the rows. */
export function searchIndexFault(): string | null {
  const table = queryOne("SELECT 1 FROM sqlite_schema WHERE name = 'search_index'");
  if (table === undefined) return 'the full-text table is missing';
  if (mustSeed('search', FORMAT)) return 'it was made by an older program';
  for (const source of SEARCHED_TABLES) {
    const kind = sourceOf(source)?.kind ?? '';
    const rows = placesOf(source).reduce((sum, place) => sum + count(place), 0);
    const documents = count('search_documents WHERE kind = ?', kind);
    if (rows !== documents) return `it has ${documents} of ${rows} documents of kind ${kind}`;
  }
  const [documents, indexed] = [count('search_documents'), count('search_index_docsize')];
  return documents === indexed ? null : `the full-text table has ${indexed} of ${documents} documents`;
}

/** The table and its archive, if it has one. */
function placesOf(table: UserTable): UserTable[] {
  const archive = queryOne<{ name: UserTable }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ?", [
    `${table}_archive`,
  ]);
  return archive === undefined ? [table] : [table, archive.name];
}

function count(from: string, ...params: string[]): number {
  return queryOne<{ n: number }>(`SELECT count(*) AS n FROM ${from}`, params)?.n ?? 0;
}
