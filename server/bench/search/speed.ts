/** How long questions take in a large database, and what the index adds to a single acknowledged insert. */
import { hrtime } from 'node:process';
import { type Database, openDatabase, rankedSearch, setDb, storeContext } from '../../src/db/index.ts';
import { now } from '../../src/domain/clock.ts';
import { newId } from '../../src/domain/ids.ts';
import { type Comparison, compare, type Figures, figuresOf } from '../measure.ts';
import type { Item } from './items.ts';
import { loadGenerated, randomFrom, textOf, vocabularyOf } from './speed-corpus.ts';

export interface Speed {
  items: number;
  load_seconds: number;
  questions: Times;
  prefixes: Times;
  insert: Comparison;
}

/** The clock on the wall, and the time of the processor, which other work on the machine disturbs less. */
export interface Times {
  wall: Figures;
  processor: Figures;
}

const ROUNDS = 3;
const INSERTS = 1_000;
const LIMIT = 10;

export function measureSpeed(file: string, items: number, corpus: readonly Item[], queries: readonly string[]): Speed {
  const start = performance.now();
  const loading = openDatabase(file, { synchronous: 'normal' });
  setDb(loading);
  loadGenerated(items, corpus);
  loading.close();
  const load_seconds = (performance.now() - start) / 1000;
  const db = openDatabase(file, { synchronous: 'full' });
  setDb(db);
  const speed = {
    items,
    load_seconds,
    questions: times(queries),
    prefixes: times(prefixesOf(queries)),
    insert: compare(insertCase(db, corpus)),
  };
  db.close();
  return speed;
}

/** Each query several times, after a first time that fills the caches. */
function times(queries: readonly string[]): Times {
  const wall: number[] = [];
  const processor: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const query of queries) {
      const [start, used] = [hrtime.bigint(), process.cpuUsage()];
      rankedSearch(query, { limit: LIMIT });
      if (round === 0) continue;
      const { user, system } = process.cpuUsage(used);
      wall.push(Number(hrtime.bigint() - start) / 1000);
      processor.push(user + system);
    }
  }
  return { wall: figuresOf(Float64Array.from(wall)), processor: figuresOf(Float64Array.from(processor)) };
}

/** The beginning of the longest word of each question. */
function prefixesOf(queries: readonly string[]): string[] {
  const longest = queries.map((query) => (query.match(/[a-z]{6,}/gi) ?? []).sort((a, b) => b.length - a.length)[0]);
  return [...new Set(longest.flatMap((word) => (word === undefined ? [] : `${word.slice(0, 4)}*`)))];
}

/** A context item of a kilobyte; and the same rows, with their history, without a search document. */
function insertCase(db: Database, corpus: readonly Item[]) {
  const words = vocabularyOf(corpus);
  const random = randomFrom(7);
  const texts = Array.from({ length: INSERTS }, () => JSON.stringify({ text: textOf(words, random) }));
  const place = db.prepare('SELECT id, workspace_id FROM plans ORDER BY seq DESC LIMIT 1').get() as {
    id: string;
    workspace_id: string;
  };
  const plan = db.prepare('SELECT workspace_id, id AS plan_id FROM plans WHERE id = ?');
  const item =
    db.prepare(`INSERT INTO context_items (id, workspace_id, plan_id, parent_type, parent_id, type, data, source,
    created_at, updated_at) VALUES (?, ?, ?, 'plan', ?, 'finding', ?, 'agent', ?, ?) RETURNING *`);
  const history =
    db.prepare(`INSERT INTO row_history (operation_id, table_name, row_id, before, after, session_id, tool,
    action, at) VALUES (?, 'context_items', ?, NULL, ?, NULL, NULL, NULL, ?)`);
  const bare = db.transaction((data: string) => {
    db.pragma('user_version');
    plan.get(place.id);
    const [id, at] = [newId('context'), now()];
    const row = item.get(id, place.workspace_id, place.id, place.id, data, at, at);
    history.run(newId('operation'), id, JSON.stringify(row), at);
  });
  const text = (run: number) => String(texts[run % texts.length]);
  return {
    name: 'insert of a context item, synchronous FULL',
    runs: INSERTS,
    ours: (run: number) => storeContext('plan', place.id, 'finding', JSON.parse(text(run))),
    bare: (run: number) => bare.immediate(text(run)),
  };
}
