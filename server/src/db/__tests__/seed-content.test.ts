import { describe, expect, test } from 'vitest';
import { getAgent, listAgents, storeAgent } from '../agent-definition-db.ts';
import { getInstruction, listInstructions } from '../instruction-db.ts';
import { readContent, type SeedReport, seedContent } from '../seed-content.ts';
import { getSkill, listSkills } from '../skill-db.ts';
import { hashOfAllRows, refusal, temporaryFolder, withTestDatabase, writeFiles } from './fixtures.ts';

const agent = (name: string, body = 'Does its duty.') =>
  `---\nname: ${name}\ndescription: An agent\n---\n\n# ${body}\n`;

/** What seeding makes of a folder with these files. */
function seed(
  files: Readonly<Record<string, string | Uint8Array>>,
  origin: 'default' | 'user' = 'default',
): SeedReport {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  const report = seedContent(readContent(folder), origin);
  const { agent, instruction, skill } = report.stored;
  expect(agent + instruction + skill + report.leftOut.length).toBe(report.found);
  return report;
}

const names = () => listAgents().map(({ name }) => name);

describe('readContent and seedContent', () => {
  test('store each kind with what its front matter says', () =>
    withTestDatabase(() => {
      const skill = [
        '---',
        'name: react-components',
        'description: >-',
        '  Builds components',
        '  that work.',
        'category: frontend',
        'tags: [ui, hooks]',
        'metadata:',
        '  category: ignored',
        '  language_targets: typescript, javascript',
        '  framework_targets:',
        '    - react',
        '---',
        'Text',
      ].join('\n');
      const report = seed({
        'agents/reviewer.agent.md': agent('Reviewer'),
        'instructions/tests.instructions.md': '---\napplyTo: "**/*.test.ts, test/**"\n---\nText',
        '.github/instructions/list.instructions.md': "---\napplies_to: ['src/**', 'lib/**']\n---\nText",
        'instructions/plain.instructions.md': 'Text without front matter',
        'skills/react/SKILL.md': skill,
        'skills/plain/SKILL.md': '# A heading is no name',
      });
      expect(report).toEqual({ found: 6, stored: { agent: 1, instruction: 3, skill: 2 }, written: 6, leftOut: [] });
      expect(getAgent('Reviewer')).toMatchObject({
        content: agent('Reviewer'),
        metadata: '{"name":"Reviewer","description":"An agent"}',
        origin: 'default',
        seeded_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      const globs = listInstructions().map(({ filename, applies_to }) => [filename, applies_to]);
      expect(globs).toEqual([
        ['list.instructions.md', 'src/**,lib/**'],
        ['plain.instructions.md', ''],
        ['tests.instructions.md', '**/*.test.ts, test/**'],
      ]);
      expect(getSkill('react-components')).toMatchObject({
        description: 'Builds components that work.',
        category: 'frontend',
        tags: '["ui","hooks"]',
        language_targets: '["typescript","javascript"]',
        framework_targets: '["react"]',
      });
      expect(getSkill('plain')).toMatchObject({ category: 'general', tags: '[]', description: null });
    }));

  test.each<[string, string, string]>([
    ['the front matter', agent('Reviewer'), 'Reviewer'],
    ['the front matter of a file in a code fence', `\`\`\`markdown\n${agent('Reviewer')}\`\`\`\n`, 'Reviewer'],
    [
      'the front matter of a Windows file with a byte order mark',
      `\uFEFF${agent('Reviewer').replaceAll('\n', '\r\n')}`,
      'Reviewer',
    ],
    ['what can be read of broken YAML', '---\nname: Reviewer\ntools: [read, : }\nother: "\n---\nText', 'Reviewer'],
    ['the file when broken YAML has none', '---\n: : [\n---\nText', 'file'],
    ['the file when the front matter has none', '---\ndescription: x\n---\n# Heading\n', 'file'],
    ['the file when the name is empty', '---\nname: "  "\n---\n', 'file'],
    ['the file when the name is no text', '---\nname: [a, b]\n---\n', 'file'],
    ['the front matter, on one line however it is written', '---\nname: |\n  Code\n  Reviewer\n---\n', 'Code Reviewer'],
    ['the file when there is no front matter', '# Heading\n\nname: Other\n', 'file'],
    ['the file when it is empty', '', 'file'],
  ])('an agent takes its name from %s', (_where, content, name) =>
    withTestDatabase(() => {
      expect(seed({ 'agents/file.agent.md': content }).leftOut).toEqual([]);
      expect(names()).toEqual([name]);
      expect(getAgent(name)?.content).not.toMatch(/\uFEFF|\r|^```/);
    }),
  );

  test('of two files with one name the first by path wins, and the other is listed with the reason', () =>
    withTestDatabase(() => {
      const { leftOut, stored } = seed({
        'agents/b.agent.md': agent('reviewer', 'Second'),
        'agents/a.agent.md': agent('Reviewer', 'First'),
        'agents/c.agent.md': agent('Reviewer', 'First'),
        'agents/d.agent.md': `\uFEFF${agent('Reviewer', 'First')}`,
        'instructions/one/a.instructions.md': 'One',
        'instructions/two/A.instructions.md': 'Two',
        'skills/Reviewer/SKILL.md': 'No agent, so no clash',
      });
      expect(stored).toEqual({ agent: 1, instruction: 1, skill: 1 });
      expect(getAgent('Reviewer')?.content).toContain('First');
      expect(getInstruction('a.instructions.md')?.content).toBe('One');
      expect(leftOut).toEqual([
        { path: 'agents/b.agent.md', reason: 'same name "Reviewer" as agents/a.agent.md' },
        { path: 'agents/c.agent.md', reason: 'identical to agents/a.agent.md' },
        { path: 'agents/d.agent.md', reason: 'identical to agents/a.agent.md' },
        {
          path: 'instructions/two/A.instructions.md',
          reason: 'same name "a.instructions.md" as instructions/one/a.instructions.md',
        },
      ]);
    }));

  test.each<[string, string | Uint8Array, RegExp]>([
    ['a binary file', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]), /UTF-8/],
    ['a file with a NUL byte', 'a\0b', /NUL/],
    ['a file of more than 1 MB', 'x'.repeat(1_000_001), /1 MB/],
    ['a name of more than 200 characters', agent('x'.repeat(201)), /200/],
    ['a skill with a category of more than 100 characters', `---\ncategory: ${'x'.repeat(101)}\n---\n`, /100/],
  ])('%s is left out with the reason, and the others are stored', (_what, content, reason) =>
    withTestDatabase(() => {
      const path = String(content).includes('category') ? 'skills/bad/SKILL.md' : 'agents/bad.agent.md';
      const { leftOut } = seed({ [path]: content, 'agents/good.agent.md': agent('Good') });
      expect(leftOut).toEqual([{ path, reason: expect.stringMatching(reason) }]);
      expect([...names(), ...listSkills()]).toEqual(['Good']);
    }),
  );

  test('a folder that looks like a file is left out, and a missing one is refused', () =>
    withTestDatabase(() => {
      expect(seed({ 'agents/a.agent.md/x': '', 'agents/b.agent.md': agent('B') }).leftOut).toEqual([
        { path: 'agents/a.agent.md', reason: 'cannot be read' },
      ]);
      expect(refusal(() => readContent(`${temporaryFolder()}/none`)).code).toBe('not_found');
    }));
});

describe('seeding again', () => {
  const FILES = { 'agents/a.agent.md': agent('A', 'One'), 'skills/s/SKILL.md': 'Text' };

  test('writes nothing when nothing has changed', () =>
    withTestDatabase(() => {
      seed(FILES);
      const before = hashOfAllRows();
      expect(seed(FILES)).toEqual({
        found: 2,
        stored: { agent: 1, instruction: 0, skill: 1 },
        written: 0,
        leftOut: [],
      });
      expect(hashOfAllRows()).toBe(before);
    }));

  test('replaces what nobody has changed, and keeps its id', () =>
    withTestDatabase(() => {
      seed(FILES);
      const before = getAgent('A');
      expect(seed({ ...FILES, 'agents/a.agent.md': agent('A', 'Two') }).written).toBe(1);
      expect(getAgent('A')).toMatchObject({ id: before?.id, content: agent('A', 'Two') });
      expect(seed({ ...FILES, 'agents/a.agent.md': agent('A', 'Three') }).written).toBe(1);
    }));

  test('keeps and reports a row that somebody has changed, until it says what the file says', () =>
    withTestDatabase(() => {
      seed(FILES);
      storeAgent('A', 'Mine');
      const changed = { ...FILES, 'agents/a.agent.md': agent('A', 'Two') };
      for (const files of [FILES, changed]) {
        const { leftOut, written } = seed(files);
        expect(leftOut).toEqual([{ path: 'agents/a.agent.md', reason: expect.stringContaining('"A"') }]);
        expect(written).toBe(0);
        expect(getAgent('A')?.content).toBe('Mine');
      }
      storeAgent('A', agent('A', 'Two'));
      expect(seed(changed)).toMatchObject({ leftOut: [], written: 0 });
    }));

  test('never replaces what a person wrote, under whatever spelling of the name', () =>
    withTestDatabase(() => {
      const mine = storeAgent('a', 'Mine');
      expect(seed(FILES).leftOut).toHaveLength(1);
      expect(getAgent('A')).toEqual(mine);
    }));

  test("the program's own content does not replace that of a folder, a folder may replace the program's", () =>
    withTestDatabase(() => {
      seed({ 'agents/a.agent.md': agent('A', 'Folder') }, 'user');
      expect(seed(FILES, 'default').leftOut).toHaveLength(1);
      expect(getAgent('A')).toMatchObject({ origin: 'user', content: agent('A', 'Folder') });
      seed({ 'skills/s/SKILL.md': 'From a folder' }, 'user');
      expect(getSkill('s')).toMatchObject({ origin: 'user', content: 'From a folder' });
    }));

  test('a file that is gone leaves its row', () =>
    withTestDatabase(() => {
      seed(FILES);
      seed({ 'skills/s/SKILL.md': 'Text' });
      expect(names()).toEqual(['A']);
    }));
});
