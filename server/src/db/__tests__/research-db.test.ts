import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { archivePlan, deletePlan } from '../plan-db.ts';
import { appendResearch, getResearch, listResearch, summariseResearch } from '../research-db.ts';
import { aPlan, aWorkspace, countRows, hashOfAllRows, refusal, rowsOf, withTestDatabase } from './fixtures.ts';

const MAX_LENGTH = 5_000_000;

describe('appendResearch', () => {
  test('creates a document and then adds to its end, each time on a line of its own', () =>
    withTestDatabase(() => {
      const { workspace, plan } = aPlan();
      const append = (ms: number, text: string) =>
        withClock(
          () => ms,
          () => appendResearch(plan.id, workspace.id, 'a.md', text),
        );
      append(1, '# A');
      append(2, 'one\n');
      const document = append(3, 'two');
      expect(document).toMatchObject({
        workspace_id: workspace.id,
        plan_id: plan.id,
        filename: 'a.md',
        content: '# A\none\ntwo',
        created_at: '1970-01-01T00:00:00.001Z',
        updated_at: '1970-01-01T00:00:00.003Z',
      });
      expect(rowsOf('research_documents')).toEqual([document]);
    }));

  test('a file name is one document for each plan and one for the workspace itself', () =>
    withTestDatabase(() => {
      const { workspace, plan } = aPlan();
      const other = aPlan({ workspace_id: workspace.id }).plan;
      const elsewhere = aWorkspace();
      for (const text of ['1', '2']) {
        appendResearch(plan.id, workspace.id, 'a.md', `plan ${text}`);
        appendResearch(other.id, workspace.id, 'a.md', `other ${text}`);
        appendResearch(null, workspace.id, 'a.md', `workspace ${text}`);
        appendResearch(null, elsewhere.id, 'a.md', `elsewhere ${text}`);
      }
      expect(countRows('research_documents')).toBe(4);
      expect(getResearch(plan.id, 'a.md')).toBe('plan 1\nplan 2');
      expect(getResearch(other.id, 'a.md')).toBe('other 1\nother 2');
      expect(getResearch(null, 'a.md', workspace.id)).toBe('workspace 1\nworkspace 2');
      expect(getResearch(null, 'a.md', elsewhere.id)).toBe('elsewhere 1\nelsewhere 2');
    }));

  test('the length limit holds for the first text and for every later one', () =>
    withTestDatabase(() => {
      const { workspace, plan } = aPlan();
      const append = (length: number) => appendResearch(plan.id, workspace.id, 'a.md', 'x'.repeat(length));
      expect(refusal(() => append(MAX_LENGTH + 1)).code).toBe('invalid_input');
      expect(countRows('research_documents')).toBe(0);
      append(MAX_LENGTH - 2);
      expect(refusal(() => append(2)).code).toBe('invalid_input');
      expect(append(1).content).toHaveLength(MAX_LENGTH);
    }));

  test('refuses a plan or workspace that does not exist, an archived plan and an empty name', () =>
    withTestDatabase(() => {
      const { workspace, plan } = aPlan();
      appendResearch(plan.id, workspace.id, 'a.md', 'x');
      archivePlan(plan.id);
      const before = hashOfAllRows();
      for (const [planId, wsId, name] of [
        [plan.id, workspace.id, 'a.md'],
        ['plan_none', workspace.id, 'a.md'],
        [null, 'ws_none', 'a.md'],
        [null, workspace.id, ''],
        [null, workspace.id, 'x'.repeat(301)],
      ] as const) {
        expect(refusal(() => appendResearch(planId, wsId, name, 'y')).code).toBe('invalid_input');
      }
      expect(hashOfAllRows()).toBe(before);
    }));

  test('refuses a plan of another workspace', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      expect(refusal(() => appendResearch(plan.id, aWorkspace().id, 'a.md', 'x')).code).toBe('invalid_input');
      expect(countRows('research_documents')).toBe(0);
    }));
});

describe('getResearch, listResearch, summariseResearch', () => {
  test('read by name, in alphabetical order, of an archived plan too', () =>
    withTestDatabase(() => {
      const { workspace, plan } = aPlan();
      for (const name of ['b.md', 'a.md']) {
        withClock(
          () => 0,
          () => appendResearch(plan.id, workspace.id, name, 'Größe'),
        );
      }
      appendResearch(null, workspace.id, 'c.md', 'x');
      const check = () => {
        expect(listResearch(plan.id)).toEqual(['a.md', 'b.md']);
        expect(getResearch(plan.id, 'a.md')).toBe('Größe');
        expect(summariseResearch(plan.id)[0]).toEqual({
          id: expect.stringMatching(/^res_/),
          filename: 'a.md',
          length: 5,
          updated_at: '1970-01-01T00:00:00.000Z',
        });
      };
      check();
      archivePlan(plan.id);
      check();
      expect(listResearch(null, workspace.id)).toEqual(['c.md']);
    }));

  test('answer null or nothing for what does not exist, or has been deleted', () =>
    withTestDatabase(() => {
      const { workspace, plan } = aPlan();
      appendResearch(plan.id, workspace.id, 'a.md', 'x');
      expect(getResearch(plan.id, 'A.md')).toBeNull();
      expect(getResearch(null, 'a.md', workspace.id)).toBeNull();
      expect(getResearch(null, 'a.md')).toBeNull();
      expect(listResearch(null)).toEqual([]);
      deletePlan(plan.id);
      expect(getResearch(plan.id, 'a.md')).toBeNull();
      expect(listResearch(plan.id)).toEqual([]);
    }));
});
