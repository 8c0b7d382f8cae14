/** memory_library through the door: agents, instructions and skills. */
import { expect, test } from 'vitest';
import { tamper } from '../support/database.ts';
import { temporaryFolder } from '../support/folders.ts';
import { connect, sharedMemory } from '../support/memory.ts';

const memory = sharedMemory();

test('a new database knows the default agents, instructions and skills', async () => {
  expect(await memory.ok('library', 'list_agents')).toMatch(/^7 agents: .*\nArchitect \| default \| "Use when /);
  expect(await memory.ok('library', 'list_instructions')).toMatch(
    /^6 instructions: .*\nhandoffs\.instructions\.md \| /,
  );
  expect(await memory.ok('library', 'list_skills')).toMatch(/^10 skills: .*\ndebug-systematically \| /);
  expect(await memory.ok('library', 'get_agent', { name: 'EXECUTOR' })).toContain('Executor');
});

test('an agent is stored, replaced by its name whatever the case, and read', async () => {
  const stored = await memory.id('agent', 'library', 'store_agent', {
    name: 'Painter',
    content: '# Painter\nPaint.',
    metadata: { description: 'Paints' },
  });
  expect(await memory.ok('library', 'store_agent', { name: 'PAINTER', content: 'Paint twice.' })).toContain(stored);
  expect(await memory.ok('library', 'get_agent', { name: 'painter' })).toBe('Paint twice.');
  expect(await memory.data('library', 'get_agent', { name: 'painter' })).toMatchObject({ origin: 'user' });
});

test('an instruction is stored, read, and applies to the files its globs say', async () => {
  const filename = 'css.instructions.md';
  await memory.ok('library', 'store_instruction', {
    filename,
    applies_to: '**/*.css, web/**/*.{scss,less}',
    content: 'Be brief.',
  });
  expect(await memory.ok('library', 'get_instruction', { filename })).toBe('Be brief.');
  const matches = async (path: string) =>
    (await memory.ok('library', 'match_instructions', { path })).includes(filename);
  expect(await matches('a/b/c/deep.css')).toBe(true);
  expect(await matches('top.css')).toBe(true);
  expect(await matches('web\\themes\\dark.scss')).toBe(true);
  expect(await matches('src/dark.scss')).toBe(false);
  expect(await matches('deep.css.ts')).toBe(false);
});

test('a match says why: the glob that did, and the words with the place in which they stand', async () => {
  await memory.ok('library', 'store_instruction', {
    filename: 'why.instructions.md',
    applies_to: 'lib/*.c, tools/**/*.{rs,toml}',
    content: 'Be brief.',
  });
  expect(await memory.ok('library', 'match_instructions', { path: 'tools/a/b/Cargo.toml' })).toMatch(
    /^file \| applies because of .*\n(.*\n)*why\.instructions\.md \| tools\/\*\*\/\*\.\{rs,toml\}/,
  );
  await memory.ok('library', 'store_skill', {
    name: 'weave-baskets',
    content: 'x',
    category: 'craft',
    tags: ['willow'],
  });
  expect(await memory.ok('library', 'match_skills', { query: 'how to weave willow into a craft' })).toMatch(
    /^weave-baskets \| 9 \| craft \(category\), weave \(name\), willow \(tags\)/m,
  );
});

test('a file to which nothing applies is told so', async () => {
  const fresh = await connect({ dataRoot: temporaryFolder() });
  tamper(fresh.dataRoot, (db) => db.exec("DELETE FROM instruction_files WHERE applies_to = '**'"));
  expect(await fresh.ok('library', 'match_instructions', { path: 'x.unheard-of' })).toBe(
    'No instruction applies to this file.',
  );
});

test('a skill is stored, keeps what a later call does not name, and is listed by its category', async () => {
  const skill = { name: 'css-grid', content: 'Rows and columns.' };
  await memory.ok('library', 'store_skill', {
    ...skill,
    category: 'frontend',
    tags: ['css'],
    language_targets: ['css'],
  });
  await memory.ok('library', 'store_skill', { ...skill, content: 'Columns and rows.' });
  expect(await memory.data('library', 'get_skill', { name: 'CSS-Grid' })).toMatchObject({
    name: 'css-grid',
    category: 'frontend',
    tags: '["css"]',
    content: 'Columns and rows.',
  });
  expect(await memory.ok('library', 'list_skills', { category: 'frontend' })).toMatch(
    /^1 skill: .*\ncss-grid \| frontend/,
  );
});

test('lists come page by page', async () => {
  const all = await memory.data<{ items: { name: string }[] }>('library', 'list_skills', { limit: 200 });
  const second = await memory.data<{ items: { name: string }[] }>('library', 'list_skills', { limit: 3, cursor: '3' });
  expect(second.items).toEqual(all.items.slice(3, 6));
});

test.each([
  ['store_agent', { name: 'Empty', content: '' }, '"content"'],
  ['store_instruction', { filename: 'x.md', content: 'x' }, '"applies_to" is missing'],
  ['store_skill', { name: ' ', content: 'x' }, '"name"'],
  ['store_skill', { name: 'x', content: 'x', tags: 'css' }, '"tags": invalid input: expected array'],
])('%s refuses %j', async (action, args, words) => {
  expect(await memory.refused('library', action, args)).toContain(words);
});
