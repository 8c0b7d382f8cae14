/**
 * `npm run bench`: loads 50,000 steps and times, under synchronous FULL and with history on, the data functions, each beside
 * the same work as bare prepared statements, and the server beside a bare one: its start, and reads over stdio. All in one
 * run. Prints a table; `--json <file>` says where the figures go.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { openDatabase, setDb } from '../src/db/index.ts';
import { readCases, writeCases } from './cases.ts';
import { measureReads, measureStart } from './doors.ts';
import { FULL_SIZE, load } from './load.ts';
import { type Comparison, compare } from './measure.ts';
import { measureMemory } from './memory.ts';
import { serversOn } from './servers.ts';

const { values } = parseArgs({
  options: { json: { type: 'string', default: join(import.meta.dirname, 'results.json') } },
});

const folder = join(tmpdir(), `project-memory-bench-${process.pid}`);
mkdirSync(folder, { recursive: true });
try {
  const db = openDatabase(join(folder, 'project-memory.db'), { synchronous: 'full' });
  setDb(db);
  const loaded = load(FULL_SIZE);
  process.stdout.write(`loaded ${loaded.steps} steps in ${loaded.seconds.toFixed(1)} s\n`);
  const reads = readCases(db, loaded).map(compare);
  const writes = writeCases(db, loaded).map(compare);
  db.close();
  const servers = await serversOn(folder);
  const doors = [await measureStart(servers), ...(await measureReads(servers, loaded))];
  const memory = await measureMemory(servers);
  print([...reads, ...writes, ...doors]);
  process.stdout.write(
    `resident 2 s after start: ours ${mb(memory.ours_mb)}, driver + protocol library + one tool ${mb(memory.bare_mb)}\n`,
  );
  const report = {
    at: new Date().toISOString(),
    node: process.version,
    steps: loaded.steps,
    load_seconds: loaded.seconds,
    reads,
    writes,
    doors,
    memory,
  };
  writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`written to ${values.json}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function print(comparisons: readonly Comparison[]): void {
  const table = new Table({
    head: ['call', 'ours p50 µs', 'ours p99 µs', 'bare p50 µs', 'bare p99 µs', 'p50 ratio'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { name, ours, bare, ratio } of comparisons) {
    const cells = [ours.p50_us, ours.p99_us, bare.p50_us, bare.p99_us].map((time) => time.toFixed(1));
    table.push([name, ...cells, ratio.toFixed(2)]);
  }
  process.stdout.write(`${table.toString()}\n`);
}

function mb(value: number | null): string {
  return value === null ? 'unknown' : `${value.toFixed(0)} MB`;
}
