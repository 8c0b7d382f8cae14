import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import type { ParentType } from '../../domain/vocabulary.ts';
import {
  countContextTypes,
  deleteContext,
  getContext,
  getContextItem,
  getContextVersions,
  listContextTypes,
  storeContext,
} from '../context-db.ts';
import { archivePlan } from '../plan-db.ts';
import { deleteStep } from '../step-db.ts';
import { aPlan, countRows, hashOfAllRows, recordedDeletions, refusal, withTestDatabase } from './fixtures.ts';

/** A plan, and one parent of each type in it. */
function parents() {
  const { workspace, plan, phases, steps } = aPlan();
  const ids: Record<ParentType, string> = {
    workspace: workspace.id,
    plan: plan.id,
    phase: String(phases[0]?.id),
    step: String(steps[0]?.id),
  };
  return { plan, ids, list: Object.entries(ids) as [ParentType, string][] };
}

describe('storeContext', () => {
  test('hangs an item on a workspace, plan, phase or step, and knows workspace and plan of it', () =>
    withTestDatabase(() => {
      const { ids, list } = parents();
      for (const [type, id] of list) {
        const item = storeContext(type, id, 'finding', { text: 'x' });
        expect(item).toEqual(getContextItem(item.id));
        expect(item).toMatchObject({
          workspace_id: ids.workspace,
          plan_id: type === 'workspace' ? null : ids.plan,
          parent_type: type,
          parent_id: id,
          type: 'finding',
          key: null,
          data: '{"text":"x"}',
          version: 1,
          source: 'agent',
          session_id: null,
          agent_type: null,
        });
      }
    }));

  test('appends: items of one type stand beside each other, equal ones too', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      for (const text of ['a', 'b', 'b']) storeContext('plan', id, 'decision', { text });
      expect(getContext('plan', id, 'decision')).toHaveLength(3);
    }));

  test('with a key replaces the item of that parent, type and key, and keeps what it said with its author', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const store = (ms: number, data: unknown, agentType: string) =>
        withClock(
          () => ms,
          () => storeContext('plan', id, 'design', data, { key: 'db', source: 'user', sessionId: 's', agentType }),
        );
      const first = store(1, 'JSON', 'Architect');
      store(2, 'SQLite', 'Executor');
      const third = store(3, { engine: 'SQLite' }, 'Reviewer');
      expect(third).toMatchObject({ id: first.id, version: 3, data: '{"engine":"SQLite"}', agent_type: 'Reviewer' });
      expect(third.created_at).toBe(first.created_at);
      expect(getContext('plan', id)).toEqual([third]);
      expect(getContextVersions(first.id)).toMatchObject([
        { version: 2, data: '"SQLite"', agent_type: 'Executor', created_at: '1970-01-01T00:00:00.002Z', plan_id: id },
        { version: 1, data: '"JSON"', agent_type: 'Architect', source: 'user', session_id: 's' },
      ]);
    }));

  test('the same data under a key is no new version', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      storeContext('plan', id, 'design', { a: 1 }, { key: 'db' });
      const before = hashOfAllRows();
      storeContext('plan', id, 'design', { a: 1 }, { key: 'db', agentType: 'Other' });
      expect(hashOfAllRows()).toBe(before);
    }));

  test('a key is one item per parent and type, and has nothing to do with items without one', () =>
    withTestDatabase(() => {
      const { ids } = parents();
      const one = storeContext('plan', ids.plan, 'design', 1, { key: 'k' });
      const items = [
        storeContext('plan', ids.plan, 'design', 2),
        storeContext('plan', ids.plan, 'risk', 3, { key: 'k' }),
        storeContext('step', ids.step, 'design', 4, { key: 'k' }),
      ];
      expect(new Set([one, ...items].map(({ id }) => id)).size).toBe(4);
      expect(getContextItem(one.id)).toMatchObject({ data: '1', version: 1 });
    }));

  test('keeps id and time of an imported item', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const imported = { id: 'ctx_old', created_at: '2020-01-01T00:00:00.000Z' };
      expect(storeContext('plan', id, 'fact', 1, imported)).toMatchObject({
        ...imported,
        updated_at: imported.created_at,
      });
    }));

  test.each<[string, string, unknown, object]>([
    ['no data', 'fact', undefined, {}],
    ['an empty type', '', 1, {}],
    ['a type of more than 100 characters', 'x'.repeat(101), 1, {}],
    ['an empty key', 'fact', 1, { key: '' }],
    ['a source that is none', 'fact', 1, { source: 'rumour' }],
  ])('refuses %s', (_what, type, data, options) =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      expect(refusal(() => storeContext('plan', id, type, data, options)).code).toBe('invalid_input');
      expect(countRows('context_items')).toBe(0);
    }),
  );

  test('refuses a parent that does not exist, is archived, or is of another type', () =>
    withTestDatabase(() => {
      const { plan, ids, list } = parents();
      expect(refusal(() => storeContext('phase', ids.step, 'fact', 1)).code).toBe('not_found');
      for (const [type] of list) expect(refusal(() => storeContext(type, 'none', 'fact', 1)).code).toBe('not_found');
      archivePlan(plan.id);
      for (const [type, id] of list.filter(([type]) => type !== 'workspace')) {
        expect(refusal(() => storeContext(type, id, 'fact', 1)).code).toBe('not_found');
      }
    }));
});

