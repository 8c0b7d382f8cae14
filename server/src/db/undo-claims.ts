/** Claims that come back by an undo: each under a new number, so that no earlier one passes for it. */
import { getRowHistory } from './history-db.ts';
import { claimsWithPaths, conflictWith } from './path-conflicts.ts';
import { type RecordedChange, type Row, readChange } from './replay.ts';
import type { StepRow } from './types.ts';
import type { Conflict, UndoStep } from './undo-plan.ts';
import type { Tracked, UndoRows } from './undo-rows.ts';

/** A step that somebody holds again. */
interface Returning extends Tracked {
  now: { table: 'steps'; row: Row & StepRow };
}

/** Numbers the claims that come back. Answers the writes, and the conflicts with others who have claimed since. */
export function renumberClaims(
  rows: UndoRows,
  changes: readonly RecordedChange[],
): { steps: UndoStep[]; conflicts: Conflict[] } {
  const returning = rows.all().filter(comesBack);
  const own = new Set(changes.map(({ seq }) => seq));
  const ends = claimEnds(changes);
  const claimed = returning.filter(({ id }) => claimedSince(id, ends.get(id) ?? Number.POSITIVE_INFINITY, own));
  return {
    steps: returning.map(({ id, start, now }) => {
      const number = Math.max(Number(start?.row['claim_number'] ?? 0), now.row.claim_number) + 1;
      now.row.claim_number = number;
      return { kind: 'update', table: 'steps', id, values: { claim_number: number } };
    }),
    conflicts: [
      ...claimed.map(({ id }): Conflict => ({ table: 'steps', id, column: 'claim_number', what: 'was changed' })),
      ...returning.flatMap((tracked) => inTheWay(tracked, rows)),
    ],
  };
}

const CLAIM = ['status', 'claimed_by_session', 'claimed_agent', 'claimed_at'];

function comesBack(tracked: Tracked): tracked is Returning {
  const { start, now } = tracked;
  if (now?.table !== 'steps' || now.row['status'] !== 'active') return false;
  return CLAIM.some((column) => start?.row[column] !== now.row[column]);
}

/** Step → the earliest of the changes, given newest first, that ended a claim of it. */
function claimEnds(changes: readonly RecordedChange[]): Map<string, number> {
  const ends = new Map<string, number>();
  for (const { row_id, seq, before } of changes) {
    if (CLAIM.some((column) => column in (before ?? {}))) ends.set(row_id, seq);
  }
  return ends;
}

/** Whether somebody has claimed the step after this change, by one that is not taken back. */
function claimedSince(id: string, end: number, own: ReadonlySet<number>): boolean {
  return claimsOf(id).some(({ seq, kind }) => seq > end && !own.has(seq) && kind === 'update');
}

/** The claim of somebody else who is changing the same files now. */
function inTheWay({ now }: Returning, rows: UndoRows): Conflict[] {
  const step = now.row;
  const by = { sessionId: step.claimed_by_session, agentType: step.claimed_agent };
  const claims = claimsWithPaths(step.plan_id, by).filter(({ id }) => {
    const known = rows.known(id);
    return known === undefined || known.now?.row['status'] === 'active';
  });
  const id = conflictWith(claims, step)?.holder.id;
  if (id === undefined) return [];
  const what = `is held, and changes the files of ${step.id}; it was claimed`;
  return [{ table: 'steps', id, column: null, what, by: claimsOf(id).at(-1)?.seq }];
}

/** The recorded changes that gave the step a claim number, oldest first. */
function claimsOf(id: string): RecordedChange[] {
  return getRowHistory(id)
    .map(readChange)
    .filter(({ after }) => 'claim_number' in (after ?? {}));
}
