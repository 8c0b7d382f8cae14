/** The torture harness in short: it finds nothing in this server, and it finds what it looks for in one that loses writes. */
import { expect, test } from 'vitest';
import { adapter as jsonFile } from '../../torture/adapters/json-file.ts';
import { adapter as projectMemory } from '../../torture/adapters/project-memory.ts';
import { contend } from '../../torture/contention.ts';
import { tortureStorage } from '../../torture/storage.ts';
import { storm } from '../../torture/storm.ts';

test('killed, stopped and out of time, agents lose nothing that was acknowledged and share no step', async () => {
  const report = await storm(projectMemory, 6, 20);
  expect(report.acknowledged).toBeGreaterThan(100);
  expect(report.kills).toBeGreaterThan(0);
  expect(report.errors).toEqual({});
  expect(
    Object.values(report.faults).every((count) => count === 0),
    JSON.stringify(report.faults),
  ).toBe(true);
});

test('a disk that is full or read-only, a lock that is not given and a damaged page are said, and nothing is lost', async () => {
  for (const report of await tortureStorage(projectMemory)) expect(report).toMatchObject({ ok: true, lost: 0 });
});

test('eight processes that finish and claim at once lose nothing, take nothing twice, and keep the log short', async () => {
  const report = await contend(8, 4);
  expect(report).toMatchObject({ lost: 0, finished_twice: 0, claimed_twice: 0, errors: [] });
  expect(Math.min(...report.each)).toBeGreaterThan(0);
  expect(report.largest_log_mb).toBeLessThan(64);
});

test('a server that overwrites its file is caught losing writes and giving a step twice', async () => {
  const { faults } = await storm(jsonFile, 4, 6);
  expect(faults['acknowledged writes lost']).toBeGreaterThan(0);
  expect(faults['steps finished twice'] + faults['unexpired claims at once']).toBeGreaterThan(0);
});
