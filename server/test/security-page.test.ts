/** SECURITY.md: a secret that was stored by mistake is gone from the file when one has typed what the page says. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blocks, page, typed } from './support/documents.ts';
import { temporaryFolder } from './support/folders.ts';
import { connect } from './support/memory.ts';
import { BIN } from './support/processes.ts';
import { aWorld } from './support/world.ts';

const hasSqlite = spawnSync('sqlite3', ['--version']).status === 0;

test.runIf(hasSqlite)('after the commands of the page no byte of the secret is in the data folder', async () => {
  const home = temporaryFolder();
  const [tools, dataRoot] = [join(home, 'tools'), join(home, '.local/share/project-memory')];
  mkdirSync(tools);
  symlinkSync(BIN, join(tools, 'project-memory'));
  const memory = await connect({ dataRoot });
  const { planId } = await aWorld(memory);
  const item = { parent_type: 'plan', parent_id: planId, type: 'note', data: 'the key is hush4f9c1d7e' };
  const contextId = await memory.id('ctx', 'context', 'store', item);
  await memory.close();
  const places = () =>
    readdirSync(dataRoot).filter((name) => readFileSync(join(dataRoot, name), 'latin1').includes('ush4f9c1d7e'));
  expect(places()).toEqual(['project-memory.db']);

  const [commands = ''] = blocks(page('SECURITY.md')).map(({ text }) => text);
  typed({ home, tools }, commands.replace('ctx_0123456789ab', contextId));
  expect(places()).toEqual([]);
  const after = await connect({ dataRoot });
  expect(await after.ok('plan', 'get', { plan_id: planId })).toContain('Paint the house');
  expect(await after.ok('query', 'status')).toContain('integrity ok');
});
