/**
 * Search: everything that can be found, best first. Reads alone, so it can be called inside a transaction or a snapshot.
 */
import { boundOf } from '../domain/clock.ts';
import { parseSearchQuery, type SearchQuery, type Term } from '../domain/search-query.ts';
import type { ParentType } from '../domain/vocabulary.ts';
import { type Param, queryAll, queryOne } from './query-helpers.ts';
import { allOf, anyOf, restricted } from './search-match.ts';
import type { SearchKind } from './search-sources.ts';

export interface SearchFilter {
  /** Also finds what hangs on its plans, and what belongs to no workspace. */
  workspaceId?: string | undefined;
  planId?: string | undefined;
  /** What it hangs on directly. */
  parentType?: ParentType | undefined;
  parentId?: string | undefined;
  types?: readonly string[] | undefined;
  kinds?: readonly SearchKind[] | undefined;
  /** Bounds of the date, both included: a date or a time in ISO form. */
  since?: string | undefined;
  until?: string | undefined;
  limit: number;
  offset: number;
}

export interface SearchHit {
  kind: SearchKind;
  id: string;
  plan_id: string | null;
  title: string;
  /** Plan, phase and step on which it hangs; the workspace where it has no plan. */
  place: string[];
  date: string | null;
  snippet: string;
  /** Comparable within one answer only. */
  score: number;
}

/** What a word is worth by the column in which it stands: title, body, parts, dates, context. */
export const tune = { weights: [2, 1, 1, 0.5, 0.5], share: 2, budget: 5_000, pool: 30, all: 15 };

/**
 * What holds the words of the query: the more of them, the rarer, and the more in titles, the better; what holds all of them
 * is lifted most. Any text is a valid query; one without words finds nothing.
 */
export function rankedSearch(query: string, filter: SearchFilter): SearchHit[] {
  const parsed = parseSearchQuery(query);
  const page = rank(parsed, filter).slice(filter.offset, filter.offset + filter.limit);
  return page.length === 0 ? [] : hitsOf(page, parsed);
}

interface Ranked {
  rid: number;
  score: number;
}

function rank(query: SearchQuery, filter: SearchFilter): Ranked[] {
  const terms = [...query.required, ...query.words, ...query.compounds];
  if (terms.length === 0) return [];
  const { rare, common } = byFrequency(terms);
  const wanted = Math.max(tune.pool, filter.offset + filter.limit);
  const found = matches(rare, query, filter, wanted);
  const known = new Set(found.map(({ rid }) => rid));
  if (found.length < wanted && common.length > 0) {
    found.push(...matches(common, query, filter, wanted).filter(({ rid }) => !known.has(rid)));
  }
  const first = found.slice(0, tune.pool);
  if (query.words.length > 1) {
    const pooled = new Set(first.map(({ rid }) => rid));
    const lowest = first.at(-1)?.score ?? 0;
    for (const rid of holdersOfAll(query, filter)) if (!pooled.has(rid)) first.push({ rid, score: lowest });
  }
  const lifted = lift(first, query.words.length > 0 ? query.words : terms);
  const done = new Set(lifted.map(({ rid }) => rid));
  return [...lifted, ...found.filter(({ rid }) => !done.has(rid))];
}

