import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { storeContext } from '../context-db.ts';
import { storeInstruction } from '../instruction-db.ts';
import { storeKnowledge } from '../knowledge-db.ts';
import { archivePlan, updatePlan } from '../plan-db.ts';
import { addPlanNote } from '../plan-note-db.ts';
import { snapshot, transaction } from '../query-helpers.ts';
import { appendResearch } from '../research-db.ts';
import { rankedSearch, type SearchFilter } from '../search-db.ts';
import { storeSkill } from '../skill-db.ts';
import { updateStep } from '../step-db.ts';
import { seedToolCatalog } from '../tool-catalog-db.ts';
import { aPlan, aSession, aStep, refusal, withTestDatabase } from './fixtures.ts';

const search = (query: string, filter: Partial<SearchFilter> = {}) => rankedSearch(query, { limit: 20, ...filter });
const found = (query: string, filter: Partial<SearchFilter> = {}) => search(query, filter).map(({ id }) => id);

/** Stores each text on one plan; answers their ids. */
function facts(...texts: string[]): string[] {
  const { id } = aPlan().plan;
  // A session of its own each: what one of them says is no context of the next.
  return texts.map((text) => storeContext('plan', id, 'fact', text, { sessionId: aSession({ plan_id: id }).id }).id);
}

describe('the filters', () => {
  test('workspace, plan, parent, types and kinds, for every kind', () =>
    withTestDatabase(() => {
      const { workspace, plan, phases, steps } = aPlan();
      const [phase, step] = [String(phases[0]?.id), String(steps[0]?.id)];
      aPlan({ title: 'Elsewhere lighthouse' });
      updatePlan(plan.id, { title: 'Lighthouse' });
      updateStep(step, { notes: 'lighthouse' });
      const note = addPlanNote(plan.id, { note: 'lighthouse', note_type: 'warning' }).id;
      const item = storeContext('step', step, 'risk', 'lighthouse').id;
      const research = appendResearch(plan.id, workspace.id, 'a.md', 'lighthouse').id;
      const knowledge = storeKnowledge(workspace.id, 'a', 'A', 'lighthouse', { category: 'config' }).id;
      const skill = storeSkill('lighthouse', 'general', [], [], [], 'x').id;
      const sorted = (filter: Partial<SearchFilter>) => found('lighthouse', filter).sort();
      const ofPlan = [plan.id, step, note, item, research].sort();
      expect(sorted({})).toHaveLength(8);
      expect(sorted({ workspaceId: workspace.id })).toEqual([...ofPlan, knowledge, skill].sort());
      expect(sorted({ planId: plan.id })).toEqual(ofPlan);
      expect(sorted({ parentType: 'plan' })).toEqual([note, research].sort());
      expect(sorted({ parentType: 'phase', parentId: phase })).toEqual([step]);
      expect(sorted({ parentId: step })).toEqual([item]);
      expect(sorted({ types: ['risk', 'warning'] })).toEqual([item, note].sort());
      expect(sorted({ types: ['config'] })).toEqual([knowledge]);
      expect(sorted({ kinds: ['note', 'research'] })).toEqual([note, research].sort());
      archivePlan(plan.id);
      expect(sorted({ workspaceId: workspace.id, planId: plan.id })).toEqual(ofPlan);
    }));

  test('dates, both bounds included; a thing without a date is found only without bounds', () =>
    withTestDatabase(() => {
      const at = (date: string) =>
        withClock(
          () => Date.parse(date),
          () => storeInstruction(`${date}.md`, '**', 'lighthouse').id,
        );
      const [first, second] = [at('2026-01-01'), at('2026-01-02T23:59:59.999Z')];
      expect(found('lighthouse', { since: '2026-01-01', until: '2026-01-01' })).toEqual([first]);
      expect(found('lighthouse', { since: '2026-01-02', until: '2026-01-02' })).toEqual([second]);
      expect(refusal(() => found('x', { since: 'yesterday' })).code).toBe('invalid_input');
    }));

  test('pages join to the whole', () =>
    withTestDatabase(() => {
      facts(
        ...Array.from({ length: 130 }, (_, n) => `ferry ${'and lighthouse '.repeat(n % 3)}${'more '.repeat(n % 7)}`),
        ...Array.from({ length: 5 }, () => 'more'),
      );
      const whole = found('ferry lighthouse', { limit: 200 });
      expect(whole.length).toBeGreaterThanOrEqual(130);
      const pages = Array.from({ length: 10 }, (_, page) =>
        found('ferry lighthouse', { limit: 15, offset: page * 15 }),
      );
      expect(pages.flat()).toEqual(whole);
    }));
});

