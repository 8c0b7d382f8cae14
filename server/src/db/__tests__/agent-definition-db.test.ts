import { expect, test } from 'vitest';
import { getAgent, listAgents, storeAgent } from '../agent-definition-db.ts';
import { getRowHistory } from '../history-db.ts';
import { contentHash } from '../named-content.ts';
import { rankedSearch } from '../search-db.ts';
import { hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';

test('an agent is stored with its metadata, as the work of a person', () =>
  withTestDatabase(() => {
    const agent = storeAgent('Reviewer', '# Duty', { tools: ['read'] });
    expect(agent).toEqual(getAgent('Reviewer'));
    expect(agent).toMatchObject({
      name: 'Reviewer',
      content: '# Duty',
      metadata: '{"tools":["read"]}',
      origin: 'user',
      seeded_hash: null,
    });
    expect(storeAgent('Plain', 'text').metadata).toBe('{}');
  }));

test.each([
  ['Reviewer', 'REVIEWER'],
  ['Écureuil', 'écureuil'],
  ['Éclair', 'E\u0301clair'],
])('%s and %s are one agent, under the name that was stored first', (first, second) =>
  withTestDatabase(() => {
    const agent = storeAgent(first, 'one');
    expect(storeAgent(second, 'two')).toMatchObject({ id: agent.id, name: first, content: 'two' });
    expect(getAgent(second)?.content).toBe('two');
    expect(listAgents()).toHaveLength(1);
  }),
);

test('a person who changes a seeded agent leaves its origin and seed mark', () =>
  withTestDatabase(() => {
    const mark = { origin: 'default', seeded_hash: contentHash('one') } as const;
    expect(storeAgent('Reviewer', 'one', {}, mark)).toMatchObject(mark);
    expect(storeAgent('Reviewer', 'two')).toMatchObject({ ...mark, content: 'two' });
  }));

test('storing the same again changes nothing; storing something else is in the history', () =>
  withTestDatabase(() => {
    const { id } = storeAgent('Reviewer', 'one', { a: 1 });
    const before = hashOfAllRows();
    storeAgent('reviewer', 'one', { a: 1 });
    expect(hashOfAllRows()).toBe(before);
    storeAgent('Reviewer', 'two', { a: 1 });
    expect(getRowHistory(id).at(-1)?.before).toContain('"content":"one"');
  }));

test('agents are listed by name without regard to case, and found by their text', () =>
  withTestDatabase(() => {
    for (const name of ['b', 'C', 'A']) storeAgent(name, `text of ${name}`);
    expect(listAgents().map(({ name }) => name)).toEqual(['A', 'b', 'C']);
    expect(rankedSearch('text', { kinds: ['agent'], limit: 10 })).toHaveLength(3);
    expect(getAgent('none')).toBeNull();
  }));

test('an empty or overlong name is refused', () =>
  withTestDatabase(() => {
    for (const name of ['', 'x'.repeat(201)])
      expect(refusal(() => storeAgent(name, 'text')).code).toBe('invalid_input');
    expect(listAgents()).toEqual([]);
  }));
