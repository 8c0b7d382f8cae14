import { describe, expect, test } from 'vitest';
import { countRows, withTestDatabase } from '../../db/__tests__/fixtures.ts';
import { deletePlan, findPlanById, getPlanState, queryAll, updatePlan, updateStep } from '../../db/index.ts';
import { importPath } from '../import.ts';
import { BAKERY, edit, everything, expectSums, expectUnchanged, fixtureCopy, stepsOf } from './support.ts';

const OVEN = `${BAKERY}/plans/plan_oven/state.json`;

describe('a source that has grown', () => {
  test('one inserted step is one difference, and stands where the source has it', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      edit(folder, OVEN, (state) => {
        stepsOf(state).splice(2, 0, { phase: 'Build', task: 'Pay for it', status: 'pending', type: 'standard' });
        for (const [index, step] of stepsOf(state).entries()) step['index'] = index;
      });
      const report = importPath(folder);
      expectSums(report);
      expect(report.kinds['steps']).toMatchObject({ new: 1, updated: 0, unchanged: 11, conflicts: 0 });
      const steps = getPlanState('plan_oven')?.steps.filter(({ phase }) => phase === 'Build');
      expect(steps?.map(({ task, legacy_index }) => [task, legacy_index])).toEqual([
        ['Order the oven', 1],
        ['Pay for it', 2],
        ['Fit the oven', 3],
        ['Light it', 5],
      ]);
      const before = everything();
      expectUnchanged(importPath(folder));
      expect(everything()).toBe(before);
    }));

  test('a re-worded step, a finished one and a new note are changed in place', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      const ids = getPlanState('plan_oven')?.steps.map(({ id }) => id);
      edit(folder, OVEN, (state) => {
        const [first, second] = stepsOf(state);
        Object.assign(first ?? {}, { task: 'Measure the whole room' });
        Object.assign(second ?? {}, { completed_at: '2026-01-02T00:00:00.000Z' });
        (state['pending_notes'] as unknown[]).push({
          note: 'Call the fitter',
          type: 'info',
          added_at: '2026-01-02T00:00:00.000Z',
          added_by: 'agent',
        });
      });
      const report = importPath(folder);
      expect(report.kinds['steps']).toMatchObject({ new: 0, updated: 2, conflicts: 0 });
      expect(report.kinds['notes']).toMatchObject({ new: 1 });
      const plan = getPlanState('plan_oven');
      expect(plan?.steps.map(({ id }) => id)).toEqual(ids);
      expect(plan?.steps[0]?.task).toBe('Measure the whole room');
      expect(plan?.notes.map(({ note }) => note)).toEqual(['Mind the gas pipe', 'Call the fitter']);
    }));

  test('an archived plan takes what is new and stays archived; one that became active comes back', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      const path = `${BAKERY}/plans/plan_menu/state.json`;
      edit(folder, path, (state) =>
        stepsOf(state).push({ index: 2, phase: 'Print', task: 'Fold it', status: 'pending', type: 'standard' }),
      );
      expect(importPath(folder).kinds['steps']).toMatchObject({ new: 1 });
      expect(findPlanById('plan_menu')?.archived).toBe(true);
      expect(countRows('steps_archive', { plan_id: 'plan_menu' })).toBe(3);
      edit(folder, path, (state) => Object.assign(state, { status: 'active' }));
      importPath(folder);
      expect(findPlanById('plan_menu')?.archived).toBe(false);
      expect(countRows('steps', { plan_id: 'plan_menu' })).toBe(3);
    }));

  test('an entry that has left the log stays, and what is gone from a plan is named and stays', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      edit(folder, `${BAKERY}/workspace.context.json`, (context) => {
        const log = context['update_log'] as { entries: unknown[] };
        log.entries = [
          ...log.entries.slice(1),
          { timestamp: '2026-01-03T00:00:00.000Z', tool: 'x', file_path: 'y', summary: 'Third' },
        ];
      });
      edit(folder, OVEN, (state) => stepsOf(state).pop());
      const report = importPath(folder);
      expect(report.kinds['update_log']).toMatchObject({ found: 2, new: 1, unchanged: 1 });
      expect(queryAll('SELECT summary FROM update_log WHERE meta IS NULL ORDER BY seq')).toEqual([
        { summary: 'Created' },
        { summary: 'Stepped' },
        { summary: 'Third' },
      ]);
      expect(report.gone).toMatchObject([{ kind: 'steps', path: OVEN, position: 4 }]);
      expect(getPlanState('plan_oven')?.steps).toHaveLength(5);
    }));
});

describe('rows that people changed', () => {
  test('stay as they are and are reported as conflicts, whether the source changed or not', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      const step = getPlanState('plan_oven')?.steps.find(({ task }) => task === 'Fit the oven');
      updateStep(step?.id ?? '', { notes: 'the fitter is well again' });
      updatePlan('plan_flour', { title: 'More flour' });
      deletePlan('plan_v2');
      edit(folder, `${BAKERY}/plans/plan_flour/../_archived/plan_flour/state.json`, (state) =>
        Object.assign(state, { title: 'Less flour' }),
      );
      const report = importPath(folder);
      expectSums(report);
      expect(report.ok).toBe(true);
      const reasons = report.conflicts.map(({ kind, id, reason }) => [kind, id, reason]);
      expect(reasons).toContainEqual(['steps', step?.id, 'changed here since the import']);
      expect(reasons).toContainEqual([
        'plans',
        'plan_flour',
        'changed here since the import, and the source has changed too',
      ]);
      expect(reasons).toContainEqual(['plans', 'plan_v2', 'deleted here since the import']);
      expect(getPlanState('plan_flour')?.title).toBe('More flour');
      expect(getPlanState('plan_v2')).toBeNull();
      const before = everything();
      importPath(folder);
      expect(everything()).toBe(before);
    }));

  test('and the same change in the source are in accord', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      updatePlan('plan_flour', { title: 'More flour' });
      edit(folder, `${BAKERY}/plans/_archived/plan_flour/state.json`, (state) =>
        Object.assign(state, { title: 'More flour' }),
      );
      expectUnchanged(importPath(folder));
    }));

  test('and were re-worded in the source stay one row, however often it is imported', () =>
    withTestDatabase(() => {
      const folder = fixtureCopy('legacy');
      importPath(folder);
      const [step] = getPlanState('plan_oven')?.steps ?? [];
      updateStep(step?.id ?? '', { notes: '4 by 4' });
      edit(folder, OVEN, (state) => Object.assign(stepsOf(state)[0] ?? {}, { task: 'Measure all of it' }));
      expect(importPath(folder).conflicts).toMatchObject([{ kind: 'steps', id: step?.id }]);
      const before = everything();
      expect(importPath(folder).kinds['steps']).toMatchObject({ new: 0, updated: 0, conflicts: 1 });
      expect(everything()).toBe(before);
      expect(getPlanState('plan_oven')?.steps).toHaveLength(5);
    }));
});
