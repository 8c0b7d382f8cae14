/** What is shown of a document that was found: where it hangs, the text around the match, and why it was found. */
import type { SearchQuery, Term } from '../domain/search-query.ts';
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

/** A word of the query and the columns in which it stands. */
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

/** Which words of the query stand where in these documents, by number. */
export function matchedWords(rids: readonly number[], query: SearchQuery): Map<number, MatchedWord[]> {
  const matched = new Map(rids.map((rid): [number, MatchedWord[]] => [rid, []]));
  for (const term of [...query.required, ...query.words, ...query.compounds]) {
    const columns = new Map<number, SearchColumn[]>();
    for (const column of SEARCH_COLUMNS) {
      for (const rid of holdersAmong(within([column], anyOf([term])), rids)) {
        columns.set(rid, [...(columns.get(rid) ?? []), column]);
      }
    }
    for (const [rid, found] of columns) matched.get(rid)?.push({ word: term.text, columns: found });
  }
  return matched;
}

/** Which of these documents match. */
export function holdersAmong(match: string, rids: readonly number[]): number[] {
  return queryAll<{ rid: number }>(
    `SELECT rowid AS rid FROM search_index
     WHERE search_index MATCH ? AND ${rowidFor(match)} IN (SELECT value FROM json_each(?))`,
    [match, JSON.stringify(rids)],
  ).map(({ rid }) => rid);
}
