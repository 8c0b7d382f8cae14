/** How much there is of everything, and what is open. */
import { now } from '../domain/clock.ts';
import { type DatabaseFacts, databaseFacts } from './connection.ts';
import { queryOne } from './query-helpers.ts';
import { findSearchFaults } from './search-upkeep.ts';

const COUNTED = [
  'workspaces',
  'programs',
  'plans',
  'plans_archive',
  'steps',
  'context_items',
  'research_documents',
  'knowledge',
];

export interface Status extends DatabaseFacts {
  /** Rows by table. */
  counts: Record<string, number>;
  open_sessions: number;
  /** Active steps whose lease has run out. */
  stale_claims: number;
  /** What is wrong with the search index; empty when nothing is. */
  search_index_faults: string[];
}

export function getStatus(): Status {
  const count = (from: string, ...params: string[]) =>
    queryOne<{ n: number }>(`SELECT count(*) AS n FROM ${from}`, params)?.n ?? 0;
  return {
    ...databaseFacts(),
    counts: Object.fromEntries(COUNTED.map((table) => [table, count(table)])),
    open_sessions: count('sessions WHERE completed_at IS NULL AND is_orphaned = 0'),
    stale_claims: count("steps WHERE status = 'active' AND lease_expires_at < ?", now()),
    search_index_faults: findSearchFaults(),
  };
}
