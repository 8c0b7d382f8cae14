/** The search index as a whole: whether it says what the rows say, making it again from them, and what purge asks of it. */
import { columnsOf, getDb } from './connection.ts';
import { runEngineBlock } from './migration-runner.ts';
import { type Param, queryAll, queryOne, run, transaction } from './query-helpers.ts';
import { indexRow, isIndexed, renewContexts, unindexDocuments } from './search-documents.ts';
import { SEARCHED_TABLES, sourceOf } from './search-sources.ts';
import { mustSeed, recordSeed } from './seed-versions.ts';
import { indexTools } from './tool-catalog-db.ts';
import type { SearchDocumentRow, UserTable, UserTables } from './types.ts';

/** Another text for the same rows gets another format: every database is then indexed anew when it is next opened. */
const FORMAT = '1';

/** Rows that are held in memory at a time while the index is made again. */
const PIECE = 100;

/** What is wrong with the index, a sentence each; empty when it is as the rows are. Reads all of them. */
export function findSearchFaults(): string[] {
  const tables = ['search_documents', 'search_index'];
  const there = queryAll<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE name IN (?, ?) AND type = 'table'",
    tables,
  );
  if (there.length < tables.length) return ['a table of the index is missing'];
  const faults: string[] = [];
  const count = (what: string) => queryOne<{ n: number }>(`SELECT count(*) AS n FROM ${what}`)?.n ?? 0;
  const rows = `(${SEARCHED_TABLES.flatMap(searchedRows).join(' UNION ALL ')}
    UNION ALL SELECT 'tool', tool_name || ' ' || name FROM tool_actions)`;
  const missing = count(`${rows} WHERE (kind, id) NOT IN (SELECT kind, ref_id FROM search_documents)`);
  const extra = count(`search_documents WHERE (kind, ref_id) NOT IN (SELECT kind, id FROM ${rows})`);
  const unread = count('search_documents WHERE rid NOT IN (SELECT id FROM search_index_docsize)');
  const unknown = count('search_index_docsize WHERE id NOT IN (SELECT rid FROM search_documents)');
  if (mustSeed('search', FORMAT) && count(rows) > 0) faults.push('it was made by an older program');
  if (missing > 0) faults.push(`${missing} rows cannot be found by search`);
  if (extra > 0) faults.push(`${extra} entries lead to rows that are gone`);
  if (unread + unknown > 0) faults.push('the full text and its documents differ');
  const stale = SEARCHED_TABLES.reduce((sum, table) => sum + countStale(table), 0);
  if (stale > 0) faults.push(`${stale} entries say something else than their rows`);
  return faults;
}

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
 * before it when it was new stays as long as they are there.
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
    const known = 'SELECT rid FROM search_documents';
    renewContexts(`before_1 NOT IN (${known}) OR before_2 NOT IN (${known})`, []);
    runEngineBlock(getDb(), 'search_index');
    run("INSERT INTO search_index (search_index) VALUES ('rebuild')");
    recordSeed('search', FORMAT);
  });
}

/** Removes what deleted documents have left in the full text: their words stay in it until its parts are merged. */
export function scrubSearchIndex(): void {
  transaction(() => run("INSERT INTO search_index (search_index) VALUES ('optimize')"));
}

function rebuildTable<T extends UserTable>(table: T): void {
  const kind = sourceOf(table)?.kind;
  if (kind === undefined) return;
  const orphans = queryAll<{ ref_id: string }>(
    `SELECT ref_id FROM search_documents WHERE kind = ? AND ref_id NOT IN (SELECT id FROM (${rowsOf(table)}))`,
    [kind],
  );
  unindexDocuments(
    kind,
    orphans.map(({ ref_id }) => ref_id),
  );
  for (const piece of piecesOf(table)) for (const row of piece) indexRow(table, row);
}

/** How many documents of a table's rows say something else than the rows. */
function countStale<T extends UserTable>(table: T): number {
  const kind = sourceOf(table)?.kind;
  if (kind === undefined) return 0;
  let stale = 0;
  for (const piece of piecesOf(table)) {
    const ids = piece.map(({ id }) => id);
    const documents = queryAll<SearchDocumentRow>(
      'SELECT * FROM search_documents WHERE kind = ? AND ref_id IN (SELECT value FROM json_each(?))',
      [kind, JSON.stringify(ids)],
    );
    const known = new Map(documents.map((document) => [document.ref_id, document]));
    stale += piece.filter((row) => {
      const document = known.get(row.id);
      return document !== undefined && !isIndexed(table, row, document);
    }).length;
  }
  return stale;
}

/** All rows of a table, live and archived, in the order they were made. */
function* piecesOf<T extends UserTable>(table: T): Generator<UserTables[T][]> {
  const after = (last: readonly Param[]) =>
    queryAll<UserTables[T]>(
      `SELECT * FROM (${rowsOf(table)}) WHERE (seq, id) > (?, ?) ORDER BY seq, id LIMIT ${PIECE}`,
      last,
    );
  for (let piece = after([-1, '']); piece.length > 0; ) {
    yield piece;
    const { seq, id } = piece.at(-1) as UserTables[T];
    piece = after([seq, id]);
  }
}

function rowsOf(table: UserTable): string {
  return placesOf(table)
    .map((place) => `SELECT ${columnsOf(table).join(', ')} FROM ${place}`)
    .join(' UNION ALL ');
}

function searchedRows(table: UserTable): string[] {
  return placesOf(table).map((place) => `SELECT '${sourceOf(table)?.kind}' AS kind, id FROM ${place}`);
}

/** The table and its archive, if it has one. */
function placesOf(table: UserTable): UserTable[] {
  return [table, `${table}_archive` as UserTable].filter((place) => columnsOf(place).length > 0);
}
