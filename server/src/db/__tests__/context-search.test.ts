import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { type ContextQuery, searchContext, storeContext } from '../context-db.ts';
import { archivePlan, restorePlan } from '../plan-db.ts';
import { aPlan, refusal, withTestDatabase } from './fixtures.ts';

const DAY = 24 * 60 * 60_000;

/** Stores an item on a plan, at this time if given; answers its id. */
function store(planId: string, data: unknown, type = 'fact', ms?: number): string {
  const write = () => storeContext('plan', planId, type, data).id;
  return ms === undefined ? write() : withClock(() => ms, write);
}

const found = (query: string | ContextQuery) => searchContext(query).map(({ id }) => id);

describe('the text of a search', () => {
  test.each([
    ['a word, whatever the case', { text: 'The Kitchen Screen' }, 'kitchen sCREEN'],
    ['quotation marks', { text: 'He said "stop" twice' }, 'said "stop"'],
    ['a line break', { text: 'first\nsecond' }, 'first\nsecond'],
    ['a Windows path', { path: 'C:\\Users\\Neo\\new' }, 'C:\\Users\\Neo\\new'],
    ['a tab', { text: 'a\tb' }, 'a\tb'],
    ['a percent sign', { text: 'at 100% load' }, '100% l'],
    ['an underscore', { text: 'plan_notes' }, 'n_n'],
    ['letters beyond ASCII', { text: 'Straße – 東京 😀' }, 'straße – 東京 😀'],
    ['a key of the data', { kitchen: 1 }, 'KITCHEN'],
    ['a control character', { text: 'a\u0001b' }, 'a\u0001b'],
  ])('finds %s', (_what, data, text) =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const item = store(id, data);
      store(id, { text: 'something else' });
      expect(found(text)).toEqual([item]);
    }),
  );

  test.each([
    ['%', 'x and x'],
    ['_', 'x-x'],
    ['\\', 'xx'],
    ['\\\\', 'x\\x'],
    ['"', 'xx'],
    ['\\n', 'x\nx'],
    ['\\u0041', 'xAx'],
  ])('takes %s for itself, not for a pattern', (text, data) =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      store(id, data);
      const item = store(id, `x${text}x`);
      expect(found(`x${text}x`)).toEqual([item]);
    }),
  );

  test('that is empty or missing finds everything', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const items = [store(id, 1), store(id, 2)].reverse();
      expect(found('')).toEqual(items);
      expect(found({})).toEqual(items);
    }));
});

describe('a text that no content holds', () => {
  test('is words of the ranked search, in context alone, with the same filters and pages', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan({ title: 'Lamps and cookers' });
      store(plan.id, 'something else', 'fact', 0);
      const [both, one] = [store(plan.id, 'The cooker and the lamp are on'), store(plan.id, 'A lamp', 'risk')];
      const elsewhere = storeContext('step', String(steps[0]?.id), 'fact', 'Another lamp').id;
      const words = 'lamps near the cooker';
      expect(found(words)[0]).toBe(both);
      expect(found(words)).toEqual(expect.arrayContaining([both, one, elsewhere]));
      expect(found({ text: words, types: ['risk'] })).toEqual([one]);
      expect(found({ text: words, parent_type: 'step' })).toEqual([elsewhere]);
      expect(found({ text: words, until: '1970-01-01' })).toEqual([]);
      expect(found({ text: words, limit: 1, offset: 1 })).toEqual([found(words)[1]]);
      archivePlan(plan.id);
      expect(found({ text: words, plan_id: plan.id })[0]).toBe(both);
    }));

  test('does not follow the last page of those that do hold it', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const items = [store(id, 'a lamp'), store(id, 'lamps'), store(id, 'LAMP')].reverse();
      expect(found({ text: 'lamp', limit: 2 })).toEqual(items.slice(0, 2));
      expect(found({ text: 'lamp', limit: 2, offset: 2 })).toEqual(items.slice(2));
      expect(found({ text: 'lamp', limit: 2, offset: 3 })).toEqual([]);
    }));
});

