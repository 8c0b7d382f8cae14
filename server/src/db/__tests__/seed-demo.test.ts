import { expect, test } from 'vitest';
import { getPlanState } from '../mappers.ts';
import { deletePlan, getPlansByWorkspace } from '../plan-db.ts';
import { seedDemo } from '../seed-demo.ts';
import { getNextPendingStep } from '../step-db.ts';
import { getWorkspaceByPath } from '../workspace-db.ts';
import { allIds, hashOfAllRows, withTestDatabase } from './fixtures.ts';

test('the demo is a plan under way: some steps done, one held, more to come', () =>
  withTestDatabase(() => {
    const plan = seedDemo();
    const state = getPlanState(String(plan?.id));
    const [first, second, ...rest] = state?.steps.map(({ status }) => status) ?? [];
    expect([first, second]).toEqual(['done', 'active']);
    expect(new Set(rest)).toEqual(new Set(['pending']));
    expect(state).toMatchObject({ status: 'active', current_phase: 'Understand', notes: [{ type: 'warning' }] });
    expect(getNextPendingStep(String(plan?.id))).toBeNull();
  }));

test('a second time it is there already: nothing is written, and the answer is null', () =>
  withTestDatabase(() => {
    seedDemo();
    const before = hashOfAllRows();
    expect(seedDemo()).toBeNull();
    expect(hashOfAllRows()).toBe(before);
  }));

test('what somebody deleted in the demo workspace does not come back', () =>
  withTestDatabase(() => {
    deletePlan(String(seedDemo()?.id));
    const left = allIds();
    expect(seedDemo()).toBeNull();
    expect(allIds()).toEqual(left);
    const workspace = getWorkspaceByPath('/demo/coffee-shop');
    expect(getPlansByWorkspace(String(workspace?.id), { include_archived: true })).toEqual([]);
  }));
