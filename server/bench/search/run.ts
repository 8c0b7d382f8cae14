/**
 * `npm run bench:search`: how well and how fast the search answers. Without `--corpus`, questions about the texts beside
 * this file; with `--corpus <folder>`, the larger set about a data directory of an earlier version. `--part tune` looks at
 * the tuning part alone, `--items 0` leaves the speed out, `--json <file>` says where the figures go.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { catalogRows } from '../../src/catalog/derive/rows.ts';
import { TOOLS } from '../../src/catalog/tools.ts';
import { openDatabase, seedToolCatalog, setDb } from '../../src/db/index.ts';
import type { Figures } from '../measure.ts';
import { loadItems } from './items.ts';
import { ownCorpus } from './own-corpus.ts';
import { type Quality, qualityOf } from './quality.ts';
import { readQuestions } from './questions.ts';
import { sampleCorpus } from './sample-corpus.ts';
import { measureSpeed, type Speed, type Times } from './speed.ts';
import { baselines, ours } from './systems.ts';

const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    part: { type: 'string' },
    items: { type: 'string', default: '100000' },
    json: { type: 'string', default: join(import.meta.dirname, 'results.json') },
  },
});

const set = values.corpus === undefined ? 'own' : 'real';
const items = values.corpus === undefined ? ownCorpus() : sampleCorpus(values.corpus);
const { questions } = readQuestions(set);
const parts = (['tune', 'test'] as const).filter((part) => values.part === undefined || part === values.part);

const db = openDatabase(':memory:');
setDb(db);
seedToolCatalog(catalogRows(TOOLS));
const names = loadItems(items);
const systems = [...baselines(db), ours];
const quality = parts.map((part) => {
  const asked = questions.filter((question) => question.part === part);
  const scores = systems.map((system) => qualityOf(system, asked, names));
  process.stdout.write(`${items.length} items, ${asked.length} questions of the ${part} part\n`);
  printQuality(scores);
  return { part, questions: asked.length, scores };
});
db.close();

let speed: Speed | null = null;
if (values.items !== '0') {
  const folder = join(tmpdir(), `project-memory-bench-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    const queries = questions.filter(({ part }) => parts.includes(part)).map(({ query }) => query);
    speed = measureSpeed(join(folder, 'project-memory.db'), Number(values.items), items, queries);
    printSpeed(speed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const report = { at: new Date().toISOString(), node: process.version, load: loadavg()[0], set, quality, speed };
writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
process.stdout.write(`load of the machine ${loadavg()[0]?.toFixed(1)}; written to ${values.json}\n`);

function printQuality(scores: readonly Quality[]): void {
  const table = new Table({
    head: ['', 'recall@5', 'recall@10', 'MRR'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { name, recall5, recall10, mrr } of scores) {
    table.push([name, ...[recall5, recall10, mrr].map((share) => share.toFixed(3))]);
  }
  process.stdout.write(`${table.toString()}\n`);
  const recall = (name: string) => scores.find((score) => score.name === name)?.recall10 ?? 0;
  const recovered = (recall(ours.name) - recall('FTS5 OR')) / (1 - recall('FTS5 OR'));
  process.stdout.write(`of what FTS5 OR misses among 10, ${(100 * recovered).toFixed(0)} % are found\n\n`);
}

function printSpeed({ items: count, load_seconds, questions: asked, prefixes, insert }: Speed): void {
  const ms = ({ p50_us, p99_us }: Figures) =>
    `p50 ${(p50_us / 1000).toFixed(1)} ms, p99 ${(p99_us / 1000).toFixed(1)} ms`;
  const both = ({ wall, processor }: Times) => `${ms(wall)}; of the processor ${ms(processor)}`;
  const lines = [
    `${count} items of 1 KB, written in ${load_seconds.toFixed(0)} s`,
    `questions: ${both(asked)}`,
    `prefixes of four letters: ${both(prefixes)}`,
    `${insert.name}: p50 ${insert.ours.p50_us.toFixed(0)} µs, without an index ${insert.bare.p50_us.toFixed(0)} µs, ratio ${insert.ratio.toFixed(2)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
