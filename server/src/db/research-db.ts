/** Research documents: long text that grows by appending, on a plan or on the workspace itself. */
import { now } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { requirePlanOf } from './plan-db.ts';
import { type Param, queryAll, queryOne, transaction } from './query-helpers.ts';
import type { ResearchRow } from './types.ts';
import { insertRow, updateRow } from './write-helpers.ts';

const MAX_LENGTH = 5_000_000;

/**
 * Adds text at the end of a document, on a line of its own, and creates the document if it is new. No two appends can
 * overwrite each other. @throws invalid_input when the document would become too long, or the plan is not in the workspace.
 */
export function appendResearch(planId: string | null, wsId: string, filename: string, content: string): ResearchRow {
  return transaction(() => {
    if (planId !== null) requirePlanOf(wsId, planId);
    const known = documentOf(planId, filename, wsId);
    const grown = joined(known?.content ?? '', content);
    if (grown.length > MAX_LENGTH) {
      throw new MemoryError('invalid_input', `"${filename}" would grow above ${MAX_LENGTH} characters.`, {
        hint: 'Go on in another file.',
      });
    }
    if (known === undefined) {
      const created = now();
      return insertRow('research_documents', {
        id: newId('research'),
        workspace_id: wsId,
        plan_id: planId,
        filename,
        content: grown,
        created_at: created,
        updated_at: created,
      });
    }
    return updateRow('research_documents', known.id, ['content'], { content: grown }) as ResearchRow;
  });
}

/** The text of a plan's document, live or archived; with a null plan, of the workspace's own. */
export function getResearch(planId: string | null, filename: string, wsId?: string): string | null {
  return (documentOf(planId, filename, wsId) ?? archivedDocument(planId, filename))?.content ?? null;
}

export interface ResearchSummary {
  id: string;
  filename: string;
  length: number;
  updated_at: string;
}

/** The file names of a plan's documents in alphabetical order; with a null plan, of the workspace's own. */
export function listResearch(planId: string | null, wsId?: string): string[] {
  return summariseResearch(planId, wsId).map(({ filename }) => filename);
}

/** The same with length in characters and the time of the last append. */
export function summariseResearch(planId: string | null, wsId?: string): ResearchSummary[] {
  const columns = 'id, filename, length(content) AS length, updated_at';
  if (planId === null) {
    return queryAll<ResearchSummary>(
      `SELECT ${columns} FROM research_documents WHERE workspace_id = ? AND plan_id IS NULL ORDER BY filename`,
      [wsId ?? ''],
    );
  }
  const sql = (table: string) => `SELECT ${columns} FROM ${table} WHERE plan_id = ? ORDER BY filename`;
  const live = queryAll<ResearchSummary>(sql('research_documents'), [planId]);
  return live.length > 0 ? live : queryAll<ResearchSummary>(sql('research_documents_archive'), [planId]);
}

/** The second text on a line of its own below the first. */
function joined(text: string, more: string): string {
  return text === '' || text.endsWith('\n') ? text + more : `${text}\n${more}`;
}

function documentOf(planId: string | null, filename: string, wsId?: string): ResearchRow | undefined {
  const [where, params]: [string, Param[]] =
    planId === null
      ? ["workspace_id = ? AND coalesce(plan_id, '') = '' AND filename = ?", [wsId ?? '', filename]]
      : ['plan_id = ? AND filename = ?', [planId, filename]];
  return queryOne<ResearchRow>(`SELECT * FROM research_documents WHERE ${where}`, params);
}

function archivedDocument(planId: string | null, filename: string): ResearchRow | undefined {
  if (planId === null) return undefined;
  return queryOne<ResearchRow>('SELECT * FROM research_documents_archive WHERE plan_id = ? AND filename = ?', [
    planId,
    filename,
  ]);
}
