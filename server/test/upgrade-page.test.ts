/** docs/upgrade.md: an older and a newer program on one database, and the way back as the page tells it. */
import { cpSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rows } from './support/database.ts';
import { blocks, page, typed } from './support/documents.ts';
import { temporaryFolder } from './support/folders.ts';
import { connect } from './support/memory.ts';
import { BIN, runNode, SERVER } from './support/processes.ts';
import { expectOneSentence } from './support/refused-start.ts';
import { aWorld } from './support/world.ts';

const markdown = page('docs/upgrade.md');
/** The sentences that the page quotes, as one line each. */
const quoted = [...markdown.matchAll(/\*((?:conflict|unavailable): [^*]+)\*/g)].map(([, said = '']) =>
  said.replaceAll('\n', ' '),
);

/** The program with one more migration: what a newer version is to the database. */
function newerProgram(): string {
  const folder = temporaryFolder();
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(SERVER, part), join(folder, part), { recursive: true });
  symlinkSync(join(SERVER, '../node_modules'), join(folder, 'node_modules'));
  const known = readdirSync(join(folder, 'dist/migrations')).filter((name) => name.endsWith('.sql')).length;
  const next = String(known + 1).padStart(3, '0');
  writeFileSync(join(folder, `dist/migrations/${next}-tea.sql`), 'CREATE TABLE tea (cup INTEGER) STRICT;');
  return join(folder, 'bin/project-memory.mjs');
}

test('the newer program copies and upgrades, the older ones refuse, and the copy leads back', async () => {
  const home = temporaryFolder();
  const dataRoot = join(home, '.local/share/project-memory');
  const running = await connect({ dataRoot });
  const { planId } = await aWorld(running);
  const before = Number(rows(dataRoot, 'PRAGMA user_version')[0]?.['user_version']);

  const upgraded = await runNode([newerProgram(), 'workspace', 'list'], { dataRoot });
  expect(upgraded).toMatchObject({ code: 0, stderr: '' });
  const copy = join(dataRoot, `project-memory.db.v${before}.bak`);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(rows(dataRoot, 'SELECT count(*) AS cups FROM tea')).toEqual([{ cups: 0 }]);

  // A server that was running reads on, and is refused each write.
  expect(await running.ok('plan', 'get', { plan_id: planId })).toContain('Paint the house');
  const [conflict, unavailable] = quoted;
  expect(await running.refused('plan', 'add_note', { plan_id: planId, note: 'x', note_type: 'info' })).toBe(conflict);
  await running.close();

  // An older program that is started leaves the file alone.
  const older = await runNode([BIN, 'workspace', 'list'], { dataRoot });
  const words = unavailable?.replace('version 2', `version ${before + 1}`).replace('knows 1', `knows ${before}`);
  expectOneSentence(older, new RegExp(`^${words}`));

  // The way back, as it is typed.
  const tools = join(home, 'tools');
  mkdirSync(tools);
  symlinkSync(BIN, join(tools, 'project-memory'));
  const [back, look, ...others] = blocks(markdown).map(({ text }) => text);
  expect(others).toEqual([]);
  typed({ home, tools }, (back ?? '').replace('.v1.bak', `.v${before}.bak`));
  expect(typed({ home, tools }, look ?? '')).toMatch(new RegExp(`schema\\D+${before}\\b`, 'i'));
  expect(readdirSync(join(dataRoot, 'newer'))).toContain('project-memory.db');
  const after = await connect({ dataRoot });
  expect(await after.ok('plan', 'get', { plan_id: planId })).toContain('Paint the house');
  expect(await after.ok('plan', 'add_note', { plan_id: planId, note: 'x', note_type: 'info' })).toBeTruthy();
});
