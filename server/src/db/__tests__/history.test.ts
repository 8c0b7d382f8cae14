import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { ID_PREFIXES } from '../../domain/ids.ts';
import { queryAll, withReplayedTransactions } from '../query-helpers.ts';
import { apply } from '../replay.ts';
import { markCurrentDoneAndGetNext } from '../step-db.ts';
import type { UserTable } from '../types.ts';
import { countRows, hashOfAllRows, rowsOf, userTables, withTestDatabase } from './fixtures.ts';
import { aFullWorkspace } from './full-workspace.ts';
import { ANY_CALLS, perform } from './random-calls.ts';
import { currentState, historyRows, textOf } from './replay.ts';

describe('the history of any sequence of calls', () => {
  test('leads back to every earlier state, and forth again', () => {
    fc.assert(
      fc.property(ANY_CALLS, (calls) =>
        withTestDatabase(() => {
          const states = [{ length: 0, text: textOf(currentState()) }];
          for (const call of calls) {
            const before = hashOfAllRows();
            const done = perform(call);
            if (!done) expect(hashOfAllRows()).toBe(before);
            states.push({ length: countRows('row_history'), text: textOf(currentState()) });
          }
          const changes = historyRows();
          const state = currentState();
          for (const { length, text } of [...states].reverse()) {
            for (const change of changes.splice(length).reverse()) apply(state, change, 'back');
            expect(textOf(state)).toBe(text);
          }
          for (const change of historyRows()) apply(state, change, 'forth');
          expect(textOf(state)).toBe(textOf(currentState()));
        }),
      ),
      { numRuns: 60 },
    );
  });

  test('has no change that changes nothing, and belongs to one operation a call', () => {
    fc.assert(
      fc.property(ANY_CALLS, (calls) =>
        withTestDatabase(() => {
          for (const call of calls) {
            const seen = countRows('row_history');
            perform(call);
            const changes = historyRows().slice(seen);
            for (const { before, after } of changes) expect(before).not.toBe(after);
            if (call.name !== 'aPlan')
              expect(new Set(changes.map((change) => change.operation_id)).size).toBeLessThan(2);
          }
        }),
      ),
      { numRuns: 20 },
    );
  });
});

describe('a transaction body that is run, rolled back and run again', () => {
  const IDS = new RegExp(`\\b(${Object.values(ID_PREFIXES).join('|')})_[0-9a-z]{12}\\b`, 'g');

  /** Everything that `script` leaves, with its ids numbered in the order in which they appear. */
  function endOf(script: () => void): string[] {
    return withTestDatabase(() =>
      withClock(
        () => Date.parse('2026-01-02T03:04:05.678Z'),
        () => {
          script();
          const numbers = new Map<string, string>();
          const tables = [...userTables(), 'row_history', 'search_documents', 'update_log'] as UserTable[];
          return tables.map((table) => {
            const text = JSON.stringify(queryAll(`SELECT * FROM ${table} ORDER BY 1`));
            const numbered = text.replace(IDS, (id, prefix: string) => {
              if (!numbers.has(id)) numbers.set(id, `${prefix}_${numbers.size}`);
              return numbers.get(id) ?? id;
            });
            return `${table} ${numbered}`;
          });
        },
      ),
    );
  }

  test('comes to the same end', () => {
    const script = () => {
      const { live } = aFullWorkspace();
      const { id } = rowsOf('sessions')[0] ?? { id: '' };
      for (let call = 0; call < 4; call++) markCurrentDoneAndGetNext(live.plan.id, 'Executor', { sessionId: id });
    };
    expect(endOf(() => withReplayedTransactions(script))).toEqual(endOf(script));
  });

  test('comes to the same end for any sequence of calls', () => {
    fc.assert(
      fc.property(ANY_CALLS, (calls) => {
        const script = () => void calls.map(perform);
        expect(endOf(() => withReplayedTransactions(script))).toEqual(endOf(script));
      }),
      { numRuns: 20 },
    );
  });
});
