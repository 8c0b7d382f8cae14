/** Imports a directory into a database file and prints the time, the processor's own time and the most memory it took. */
import { readFileSync } from 'node:fs';
import { openDatabase, setDb } from '../src/db/index.ts';
import { importPath } from '../src/importer/import.ts';

const [source = '', file = ''] = process.argv.slice(2);
setDb(openDatabase(file, { synchronous: 'full' }));
const cpu = process.cpuUsage();
const start = performance.now();
const report = importPath(source);
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(cpu);
const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
process.stdout.write(
  JSON.stringify({ seconds, cpu: (user + system) / 1e6, totals: report.totals, peak_mb: Number(peak) / 1024 }),
);