describe('getContext, getContextItem, listContextTypes, countContextTypes', () => {
  test('read newest first, by type and key, live and archived alike', () =>
    withTestDatabase(() => {
      const { plan, ids } = parents();
      const store = (ms: number, type: string, key?: string) =>
        withClock(
          () => ms,
          () => storeContext('step', ids.step, type, ms, { key }).id,
        );
      const [a, b, c] = [store(2, 'fact'), store(1, 'risk', 'k'), store(2, 'risk')];
      storeContext('plan', ids.plan, 'fact', 0);
      const read = (type?: string, key?: string) => getContext('step', ids.step, type, key).map(({ id }) => id);
      const check = () => {
        expect(read()).toEqual([c, a, b]);
        expect(read('risk')).toEqual([c, b]);
        expect(read('risk', 'k')).toEqual([b]);
        expect(read('none')).toEqual([]);
        expect(listContextTypes('step', ids.step)).toEqual(['fact', 'risk']);
        const times = (ms: number) => `1970-01-01T00:00:00.00${ms}Z`;
        expect(countContextTypes('step', ids.step)).toEqual([
          { type: 'fact', count: 1, first_at: times(2), last_at: times(2) },
          { type: 'risk', count: 2, first_at: times(1), last_at: times(2) },
        ]);
        expect(getContextItem(a)?.data).toBe('2');
      };
      check();
      archivePlan(plan.id);
      check();
    }));

  test('answer null or nothing for what does not exist', () =>
    withTestDatabase(() => {
      expect(getContext('plan', 'plan_none')).toEqual([]);
      expect(getContextItem('ctx_none')).toBeNull();
      expect(getContextVersions('ctx_none')).toEqual([]);
      expect(listContextTypes('plan', 'plan_none')).toEqual([]);
    }));
});

describe('deleteContext', () => {
  test('takes the former versions along, every row recorded', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      for (const data of [1, 2, 3]) storeContext('plan', id, 'fact', data, { key: 'k' });
      const item = String(getContext('plan', id)[0]?.id);
      const versions = getContextVersions(item).map((version) => version.id);
      expect(deleteContext(item)).toBe(true);
      expect(recordedDeletions()).toEqual([item, ...versions].sort());
      expect(getContextVersions(item)).toEqual([]);
      expect(countRows('search_documents', { kind: 'context' })).toBe(0);
      expect(deleteContext(item)).toBe(false);
    }));

  test('leaves an archived item alone', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const item = storeContext('plan', id, 'fact', 1);
      archivePlan(id);
      expect(deleteContext(item.id)).toBe(false);
      expect(getContextItem(item.id)).toEqual(item);
    }));

  test('the items of a step go with the step', () =>
    withTestDatabase(() => {
      const { ids } = parents();
      const item = storeContext('step', ids.step, 'fact', 1);
      deleteStep(ids.step);
      expect(getContextItem(item.id)).toBeNull();
    }));
});
