/** docs/backup.md: what it tells to type makes whole copies while servers write, and brings them back. */
import { copyFileSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { databaseFile } from './support/database.ts';
import { blocks, page, typed } from './support/documents.ts';
import { temporaryFolder } from './support/folders.ts';
import { connect, type Memory } from './support/memory.ts';
import { BIN, runBin } from './support/processes.ts';
import { aWorld } from './support/world.ts';

const shell = blocks(page('docs/backup.md'));
const backups = shell.filter(({ heading }) => heading === 'Back up while servers run').map(({ text }) => text);
const restore = shell.filter(({ heading }) => heading === 'Restore').map(({ text }) => text);

/** A home with a server at work in it, whose last writes are not merged into the database yet. */
async function home(): Promise<{ home: string; tools: string; dataRoot: string; memory: Memory; planId: string }> {
  const folder = temporaryFolder();
  const [tools, dataRoot] = [join(folder, 'tools'), join(folder, '.local/share/project-memory')];
  mkdirSync(tools);
  symlinkSync(BIN, join(tools, 'project-memory'));
  const memory = await connect({ dataRoot });
  const { planId } = await aWorld(memory);
  expect(statSync(`${databaseFile(dataRoot)}-wal`).size).toBeGreaterThan(0);
  return { home: folder, tools, dataRoot, memory, planId };
}

test.for(backups.map((text) => ({ text, file: /'(project-memory-\S*backup\.db)'/.exec(text)?.[1] ?? '' })))(
  '$file is a whole copy for its owner alone, and can be restored',
  async ({ text, file }) => {
    const { dataRoot, memory, planId, ...machine } = await home();
    typed(machine, text);
    expect(statSync(join(machine.home, file)).mode & 0o777).toBe(0o600);

    await memory.ok('plan', 'update', { plan_id: planId, title: 'Changed after the backup' });
    await memory.close();
    const [bring = '', look = ''] = restore;
    typed(machine, bring.replace('project-memory-backup.db', file));
    expect(typed(machine, look)).toContain('All is well');
    const after = await connect({ dataRoot });
    expect(await after.ok('plan', 'get', { plan_id: planId })).toContain('Paint the house');
    expect(readdirSync(dataRoot)).toContainEqual(expect.stringMatching(/\.replaced-\w+\.bak$/));
  },
);

test('a plain copy of the database without its -wal lacks what was written last, as the page warns', async () => {
  const { dataRoot, planId } = await home();
  const elsewhere = temporaryFolder();
  copyFileSync(databaseFile(dataRoot), databaseFile(elsewhere));
  const { code, stderr } = await runBin(['plan', 'get', '--plan-id', planId], { dataRoot: elsewhere });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^not_found: /);
});