function byFrequency(terms: readonly Term[]): { rare: Term[]; common: Term[] } {
  const counted = terms
    .map((term) => ({ term, count: countOf(anyOf([term])) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.count - b.count);
  let sum = 0;
  const rare = counted.filter(({ count }, index) => {
    sum += count;
    return index === 0 || sum <= tune.budget;
  });
  return { rare: rare.map(({ term }) => term), common: counted.slice(rare.length).map(({ term }) => term) };
}

function countOf(match: string): number {
  return queryOne<{ n: number }>('SELECT count(*) AS n FROM search_index WHERE search_index MATCH ?', [match])?.n ?? 0;
}

const SCORE = () => `-bm25(search_index, ${tune.weights.join(', ')})`;

function matches(terms: readonly Term[], query: SearchQuery, filter: SearchFilter, limit: number): Ranked[] {
  if (terms.length === 0) return [];
  const { from, where, params } = scopeOf(filter);
  return queryAll<Ranked>(
    `SELECT rid, score FROM (
       SELECT search_index.rowid AS rid, ${SCORE()} AS score FROM ${from} WHERE ${where}
       ORDER BY search_index.rowid DESC LIMIT ?
     ) ORDER BY score DESC, rid LIMIT ?`,
    [restricted(anyOf(terms), query), ...params, tune.budget, limit],
  );
}

function holdersOfAll(query: SearchQuery, filter: SearchFilter): number[] {
  const { from, where, params } = scopeOf(filter);
  return queryAll<{ rid: number }>(
    `SELECT search_index.rowid AS rid FROM ${from} WHERE ${where} ORDER BY search_index.rowid DESC LIMIT ?`,
    [restricted(allOf(query.words), query), ...params, tune.all],
  ).map(({ rid }) => rid);
}

function lift(ranked: readonly Ranked[], words: readonly Term[]): Ranked[] {
  const held = new Map<number, number>();
  const rids = JSON.stringify(ranked.map(({ rid }) => rid));
  for (const word of words) {
    for (const { rid } of queryAll<{ rid: number }>(
      'SELECT rowid AS rid FROM search_index WHERE search_index MATCH ? AND rowid IN (SELECT value FROM json_each(?))',
      [anyOf([word]), rids],
    )) {
      held.set(rid, (held.get(rid) ?? 0) + 1);
    }
  }
  return ranked
    .map(({ rid, score }) => ({ rid, score: score * (1 + (tune.share * (held.get(rid) ?? 0)) / words.length) }))
    .sort((a, b) => b.score - a.score || a.rid - b.rid);
}

function scopeOf(filter: SearchFilter): { from: string; where: string; params: Param[] } {
  const { conditions, params } = conditionsOf(filter);
  const from =
    conditions.length === 0 ? 'search_index' : 'search_index JOIN search_documents d ON d.rid = search_index.rowid';
  return { from, where: ['search_index MATCH ?', ...conditions].join(' AND '), params };
}

function conditionsOf(filter: SearchFilter): { conditions: string[]; params: Param[] } {
  const conditions: string[] = [];
  const params: Param[] = [];
  const where = (condition: string, ...values: Param[]) => {
    conditions.push(condition);
    params.push(...values);
  };
  const { workspaceId, planId, parentType, parentId, types, kinds, since, until } = filter;
  if (workspaceId !== undefined) {
    where(
      `(d.workspace_id = ? OR d.plan_id IN (SELECT id FROM plans WHERE workspace_id = ?
        UNION ALL SELECT id FROM plans_archive WHERE workspace_id = ?) OR (d.workspace_id IS NULL AND d.plan_id IS NULL))`,
      workspaceId,
      workspaceId,
      workspaceId,
    );
  }
  if (planId !== undefined) where('d.plan_id = ?', planId);
  if (parentType !== undefined) where('d.parent_type = ?', parentType);
  if (parentId !== undefined) where('d.parent_id = ?', parentId);
  if (types !== undefined) where('d.type IN (SELECT value FROM json_each(?))', JSON.stringify(types));
  if (kinds !== undefined) where('d.kind IN (SELECT value FROM json_each(?))', JSON.stringify(kinds));
  if (since !== undefined) where('d.dated_at >= ?', boundOf(since, 'T00:00:00.000Z'));
  if (until !== undefined) where('d.dated_at <= ?', boundOf(until, 'T23:59:59.999Z'));
  return { conditions, params };
}

interface HitRow extends Omit<SearchHit, 'place' | 'score'> {
  rid: number;
  workspace: string | null;
  plan: string | null;
  phase: string | null;
  step: string | null;
}

/** A step's phase and a phase's name, live or archived. */
const PHASE_OF_STEP = ['steps', 'steps_archive'].map((table) => `(SELECT phase_id FROM ${table} WHERE id = d.parent_id)`);
const named = (column: string, tables: readonly string[], id: string) =>
  `coalesce(${tables.map((table) => `(SELECT ${column} FROM ${table} WHERE id = ${id})`).join(', ')})`;

const HITS = `SELECT d.rid, d.kind, d.ref_id AS id, d.plan_id, d.title, d.dated_at AS date,
    snippet(search_index, 1, '', '', '…', 24) AS snippet,
    (SELECT name FROM workspaces WHERE id = d.workspace_id) AS workspace,
    ${named('title', ['plans', 'plans_archive'], 'd.plan_id')} AS plan,
    ${named(
      'name',
      ['phases', 'phases_archive'],
      `CASE d.parent_type WHEN 'phase' THEN d.parent_id WHEN 'step' THEN coalesce(${PHASE_OF_STEP.join(', ')}) END`,
    )} AS phase,
    CASE d.parent_type WHEN 'step' THEN ${named('task', ['steps', 'steps_archive'], 'd.parent_id')} END AS step
  FROM search_index JOIN search_documents d ON d.rid = search_index.rowid
  WHERE search_index MATCH ? AND search_index.rowid IN (SELECT value FROM json_each(?))`;

function hitsOf(page: readonly Ranked[], query: SearchQuery): SearchHit[] {
  const match = anyOf([...query.required, ...query.words, ...query.compounds]);
  const rows = queryAll<HitRow>(HITS, [match, JSON.stringify(page.map(({ rid }) => rid))]);
  const byRid = new Map(rows.map((row) => [row.rid, row]));
  return page.flatMap(({ rid, score }) => {
    const row = byRid.get(rid);
    if (row === undefined) return [];
    const { rid: _rid, workspace, plan, phase, step, ...hit } = row;
    const above = hit.kind === 'plan' ? [workspace] : [plan ?? workspace, phase, step];
    return [{ ...hit, place: above.filter((name) => name !== null), score }];
  });
}
