/**
 * Eight processes finish and claim through the data function as fast as they can: how fast, how fair, how long the log grows. Beside
 * it, what bare statements reach on the same disk in the same minute.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { load } from '../bench/load.ts';
import { createSession, openDatabase, queryOne, setDb, transaction, updatePlan } from '../src/db/index.ts';
import type { Way, Work, WorkDone } from './processes/finish-and-claim.ts';
import { quantiles } from './storm.ts';

const FINISH_AND_CLAIM = fileURLToPath(new URL('./processes/finish-and-claim.ts', import.meta.url));
const STEPS_EACH = 100;
/** More than they can do; they end when all is done. */
const STEPS_PER_SECOND = 5_000;
const MOST_STEPS = 150_000;
const LOOK_AT_LOG_MS = 20;

export interface ContentionReport {
  processes: number;
  seconds: number;
  steps_finished: number;
  finish_and_claim_per_second: number;
  each: number[];
  latency_ms: { p50: number; p95: number; p99: number; max: number };
  largest_log_mb: number;
  lost: number;
  finished_twice: number;
  claimed_twice: number;
  errors: string[];
}

export async function contend(
  processes: number,
  seconds: number,
  way: Way = 'data function',
): Promise<ContentionReport> {
  const folder = mkdtempSync(join(tmpdir(), 'project-memory-contention-'));
  let largest = 0;
  let looks: NodeJS.Timeout | undefined;
  try {
    const file = join(folder, 'project-memory.db');
    const workFile = join(folder, 'work.json');
    const plans = prepare(file, processes, seconds);
    writeFileSync(workFile, JSON.stringify({ file, plans, way, milliseconds: seconds * 1_000 } satisfies Work));
    const children = await Promise.all(Array.from({ length: processes }, (_, n) => startChild(workFile, n)));
    looks = setInterval(() => {
      largest = Math.max(largest, statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0);
    }, LOOK_AT_LOG_MS);
    const done = await Promise.all(children.map((child) => child.run()));
    return report(file, done, largest);
  } finally {
    clearInterval(looks);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Finish and claim per second, beside ours. */
export interface Rates {
  /** What one flush of the disk takes, of as many bytes as one commit writes over what is there. */
  flush_ms: number;
  one_process: number;
  /** Bare statements, without history: one process alone, */
  bare_one_process: number;
  /** all of them, taking turns as the data function does, */
  bare_in_turns: number;
  /** and all of them with the engine's own waiting. */
  bare: number;
  /** The longest wait with the engine's own waiting. */
  bare_longest_ms: number;
}

/** What the disk and the engine allow: rates are to be compared with those of the same minute only. */
export async function measureFloor(processes: number, seconds: number): Promise<Rates> {
  const flush_ms = flushMs();
  const alone = await clean(contend(1, seconds));
  const bareAlone = await clean(contend(1, seconds, 'bare statements'));
  const bareInTurns = await clean(contend(processes, seconds, 'bare statements in turns'));
  // With the engine's own waiting some may give up, which is no fault of the measurement.
  const bare = await contend(processes, seconds, 'bare statements');
  return {
    flush_ms,
    one_process: alone.finish_and_claim_per_second,
    bare_one_process: bareAlone.finish_and_claim_per_second,
    bare_in_turns: bareInTurns.finish_and_claim_per_second,
    bare: bare.finish_and_claim_per_second,
    bare_longest_ms: bare.latency_ms.max,
  };
}

export function isClean({ lost, finished_twice, claimed_twice, errors }: ContentionReport): boolean {
  return lost + finished_twice + claimed_twice + errors.length === 0;
}

async function clean(run: Promise<ContentionReport>): Promise<ContentionReport> {
  const report = await run;
  if (!isClean(report)) throw new Error(`What ours is measured against went wrong: ${JSON.stringify(report)}`);
  return report;
}

const FLUSHES = 500;
const BYTES_OF_COMMIT = 32_768;
const LOG_BYTES = 256 * BYTES_OF_COMMIT;

function flushMs(): number {
  const folder = mkdtempSync(join(tmpdir(), 'project-memory-flush-'));
  const file = openSync(join(folder, 'log'), 'w');
  try {
    writeSync(file, Buffer.alloc(LOG_BYTES), 0, LOG_BYTES, 0);
    fsyncSync(file);
    const bytes = Buffer.alloc(BYTES_OF_COMMIT, 1);
    const times = Array.from({ length: FLUSHES }, (_, n) => {
      writeSync(file, bytes, 0, BYTES_OF_COMMIT, (n * BYTES_OF_COMMIT) % LOG_BYTES);
      const start = performance.now();
      fsyncSync(file);
      return performance.now() - start;
    });
    return quantiles(times).p50;
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Plans of a hundred steps, on which all work at once, with a session for each process. */
function prepare(file: string, processes: number, seconds: number): Work['plans'] {
  const db = openDatabase(file, { synchronous: 'normal' });
  setDb(db);
  const plansEach = Math.ceil(Math.min(seconds * STEPS_PER_SECOND, MOST_STEPS) / STEPS_EACH / 10);
  const { planIds } = load({ workspaces: 10, plansEach, phasesEach: 5, stepsEach: STEPS_EACH / 5, contextEach: 0 });
  const plans = transaction(() =>
    planIds.map((id) => {
      updatePlan(id, { execution: 'free' });
      const sessions = Array.from({ length: processes }, () => createSession(id, { agent_type: 'Executor' }).id);
      return { id, sessions };
    }),
  );
  db.close();
  return plans;
}

async function startChild(workFile: string, number: number): Promise<{ run: () => Promise<WorkDone> }> {
  const child = spawn(process.execPath, [FINISH_AND_CLAIM, workFile, String(number)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const died = once(child, 'exit').then(([code]) => Promise.reject(new Error(`A writer ended with ${code}.`)));
  died.catch(() => undefined);
  const line = async () => (await Promise.race([once(lines, 'line'), died]))[0] as string;
  await line();
  return {
    run: async () => {
      child.stdin.end('\n');
      return JSON.parse(await line()) as WorkDone;
    },
  };
}

function report(file: string, done: readonly WorkDone[], largest: number): ContentionReport {
  const finished = done.flatMap((one) => one.finished);
  const taken = done.flatMap((one) => one.taken);
  const seconds = Math.max(...done.map(({ milliseconds }) => milliseconds)) / 1_000;
  const db = openDatabase(file);
  setDb(db);
  const kept = queryOne<{ n: number }>(
    "SELECT count(*) AS n FROM json_each(?) f JOIN steps s ON s.id = f.value WHERE s.status = 'done'",
    [JSON.stringify(finished)],
  );
  db.close();
  return {
    processes: done.length,
    seconds: Number(seconds.toFixed(1)),
    steps_finished: finished.length,
    finish_and_claim_per_second: Math.round(finished.length / seconds),
    each: done.map((one) => one.finished.length),
    latency_ms: quantiles(done.flatMap(({ times }) => times)),
    largest_log_mb: Number((largest / 1_000_000).toFixed(1)),
    lost: finished.length - (kept?.n ?? 0),
    finished_twice: finished.length - new Set(finished).size,
    claimed_twice: taken.length - new Set(taken).size,
    errors: done.flatMap(({ errors }) => errors),
  };
}
