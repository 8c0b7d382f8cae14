/** What is shown of a document that was found: where it hangs, the text around the match, and why it was found. */
import type { Term } from '../domain/search-query.ts';
import { excerpt } from '../domain/search-text.ts';
import { queryAll } from './query-helpers.ts';
import { anyOf, rowidFor, SEARCH_COLUMNS, type SearchColumn, within } from './search-match.ts';
import type { SearchKind } from './search-sources.ts';

export interface SearchHit {
  kind: SearchKind;
  id: string;
  plan_id: string | null;
  title: string;
  /** Plan, phase and step on which it hangs; the workspace where it has no plan. */
  place: string[];
  date: string | null;
  /** The text around the match; of a tool's action, how it is called. */
  snippet: string;
}

/** A word of the query, or one related to it, and the columns in which it stands. */
export interface MatchedWord {
  word: string;
  columns: SearchColumn[];
}

interface HitRow extends Omit<SearchHit, 'place' | 'snippet'> {
  rid: number;
  beginning: string;
  workspace: string | null;
  plan: string | null;
  phase: string | null;
  step: string | null;
}

const SNIPPET_WORDS = 24;
const SNIPPET_LENGTH = 300;

/** A column of a row that is live or archived. */
const named = (column: string, table: string, id: string) =>
  `coalesce((SELECT ${column} FROM ${table} WHERE id = ${id}), (SELECT ${column} FROM ${table}_archive WHERE id = ${id}))`;

const PHASE_ID = `CASE d.parent_type WHEN 'phase' THEN d.parent_id
  WHEN 'step' THEN ${named('phase_id', 'steps', 'd.parent_id')} END`;

const HITS = `SELECT d.rid, d.kind, d.ref_id AS id, d.plan_id, d.title, d.dated_at AS date,
    substr(d.body, 1, ${SNIPPET_LENGTH * 2}) AS beginning,
    (SELECT name FROM workspaces WHERE id = d.workspace_id) AS workspace,
    ${named('title', 'plans', 'd.plan_id')} AS plan,
    ${named('name', 'phases', PHASE_ID)} AS phase,
    CASE d.parent_type WHEN 'step' THEN ${named('task', 'steps', 'd.parent_id')} END AS step
  FROM search_documents d WHERE d.rid IN (SELECT value FROM json_each(?))`;

/** The documents with these numbers, by number. */
export function hitsOf(rids: readonly number[], terms: readonly Term[]): Map<number, SearchHit> {
  const list = JSON.stringify(rids);
  const match = anyOf(terms);
  const found = queryAll<{ rid: number; snippet: string }>(
    `SELECT rowid AS rid, snippet(search_index, 1, '', '', '…', ${SNIPPET_WORDS}) AS snippet FROM search_index
     WHERE search_index MATCH ? AND ${rowidFor(match)} IN (SELECT value FROM json_each(?))`,
    [match, list],
  );
  const snippets = new Map(found.map(({ rid, snippet }) => [rid, snippet]));
  return new Map(
    queryAll<HitRow>(HITS, [list]).map(({ rid, workspace, plan, phase, step, beginning, ...hit }) => {
      const above = hit.kind === 'plan' ? [workspace] : [plan ?? workspace, phase, step];
      const [call = ''] = beginning.split('\n');
      const snippet = hit.kind === 'tool' ? call : (snippets.get(rid) ?? beginning);
      return [rid, { ...hit, place: above.filter((name) => name !== null), snippet: excerpt(snippet, SNIPPET_LENGTH) }];
    }),
  );
}

/** Which of the words stand where in these documents, by number. */
export function matchedWords(rids: readonly number[], terms: readonly Term[]): Map<number, MatchedWord[]> {
  const matched = new Map(rids.map((rid): [number, MatchedWord[]] => [rid, []]));
  const inColumns = terms.flatMap((term) => SEARCH_COLUMNS.map((column) => within([column], anyOf([term]))));
  const holders = holdersAmong(inColumns, rids);
  for (const [index, { text: word }] of terms.entries()) {
    for (const rid of rids) {
      const columns = SEARCH_COLUMNS.filter((_, n) => holders[index * SEARCH_COLUMNS.length + n]?.has(rid));
      if (columns.length > 0) matched.get(rid)?.push({ word, columns });
    }
  }
  return matched;
}

/** For each query, which of these documents match. Where each query finds `few` documents, all of these are gone through. */
export function holdersAmong(matches: readonly string[], rids: readonly number[], few = false): Set<number>[] {
  const holders = matches.map(() => new Set<number>());
  const ways = matches.map((match) => rowidFor(match, few));
  for (const rowid of new Set(ways)) {
    const asked = matches.map((match, index) => (ways[index] === rowid ? match : null));
    const found = queryAll<{ query: number; rid: number }>(
      `SELECT q.key AS query, search_index.rowid AS rid FROM json_each(?) q CROSS JOIN search_index
       WHERE q.value IS NOT NULL AND search_index MATCH q.value AND ${rowid} IN (SELECT value FROM json_each(?))`,
      [JSON.stringify(asked), JSON.stringify(rids)],
    );
    for (const { query, rid } of found) holders[query]?.add(rid);
  }
  return holders;
}
