import { expect, test } from 'vitest';
import { addEventLog } from '../event-log-db.ts';
import { getTimeline, type TimelineFilter } from '../timeline-db.ts';
import { addUpdateLog } from '../update-log-db.ts';
import { aPlan, refusal, withTestDatabase } from './fixtures.ts';

const AT = '2026-01-01T08:00:00.000Z';
const PAGE = { limit: 100, offset: 0 };

const whats = (filter: Omit<TimelineFilter, 'limit' | 'offset'>) =>
  getTimeline({ ...filter, ...PAGE }).map(({ what }) => what);

interface Made {
  action: string;
  at?: string;
  session?: string;
}

/** A plan, and ways to write into its logs. */
function logs() {
  const { plan, workspace } = aPlan();
  const about = { plan_id: plan.id, tool: 'memory_plan' };
  const event = ({ action, at = AT, session }: Made) =>
    addEventLog({
      ...about,
      workspace_id: workspace.id,
      event_type: `plan.${action}`,
      session_id: session,
      data: { summary: `event of ${action}` },
      created_at: at,
    });
  const update = ({ action, at = AT, session }: Made) =>
    addUpdateLog(workspace.id, {
      ...about,
      action,
      session_id: session,
      summary: `update of ${action}`,
      created_at: at,
    });
  return { plan_id: plan.id, workspace_id: workspace.id, event, update };
}

test('what one call wrote into both logs is one entry, with the summary of its event and nothing else', () =>
  withTestDatabase(() => {
    const { plan_id, event, update } = logs();
    event({ action: 'update', session: 'sess_1' });
    update({ action: 'update', session: 'sess_1' });
    expect(getTimeline({ plan_id, ...PAGE })).toEqual([
      {
        at: AT,
        what: 'plan.update',
        agent_type: null,
        session_id: 'sess_1',
        plan_id,
        step_id: null,
        summary: 'event of update',
      },
    ]);
  }));

test('an update of another session or action in the same millisecond is an entry of its own', () =>
  withTestDatabase(() => {
    const { plan_id, event, update } = logs();
    event({ action: 'update', session: 'sess_1' });
    update({ action: 'update', session: 'sess_2' });
    update({ action: 'update' });
    update({ action: 'archive', session: 'sess_1' });
    expect(getTimeline({ plan_id, ...PAGE })).toHaveLength(4);
  }));

test('an update whose event is gone, or never was, is still told', () =>
  withTestDatabase(() => {
    const { plan_id, update } = logs();
    update({ action: 'update' });
    expect(getTimeline({ plan_id, ...PAGE })).toMatchObject([
      { what: 'memory_plan update', summary: 'update of update' },
    ]);
  }));

test('the newest comes first, and pages of one entry are the whole list in its order', () =>
  withTestDatabase(() => {
    const { workspace_id, event, update } = logs();
    event({ action: 'a', at: '2026-01-02T00:00:00.000Z' });
    for (const action of ['b', 'c']) {
      event({ action });
      update({ action: `${action} alone` });
    }
    event({ action: 'd', at: '2025-12-31T00:00:00.000Z' });
    const all = getTimeline({ workspace_id, ...PAGE });
    expect(all).toHaveLength(6);
    expect(all[0]?.what).toBe('plan.a');
    expect(all.at(-1)?.what).toBe('plan.d');
    const pages = all.flatMap((_, offset) => getTimeline({ workspace_id, limit: 1, offset }));
    expect(pages).toEqual(all);
    expect(getTimeline({ workspace_id, limit: 1, offset: 6 })).toEqual([]);
  }));

test('entries of the same time and place in both logs have a fixed order, the event first', () =>
  withTestDatabase(() => {
    const { plan_id, event, update } = logs();
    update({ action: 'b' });
    event({ action: 'a' });
    expect(whats({ plan_id })).toEqual(['plan.a', 'memory_plan b']);
  }));

test.each([
  ['2026-01-01T08:00:00Z', 2],
  ['2026-01-01T08:00:00.000Z', 2],
  ['2026-01-01T08:00:00.001Z', 1],
  ['2026-01-01', 2],
  ['2026-01-02', 0],
])('since %s counts from its first millisecond', (since, entries) =>
  withTestDatabase(() => {
    const { plan_id, event } = logs();
    event({ action: 'before', at: '2025-12-31T23:59:59.999Z' });
    event({ action: 'exact' });
    event({ action: 'after', at: '2026-01-01T08:00:00.001Z' });
    expect(whats({ plan_id, since })).toHaveLength(entries);
  }),
);

test('since something that is no time is refused', () =>
  withTestDatabase(() => {
    expect(refusal(() => whats({ plan_id: 'plan_1', since: 'yesterday' }))).toMatchObject({ code: 'invalid_input' });
  }));

test('a plan has its own entries, a workspace those of all its plans, and nobody those of others', () =>
  withTestDatabase(() => {
    const [here, elsewhere] = [logs(), logs()];
    here.event({ action: 'here' });
    elsewhere.event({ action: 'elsewhere' });
    addEventLog({
      event_type: 'workspace.update',
      workspace_id: here.workspace_id,
      created_at: '2026-01-02T00:00:00.000Z',
    });
    expect(whats({ plan_id: here.plan_id })).toEqual(['plan.here']);
    expect(whats({ workspace_id: here.workspace_id })).toEqual(['workspace.update', 'plan.here']);
    expect(whats({})).toEqual([]);
  }));

test('data of an event that has no summary is shown as it is', () =>
  withTestDatabase(() => {
    const { plan } = aPlan();
    addEventLog({ event_type: 'a.b', plan_id: plan.id, data: { n: 1 } });
    expect(getTimeline({ plan_id: plan.id, ...PAGE })).toMatchObject([{ summary: '{"n":1}' }]);
  }));