describe('a hit', () => {
  test('says what it is, where it hangs, when it was, and the text around the match', () =>
    withTestDatabase(() => {
      const { plan, phases, steps } = aPlan({ title: 'Coast' });
      const text = `${'Nothing here. '.repeat(60)}The lighthouse burns.${' Nothing more.'.repeat(60)}`;
      const { id } = withClock(
        () => Date.parse('2026-02-13T09:00:00Z'),
        () => storeContext('step', String(steps[0]?.id), 'fact', text),
      );
      const [hit] = search('lighthouse');
      expect(hit).toMatchObject({
        ...{ kind: 'context', id, plan_id: plan.id, title: 'fact', date: '2026-02-13T09:00:00.000Z' },
        place: ['Coast', phases[0]?.name, steps[0]?.task],
      });
      expect(hit?.snippet).toContain('The lighthouse burns.');
      expect(hit?.snippet.length).toBeLessThanOrEqual(300);
      archivePlan(plan.id);
      expect(search('lighthouse')).toEqual([hit]);
    }));

  test('explains itself: which words stand in which columns', () =>
    withTestDatabase(() => {
      const { id } = aStep({ task: 'Light the lighthouse', notes: 'Ask lampKeeper' });
      const [hit] = search('lighthouse keeper -storm the moon', { explain: true });
      expect(hit).toMatchObject({
        id,
        matched: [
          { word: 'lighthouse', columns: ['title'] },
          { word: 'keeper', columns: ['parts'] },
        ],
      });
      expect(hit?.score).toBeGreaterThan(0);
      expect(search('lighthouse')[0]).not.toHaveProperty('matched');
    }));

  test('that has the query as its id comes first', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      facts(`see ${plan.id}`, `${plan.id} again`);
      expect(found(plan.id)[0]).toBe(plan.id);
      expect(found(plan.id, { kinds: ['context'] })).toHaveLength(2);
    }));

  test('an action of a tool, by its name, comes before all that mention it, with how it is called', () =>
    withTestDatabase(() => {
      const params = [{ name: 'title', type: 'string', enum_values: null, required: true, description: 'A name' }];
      const action = { description: 'Creates a plan.', effect: 'write' as const, core: true, example: {}, params };
      const tool = { name: 'memory_plan', description: 'Plans.', annotations: {} };
      const actions = ['list', 'create', 'clone'].map((name) => ({ ...action, name, signature: `${name}(W, title)` }));
      seedToolCatalog([{ ...tool, actions }]);
      for (let n = 0; n < 40; n++) aStep({ task: 'memory_plan create', notes: 'memory_plan create '.repeat(n % 5) });
      expect(search('memory_plan create')[0]).toMatchObject({
        kind: 'tool',
        id: 'memory_plan create',
        snippet: 'create(W, title)',
      });
    }));

  test('is the same inside a transaction and in a snapshot', () =>
    withTestDatabase(() => {
      facts('lighthouse');
      const outside = search('lighthouse');
      expect(transaction(() => search('lighthouse'))).toEqual(outside);
      expect(snapshot(() => search('lighthouse'))).toEqual(outside);
    }));
});
