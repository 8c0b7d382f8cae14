/** Ways of finding the same documents: ours, and what it is compared with. Each answers ids of rows, best first. */
import { type Database, queryAll, rankedSearch } from '../../src/db/index.ts';

export interface System {
  name: string;
  find: (query: string, limit: number) => string[];
}

const WORDS = /[\p{L}\p{N}]+/gu;

export const ours: System = {
  name: 'Project Memory',
  find: (query, limit) => rankedSearch(query, { limit, offset: 0 }).map(({ id }) => id),
};

/** Title and body of every document in tables of their own, so that nothing of ours helps the others. */
export function baselines(db: Database): System[] {
  db.exec(`CREATE TABLE bench_documents (rid INTEGER PRIMARY KEY, ref_id TEXT NOT NULL, text TEXT NOT NULL);
    INSERT INTO bench_documents SELECT rid, ref_id, lower(title || char(10) || body) FROM search_documents;
    CREATE VIRTUAL TABLE bench_plain USING fts5 (title, body);
    INSERT INTO bench_plain (rowid, title, body) SELECT rid, title, body FROM search_documents;
    CREATE VIRTUAL TABLE bench_porter USING fts5 (title, body, tokenize = 'porter unicode61');
    INSERT INTO bench_porter (rowid, title, body) SELECT rid, title, body FROM search_documents;`);
  return [
    { name: 'LIKE, whole query', find: likeWhole },
    { name: 'LIKE, words OR', find: likeWords },
    { name: 'FTS5 AND', find: (query, limit) => fullText('bench_plain', query, ' ', limit) },
    { name: 'FTS5 OR', find: (query, limit) => fullText('bench_plain', query, ' OR ', limit) },
    { name: 'FTS5 OR, porter', find: (query, limit) => fullText('bench_porter', query, ' OR ', limit) },
  ];
}

function likeWhole(query: string, limit: number): string[] {
  return idsOf('SELECT ref_id FROM bench_documents WHERE instr(text, ?) > 0 ORDER BY rid LIMIT ?', [
    query.toLowerCase(),
    limit,
  ]);
}

/** The most words first. */
function likeWords(query: string, limit: number): string[] {
  const words = query.toLowerCase().match(WORDS) ?? [];
  if (words.length === 0) return [];
  const count = words.map(() => '(instr(text, ?) > 0)').join(' + ');
  return idsOf(`SELECT ref_id FROM bench_documents WHERE ${count} > 0 ORDER BY ${count} DESC, rid LIMIT ?`, [
    ...words,
    ...words,
    limit,
  ]);
}

function fullText(table: string, query: string, operator: string, limit: number): string[] {
  const words = query.match(WORDS) ?? [];
  if (words.length === 0) return [];
  return idsOf(
    `SELECT d.ref_id FROM ${table} JOIN bench_documents d ON d.rid = ${table}.rowid
     WHERE ${table} MATCH ? ORDER BY bm25(${table}), d.rid LIMIT ?`,
    [words.map((word) => `"${word}"`).join(operator), limit],
  );
}

function idsOf(sql: string, params: (string | number)[]): string[] {
  return queryAll<{ ref_id: string }>(sql, params).map(({ ref_id }) => ref_id);
}
