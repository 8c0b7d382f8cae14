/** What changed last, with what it is called: the choice that clients offer to whom does not know an id by heart. */
import type { OfferedKind } from '../domain/vocabulary.ts';
import { type Param, queryAll } from './query-helpers.ts';

/** The kinds that are offered, and what says most about a row. */
const OFFERED: Record<OfferedKind, { table: string; label: string }> = {
  plan: { table: 'plans', label: 'title' },
  step: { table: 'steps', label: 'task' },
  context: { table: 'context_items', label: "type || COALESCE(' ' || key, '')" },
};

export interface Offer {
  id: string;
  label: string;
}

/** Live rows of one kind, the one that changed last first; with a prefix, those alone whose id starts with it. */
export function listRecent(kind: OfferedKind, limit: number, idPrefix = ''): Offer[] {
  const { table, label } = OFFERED[kind];
  const [where, params]: [string, Param[]] =
    idPrefix === '' ? ['', []] : ['WHERE id >= ? AND id < ?', [idPrefix, `${idPrefix}\uffff`]];
  return queryAll<Offer>(
    `SELECT id, ${label} AS label FROM ${table} ${where} ORDER BY updated_at DESC, seq DESC LIMIT (? + 0)`,
    [...params, limit],
  );
}

export interface ActivePlan {
  id: string;
  title: string;
  workspace: string;
}

/** The active plans of all workspaces, the one that changed last first. */
export function listActivePlans(limit: number): ActivePlan[] {
  return queryAll<ActivePlan>(
    `SELECT plans.id, plans.title, workspaces.name AS workspace
     FROM plans JOIN workspaces ON workspaces.id = plans.workspace_id
     WHERE plans.status = 'active' ORDER BY plans.updated_at DESC, plans.seq DESC LIMIT (? + 0)`,
    [limit],
  );
}
