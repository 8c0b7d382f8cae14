/** Claims that come back by an undo: each under a new number, so that no earlier one passes for it. */
import { getRowHistory } from './history-db.ts';
import { claimsWithPaths, conflictWith } from './path-conflicts.ts';
import { type RecordedChange, readChange } from './replay.ts';
import type { StepRow } from './types.ts';
import type { Conflict, UndoStep } from './undo-plan.ts';
import type { Tracked, UndoRows } from './undo-rows.ts';

/** Numbers the claims that come back. Answers the writes, and the conflicts with others who have claimed since. */
export function renumberClaims(
  rows: UndoRows,
  changes: readonly RecordedChange[],
): { steps: UndoStep[]; conflicts: Conflict[] } {
  const returning = rows.all().filter(comesBack);
  const own = new Set(changes.map(({ seq }) => seq));
  const claimed = returning.filter(({ id }) => claimedSince(id, changes, own));
  return {
    steps: returning.map(({ id, start, now }) => {
      const number = Math.max(Number(start?.row['claim_number'] ?? 0), Number(now?.row['claim_number'])) + 1;
      if (now !== null) now.row['claim_number'] = number;
      return { kind: 'update', table: 'steps', id, values: { claim_number: number } };
    }),
    conflicts: [
      ...claimed.map(({ id }): Conflict => ({ table: 'steps', id, column: 'claim_number', what: 'was changed' })),
      ...returning.flatMap((tracked) => inTheWay(tracked, rows)),
    ],
  };
}

const CLAIM = ['status', 'claimed_by_session', 'claimed_agent', 'claimed_at'];

function comesBack({ start, now }: Tracked): boolean {
  if (now?.table !== 'steps' || now.row['status'] !== 'active') return false;
  return CLAIM.some((column) => start?.row[column] !== now.row[column]);
}

/** Whether somebody has claimed the step after its claim was ended by the earliest of the changes that are taken back. */
function claimedSince(id: string, changes: readonly RecordedChange[], own: ReadonlySet<number>): boolean {
  const ended = changes.filter(
    ({ row_id, before }) => row_id === id && CLAIM.some((column) => column in (before ?? {})),
  );
  const first = Math.min(...ended.map(({ seq }) => seq));
  return getRowHistory(id)
    .map(readChange)
    .some(
      ({ seq, kind, after }) => seq > first && !own.has(seq) && kind === 'update' && 'claim_number' in (after ?? {}),
    );
}

/** The claim of somebody else who is changing the same files now. */
function inTheWay({ now }: Tracked, rows: UndoRows): Conflict[] {
  const step = (now?.row ?? {}) as Partial<StepRow> as StepRow;
  const by = { sessionId: step.claimed_by_session, agentType: step.claimed_agent };
  const claims = claimsWithPaths(step.plan_id, by).filter(({ id }) => {
    const known = rows.known(id);
    return known === undefined || known.now?.row['status'] === 'active';
  });
  const id = conflictWith(claims, step)?.holder.id;
  const what = `is held, and changes the files of ${step.id}; it was claimed`;
  return id === undefined ? [] : [{ table: 'steps', id, column: null, what }];
}
