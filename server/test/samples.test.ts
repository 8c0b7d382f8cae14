/**
 * Seeding from a folder of real agents, instructions and skills, which is not part of this repository: PROJECT_MEMORY_SAMPLES
 * names it. The second half is the same game on a small folder that is written here, so that it is played everywhere.
 */
import { readdirSync } from 'node:fs';
import { basename, dirname, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { refusal, temporaryFolder, withTestDatabase, writeFiles } from '../src/db/__tests__/fixtures.ts';
import { listAgents, listInstructions, listSkills } from '../src/db/index.ts';
import { readContent, type SeedReport, seedContent } from '../src/db/seed-content.ts';

const SAMPLES = process.env['PROJECT_MEMORY_SAMPLES'];

/** Seeds twice, checks what must hold of any folder, and answers the first report. */
function seed(folder: string): SeedReport {
  const report = seedContent(readContent(folder), 'user');
  const { agent, instruction, skill } = report.stored;
  expect(agent + instruction + skill + report.leftOut.length).toBe(report.found);
  expect(report.written).toBe(agent + instruction + skill);
  expect([listAgents(), listInstructions(), listSkills()].map((rows) => rows.length)).toEqual([
    agent,
    instruction,
    skill,
  ]);

  const paths = contentPaths(folder);
  expect(report.found).toBe(paths.length);
  for (const { path, reason } of report.leftOut) {
    expect(paths).toContain(path);
    expect(reason).toMatch(/\S/);
    // Who is left out for another one names it.
    const other = /(?:identical to|same name ".*" as) (.+)$/.exec(reason)?.[1];
    if (other !== undefined) expect(paths.indexOf(other)).toBeGreaterThanOrEqual(0);
  }
  for (const { name, content } of [...listAgents(), ...listSkills()]) {
    expect(name).not.toMatch(/[#`\r\n]/);
    const said = /^name:[ \t]*(\S.*)$/m.exec(frontMatterOf(content))?.[1];
    const places = paths.map((path) =>
      path.endsWith('/SKILL.md') ? basename(dirname(path)) : basename(path, '.agent.md'),
    );
    if (said === undefined) expect(places).toContain(name);
    else expect(name).toBe(said.replace(/^(['"])(.*)\1$/, '$2'));
  }
  const files = paths.map((path) => basename(path));
  for (const { filename } of listInstructions()) expect(files).toContain(filename);

  expect(seedContent(readContent(folder), 'user')).toEqual({ ...report, written: 0 });
  return report;
}

/** The lines between the two rulers at the beginning, found without the program's own parser. */
function frontMatterOf(content: string): string {
  return /^\s*---[ \t]*\n([\s\S]*?)\n---/.exec(content)?.[1] ?? '';
}

/** What should be found, told by the names of the files alone. */
function contentPaths(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll(sep, '/'))
    .filter((path) => /^(agents\/.*\.agent\.md|instructions\/.*\.instructions\.md|skills\/.+\/SKILL\.md)$/.test(path))
    .sort();
}

describe.runIf(SAMPLES !== undefined)('the sample folder', () => {
  test('gives 15 agents, 20 instructions and 15 skills, and says of every other file why not', () =>
    withTestDatabase(() => {
      const report = seed(String(SAMPLES));
      expect(report.stored).toEqual({ agent: 15, instruction: 20, skill: 15 });
      for (const { reason } of report.leftOut) expect(reason).toMatch(/^(identical to|same name)/);
    }));
});

describe('a folder of the same kind', () => {
  const agent = (name: string, text: string) =>
    `---\nname: ${name}\ntools: ['read', 'edit']\n---\n\n# ${text}\n\n\`\`\`js\nx\n\`\`\`\n`;
  const skill = (name: string) => `---\nname: ${name}\ncategory: quality\n---\n# Heading of ${name}\n`;

  test('gives each name once, whatever the files are wrapped in, and says of every other file why not', () =>
    withTestDatabase(() => {
      const folder = temporaryFolder();
      writeFiles(folder, {
        'agents/archive/worker.agent.md': agent('Worker', 'Long ago'),
        'agents/core/worker.agent.md': `\`\`\`chatagent\n${agent('Worker', 'Today')}\`\`\`\n`,
        'agents/core/tdd-driver.agent.md': `\`\`\`chatagent\n${agent('"TDDDriver"', 'Drives')}\`\`\`\n`,
        'agents/root/hub-claude.agent.md': `\uFEFF${agent('Hub', 'Hub')}`.replaceAll('\n', '\r\n'),
        'agents/root/nameless.agent.md': '# Heading\n',
        'agents/root/photo.agent.md': new Uint8Array([0xff, 0xd8, 0xff]),
        'instructions/seed/hub.instructions.md': '---\napplyTo: "**"\n---\n# Hub\n',
        'instructions/archive/hub.instructions.md': '# Hub, long ago\n',
        'skills/seed/bugfix/SKILL.md': skill('bugfix'),
        'skills/archive/imported-bugfix/SKILL.md': skill('bugfix'),
        'skills/external/qml-deploy/SKILL.md': '# No front matter\n',
        'misc/fix-bug.prompt.md': '# Prompt\n',
      });
      const report = seed(folder);
      expect(report.stored).toEqual({ agent: 4, instruction: 1, skill: 2 });
      expect(report.leftOut.map(({ path, reason }) => `${path}: ${reason}`).sort()).toEqual([
        'agents/core/worker.agent.md: same name "Worker" as agents/archive/worker.agent.md',
        'agents/root/photo.agent.md: not UTF-8 text',
        'instructions/seed/hub.instructions.md: same name "hub.instructions.md" as instructions/archive/hub.instructions.md',
        'skills/seed/bugfix/SKILL.md: identical to skills/archive/imported-bugfix/SKILL.md',
      ]);
      expect(listAgents().map(({ name }) => name)).toEqual(['Hub', 'nameless', 'TDDDriver', 'Worker']);
    }));

  test('that is missing is refused', () =>
    withTestDatabase(() => {
      expect(refusal(() => seed(`${temporaryFolder()}/none`)).code).toBe('not_found');
    }));
});
