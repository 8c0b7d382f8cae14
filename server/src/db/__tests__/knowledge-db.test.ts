import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { deleteKnowledge, getKnowledge, listKnowledge, storeKnowledge } from '../knowledge-db.ts';
import { aWorkspace, countRows, hashOfAllRows, recordedDeletions, refusal, withTestDatabase } from './fixtures.ts';

describe('storeKnowledge', () => {
  test('stores under a slug, as a reference without tags unless it says otherwise', () =>
    withTestDatabase(() => {
      const { id } = aWorkspace();
      const knowledge = storeKnowledge(id, 'build-steps', 'How to build', { text: 'make' });
      expect(knowledge).toEqual(getKnowledge(id, 'build-steps'));
      expect(knowledge).toMatchObject({
        workspace_id: id,
        slug: 'build-steps',
        title: 'How to build',
        category: 'reference',
        data: '{"text":"make"}',
        tags: '[]',
        created_by_agent: null,
        created_by_plan: null,
      });
      const imported = { created_at: '2020-01-01T00:00:00.000Z', updated_at: '2020-01-02T00:00:00.000Z' };
      expect(storeKnowledge(id, 'old', 'Old', 1, imported)).toMatchObject(imported);
    }));

  test('an update keeps what is not named, and who made it and when', () =>
    withTestDatabase(() => {
      const { id } = aWorkspace();
      const store = (ms: number, ...rest: [string, unknown, object?]) =>
        withClock(
          () => ms,
          () => storeKnowledge(id, 'slug', ...rest),
        );
      const first = store(1, 'One', 1, {
        category: 'convention',
        tags: ['a'],
        created_by_agent: 'Researcher',
        created_by_plan: 'plan_1',
      });
      const second = store(2, 'Two', { n: 2 }, { created_by_agent: 'Executor' });
      expect(second).toEqual({ ...first, title: 'Two', data: '{"n":2}', updated_at: '1970-01-01T00:00:00.002Z' });
      expect(store(3, 'Two', { n: 2 }, { tags: [], category: 'tip' })).toMatchObject({ tags: '[]', category: 'tip' });
      expect(countRows('knowledge')).toBe(1);
    }));

  test('one slug in two workspaces is two things', () =>
    withTestDatabase(() => {
      const [a, b] = [aWorkspace().id, aWorkspace().id];
      storeKnowledge(a, 'slug', 'A', 1);
      storeKnowledge(b, 'slug', 'B', 2);
      expect(getKnowledge(a, 'slug')?.title).toBe('A');
      expect(getKnowledge(b, 'slug')?.title).toBe('B');
    }));

  test.each(['a', '7', 'a-b', 'a--b', 'x'.repeat(100)])('%s is a slug', (slug) =>
    withTestDatabase(() => {
      expect(storeKnowledge(aWorkspace().id, slug, 'T', 1).slug).toBe(slug);
    }),
  );

  test.each(['', '-a', 'a-', 'A', 'a b', 'a_b', 'ä', 'a\n', '../a', 'x'.repeat(101)])('%j is no slug', (slug) =>
    withTestDatabase(() => {
      const { id } = aWorkspace();
      expect(refusal(() => storeKnowledge(id, slug, 'T', 1)).code).toBe('invalid_input');
      expect(countRows('knowledge')).toBe(0);
    }),
  );

  test('data fill up to 256 KB, counted in bytes', () =>
    withTestDatabase(() => {
      const { id } = aWorkspace();
      const most = 256 * 1024 - 2;
      expect(storeKnowledge(id, 'a', 'T', 'x'.repeat(most)).data).toHaveLength(most + 2);
      for (const data of ['x'.repeat(most + 1), 'é'.repeat(most / 2 + 1)]) {
        expect(refusal(() => storeKnowledge(id, 'b', 'T', data)).code).toBe('invalid_input');
      }
      expect(storeKnowledge(id, 'b', 'T', 'é'.repeat(most / 2)).slug).toBe('b');
    }));

  test('refuses an unknown workspace, no data, an empty title, and an update by one of those', () =>
    withTestDatabase(() => {
      const { id } = aWorkspace();
      storeKnowledge(id, 'slug', 'T', 1);
      const before = hashOfAllRows();
      expect(refusal(() => storeKnowledge('ws_none', 'slug', 'T', 1)).code).toBe('invalid_input');
      expect(refusal(() => storeKnowledge(id, 'slug', 'T', undefined)).code).toBe('invalid_input');
      expect(refusal(() => storeKnowledge(id, 'slug', '', 2)).code).toBe('invalid_input');
      expect(refusal(() => storeKnowledge(id, 'slug', 'T', 2, { category: '' })).code).toBe('invalid_input');
      expect(hashOfAllRows()).toBe(before);
    }));
});

describe('getKnowledge, listKnowledge, deleteKnowledge', () => {
  test('list by slug, all or of one category', () =>
    withTestDatabase(() => {
      const { id } = aWorkspace();
      storeKnowledge(id, 'b', 'T', 1);
      storeKnowledge(id, 'c', 'T', 1, { category: 'convention' });
      storeKnowledge(id, 'a', 'T', 1);
      const slugs = (...args: Parameters<typeof listKnowledge>) => listKnowledge(...args).map(({ slug }) => slug);
      expect(slugs(id)).toEqual(['a', 'b', 'c']);
      expect(slugs(id, 'convention')).toEqual(['c']);
      expect(slugs(id, 'none')).toEqual([]);
      expect(slugs('ws_none')).toEqual([]);
      expect(getKnowledge(id, 'none')).toBeNull();
    }));

  test('deleting removes the row, recorded, and its place in the index, once', () =>
    withTestDatabase(() => {
      const { id } = aWorkspace();
      const knowledge = storeKnowledge(id, 'slug', 'T', 1);
      expect(deleteKnowledge('ws_none', 'slug')).toBe(false);
      expect(deleteKnowledge(id, 'slug')).toBe(true);
      expect(recordedDeletions()).toEqual([knowledge.id]);
      expect(countRows('search_documents', { kind: 'knowledge' })).toBe(0);
      expect(deleteKnowledge(id, 'slug')).toBe(false);
    }));
});
