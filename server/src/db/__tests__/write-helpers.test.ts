import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { getPlan } from '../plan-db.ts';
import { queryAll } from '../query-helpers.ts';
import type { HistoryRow } from '../types.ts';
import { deleteRow, deleteRows, insertRow, moveRows, touchRow, updateRow, updateRows } from '../write-helpers.ts';
import { aPlan, aSession, countRows, hashOfAllRows, refusal, rowsOf, withTestDatabase } from './fixtures.ts';

const EARLIER = '2026-01-01T00:00:00.000Z';
const LATER = '2026-02-02T00:00:00.000Z';

/** What `fn` adds to the history, with the values read. */
function recorded(fn: () => unknown): { table: string; row: string; before: unknown; after: unknown }[] {
  const seen = countRows('row_history');
  fn();
  return queryAll<HistoryRow>('SELECT * FROM row_history ORDER BY seq')
    .slice(seen)
    .map(({ table_name, row_id, before, after }) => ({
      table: table_name,
      row: row_id,
      before: JSON.parse(before ?? 'null'),
      after: JSON.parse(after ?? 'null'),
    }));
}

/** Everything there is: rows, history, search documents. */
function everything(): unknown {
  return [hashOfAllRows(), queryAll('SELECT * FROM row_history'), queryAll('SELECT * FROM search_documents')];
}

const at = <T>(time: string, fn: () => T): T => withClock(() => Date.parse(time), fn);

describe('insertRow', () => {
  test('answers the stored row and records all of it', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const values = { id: 'note_1', plan_id: plan.id, note: 'Mind the gap.', created_at: EARLIER };
      const history = recorded(() =>
        expect(insertRow('plan_notes', values)).toEqual({
          seq: 1,
          ...values,
          note_type: 'info',
          added_by: 'agent',
          meta: null,
        }),
      );
      expect(history).toEqual([{ table: 'plan_notes', row: 'note_1', before: null, after: rowsOf('plan_notes')[0] }]);
      expect(countRows('search_documents', { kind: 'note', ref_id: 'note_1', body: 'Mind the gap.' })).toBe(1);
    }));

  test('refuses a column that the table does not have', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const row = { id: 'note_1', plan_id: plan.id, note: 'x', created_at: EARLIER, colour: 'red' };
      expect(refusal(() => insertRow('plan_notes', row)).code).toBe('invalid_input');
      expect(countRows('plan_notes')).toBe(0);
    }));
});

describe('updateRow', () => {
  test('answers the row as it is stored and records the changed columns alone', () =>
    withTestDatabase(() => {
      const { plan } = at(EARLIER, () => aPlan({ title: 'Old', description: 'Same' }));
      const history = recorded(() =>
        at(LATER, () => {
          const changes = { title: 'New', description: 'Same' };
          const after = updateRow('plans', plan.id, ['title', 'description'], changes);
          expect(after).toEqual({ ...plan, title: 'New', updated_at: LATER });
          expect(getPlan(plan.id)).toEqual(after);
        }),
      );
      const [before, after] = [
        { title: 'Old', updated_at: EARLIER },
        { title: 'New', updated_at: LATER },
      ];
      expect(history).toEqual([{ table: 'plans', row: plan.id, before, after }]);
      expect(countRows('search_documents', { ref_id: plan.id, title: 'New' })).toBe(1);
    }));

  test('leaves what is undefined and clears what is null', () =>
    withTestDatabase(() => {
      const { plan } = aPlan({ description: 'Text', current_agent: 'Executor' });
      const columns = ['title', 'description', 'current_agent'] as const;
      updateRow('plans', plan.id, columns, { title: undefined, description: null });
      expect(getPlan(plan.id)).toMatchObject({ title: plan.title, description: null, current_agent: 'Executor' });
    }));

  test('stamps the change, unless its time is given', () =>
    withTestDatabase(() => {
      const { plan } = at(EARLIER, () => aPlan());
      const change = (title: string, updated_at: string | undefined) =>
        at(LATER, () => updateRow('plans', plan.id, ['title', 'updated_at'], { title, updated_at }))?.updated_at;
      expect(change('Kept', EARLIER)).toBe(EARLIER);
      expect(change('Given', '2026-01-15T00:00:00.000Z')).toBe('2026-01-15T00:00:00.000Z');
      expect(getPlan(plan.id)?.updated_at).toBe('2026-01-15T00:00:00.000Z');
      expect(change('Not given', undefined)).toBe(LATER);
      expect(getPlan(plan.id)?.updated_at).toBe(LATER);
    }));

  test('writes nothing when nothing changes', () =>
    withTestDatabase(() => {
      const { plan } = at(EARLIER, () => aPlan({ title: 'Same' }));
      const before = everything();
      expect(at(LATER, () => updateRow('plans', plan.id, ['title'], { title: 'Same' }))).toEqual(plan);
      expect(updateRow('plans', plan.id, ['title'], {})).toEqual(plan);
      expect(everything()).toEqual(before);
    }));

  test('refuses a column that is not among the changeable or not in the table', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const before = everything();
      expect(refusal(() => updateRow('plans', plan.id, ['title'], { title: 'New', status: 'paused' })).code).toBe(
        'invalid_input',
      );
      const colour = { colour: 'red' } as object;
      expect(refusal(() => updateRow('plans', plan.id, Object.keys(colour) as 'title'[], colour)).code).toBe(
        'invalid_input',
      );
      expect(refusal(() => updateRows('plans', 'id = ?', [plan.id], colour)).code).toBe('invalid_input');
      expect(everything()).toEqual(before);
    }));

  test('answers undefined and writes nothing when there is no such row, or its guard does not hold', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const before = everything();
      const change = (id: string, where: object) => updateRow('plans', id, ['title'], { title: 'New' }, { where });
      expect(change('plan_none', {})).toBeUndefined();
      expect(change(plan.id, { status: 'paused' })).toBeUndefined();
      expect(change(plan.id, { status: 'active', description: 'not null' })).toBeUndefined();
      expect(change(plan.id, { title: null })).toBeUndefined();
      expect(everything()).toEqual(before);
      expect(change(plan.id, { status: 'active', description: null })?.title).toBe('New');
    }));
});

