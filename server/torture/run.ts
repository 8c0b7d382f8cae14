/**
 * `npm run torture`: agents under fire, the storage under fire, many writers at once, and how soon who waits is woken. Prints tables; ends with 1 where
 * anything is wrong. --seconds, --agents, --only storm,storage,contention,wake, --adapter <file>, --json <file>.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import type { Adapter } from './adapter.ts';
import { type ContentionReport, contend, isClean, measureFloor, type Rates } from './contention.ts';
import { type StorageReport, tortureStorage } from './storage.ts';
import { type StormReport, storm } from './storm.ts';
import { measureWake, type WakeReport } from './wake.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    agents: { type: 'string', default: '8' },
    only: { type: 'string', default: 'storm,storage,contention,wake' },
    adapter: { type: 'string' },
    json: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const agents = Number(values.agents);
const parts = values.only.split(',');
const ours = values.adapter === undefined;
const WAKE_ROUNDS = 50;
const FLOOR_SECONDS = 10;
const file =
  values.adapter === undefined
    ? new URL('./adapters/project-memory.ts', import.meta.url)
    : pathToFileURL(resolve(values.adapter));
const { adapter } = (await import(file.href)) as { adapter: Adapter };

print(`${adapter.name}, ${agents} agents, ${cpus().length} cores, Node ${process.version}`);
const stormed = parts.includes('storm') ? await storm(adapter, agents, seconds) : null;
if (stormed !== null) printStorm(stormed);
const storage = parts.includes('storage') ? await tortureStorage(adapter) : [];
if (storage.length > 0) printStorage(storage);
// The rest is about our own functions; another server has none that we know.
const contention = ours && parts.includes('contention') ? await contend(agents, Math.min(60, seconds)) : null;
if (contention !== null) printContention(contention);
const floor = contention === null ? null : await measureFloor(agents, Math.min(FLOOR_SECONDS, seconds));
if (floor !== null) printFloor(floor);
const wake = ours && parts.includes('wake') ? await measureWake(WAKE_ROUNDS) : null;
if (wake !== null) printWake(wake);

const report = {
  at: new Date().toISOString(),
  adapter: adapter.name,
  node: process.version,
  storm: stormed,
  storage,
  contention,
  floor,
  wake,
};
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
const faults = [
  ...Object.values(stormed?.faults ?? {}).filter((count) => count > 0),
  ...storage.filter(({ ok }) => !ok),
  ...(contention === null || isClean(contention) ? [] : [contention]),
];
print(faults.length === 0 ? 'Nothing was lost, nothing was given twice.' : 'FAULTS FOUND, see above.');
process.exitCode = faults.length === 0 ? 0 : 1;

function printStorm({ faults, errors, overlaps, latency_ms, ...counts }: StormReport): void {
  printTable('Storm', [
    ...Object.entries(faults),
    ...Object.entries(counts).map(([name, value]): [string, unknown] => [name.replaceAll('_', ' '), value]),
    ...Object.entries(latency_ms).map(([name, value]): [string, unknown] => [`latency ${name}, ms`, value]),
  ]);
  for (const [text, times] of Object.entries(errors)) print(`  ${times} × ${text}`);
  for (const text of overlaps) print(`  ${text}`);
}

function printStorage(reports: readonly StorageReport[]): void {
  printTable(
    'Storage',
    reports.map(({ what, said, acknowledged, lost, integrity, ok }) => [
      what,
      `${ok ? 'ok' : 'WRONG'} · ${acknowledged} acknowledged, ${lost} lost · ${integrity} · ${said?.slice(0, 60) ?? 'said nothing'}`,
    ]),
  );
}

function printContention({ latency_ms, each, errors, ...counts }: ContentionReport): void {
  printTable('Contention at the data function (synchronous FULL, history on)', [
    ...Object.entries(counts).map(([name, value]): [string, unknown] => [name.replaceAll('_', ' '), value]),
    ['by each process', each.join(' ')],
    ...Object.entries(latency_ms).map(([name, value]): [string, unknown] => [`latency ${name}, ms`, value]),
    ['errors', errors.length],
  ]);
}

function printFloor(rates: Rates): void {
  printTable('Beside it, finish and claim per second', [
    ['one process alone', rates.one_process],
    ['bare statements, no history, one process alone', rates.bare_one_process],
    [`bare statements, no history, ${agents} processes, taking turns as the data function does`, rates.bare_in_turns],
    [`bare statements, no history, ${agents} processes, the engine's own waiting`, rates.bare],
    ['the longest wait of these, ms', rates.bare_longest_ms],
    ['a flush of the disk, p50, ms', rates.flush_ms],
  ]);
}

function printWake({ rounds, wake_ms, ask_us }: WakeReport): void {
  printTable('Wake', [
    ['rounds', rounds],
    ...Object.entries(wake_ms).map(([name, value]): [string, unknown] => [`${name}, ms`, value]),
    ['asking for changes, µs', ask_us],
  ]);
}

function printTable(title: string, rows: readonly (readonly [string, unknown])[]): void {
  const table = new Table({ head: [title, ''], style: { head: [], border: [] } });
  for (const [name, value] of rows) table.push([name, String(value)]);
  print(table.toString());
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