describe('the filters of a search', () => {
  test('workspace, plan, parent and types, each alone and together', () =>
    withTestDatabase(() => {
      const { workspace, plan, steps } = aPlan();
      const step = String(steps[0]?.id);
      const other = aPlan().plan;
      const onWorkspace = storeContext('workspace', workspace.id, 'fact', 'x').id;
      const onPlan = store(plan.id, 'x', 'risk');
      const onStep = storeContext('step', step, 'fact', 'x').id;
      const elsewhere = store(other.id, 'x');
      expect(found('x')).toEqual([elsewhere, onStep, onPlan, onWorkspace]);
      expect(found({ workspace_id: workspace.id })).toEqual([onStep, onPlan, onWorkspace]);
      expect(found({ plan_id: plan.id })).toEqual([onStep, onPlan]);
      expect(found({ parent_type: 'plan' })).toEqual([elsewhere, onPlan]);
      expect(found({ parent_type: 'step', parent_id: step })).toEqual([onStep]);
      expect(found({ types: ['risk'] })).toEqual([onPlan]);
      expect(found({ types: ['risk', 'fact'], workspace_id: workspace.id })).toEqual([onStep, onPlan, onWorkspace]);
      expect(found({ types: [] })).toEqual([]);
      expect(found({ text: 'y', plan_id: plan.id })).toEqual([]);
    }));

  test('dates and times, both bounds included, in any ISO form', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const [first, second, third] = [DAY, 2 * DAY - 1, 2 * DAY].map((ms) => store(id, ms, 'fact', ms));
      const all = [third, second, first];
      expect(found({ since: '1970-01-02', until: '1970-01-03' })).toEqual(all);
      expect(found({ since: '1970-01-02T00:00:00.000Z' })).toEqual(all);
      expect(found({ since: '1970-01-02T00:00:00Z' })).toEqual(all);
      expect(found({ since: '1970-01-02T01:00:00+01:00' })).toEqual(all);
      expect(found({ since: '1970-01-02T00:00:00.001Z' })).toEqual([third, second]);
      expect(found({ until: '1970-01-02' })).toEqual([second, first]);
      expect(found({ until: '1970-01-02T23:59:59.998Z' })).toEqual([first]);
      expect(found({ until: '1970-01-03T00:00:00Z' })).toEqual(all);
      expect(found({ since: '1970-01-04' })).toEqual([]);
      expect(refusal(() => found({ since: 'yesterday' })).code).toBe('invalid_input');
    }));

  test('the time is that of the last change', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const item = withClock(
        () => 0,
        () => storeContext('plan', id, 'fact', 1, { key: 'k' }).id,
      );
      withClock(
        () => DAY,
        () => storeContext('plan', id, 'fact', 2, { key: 'k' }),
      );
      expect(found({ since: '1970-01-02' })).toEqual([item]);
      expect(found({ until: '1970-01-01' })).toEqual([]);
    }));

  test('limit and offset go through all hits, newest first, and 50 is enough unless more is asked for', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const items = Array.from({ length: 55 }, (_, n) => store(id, n, 'fact', n)).reverse();
      expect(found({})).toEqual(items.slice(0, 50));
      expect(found({ limit: 100 })).toEqual(items);
      expect(found({ limit: 3, offset: 53 })).toEqual(items.slice(53));
      expect(found({ offset: 55 })).toEqual([]);
    }));

  test('archived items are found beside live ones, in the same order and pages', () =>
    withTestDatabase(() => {
      const { workspace, plan } = aPlan();
      const live = aPlan({ workspace_id: workspace.id }).plan;
      const [a, b, c] = [
        store(plan.id, 'x', 'fact', 1),
        store(live.id, 'x', 'fact', 2),
        store(plan.id, 'x', 'fact', 3),
      ];
      for (const move of [() => undefined, () => archivePlan(plan.id), () => restorePlan(plan.id)]) {
        move();
        expect(found({ text: 'x', workspace_id: workspace.id })).toEqual([c, b, a]);
        expect(found({ text: 'x', limit: 1, offset: 1 })).toEqual([b]);
        expect(found({ plan_id: plan.id })).toEqual([c, a]);
      }
    }));
});
