/** The life of an installation: packed, installed on a machine with nothing but Node and npm, used, removed. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VERSION } from '../../src/domain/version.ts';
import { page } from '../support/documents.ts';
import { newFolder, removeFolder } from '../support/folders.ts';
import { type Installed, install, npm, pack, run } from '../support/installed.ts';
import { findOldNode } from '../support/old-node.ts';
import { SERVER } from '../support/processes.ts';

const folder = newFolder();
let paths: string[] = [];
let installed: Installed;

beforeAll(async () => {
  const packed = await pack(folder);
  paths = packed.paths;
  installed = await install(packed.file, folder);
}, 300_000);
afterAll(() => removeFolder(folder));

const NAMES = [
  /^(package\.json|README\.md|LICENSE)$/,
  /^bin\/(project-memory|supported-node)\.mjs$/,
  /^dist\/(project-memory\.mjs|build-hash)$/,
  /^dist\/[a-z0-9_-]+-[A-Z0-9]{8}\.mjs(\.LEGAL\.txt)?$/,
  /^dist\/migrations\/(\d{3}-[a-z-]+\.sql|checksums\.json)$/,
  /^dist\/content\/agents\/[a-z-]+\.agent\.md$/,
  /^dist\/content\/instructions\/[a-z-]+\.instructions\.md$/,
  /^dist\/content\/skills\/[a-z-]+\/SKILL\.md$/,
];

test('the package holds the launcher, the bundle, the migrations and the default content, and nothing else', () => {
  expect(paths.filter((path) => !NAMES.some((name) => name.test(path)))).toEqual([]);
  const below = (start: string) =>
    paths.filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
  const sources = (path: string) =>
    (readdirSync(join(SERVER, path), { recursive: true, encoding: 'utf8' }) as string[])
      .filter((name) => /\.(sql|md)$/.test(name))
      .sort();
  expect(below('dist/migrations/')).toEqual([...sources('src/db/migrations'), 'checksums.json']);
  expect(below('dist/content/agents/')).toEqual(sources('../agents'));
  expect(below('dist/content/instructions/')).toEqual(sources('../.github/instructions'));
  expect(below('dist/content/skills/')).toEqual(sources('../.github/skills'));
});

test('nothing in the package tells where it was built', () => {
  const tells = paths.filter((path) => readFileSync(join(installed.folder, path), 'utf8').includes(SERVER));
  expect(tells).toEqual([]);
});

test('npm has installed it without a compiler, with the one dependency it has', () => {
  const modules = join(installed.folder, 'node_modules');
  expect(existsSync(join(modules, 'better-sqlite3/build'))).toBe(false);
  expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toContain('better-sqlite3');
});

test('the command says its version', async () => {
  expect(await run(installed, ['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
});

test('the command serves an MCP client', async () => {
  const { command, env } = installed;
  const client = new Client({ name: 'test', version: '0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StdioClientTransport({ command, args: ['mcp'], env, stderr: 'pipe' }));
  const { tools } = await client.listTools();
  await client.close();
  expect(tools).toHaveLength(8);
});

test('the command works in an empty home: default content, a workspace, a plan from a file', async () => {
  const file = join(folder, 'plan.md');
  writeFileSync(file, '# Bake bread\n\n## Dough\n- [ ] Weigh the flour\n- [ ] Knead\n');
  expect((await run(installed, ['library', 'list-agents'])).stdout).toContain('Archivist');
  expect(await run(installed, ['workspace', 'register', '--path', folder])).toMatchObject({ code: 0, stderr: '' });
  const imported = await run(installed, ['plan', 'import', file]);
  expect(imported).toMatchObject({ code: 0, stderr: '' });
  expect(imported.stdout).toMatch(/^Imported: plan plan_\w{12} "Bake bread"/);
});

const oldNode = findOldNode();

test.runIf(oldNode !== undefined)(
  'under a Node that is too old the command says what docs/install.md says',
  async () => {
    const [, quoted = ''] = /\*(Project Memory needs Node .*)\*/.exec(page('docs/install.md')) ?? [];
    const sentence = (text: string) => text.replace(/this is [\d.]+:/, 'this is …:');
    for (const args of [['mcp'], ['--version'], ['serve']]) {
      const { code, stdout, stderr } = await run(installed, args, oldNode);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(sentence(stderr)).toBe(`${sentence(quoted)}\n`);
    }
  },
);

test('uninstalled, it leaves the database of its user and nothing of itself', async () => {
  const { prefix, env } = installed;
  const removed = await npm(['uninstall', '--global', '--prefix', prefix, 'project-memory'], env, folder);
  expect(removed).toMatchObject({ code: 0 });
  expect(existsSync(installed.folder)).toBe(false);
  expect(existsSync(installed.command)).toBe(false);
  const left = readdirSync(env['HOME'] as string, { recursive: true, encoding: 'utf8' }) as string[];
  const ours = left.filter((path) => path.includes('project-memory/') && !path.startsWith('.npm/'));
  expect(ours.filter((path) => !path.startsWith('.cache/'))).toEqual(['.local/share/project-memory/project-memory.db']);
});
