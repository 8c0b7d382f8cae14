import { describe, expect, test } from 'vitest';
import { withDatabase } from '../connection.ts';
import { getOperationHistory, getRowHistory, recordInsert } from '../history-db.ts';
import { currentOperation, type Operation, withOperation } from '../operation.ts';
import { queryAll, snapshot, transaction } from '../query-helpers.ts';
import type { HistoryRow } from '../types.ts';
import { deleteRow, insertRow, updateRow } from '../write-helpers.ts';
import {
  aPhase,
  aPlan,
  aWorkspace,
  countRows,
  hashOfAllRows,
  openFile,
  refusal,
  rowsOf,
  temporaryFolder,
  withTestDatabase,
} from './fixtures.ts';

/** Everything there is: rows, history, search documents. */
function everything(): unknown {
  return [hashOfAllRows(), queryAll('SELECT * FROM row_history'), queryAll('SELECT * FROM search_documents')];
}

describe('an operation', () => {
  const operation: Operation = { id: 'op_1', sessionId: 'sess_1', tool: 'memory_plan', action: 'create' };

  test('is one for all that a transaction writes, however deep, and another for the next', () =>
    withTestDatabase(() => {
      const seen = countRows('row_history');
      const { id } = transaction(() => transaction(() => aPlan({ phases: 2 }).plan));
      aPhase({ plan_id: id });
      const ids = queryAll<HistoryRow>('SELECT * FROM row_history ORDER BY seq')
        .slice(seen)
        .map((row) => row.operation_id);
      expect(ids.length).toBeGreaterThan(6);
      expect(new Set(ids.slice(0, -1)).size).toBe(1);
      expect(ids.at(-1)).not.toBe(ids[0]);
      expect(getOperationHistory(ids[0] ?? '')).toHaveLength(ids.length - 1);
    }));

  test('says who wrote, for as long as it runs', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      expect(() =>
        withOperation(operation, () => transaction(() => updateRow('plans', plan.id, [], { title: 'x' }))),
      ).toThrow();
      expect(currentOperation()).toBeNull();
      withOperation(operation, () => updateRow('plans', plan.id, ['title'], { title: 'x' }));
      expect(getRowHistory(plan.id).at(-1)).toMatchObject({
        operation_id: 'op_1',
        session_id: 'sess_1',
        tool: 'memory_plan',
        action: 'create',
      });
    }));
});

describe('a transaction', () => {
  test('that fails leaves neither rows nor history nor search documents', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const before = everything();
      const fail = () => {
        aPlan({ workspace_id: plan.workspace_id });
        transaction(() => deleteRow('steps', rowsOf('steps')[0]?.id ?? ''));
        throw new Error('enough');
      };
      expect(() => transaction(fail)).toThrow('enough');
      expect(() =>
        transaction(() => insertRow('plans', { id: 'plan_1', workspace_id: 'ws_none', title: 'x' })),
      ).toThrow();
      expect(everything()).toEqual(before);
      expect(aPlan().plan.title).not.toBe('');
    }));

  test('inside another one joins it', () =>
    withTestDatabase(() => {
      const outer = () => {
        const { id } = transaction(() => aWorkspace());
        expect(countRows('workspaces', { id })).toBe(1);
        throw new Error('late');
      };
      expect(() => transaction(outer)).toThrow('late');
      expect(countRows('workspaces')).toBe(0);
    }));

  test('refuses a body that would go on after it', () =>
    withTestDatabase(() => {
      expect(refusal(() => transaction(() => Promise.resolve(aWorkspace()))).code).toBe('internal');
      expect(countRows('workspaces')).toBe(0);
    }));

  test('is needed for whatever is recorded', () =>
    withTestDatabase(() => {
      expect(refusal(() => recordInsert('plans', 'plan_1', {})).code).toBe('internal');
    }));
});

describe('a snapshot', () => {
  test('sees one state of the file, whatever others write meanwhile', () => {
    const folder = temporaryFolder();
    const [reader, writer] = [openFile(folder), openFile(folder)];
    withDatabase(reader, () => {
      snapshot(() => {
        expect(countRows('plans')).toBe(0);
        withDatabase(writer, () => aPlan());
        expect([countRows('plans'), countRows('steps')]).toEqual([0, 0]);
      });
      expect([countRows('plans'), countRows('steps')]).toEqual([1, 1]);
      expect(() => snapshot(() => transaction(() => aWorkspace()))).toThrow(/A read began a transaction/);
      expect(countRows('workspaces')).toBe(1);
    });
  });
});
