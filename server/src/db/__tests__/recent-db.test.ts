import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { storeContext } from '../context-db.ts';
import { archivePlan, createPlan, updatePlan } from '../plan-db.ts';
import { listActivePlans, listRecent } from '../recent-db.ts';
import { aPlan, aWorkspace, withTestDatabase } from './fixtures.ts';

/** Does it at this time. */
const at = <T>(ms: number, work: () => T): T => withClock(() => ms, work);

describe('listRecent', () => {
  test('what changed last comes first; of two at one time the newer; the archived are left out', () =>
    withTestDatabase(() => {
      const { id: workspace_id } = aWorkspace();
      const plan = (ms: number, title: string) => at(ms, () => createPlan({ workspace_id, title })).id;
      const [one, two, three, gone] = [plan(1000, 'One'), plan(2000, 'Two'), plan(2000, 'Three'), plan(3000, 'Gone')];
      archivePlan(gone);
      expect(listRecent('plan', 5)).toEqual([
        { id: three, label: 'Three' },
        { id: two, label: 'Two' },
        { id: one, label: 'One' },
      ]);
      at(4000, () => updatePlan(one, { title: 'Once' }));
      expect(listRecent('plan', 2)).toEqual([
        { id: one, label: 'Once' },
        { id: three, label: 'Three' },
      ]);
    }));

  test('an id is found by its beginning, however many others are newer; _ and % are no patterns', () =>
    withTestDatabase(() => {
      const { id: workspace_id } = aWorkspace();
      const plan = (id: string) => createPlan({ id, workspace_id, title: id }).id;
      const [old, older] = [plan('plan_abc'), plan('planXabd')];
      for (let n = 0; n < 5; n++) plan(`plan_z${n}`);
      expect(listRecent('plan', 1, 'plan_ab').map(({ id }) => id)).toEqual([old]);
      expect(listRecent('plan', 9, 'planX').map(({ id }) => id)).toEqual([older]);
      expect(listRecent('plan', 9, '%')).toEqual([]);
    }));

  test('a step is called by its task, a context item by its type and key', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan({ phases: 1, stepsEach: 1 });
      expect(listRecent('step', 5)).toEqual([{ id: steps[0]?.id, label: steps[0]?.task }]);
      const keyed = storeContext('plan', plan.id, 'decision', 'blue', { key: 'colour' });
      const plain = storeContext('plan', plan.id, 'finding', 'wet');
      expect(listRecent('context', 5)).toEqual([
        { id: plain.id, label: 'finding' },
        { id: keyed.id, label: 'decision colour' },
      ]);
    }));
});

test('listActivePlans: those of all workspaces, and no others', () =>
  withTestDatabase(() => {
    const [first, second] = [aPlan().plan, aPlan().plan];
    updatePlan(aPlan().plan.id, { status: 'paused' });
    expect(listActivePlans(5).map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(listActivePlans(1)).toEqual([{ id: second.id, title: second.title, workspace: expect.any(String) }]);
  }));
