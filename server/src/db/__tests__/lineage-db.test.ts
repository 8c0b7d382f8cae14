import { expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { addLineageEntry, getLineage, type LineageEntry } from '../lineage-db.ts';
import { archivePlan, deletePlan } from '../plan-db.ts';
import { aPlan, countRows, refusal, withTestDatabase } from './fixtures.ts';

const HANDOFF = { from_agent: 'Researcher', to_agent: 'Executor', reason: 'All is known' };

test('a handoff is stored with its data, session and time', () =>
  withTestDatabase(() => {
    const { plan } = aPlan();
    const entry = withClock(
      () => 0,
      () => addLineageEntry(plan.id, { ...HANDOFF, data: { files: ['a'] }, session_id: 'sess_1' }),
    );
    expect(getLineage(plan.id)).toEqual([entry]);
    expect(entry).toMatchObject({
      ...HANDOFF,
      plan_id: plan.id,
      data: '{"files":["a"]}',
      session_id: 'sess_1',
      created_at: '1970-01-01T00:00:00.000Z',
    });
  }));

test('handoffs are told oldest first, those of one moment in the order they were recorded', () =>
  withTestDatabase(() => {
    const { plan } = aPlan();
    const times = ['2020-01-02', '2020-01-01', '2020-01-02'].map((day) => `${day}T00:00:00.000Z`);
    const [late, early, last] = times.map((created_at) => addLineageEntry(plan.id, { ...HANDOFF, created_at }));
    addLineageEntry(aPlan().plan.id, HANDOFF);
    expect(getLineage(plan.id)).toEqual([early, late, last]);
  }));

test('an archived plan still tells its handoffs, a deleted one has none', () =>
  withTestDatabase(() => {
    const { plan } = aPlan();
    const entry = addLineageEntry(plan.id, { ...HANDOFF, id: 'lin_old' });
    archivePlan(plan.id);
    expect(getLineage(plan.id)).toEqual([entry]);
    deletePlan(plan.id);
    expect(getLineage(plan.id)).toEqual([]);
    expect(getLineage('plan_none')).toEqual([]);
  }));

test.each<[string, Partial<LineageEntry>]>([
  ['an empty agent', { to_agent: '' }],
  ['an agent of more than 100 characters', { from_agent: 'x'.repeat(101) }],
  ['a time in another form', { created_at: '2020' }],
])('%s is refused', (_what, wrong) =>
  withTestDatabase(() => {
    const { plan } = aPlan();
    expect(refusal(() => addLineageEntry(plan.id, { ...HANDOFF, ...wrong })).code).toBe('invalid_input');
    expect(countRows('lineage')).toBe(0);
  }),
);

test('a plan that does not exist or is archived is refused', () =>
  withTestDatabase(() => {
    const { plan } = aPlan();
    archivePlan(plan.id);
    for (const id of [plan.id, 'plan_none']) {
      expect(refusal(() => addLineageEntry(id, HANDOFF)).code).toBe('invalid_input');
    }
  }));
