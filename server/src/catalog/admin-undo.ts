/** memory_admin undo: what was done is taken back, as far as nothing later stands against it. */
import { previewUndo, undo as takeBack } from '../db/index.ts';
import { boundOf } from '../domain/clock.ts';
import { action } from './define.ts';
import { confirm, dryRun, id, time } from './params.ts';
import { count } from './text.ts';

export const undo = action({
  summary: 'Take back what an operation or session did, or all since a time; refused where later changes conflict.',
  effect: 'write',
  params: {
    operation_id: id.optional(),
    target_session_id: id.optional(),
    since: time.optional(),
    dry_run: dryRun,
    confirm,
  },
  example: { operation_id: 'op_0123456789ab', dry_run: false, confirm: true },
  run: ({ operation_id, target_session_id, since, dry_run = true }, call) => {
    const target = {
      operationId: operation_id,
      sessionId: target_session_id,
      since: since === undefined ? undefined : boundOf(since, 'T00:00:00.000Z'),
    };
    call.subject.unchanged = dry_run;
    return { dry_run, ...(dry_run ? previewUndo(target) : takeBack(target)) };
  },
  render: ({ dry_run, operation_id, changes, rows }) => {
    const counts = Object.entries(rows).map(([table, n]) => `${table} ${n}`);
    if (counts.length === 0) return `Nothing to take back${changes === 0 ? '' : `: ${undoneAlready(changes)}`}`;
    const what = `${count(changes, 'change')}; ${shortened(counts)}`;
    if (dry_run) return `Would take back ${what}\nNothing was changed: send dry_run: false to do it.`;
    return `Took back ${what}\nTo undo this: ${operation_id}`;
  },
});

function undoneAlready(changes: number): string {
  return `what ${changes === 1 ? 'this change' : `these ${changes} changes`} did is undone already`;
}

const COUNTS_SHOWN = 10;

function shortened(counts: readonly string[]): string {
  const more = counts.length > COUNTS_SHOWN ? `, and of ${counts.length - COUNTS_SHOWN} more tables` : '';
  return counts.slice(0, COUNTS_SHOWN).join(', ') + more;
}
