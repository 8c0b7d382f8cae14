/** Undo: what an operation, a session, or everything since a time did is taken back, as an operation of its own. */
import { MemoryError, notFound } from '../domain/errors.ts';
import { getHistoryAfter, getOperationHistory, getSessionHistory } from './history-db.ts';
import { historyKeptSince } from './maintenance-db.ts';
import { currentOperation } from './operation.ts';
import { queryAll, queryOne, transaction } from './query-helpers.ts';
import { type RecordedChange, readChange } from './replay.ts';
import type { HistoryRow, SessionRow } from './types.ts';
import { applyUndo } from './undo-apply.ts';
import { type Conflict, planUndo, type UndoPlan } from './undo-plan.ts';
import { isChanged } from './undo-rows.ts';

/** What is taken back: one of the three. `since` is a stored time; what was done at that very time goes too. */
export interface UndoTarget {
  operationId?: string | undefined;
  sessionId?: string | undefined;
  since?: string | undefined;
}

export interface Undo {
  /** The operation that did it, by which it can be undone in turn; null where nothing was changed. */
  operation_id: string | null;
  /** How many recorded changes it is about. */
  changes: number;
  /** How many rows of each table become others than they are. */
  rows: Record<string, number>;
}

/** More would not fit into memory at once. */
const MOST_CHANGES = 50_000;

/** What `undo` would do. @throws as undo does */
export function previewUndo(target: UndoTarget): Undo {
  const { changes, plan } = planned(target);
  return { operation_id: null, changes: changes.length, rows: countRows(plan) };
}

/**
 * Takes back what the target did, all of it or nothing. Signs of life and claim numbers stay as they are.
 * @throws not_found when nothing of it is recorded; conflict when something has changed since that it would undo too, each
 * named with who did that, or when part of the history is gone already.
 */
export function undo(target: UndoTarget): Undo {
  return transaction(() => {
    const { changes, plan, nothingSince } = planned(target);
    const rows = countRows(plan);
    if (Object.keys(rows).length === 0) return { operation_id: null, changes: changes.length, rows };
    applyUndo(plan, nothingSince);
    return { operation_id: currentOperation()?.id ?? null, changes: changes.length, rows };
  });
}

function planned(target: UndoTarget): { changes: RecordedChange[]; plan: UndoPlan; nothingSince: boolean } {
  const recorded = selected(target);
  if (recorded.length > MOST_CHANGES) {
    throw new MemoryError('invalid_input', `That would take back more than ${MOST_CHANGES} changes at once.`, {
      hint: 'Undo the latest operations first.',
    });
  }
  const changes = recorded.map(readChange).reverse();
  const plan = planUndo(changes);
  if (plan.conflicts.length > 0) throw refusal(plan.conflicts, changes);
  const oldest = recorded[0]?.seq ?? 0;
  const later = queryOne<{ n: number }>('SELECT count(*) AS n FROM row_history WHERE seq >= ?', [oldest])?.n;
  return { changes, plan, nothingSince: later === recorded.length };
}

/** The changes of the target, oldest first. */
function selected({ operationId, sessionId, since }: UndoTarget): HistoryRow[] {
  const given = [operationId, sessionId, since].filter((name) => name !== undefined);
  if (given.length !== 1) {
    throw new MemoryError('invalid_input', 'An undo is of an operation, of a session, or of everything since a time.', {
      hint: 'Send operation_id, target_session_id or since, one of them.',
    });
  }
  if (operationId !== undefined)
    return found(getOperationHistory(operationId, MOST_CHANGES + 1), 'operation', operationId);
  if (sessionId !== undefined) {
    const session = queryOne<SessionRow>(
      'SELECT * FROM sessions WHERE id = ? UNION ALL SELECT * FROM sessions_archive WHERE id = ?',
      [sessionId, sessionId],
    );
    if (session !== undefined) refuseIncomplete(session.started_at);
    return found(getSessionHistory(sessionId, MOST_CHANGES + 1), 'session', sessionId);
  }
  refuseIncomplete(since ?? '');
  return getHistoryAfter(justBefore(since ?? ''), MOST_CHANGES + 1);
}

function found(rows: HistoryRow[], noun: string, id: string): HistoryRow[] {
  if (rows.length === 0) {
    throw notFound(
      `recorded change of the ${noun}`,
      id,
      'memory_query history shows the operations that changed a row.',
    );
  }
  return rows;
}

function refuseIncomplete(since: string): void {
  const kept = historyKeptSince();
  if (kept === null || since >= kept) return;
  throw new MemoryError(
    'conflict',
    `The history goes back to ${kept}: what happened before is not recorded any more.`,
    {
      hint: 'Undo single operations, or something later.',
    },
  );
}

/** The last millisecond before a stored time. */
function justBefore(time: string): string {
  return new Date(Date.parse(time) - 1).toISOString();
}

const CONFLICTS_NAMED = 5;

function refusal(conflicts: readonly Conflict[], changes: readonly RecordedChange[]): MemoryError {
  const own = new Set(changes.map(({ seq }) => seq));
  const named = conflicts.slice(0, CONFLICTS_NAMED).map((conflict) => {
    const column = conflict.column === null ? '' : `.${conflict.column}`;
    return `${conflict.table} ${conflict.id}${column} ${conflict.what}${byWhom(conflict, own)}`;
  });
  const more = conflicts.length > named.length ? `; and ${conflicts.length - named.length} more` : '';
  return new MemoryError('conflict', `Later changes stand against it: ${named.join('; ')}${more}.`, {
    hint: 'Undo those operations first; nothing was changed.',
  });
}

/** Who made the change that the conflict is about. */
function byWhom({ id, column, by }: Conflict, own: ReadonlySet<number>): string {
  const changes = queryAll<HistoryRow>('SELECT * FROM row_history WHERE row_id = ? ORDER BY seq DESC', [id]).map(
    readChange,
  );
  const isAbout = ({ seq, kind, after }: RecordedChange) =>
    !own.has(seq) && (column === null || kind !== 'update' || column in (after ?? {}));
  const change = changes.find(by === undefined ? isAbout : ({ seq }) => seq === by);
  if (change === undefined) return ', by a change that is not recorded';
  const { session_id, tool, action, at, operation_id } = change;
  const session = queryOne<{ agent_type: string }>(
    'SELECT agent_type FROM sessions WHERE id = ? UNION ALL SELECT agent_type FROM sessions_archive WHERE id = ?',
    [session_id, session_id],
  );
  const who = session_id === null ? '' : ` by ${session?.agent_type ?? 'session'} (${session_id})`;
  return `${who} at ${at} with ${tool ?? 'the program'} ${action ?? ''}`.trimEnd().concat(` in ${operation_id}`);
}

/** Rows that end otherwise than they are. */
function countRows({ rows }: UndoPlan): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { start, now } of rows.all().filter(isChanged)) {
    const table = now?.table ?? start?.table ?? '';
    counts[table] = (counts[table] ?? 0) + 1;
  }
  return counts;
}
