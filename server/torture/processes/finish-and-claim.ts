/**
 * Works plans off as fast as it goes, through the data function or, to be compared with, by bare statements: says every step it
 * finished, then how long its calls took.
 */
import { readFileSync } from 'node:fs';
import { bareFinishAndClaim, type Ids } from '../../bench/bare-finish-and-claim.ts';
import { say, waitForStart } from '../../src/db/__tests__/processes/barrier.ts';
import { markCurrentDoneAndGetNext, openDatabase, setDb } from '../../src/db/index.ts';
import { inTurn } from '../../src/db/patience.ts';

/** How to do it: bare statements wait for the lock as the engine does, or take turns as the data function does. */
export type Way = 'data function' | 'bare statements' | 'bare statements in turns';

export interface Work {
  file: string;
  plans: { id: string; sessions: string[] }[];
  way: Way;
  /** When to stop, if there is still something to do. */
  milliseconds: number;
}

export interface WorkDone {
  finished: string[];
  taken: string[];
  /** How long each call took, in milliseconds. */
  times: number[];
  errors: string[];
  milliseconds: number;
}

/** Between two checkpoints. Whoever takes turns tries one as the data function does: if nobody is in the way. */
const BARE_COMMITS = 250;
const BARE_PATIENCE_MS = 15_000;

const [workFile = '', number = '0'] = process.argv.slice(2);
const { file, plans, way, milliseconds } = JSON.parse(readFileSync(workFile, 'utf8')) as Work;
const db = openDatabase(file);
setDb(db);
const finishAndClaim = way === 'data function' ? byDataFunction : byBareStatements(way === 'bare statements in turns');
await waitForStart();

const done: WorkDone = { finished: [], taken: [], times: [], errors: [], milliseconds: 0 };
const start = performance.now();
work: for (const { id, sessions } of plans) {
  for (;;) {
    const before = performance.now();
    if (before - start > milliseconds) break work;
    try {
      const { completed, next } = finishAndClaim(id, sessions[Number(number)] ?? '');
      done.times.push(performance.now() - before);
      if (completed !== null) done.finished.push(completed.id);
      if (next === null) break;
      done.taken.push(next.id);
    } catch (error) {
      done.errors.push(String(error));
    }
  }
}
await say(JSON.stringify({ ...done, milliseconds: performance.now() - start }));

function byDataFunction(planId: string, sessionId: string): Ids {
  return markCurrentDoneAndGetNext(planId, 'Executor', { sessionId });
}

function byBareStatements(inTurns: boolean): (planId: string, agent: string) => Ids {
  if (!inTurns) db.pragma(`busy_timeout = ${BARE_PATIENCE_MS}`);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const call = bareFinishAndClaim(db);
  let commits = 0;
  return (planId, agent) => {
    if (inTurns) inTurn(() => begin.run());
    else begin.run();
    try {
      const ids = call(planId, agent);
      commit.run();
      return ids;
    } finally {
      if (db.inTransaction) db.exec('ROLLBACK');
      commits += 1;
      if (commits % BARE_COMMITS === 0) db.pragma('wal_checkpoint(RESTART)');
    }
  };
}
