import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import { withOperation } from '../operation.ts';
import { queryAll } from '../query-helpers.ts';
import { previewUndo, type Undo, undo } from '../undo.ts';
import { hashOfAllRows, withTestDatabase } from './fixtures.ts';
import { requireRules } from './invariants.ts';
import { ANY_CALLS, type Call, perform } from './random-calls.ts';
import { currentState, textOf } from './replay.ts';
import { requireSound } from './soundness.ts';

/** Everything that undo gives back: the rows, and what is found of them. A claim number only ever grows. */
function state(): string {
  const documents = queryAll(
    `SELECT kind, ref_id, workspace_id, plan_id, parent_type, parent_id, type, dated_at, thread, title, dates, parts, body
     FROM search_documents ORDER BY kind, ref_id`,
  );
  const rows = textOf(currentState()).replace(/"claim_number":\d+,/g, '');
  return `${rows}${JSON.stringify(documents)}`.replaceAll('},{', '},\n{');
}

/** Every row, by its id, with the table it lies in. */
function rowsById(): Map<string, string> {
  const tables = [...currentState()].map(([table, rows]) =>
    [...rows].map(([id, row]): [string, string] => [id, `${table} ${JSON.stringify(row)}`]),
  );
  return new Map(tables.flat());
}

/** How many rows are others than they were. */
function countChanged(before: Map<string, string>, after: Map<string, string>): number {
  const ids = new Set([...before.keys(), ...after.keys()]);
  return [...ids].filter((id) => before.get(id) !== after.get(id)).length;
}

const sum = (rows: Undo['rows']) => Object.values(rows).reduce((total, n) => total + n, 0);

/** Does a call as this session: an operation of its own. */
function performAs(sessionId: string | null, call: Call): void {
  withOperation({ id: newId('operation'), sessionId, tool: 'memory_plan', action: call.name }, () => perform(call));
}

function undoAs(sessionId: string | null, target: Parameters<typeof undo>[0]): Undo {
  const operation = { id: newId('operation'), sessionId, tool: 'memory_admin', action: 'undo' };
  return withOperation(operation, () => undo(target));
}

test('undoing a session gives back the state before it, and undoing that gives back the state after it', {
  timeout: 120_000,
}, () => {
  fc.assert(
    fc.property(ANY_CALLS, ANY_CALLS, (earlier, calls) =>
      withTestDatabase(() => {
        for (const call of earlier) performAs(null, call);
        const before = state();
        for (const call of calls) performAs('sess_a', call);
        const after = state();
        const rows = rowsById();
        const said = previewUndo({ sessionId: 'sess_a' });
        const done = undoAs(null, { sessionId: 'sess_a' });
        const { operation_id } = done;
        expect(state()).toBe(before);
        expect(done).toEqual({ ...said, operation_id });
        expect(sum(done.rows)).toBe(countChanged(rows, rowsById()));
        requireSound();
        if (operation_id === null) return;
        undoAs(null, { operationId: operation_id });
        expect(state()).toBe(after);
        requireSound();
      }),
    ),
    { numRuns: 25 },
  );
});

test('an undo among the changes of others is refused and changes nothing, or leaves everything in order', {
  timeout: 120_000,
}, () => {
  const seen = { done: 0, refused: 0 };
  fc.assert(
    fc.property(ANY_CALLS, fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), (calls, turns) =>
      withTestDatabase(() => {
        for (const [index, call] of calls.entries()) {
          performAs(index > 0 && turns[index % turns.length] === true ? 'sess_a' : 'sess_b', call);
        }
        const before = hashOfAllRows();
        try {
          undoAs(null, { sessionId: 'sess_a' });
          seen.done++;
        } catch (error) {
          if (!(error instanceof MemoryError && ['conflict', 'cycle', 'not_found'].includes(error.code))) throw error;
          expect(hashOfAllRows()).toBe(before);
          seen.refused++;
        }
        requireSound();
        requireRules('undo');
      }),
    ),
    { numRuns: 80 },
  );
  expect(seen.done).toBeGreaterThan(10);
  expect(seen.refused).toBeGreaterThan(10);
});
