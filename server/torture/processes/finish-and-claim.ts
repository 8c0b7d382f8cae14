/** Works plans off through the data function, as fast as it goes: says every step it finished, then how long its calls took. */
import { readFileSync } from 'node:fs';
import { say, waitForStart } from '../../src/db/__tests__/processes/barrier.ts';
import { markCurrentDoneAndGetNext, openDatabase, setDb } from '../../src/db/index.ts';

export interface Work {
  file: string;
  plans: { id: string; sessions: string[] }[];
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

const [workFile = '', number = '0'] = process.argv.slice(2);
const { file, plans, milliseconds } = JSON.parse(readFileSync(workFile, 'utf8')) as Work;
setDb(openDatabase(file));
await waitForStart();

const done: WorkDone = { finished: [], taken: [], times: [], errors: [], milliseconds: 0 };
const start = performance.now();
work: for (const { id, sessions } of plans) {
  for (;;) {
    const before = performance.now();
    if (before - start > milliseconds) break work;
    try {
      const { completed, next } = markCurrentDoneAndGetNext(id, 'Executor', { sessionId: sessions[Number(number)] });
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
