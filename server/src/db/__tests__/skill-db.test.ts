import { describe, expect, test } from 'vitest';
import { getSkill, listSkills, matchSkills, type SkillFilter, storeSkill } from '../skill-db.ts';
import { refusal, withTestDatabase } from './fixtures.ts';

describe('storeSkill, getSkill, listSkills', () => {
  test('a skill is stored under its name, whatever the case; options that are not named stay', () =>
    withTestDatabase(() => {
      const first = storeSkill('React-Components', 'frontend', ['ui'], ['typescript'], ['react'], 'one', {
        description: 'Text',
        metadata: { a: 1 },
      });
      expect(first).toMatchObject({
        name: 'React-Components',
        category: 'frontend',
        tags: '["ui"]',
        language_targets: '["typescript"]',
        framework_targets: '["react"]',
        content: 'one',
        description: 'Text',
        metadata: '{"a":1}',
        origin: 'user',
      });
      const second = storeSkill('react-components', 'web', [], [], [], 'two');
      expect(second).toMatchObject({ id: first.id, name: first.name, category: 'web', tags: '[]', content: 'two' });
      expect(second).toMatchObject({ description: 'Text', metadata: '{"a":1}' });
      expect(getSkill('REACT-components')).toEqual(second);
      expect(listSkills()).toEqual([second]);
    }));

  test('refuses an empty name and an overlong category; an unknown skill is null', () =>
    withTestDatabase(() => {
      expect(refusal(() => storeSkill('', 'c', [], [], [], 'x')).code).toBe('invalid_input');
      expect(refusal(() => storeSkill('a', 'x'.repeat(101), [], [], [], 'x')).code).toBe('invalid_input');
      expect(listSkills()).toEqual([]);
      expect(getSkill('a')).toBeNull();
    }));
});

/** Skills of all kinds, stored in the given order. */
function withSkills(fn: () => void, backwards = false): void {
  withTestDatabase(() => {
    const skills: (() => unknown)[] = [
      () =>
        storeSkill('react-components', 'frontend', ['ui', 'hooks'], ['TypeScript'], ['React'], 'x', {
          description: 'Builds a screen',
        }),
      () =>
        storeSkill('bugfix', 'debugging', ['regression'], [], [], 'x', {
          description: 'Finds what broke a React screen',
        }),
      () => storeSkill('rust-tray-app', 'desktop', ['ui', 'tray'], ['rust'], ['Qt'], 'x'),
      () => storeSkill('memory-safety', 'systems', [], ['C', 'C++', 'c#'], ['node.js'], 'x'),
    ];
    for (const store of backwards ? skills.reverse() : skills) store();
    fn();
  });
}

const names = (query: string, filter?: SkillFilter) => matchSkills(query, filter).map(({ name }) => name);

describe('matchSkills', () => {
  test('a word counts at its best place: the name before tags and targets, category, description', () =>
    withSkills(() => {
      expect(matchSkills('react')).toMatchObject([
        { name: 'react-components', score: 4, matched_words: ['react'] },
        { name: 'bugfix', score: 1, matched_words: ['react'] },
      ]);
      expect(matchSkills('ui desktop rust')).toMatchObject([
        { name: 'rust-tray-app', score: 4 + 3 + 2, matched_words: ['desktop', 'rust', 'ui'] },
        { name: 'react-components', score: 3, matched_words: ['ui'] },
      ]);
    }));

  test('the answer is the same every time and whatever the order of storing; equal scores go by name', () => {
    const asked = () => ['ui', 'screen ui', 'UI, Screen!', 'regression tray'].map((query) => names(query));
    const seen: unknown[] = [];
    withSkills(() => seen.push(asked(), asked()));
    withSkills(() => seen.push(asked()), true);
    expect(seen[0]).toEqual([
      ['react-components', 'rust-tray-app'],
      ['react-components', 'rust-tray-app', 'bugfix'],
      ['react-components', 'rust-tray-app', 'bugfix'],
      ['rust-tray-app', 'bugfix'],
    ]);
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });

  test.each(['', '   ', '–, !?', 'a', 'zeppelin', 'reac'])('%j matches nothing', (query) =>
    withSkills(() => {
      expect(names(query)).toEqual([]);
    }),
  );

  test.each(['c', 'C++', 'c#', 'node.js', 'Node.js.'])('%s is a word', (query) =>
    withSkills(() => {
      expect(names(query)).toEqual(['memory-safety']);
    }),
  );

  test('every filter must hold, without regard to case, and its words count as asked for', () =>
    withSkills(() => {
      expect(names('screen', { category: 'Frontend' })).toEqual(['react-components']);
      expect(names('screen', { category: 'desktop' })).toEqual(['rust-tray-app']);
      expect(names('screen', { category: 'none' })).toEqual([]);
      expect(names('', { tags: ['UI'] })).toEqual(['react-components', 'rust-tray-app']);
      expect(names('', { tags: ['hooks', 'tray'] })).toEqual(['rust-tray-app', 'react-components']);
      expect(names('', { tags: ['ui'], languages: ['RUST'] })).toEqual(['rust-tray-app']);
      expect(names('', { frameworks: ['react'], languages: ['rust'] })).toEqual([]);
      expect(names('react', { tags: [], languages: [] })).toEqual(['react-components', 'bugfix']);
    }));

  test('a limit keeps the best', () =>
    withSkills(() => {
      expect(names('react', { limit: 1 })).toEqual(['react-components']);
      expect(names('react', { limit: 0 })).toEqual([]);
    }));
});
