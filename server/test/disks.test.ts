/** Disks that cannot be written or have no room: one sentence, nothing half-written, and work again when there is room. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashOfAllRows, rows, tamper } from './support/database.ts';
import { temporaryFolder } from './support/folders.ts';
import { ok, refused, register } from './support/home.ts';
import { connect } from './support/memory.ts';
import { runBin } from './support/processes.ts';
import { contentOf, expectOneSentence, NOT_WRITABLE } from './support/refused-start.ts';
import { canMount, fill, makeReadOnly, smallDisk } from './support/tmpfs.ts';
import { aWorld } from './support/world.ts';

describe.runIf(canMount)('a read-only disk', () => {
  test('without a database is refused', async () => {
    const disk = smallDisk('8m');
    makeReadOnly(disk);
    for (const dataRoot of [disk, join(disk, 'below')]) {
      expectOneSentence(await runBin(['mcp'], { dataRoot }), NOT_WRITABLE);
    }
  });

  test('with a database on it is refused, which stays as it is', async () => {
    const disk = smallDisk('8m');
    expect(await runBin(['seed', '--demo'], { dataRoot: disk })).toMatchObject({ code: 0 });
    makeReadOnly(disk);
    const before = contentOf(disk);
    expectOneSentence(await runBin(['workspace', 'list'], { dataRoot: disk }), /^unavailable: .*cannot be written\. /);
    expect(contentOf(disk)).toEqual(before);
  });
});

describe.runIf(canMount)('a full disk', () => {
  test('refuses a write in one sentence, keeps what was there, and takes writes again when there is room', async () => {
    const disk = smallDisk('12m');
    const memory = await connect({ dataRoot: disk });
    const { planId } = await aWorld(memory);
    const free = fill(disk);
    const steps = Array.from({ length: 50 }, (_, i) => ({
      task: `Step ${i}`,
      notes: 'What to think of. '.repeat(100),
    }));
    // The log of the engine may still have room for some.
    let acknowledged = 0;
    let before = hashOfAllRows(disk);
    let result = await memory.call('steps', 'add', { plan_id: planId, steps });
    for (; result.isError !== true && acknowledged < 200; acknowledged++) {
      before = hashOfAllRows(disk);
      result = await memory.call('steps', 'add', { plan_id: planId, steps });
    }
    expect(result).toMatchObject({ isError: true });
    expect(result.content).toEqual([
      { type: 'text', text: 'unavailable: The disk is full: nothing was written. Free some space and try again.' },
    ]);
    expect(hashOfAllRows(disk)).toBe(before);
    const found = () => rows(disk, 'SELECT id FROM steps WHERE plan_id = ?', planId).length;
    expect(found()).toBe(4 + 50 * acknowledged);
    expect(await memory.ok('plan', 'get', { plan_id: planId })).toContain('Paint the house');

    free();
    await memory.ok('steps', 'add', { plan_id: planId, steps });
    expect(found()).toBe(4 + 50 * (acknowledged + 1));
    expect(await memory.data('query', 'status')).toMatchObject({ integrity: 'ok' });
  });

  test('with a database on it, on which no server runs, says so in one sentence, and the database stays whole', async () => {
    const disk = smallDisk('8m');
    expect(await runBin(['seed', '--demo'], { dataRoot: disk })).toMatchObject({ code: 0 });
    const before = contentOf(disk);
    const free = fill(disk);
    const words = /^unavailable: The disk (is full|answered with an error): nothing was written\. /;
    expectOneSentence(await runBin(['mcp'], { dataRoot: disk }), words);
    free();
    // The engine's own files beside the database come and go.
    expect(contentOf(disk)).toMatchObject(before);
    expect(await runBin(['workspace', 'list'], { dataRoot: disk })).toMatchObject({ code: 0 });
  });

  test('on which what is there cannot be kept refuses a restore, and leaves nothing of it behind', async () => {
    const disk = smallDisk('8m');
    const copy = join(temporaryFolder(), 'copy.db');
    await register(disk, '/projects/shop');
    await ok(disk, 'backup', copy);
    tamper(disk, (db) => {
      const event = `INSERT INTO event_log (id, event_type, data, created_at) VALUES ('evt_1', 'big', ?, '2026-01-02T03:04:05.678Z')`;
      db.pragma('journal_mode = DELETE');
      db.pragma('temp_store = MEMORY');
      db.prepare(event).run(JSON.stringify('x'.repeat(3_500_000)));
    });
    const before = hashOfAllRows(disk);
    expect(await refused(disk, 'restore', copy)).toMatch(/^unavailable: The disk is full/);
    expect(readdirSync(disk)).toEqual(['project-memory.db']);
    expect(hashOfAllRows(disk)).toBe(before);
  });

  test('without a database is refused, and works when there is room', async () => {
    const disk = smallDisk('4m');
    const free = fill(disk);
    expectOneSentence(
      await runBin(['mcp'], { dataRoot: disk }),
      /^unavailable: The disk is full: nothing was written\. .*Free some space/,
    );
    free();
    expect(await runBin(['workspace', 'list'], { dataRoot: disk })).toMatchObject({ code: 0 });
  });
});