describe('several rows', () => {
  test('that are updated are each recorded, in the order they were made', () =>
    withTestDatabase(() => {
      const { plan, phases } = aPlan({ phases: 3 });
      updateRow('phases', phases[1]?.id ?? '', ['description'], { description: 'done' });
      const history = recorded(() => {
        const rows = updateRows('phases', 'plan_id = ?', [plan.id], { description: 'done' });
        expect(rows.map(({ id }) => id)).toEqual(phases.map(({ id }) => id));
      });
      expect(history.map(({ row }) => row)).toEqual([phases[0]?.id, phases[2]?.id]);
      expect(countRows('phases', { description: 'done' })).toBe(3);
    }));

  test('that are deleted are each recorded as they were, and go out of the index', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan({ stepsEach: 3 });
      const rows = rowsOf('steps');
      const history = recorded(() => {
        expect(deleteRow('steps', steps[1]?.id ?? '')).toBe(true);
        expect(deleteRow('steps', steps[1]?.id ?? '')).toBe(false);
        expect(deleteRows('steps', 'plan_id = ?', [plan.id])).toBe(2);
      });
      const order = [rows[1], rows[0], rows[2]];
      expect(history).toEqual(order.map((row) => ({ table: 'steps', row: row?.id, before: row, after: null })));
      expect(countRows('search_documents', { kind: 'step' })).toBe(0);
    }));

  test('that move keep every value, are recorded as moved, and stay in the index', () =>
    withTestDatabase(() => {
      const { plan } = aPlan({ phases: 2, stepsEach: 0 });
      const [plans, phases, documents] = [
        rowsOf('plans'),
        rowsOf('phases'),
        queryAll('SELECT * FROM search_documents'),
      ];
      const history = recorded(() => {
        const taken = moveRows([
          { from: 'plans', to: 'plans_archive', where: 'id = ?', params: [plan.id] },
          { from: 'phases', to: 'phases_archive', where: 'plan_id = ?', params: [plan.id] },
        ]);
        expect(taken).toEqual([1, 2]);
      });
      expect([rowsOf('plans_archive'), rowsOf('phases_archive')]).toEqual([plans, phases]);
      expect([countRows('plans'), countRows('phases')]).toEqual([0, 0]);
      expect(history.map(({ row }) => row)).toEqual([...plans, ...phases].map(({ id }) => id));
      expect(history[2]).toMatchObject({ before: { $table: 'phases' }, after: { $table: 'phases_archive' } });
      expect(queryAll('SELECT * FROM search_documents')).toEqual(documents);
    }));
});

describe('the history of one row', () => {
  test('records text that was appended to by what was added, if it is long', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const [short, long] = ['x'.repeat(255), 'x'.repeat(256)];
      const change = (description: string) => updateRow('plans', plan.id, ['description'], { description });
      const columns = [short, `${short}+`, long, `${long}, and more`, `new ${long}, and more`].map((text) => {
        const [{ before, after } = { before: null, after: null }] = recorded(() => change(text));
        return [before, after].map((values) => (values as { description: unknown }).description);
      });
      expect(columns).toEqual([
        [null, short],
        [short, `${short}+`],
        [`${short}+`, long],
        [{ $length: 256 }, { $append: ', and more' }],
        [`${long}, and more`, `new ${long}, and more`],
      ]);
      expect(getPlan(plan.id)?.description).toBe(`new ${long}, and more`);
    }));

  test('does not know a sign of life', () =>
    withTestDatabase(() => {
      const session = aSession();
      expect(recorded(() => touchRow('sessions', session.id, { last_seen_at: LATER }))).toEqual([]);
      expect(rowsOf('sessions')[0]?.last_seen_at).toBe(LATER);
    }));
});
